import type { IncomingMessage, ServerResponse } from 'node:http';

/** A second of silence as WAV: 8,000 samples of one byte. */
export const wav = (() => {
  const head = Buffer.alloc(44);
  head.write('RIFF', 0);
  head.writeUInt32LE(36 + 8000, 4);
  head.write('WAVEfmt ', 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(8000, 24);
  head.writeUInt32LE(8000, 28);
  head.writeUInt16LE(1, 32);
  head.writeUInt16LE(8, 34);
  head.write('data', 36);
  head.writeUInt32LE(8000, 40);
  return Buffer.concat([head, Buffer.alloc(8000, 128)]);
})();

/** Answers with the sound, from where it is asked for to its end. */
export function sendTone(request: IncomingMessage, response: ServerResponse): void {
  const [, from = '0'] = /^bytes=(\d+)-/.exec(request.headers.range ?? '') ?? [];
  const start = Number(from);
  response.setHeader('Accept-Ranges', 'bytes');
  response.setHeader('Content-Range', `bytes ${start}-${wav.length - 1}/${wav.length}`);
  response.writeHead(206).end(wav.subarray(start));
}
