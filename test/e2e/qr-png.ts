import { crc32, deflateSync } from 'node:zlib';
import { encode } from 'uqr';

/** Pixels to a module of the code. */
const SCALE = 4;

/** A PNG image of a text as a QR code. */
export function qrPng(text: string): Buffer {
  const { data, size } = encode(text, { border: 4 });
  const side = size * SCALE;
  const rows = Array.from({ length: side }, (_, y) => {
    const row = data[Math.floor(y / SCALE)] ?? [];
    const pixels = Array.from({ length: side }, (_pixel, x) => (row[Math.floor(x / SCALE)] ? 0 : 255));
    return [0, ...pixels];
  });
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  // Eight bits to a pixel, grey.
  header[8] = 8;
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.from(rows.flat()))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(name: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(name, 'latin1'), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}
