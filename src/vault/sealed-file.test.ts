import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openFile, sealFile } from './sealed-file.ts';

const CHEAP = { memoryKiB: 1024, iterations: 1, parallelism: 1 };
const PASSWORD = 'correct horse battery staple';
const data = () => new TextEncoder().encode('the whole purse');
const fault = (key: string) => expect.objectContaining({ key });

test('the data of a file is read back under its password only', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 60_000 }), async (bytes) => {
      const file = await sealFile(Uint8Array.from(bytes), PASSWORD, CHEAP);
      expect(await openFile(file, PASSWORD)).toEqual(Uint8Array.from(bytes));
      await expect(openFile(file, `${PASSWORD}!`)).rejects.toThrow(fault('fault_wrongPassword'));
    }),
    { numRuns: 20 },
  );
});

test('a file states its format and the cost of a guess', async () => {
  expect(JSON.parse(await sealFile(data(), PASSWORD))).toMatchObject({
    format: 'nano-purse backup',
    version: 1,
    kdf: { name: 'argon2id', memoryKiB: 65536, iterations: 3, parallelism: 1 },
  });
});

test('two files of the same data and password have different salts, ivs and ciphertexts', async () => {
  const sealed = async () => JSON.parse(await sealFile(data(), PASSWORD, CHEAP));
  const [one, two] = [await sealed(), await sealed()];
  for (const field of ['salt', 'iv', 'check', 'ciphertext']) expect(one[field]).not.toBe(two[field]);
});

describe('a file that was changed is refused:', () => {
  const flipped = (text: string) => (text.startsWith('0') ? '1' : '0') + text.slice(1);
  type Fields = { [name: string]: unknown; ciphertext: string; kdf: object };
  const changes: readonly [string, string, (fields: Fields) => unknown][] = [
    ['its data', 'Unreadable', (file) => ({ ...file, ciphertext: `AAAA${file.ciphertext.slice(4)}` })],
    ['its data cut short', 'Unreadable', (file) => ({ ...file, ciphertext: file.ciphertext.slice(4) })],
    ['no base64', 'Unreadable', (file) => ({ ...file, ciphertext: `-${file.ciphertext.slice(1)}` })],
    ['no data', 'Unreadable', (file) => ({ ...file, ciphertext: '' })],
    ['its iv', 'Unreadable', (file) => ({ ...file, iv: flipped(String(file.iv)) })],
    ['its salt', 'wrongPassword', (file) => ({ ...file, salt: flipped(String(file.salt)) })],
    ['its check', 'wrongPassword', (file) => ({ ...file, check: flipped(String(file.check)) })],
    ['its cost', 'wrongPassword', (file) => ({ ...file, kdf: { ...file.kdf, iterations: 2 } })],
    ['8 GiB of memory', 'Unreadable', (file) => ({ ...file, kdf: { ...file.kdf, memoryKiB: 8 << 20 } })],
    ['a million rounds', 'Unreadable', (file) => ({ ...file, kdf: { ...file.kdf, iterations: 1e6 } })],
    ['a newer version', 'Newer', (file) => ({ ...file, version: 2, kdf: 'of the future' })],
    ['version 0', 'Unreadable', (file) => ({ ...file, version: 0 })],
    ['another format', 'Unreadable', (file) => ({ ...file, format: 'wallet' })],
    ['an unknown field', 'Unreadable', (file) => ({ ...file, more: 1 })],
    ['no salt', 'Unreadable', ({ salt: _, ...file }) => file],
    ['a list', 'Unreadable', (file) => [file]],
  ];
  test.each(changes)('%s: %s', async (_, key, change) => {
    const file: Fields = JSON.parse(await sealFile(data(), PASSWORD, CHEAP));
    const name = key === 'wrongPassword' ? 'fault_wrongPassword' : `fault_backup${key}`;
    await expect(openFile(JSON.stringify(change(file)), PASSWORD)).rejects.toThrow(fault(name));
  });

  test('cut short anywhere, or no JSON, is unreadable', async () => {
    const file = await sealFile(data(), PASSWORD, CHEAP);
    for (const text of ['', 'null', '7', 'not JSON', ...[1, 9, 99, 199].map((end) => file.slice(0, -end))]) {
      await expect(openFile(text, PASSWORD)).rejects.toThrow(fault('fault_backupUnreadable'));
    }
  });
});
