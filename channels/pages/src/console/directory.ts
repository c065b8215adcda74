// What the forms of 组织 ask, and how a row becomes a form and a form a row.
import type { BuildingRow, DirectoryKind, DirectoryRow, Field, HouseholdRow, StaffRow, UnitRow } from '../api';
import type { Form } from './form';
import { all_packs, say } from './words';

export const kinds: { kind: DirectoryKind; title: string; one: string; hint: string }[] = [
    { kind: 'units', title: '单位', one: '单位', hint: '名称或编号' },
    { kind: 'buildings', title: '楼栋', one: '楼栋', hint: '楼栋，比如 3' },
    { kind: 'households', title: '住户', one: '住户', hint: '地址，比如 3栋2单元501' },
    { kind: 'staff', title: '人员', one: '人员', hint: '姓名或登录名' },
];

export const unit_kinds: Record<string, string> = {
    organisation: '集团',
    branch: '分公司',
    project_centre: '项目管理中心',
    service_centre: '物业服务中心',
    community: '小区',
};

// "1、2、3", "1 2 3" and "01-04": the list that is meant.
export function list_in(text: string): string[] {
    return text
        .split(/[\s、，,；;/|]+/)
        .filter(Boolean)
        .flatMap((part) => {
            const span = /^(\d+)[-~](\d+)$/.exec(part);
            const [from, to] = [Number(span?.[1]), Number(span?.[2])];
            if (!span || to < from || to - from > 200) return [part];
            const wide = span[1]!.startsWith('0') ? span[1]!.length : 1;
            return Array.from({ length: to - from + 1 }, (_, i) => String(from + i).padStart(wide, '0'));
        });
}

const shift_line = /^([^｜|]+)[｜|]([^｜|]+)[｜|]([^｜|]+)$/;
const shifts_in = (text: string) =>
    text
        .split('\n')
        .map((line) => shift_line.exec(line.trim()))
        .filter((found): found is RegExpExecArray => !!found)
        .map((found) => ({ name: found[1]!.trim(), when: found[2]!.trim(), who: found[3]!.trim() }));
export const unread_shift = (text: string) => text.split('\n').find((line) => line.trim() && !shift_line.test(line.trim()));

const pairs_in = (text: string) =>
    Object.fromEntries(
        list_in(text)
            .map((part) => part.split('='))
            .filter((pair) => pair.length === 2 && pair[0])
            .map(([channel, address]) => [channel!, address!]),
    );

// Every role that a pack in force knows, each once, and the one who looks after the machine.
export function roles(): { value: string; title: string }[] {
    const known = new Map(all_packs().flatMap((pack) => pack.roles).map((role) => [role.key, role.title]));
    known.set('administrator', say('roles', 'administrator'));
    return [...known].map(([value, title]) => ({ value, title }));
}

const text = (name: string, title: string, required = false): Field => ({ name, type: 'text', title, required });

// adding: what says which row it is can be written only then.
export function fields_of(kind: DirectoryKind, adding: boolean, units: UnitRow[]): Field[] {
    const pick = (name: string, title: string, required: boolean, list: UnitRow[]): Field => ({
        name,
        type: 'unit',
        title,
        required,
        choices: list.map((one) => ({ value: one.key, title: one.name })),
    });
    const used = units.filter((one) => !one.disabled);
    const communities = used.filter((one) => one.kind === 'community');
    if (kind === 'units')
        return [
            text('name', '名称', true),
            ...(adding
                ? [
                      text('key', '编号（小写字母、数字和 -，定了不能改）', true),
                      {
                          name: 'kind',
                          type: 'choice' as const,
                          title: '类型',
                          required: true,
                          choices: Object.entries(unit_kinds)
                              .filter(([value]) => value !== 'organisation')
                              .map(([value, title]) => ({ value, title })),
                      },
                  ]
                : []),
            pick('parent', '上级', adding, used.filter((one) => one.kind !== 'community')),
            text('duty_phone', '值班电话'),
            text('gas_phone', '燃气电话'),
            text('lift_phone', '电梯电话'),
            text('shifts', '班次，一行一班：白班｜每天 08:30-20:30｜李娜、张强'),
        ];
    if (kind === 'buildings')
        return [
            ...(adding ? [pick('community', '小区', true, communities), text('building', '楼栋（不带“栋”）', true)] : []),
            text('units', '单元，比如 1、2、3；没有单元就空着'),
            { name: 'floors', type: 'integer', title: '层数', required: adding },
            text('rooms', '每层房号，比如 01-04', adding),
        ];
    if (kind === 'households')
        return adding
            ? [pick('community', '小区', true, communities), text('building', '楼栋', true), text('home', '单元'), text('room', '房号，比如 501', true)]
            : [];
    return [
        text('name', '姓名', true),
        ...(adding ? [text('login', '登录名（字母、数字，定了不能改）', true)] : []),
        { name: 'roles', type: 'flags', title: '岗位', required: true, choices: roles() },
        pick('unit', '单位', true, used),
        text('phone', '电话'),
        text('addresses', '平台账号，比如 app=lina；几个用顿号隔开'),
    ];
}

