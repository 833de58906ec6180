import { crc32, deflateSync } from 'node:zlib';

const SIDE = 96;
const SIGNATURE = Buffer.from('89504e470d0a1a0a', 'hex');

/** A picture that really decodes: 96 × 96 pixels of evening sky, as a PNG. */
export function picture(): Uint8Array {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(SIDE, 0);
  header.writeUInt32BE(SIDE, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const rows = Array.from({ length: SIDE }, (_, y) => [
    0,
    ...Array.from({ length: SIDE }, (_, x) => sky(x, y)).flat(),
  ]);
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.from(rows.flat()))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function sky(x: number, y: number): readonly [number, number, number] {
  const dusk = y / SIDE;
  const inSun = (x - SIDE / 2) ** 2 + (y - SIDE * 0.7) ** 2 < 14 ** 2;
  return inSun ? [255, 214, 120] : [40 + 190 * dusk, 60 + 60 * dusk, 130 - 50 * dusk];
}

function chunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length, 0);
  frame.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
}
