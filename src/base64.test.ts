import { expect, test } from 'vitest';
import { bytesOfBase64, decodeBase64, encodeBase64 } from './base64.ts';

test.each([0, 1, 2, 3, 24_575, 24_576, 24_577, 49_153])(
  'encodeBase64 writes %i bytes as one standard text',
  (length) => {
    const bytes = Uint8Array.from({ length }, (_, at) => (at * 37) % 256);
    const text = encodeBase64(bytes);
    expect(text).toBe(Buffer.from(bytes).toString('base64'));
    expect(bytesOfBase64(text)).toEqual(bytes);
    if (length > 0) expect(decodeBase64(text)).toEqual(bytes);
  },
);
