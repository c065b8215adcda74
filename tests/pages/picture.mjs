// A PNG drawn by arithmetic, so that no binary file has to lie in the repository.
import { deflateSync } from 'node:zlib';

function crc32(bytes) {
    let crc = ~0;
    for (const byte of bytes) {
        crc ^= byte;
        for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
    }
    return ~crc >>> 0;
}

function chunk(type, data) {
    const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
    const out = Buffer.alloc(body.length + 8);
    out.writeUInt32BE(data.length, 0);
    body.copy(out, 4);
    out.writeUInt32BE(crc32(body), body.length + 4);
    return out;
}

// A wall with a wet spot and some noise, width × height pixels.
export function picture(width, height, seed = 1) {
    const rows = Buffer.alloc((width * 3 + 1) * height);
    let noise = seed;
    for (let y = 0, at = 0; y < height; y++) {
        rows[at++] = 0;
        for (let x = 0; x < width; x++) {
            noise = (noise * 1103515245 + 12345) & 0x7fffffff;
            const far = Math.hypot((x - width * 0.55) / width, (y - height * 0.45) / height);
            const wet = far < 0.22 + ((noise >> 16) & 7) / 400 ? 52 : 0;
            const grain = (noise >> 20) & 7;
            rows[at++] = 205 - wet + grain - seed * 6;
            rows[at++] = 198 - wet * 0.9 + grain;
            rows[at++] = 186 - wet * 0.6 + grain + seed * 4;
        }
    }
    const head = Buffer.alloc(13);
    head.writeUInt32BE(width, 0);
    head.writeUInt32BE(height, 4);
    head.set([8, 2, 0, 0, 0], 8);
    return Buffer.concat([
        Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
        chunk('IHDR', head),
        chunk('IDAT', deflateSync(rows, { level: 6 })),
        chunk('IEND', Buffer.alloc(0)),
    ]);
}