export function fill(form: Form, kind: DirectoryKind, row: DirectoryRow): void {
    const values = form.values;
    if (kind === 'units') {
        const one = row as UnitRow;
        values['name'] = one.name;
        values['parent'] = one.parent?.key ?? '';
        for (const phone of ['duty', 'gas', 'lift'] as const) values[`${phone}_phone`] = one.phones[phone];
        values['shifts'] = one.shifts.map((shift) => [shift.name, shift.when, shift.who].join('｜')).join('\n');
    } else if (kind === 'buildings') {
        const one = row as BuildingRow;
        values['units'] = one.units.join('、');
        values['floors'] = String(one.floors);
        values['rooms'] = one.rooms.join('、');
    } else if (kind === 'staff') {
        const one = row as StaffRow;
        values['name'] = one.name;
        values['unit'] = one.unit?.key ?? '';
        values['phone'] = one.phone ?? '';
        values['addresses'] = Object.entries(one.addresses ?? {}).map(([channel, address]) => `${channel}=${address}`).join('、');
        form.sets['roles'] = [...one.roles];
    }
}

// What is sent; a text that was emptied is sent empty, so that it is emptied there too.
export function row_of(kind: DirectoryKind, said: Record<string, unknown>, adding: boolean): Record<string, unknown> {
    const words = (name: string) => (typeof said[name] === 'string' ? (said[name] as string) : '');
    if (kind === 'units') {
        const row: Record<string, unknown> = {
            name: words('name'),
            phones: { duty: words('duty_phone'), gas: words('gas_phone'), lift: words('lift_phone') },
            shifts: shifts_in(words('shifts')),
        };
        if (words('parent')) row['parent'] = words('parent');
        if (adding) Object.assign(row, { key: words('key'), kind: words('kind') });
        return row;
    }
    if (kind === 'buildings') {
        const row: Record<string, unknown> = { units: list_in(words('units')), floors: said['floors'], rooms: list_in(words('rooms')) };
        if (adding) Object.assign(row, { community: words('community'), name: words('building') });
        return row;
    }
    if (kind === 'households')
        return { community: words('community'), building: words('building'), unit: words('home'), room: words('room') };
    const row: Record<string, unknown> = {
        name: words('name'),
        roles: said['roles'],
        unit: words('unit'),
        phone: words('phone'),
        addresses: pairs_in(words('addresses')),
    };
    if (adding) row['login'] = words('login');
    return row;
}

// The service's name of a field into the form's.
export const pointer_of = (kind: DirectoryKind, pointer: string | undefined): string =>
    kind === 'units'
        ? (pointer ?? '').replace(/^\/phones\/(\w+)/, '/$1_phone')
        : kind === 'buildings'
          ? (pointer ?? '').replace(/^\/name$/, '/building')
          : kind === 'households'
            ? (pointer ?? '').replace(/^\/unit$/, '/home')
            : (pointer ?? '').replace(/^(\/roles)\/\d+$/, '$1');

export interface Line {
    id: string;
    title: string;
    beside: string;
    depth: number;
    disabled: boolean;
}

export function line_of(kind: DirectoryKind, row: DirectoryRow): Line {
    const base = { depth: 0, disabled: row.disabled };
    if (kind === 'units') {
        const one = row as UnitRow;
        return { ...base, id: one.key, title: one.name, beside: [unit_kinds[one.kind] ?? one.kind, one.phones.duty].filter(Boolean).join('，') };
    }
    if (kind === 'buildings') {
        const one = row as BuildingRow;
        const size = [one.units.length ? `${one.units.length} 个单元` : '', `${one.floors} 层`, `每层 ${one.rooms.length} 户`];
        return { ...base, id: one.id, title: `${one.community?.name ?? ''} ${/^\d/.test(one.name) ? one.name + '栋' : one.name + '座'}`, beside: size.filter(Boolean).join('，') };
    }
    if (kind === 'households') {
        const one = row as HouseholdRow;
        return { ...base, id: one.id, title: one.label, beside: one.community?.name ?? '' };
    }
    const one = row as StaffRow;
    return {
        ...base,
        id: one.login,
        title: one.name,
        beside: [one.roles.map((role) => say('roles', role)).join('、'), one.unit?.name, one.login].filter(Boolean).join('，'),
    };
}

// Units as a tree: each below the one it belongs to.
export function as_tree(units: UnitRow[]): Line[] {
    const lines: Line[] = [];
    const seen = new Set<string>();
    const add = (unit: UnitRow, depth: number) => {
        if (seen.has(unit.id)) return;
        seen.add(unit.id);
        lines.push({ ...line_of('units', unit), depth: Math.min(depth, 4) });
        for (const below of units) if (below.parent?.id === unit.id) add(below, depth + 1);
    };
    for (const unit of units) if (!unit.parent || !units.some((one) => one.id === unit.parent?.id)) add(unit, 0);
    return lines;
}
