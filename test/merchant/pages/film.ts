import type { Content, Visit } from '../http.ts';
import { PAID_MARKER } from './layout.ts';

const SIDE = 96;
/** Two skies, each a whole frame of VP8: 96 × 96 pixels of one colour. */
const FRAMES = [
  '0AQAnQEqYABgAD8RiMBZrCkmo6DoAYAiCWkAAAd2hlLOeYvJvp6CfD5WNjabnKAA/urUf+6WEN1r/6D4sAFlvRmCZRQSxigAAAAAAA==',
  '0AQAnQEqYABgAD8RiL9ZrCimo6DoAYAiCWkAdgAADuyq+XuNPeTfTp06dOnTpvgA/rZX/qffwXf/xPF28ZZsXgdHiAAAAAAA',
].map((frame) => Buffer.from(frame, 'base64'));
const SECONDS = 30;
/** Bytes of every second that say nothing: what makes the film too long for one part. */
const PADDING = 16 * 1024;
/** How many bytes one answer holds at most where a `Range` is asked for. */
const PART = 64 * 1024;

/** A film that really plays: half a minute of sunset as WebM, two frames a second. Its title is what paid pages say. */
export const film: Uint8Array = webm();

/** The part of some content that a visit asks for, or the whole: from where it says, to an end that the server sets. */
export function partOf({ headers }: Visit, { type, body }: { type: string; body: Uint8Array }): Content {
  const [, from] = /^bytes=(\d+)-/.exec(headers.range ?? '') ?? [];
  if (from === undefined) return { type, body };
  const start = Math.min(Number(from), body.length - 1);
  const part = body.subarray(start, start + PART);
  const range = `bytes ${start}-${start + part.length - 1}/${body.length}`;
  return { type, body: part, headers: { 'Content-Range': range, 'Accept-Ranges': 'bytes' }, isPart: true };
}

/** EBML, as the WebM container guidelines lay it out; the cues come first, so that a player can seek. */
function webm(): Uint8Array {
  const head = [
    element('1549a966', [
      element('2ad7b1', uint(1_000_000)),
      element('4489', float(SECONDS * 1000)),
      element('7ba9', Buffer.from(PAID_MARKER)),
      element('4d80', Buffer.from('tollgate')),
      element('5741', Buffer.from('tollgate')),
    ]),
    element('1654ae6b', [
      element('ae', [
        element('d7', uint(1)),
        element('73c5', uint(1)),
        element('83', uint(1)),
        element('86', Buffer.from('V_VP8')),
        element('e0', [element('b0', uint(SIDE)), element('ba', uint(SIDE))]),
      ]),
    ]),
  ];
  const clusters = Array.from({ length: SECONDS }, (_, second) => cluster(second));
  const cuesAt = lengthOf(head);
  // A number has eight bytes whatever it is: the cues are as long with the right positions as with none.
  const firstCluster = cuesAt + cues(clusters, 0).length;
  return Buffer.concat([
    element('1a45dfa3', [
      element('4286', uint(1)),
      element('42f7', uint(1)),
      element('42f2', uint(4)),
      element('42f3', uint(8)),
      element('4282', Buffer.from('webm')),
      element('4287', uint(2)),
      element('4285', uint(2)),
    ]),
    element('18538067', [...head, cues(clusters, firstCluster), ...clusters]),
  ]);
}

function cues(clusters: readonly Buffer[], firstCluster: number): Buffer {
  const points = clusters.map((_, second) =>
    element('bb', [
      element('b3', uint(second * 1000)),
      element('b7', [
        element('f7', uint(1)),
        element('f1', uint(firstCluster + lengthOf(clusters.slice(0, second)))),
      ]),
    ]),
  );
  return element('1c53bb6b', points);
}

/** One second. */
function cluster(second: number): Buffer {
  const blocks = FRAMES.map((frame, half) => {
    const header = Buffer.from([0x81, 0, 0, 0x80]);
    header.writeInt16BE(half * 500, 1);
    return element('a3', [header, frame]);
  });
  return element('1f43b675', [
    element('e7', uint(second * 1000)),
    element('ec', Buffer.alloc(PADDING)),
    ...blocks,
  ]);
}

function element(id: string, content: Buffer | readonly Buffer[]): Buffer {
  const data = Buffer.isBuffer(content) ? content : Buffer.concat(content);
  const size = uint(data.length);
  // The size of a size: eight bytes.
  size[0] = 0x01;
  return Buffer.concat([Buffer.from(id, 'hex'), size, data]);
}

function uint(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return bytes;
}

function float(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value);
  return bytes;
}

function lengthOf(buffers: readonly Buffer[]): number {
  return buffers.reduce((sum, { length }) => sum + length, 0);
}
