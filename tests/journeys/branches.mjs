// Two branches that know nothing of each other, each with every role; one administrator above both.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { house, png, root } from './house.mjs';

export const sides = { east: '东岸', west: '西岸' }; // what lies in a unit has its mark in every word of it
export const over = { east: 'west', west: 'east' };
const customer = (side) => `${sides[side]}的王女士`;
const where = { project_centre: 'region' }; // he works above the centre; the others in it

function read_pack() {
    const text = readFileSync(join(root, 'templates/policies/property-group.json'), 'utf8');
    return JSON.parse(text.replace(/("(?:\\.|[^"\\])*")|\/\/[^\n]*/g, (all, kept) => kept ?? ''));
}

function directory_of(roles) {
    const branch = (side) => [
        { key: `${side}-region`, name: `${sides[side]}项目管理中心`, kind: 'project_centre', parent: 'head' },
        { key: `${side}-centre`, name: `${sides[side]}物业服务中心`, kind: 'service_centre', parent: `${side}-region`, phones: { duty: '021-1055-0110' } },
        { key: side, name: `${sides[side]}小区`, kind: 'community', parent: `${side}-centre`, phones: { duty: '021-1055-0110' } },
    ];
    const people = (side) => roles.map((role) => ({ login: `${role}.${side}`, name: `${sides[side]}${role}`, roles: [role], unit: `${side}-${where[role] ?? 'centre'}` }));
    return {
        organisation: 'head', demo_password: 'huiyin-demo',
        units: [{ key: 'head', name: '总部', kind: 'organisation' }, ...branch('east'), ...branch('west')],
        buildings: Object.keys(sides).map((side) => ({ community: side, names: ['3'], units: ['2'], floors: 6, rooms: ['01', '02'] })),
        staff: [{ login: 'top', name: '系统管理员', roles: ['administrator'], unit: 'head' }, ...people('east'), ...people('west')],
    };
}

export async function branches(ending) {
    const folder = mkdtempSync(join(tmpdir(), 'huiyin-access-'));
    ending(() => rmSync(folder, { recursive: true, force: true }));
    const pack = read_pack();
    pack.declared_events = [{ name: 'storm', title: '台风红色预警', roles: ['centre_manager'], longest: '7 days', clause: 'property-group/T1' }];
    for (const rule of pack.deadlines) if (rule.name === 'handle') rule.stretches_on = { event: 'storm' };
    const write = (name, json) => (writeFileSync(join(folder, name), JSON.stringify(json)), join(folder, name));
    const it = await house({ over: { policy: write('property-group.json', pack), directory: write('directory.json', directory_of(pack.roles)) } });
    ending(it.destroy);
    it.roles = pack.roles;
    return it;
}

export const matter = (side, more = {}) => ({
    kind: 'complaint', category: 'housing', description: `${sides[side]}大堂的灯不亮`, unit: side,
    household: { building: '3', unit: '2', room: '501' }, customer: { name: customer(side), phone: '13812345678' }, ...more,
});
export const form = (bytes, name, type) => {
    const body = new FormData();
    body.set('file', new Blob([bytes], { type }), name);
    return body;
};
export const photo = () => form(png, 'a.png', 'image/png');

