// Reports and registers, as /api/v1/reports gives them.
export interface ReportEntry {
    name: string;
    title: string;
    is: 'report' | 'register';
    every: 'day' | 'week' | 'month' | 'quarter' | 'year';
    present: string; // the period that is running
    clause?: string;
}

export interface Measured {
    part: number;
    of?: number; // there is one: the figure is a share
    percent?: number;
    sum?: number; // of a score, of minutes
}

export interface ReportTable {
    name: string;
    title: string;
    clause?: string;
    columns: { key: string; title: string; group?: string }[];
    rows: string[][];
    tickets?: string[]; // the case of each row
}

export interface ReportAnswer {
    report: string;
    title: string;
    clause?: string;
    policy: { id: string; version: string };
    period: { label: string; from: string; until: string };
    to_be_sent?: boolean;
    receivers?: { role: string; due?: string }[];
    measures?: string[];
    by?: string[];
    meanings?: Record<string, string>;
    all?: { measured?: Record<string, Measured> };
    rows?: { split?: Record<string, { key: string; title: string }>; rank?: number; measured?: Record<string, Measured> }[];
    table: ReportTable;
    tables: ReportTable[];
}

// One that went out by itself on its day, and its way from one to the next.
export interface SentReport {
    id: string;
    report: string;
    title: string;
    period: { label: string; from: string; until: string; days: string };
    unit?: { key: string; name: string } | null;
    sent_at?: string | null; // none: there was nothing to report
    nil: boolean;
    figures: string;
    way: {
        role: string;
        title: string;
        until?: string | null;
        told_at?: string | null;
        unconfirmed: boolean;
        confirmed_at?: string | null;
        confirmed_by?: { login: string; name: string } | null;
    }[];
    may_confirm: boolean;
}
