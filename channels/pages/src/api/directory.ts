// Who and what there is, as /api/v1/directory gives it, and what an import would do.
export type DirectoryKind = 'units' | 'buildings' | 'households' | 'staff';

interface Named {
    id: string;
    key: string;
    name: string;
}

export interface UnitRow extends Named {
    kind: string;
    parent: Named | null;
    policy: string | null;
    phones: { duty: string; gas: string; lift: string };
    shifts: { name?: string; when?: string; who?: string }[];
    disabled: boolean;
}

export interface BuildingRow {
    id: string;
    community: Named | null;
    name: string;
    units: string[];
    floors: number;
    rooms: string[];
    disabled: boolean;
    households_added?: number;
}

export interface HouseholdRow {
    id: string;
    community: Named | null;
    building: string;
    unit: string;
    room: string;
    label: string;
    disabled: boolean;
}

export interface StaffRow {
    id: string;
    login: string;
    name: string;
    roles: string[];
    unit: Named | null;
    phone_masked: string | null;
    phone?: string; // only where one is looked at
    addresses?: Record<string, string>;
    disabled: boolean;
    second_factor?: boolean; // only where one is looked at: a code is asked of him when he signs in
    link?: string; // to sign in by once
}

export type DirectoryRow = UnitRow | BuildingRow | HouseholdRow | StaffRow;

export interface ImportAnswer {
    kind: DirectoryKind | 'tickets';
    preview: boolean;
    encoding: string;
    head: string[];
    unknown_columns: string[];
    first_rows: string[][];
    rows: number;
    added: number;
    changed: number;
    unchanged: number;
    households_added: number;
    errors: { line: number | null; column: string | null; value: string; detail: string }[];
    error_count: number;
}

export interface SavedFilter {
    name: string;
    query: Record<string, string>;
}

export interface AuditEntry {
    id: string;
    at: string;
    by: { login: string; name: string } | null;
    action: string;
    ticket: string | null;
    field: string;
    reason: string;
}
