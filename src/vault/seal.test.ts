import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { KDF_PARAMETERS } from './key-derivation.ts';
import { isWeaker, type SealedRecord, seal, unseal } from './seal.ts';

const CHEAP = { memoryKiB: 1024, iterations: 1, parallelism: 1 };
const PASSWORD = 'correct horse battery staple';
const secret = () => new TextEncoder().encode('the secret');
const wrong = expect.objectContaining({ key: 'fault_wrongPassword' });
const unreadable = expect.objectContaining({ key: 'fault_vaultUnreadable' });

test('a sealed secret is opened by its password only', async () => {
  const bytes = fc.uint8Array({ maxLength: 200 });
  const password = fc.string({ minLength: 1, unit: 'binary' });
  await fc.assert(
    fc.asyncProperty(bytes, password, password, async (data, right, other) => {
      const sealed = JSON.parse(JSON.stringify(await seal(Uint8Array.from(data), right, CHEAP)));
      expect(await unseal(sealed, right)).toEqual(Uint8Array.from(data));
      fc.pre(other.normalize('NFKC') !== right.normalize('NFKC'));
      await expect(unseal(sealed, other)).rejects.toThrow(wrong);
    }),
    { numRuns: 20 },
  );
});

test('an empty password opens nothing', async () => {
  await expect(unseal(await seal(secret(), PASSWORD, CHEAP), '')).rejects.toThrow(wrong);
});

test('composed and decomposed characters make the same password', async () => {
  const sealed = await seal(secret(), 'caf\u00e9 au lait', CHEAP);
  expect(await unseal(sealed, 'cafe\u0301 au lait')).toEqual(secret());
});

test('salt, iv and ciphertext differ at every sealing, and do not contain the secret', async () => {
  const [one, two] = [await seal(secret(), PASSWORD, CHEAP), await seal(secret(), PASSWORD, CHEAP)];
  for (const field of ['salt', 'iv', 'check', 'ciphertext'] as const) expect(one[field]).not.toBe(two[field]);
  expect(JSON.stringify(one)).not.toContain(Buffer.from(secret()).toString('hex').toUpperCase());
});

test('sealing does not change the bytes of the secret', async () => {
  const mine = secret();
  await seal(mine, PASSWORD, CHEAP);
  expect(mine).toEqual(secret());
});

test('the parameters are 64 MiB, three passes and one lane of Argon2id, and a record states them', async () => {
  expect(KDF_PARAMETERS).toEqual({ memoryKiB: 65536, iterations: 3, parallelism: 1 });
  const sealed = await seal(secret(), PASSWORD);
  expect(sealed.kdf).toEqual({ name: 'argon2id', memoryKiB: 65536, iterations: 3, parallelism: 1 });
  expect(await unseal(sealed, PASSWORD)).toEqual(secret());
});

describe('a record that was changed is refused:', () => {
  const flipped = (hex: string) => (hex.startsWith('0') ? '1' : '0') + hex.slice(1);
  const tampered: readonly [string, (sealed: SealedRecord) => unknown, unknown][] = [
    ['its data', (sealed) => ({ ...sealed, ciphertext: flipped(sealed.ciphertext) }), unreadable],
    ['its data cut short', (sealed) => ({ ...sealed, ciphertext: sealed.ciphertext.slice(2) }), unreadable],
    ['its iv', (sealed) => ({ ...sealed, iv: flipped(sealed.iv) }), unreadable],
    ['its salt', (sealed) => ({ ...sealed, salt: flipped(sealed.salt) }), wrong],
    ['its cost', (sealed) => ({ ...sealed, kdf: { ...sealed.kdf, iterations: 2 } }), wrong],
    ['8 GiB of memory', (sealed) => ({ ...sealed, kdf: { ...sealed.kdf, memoryKiB: 8 << 20 } }), unreadable],
    ['a million rounds', (sealed) => ({ ...sealed, kdf: { ...sealed.kdf, iterations: 1e6 } }), unreadable],
    ['no memory', (sealed) => ({ ...sealed, kdf: { ...sealed.kdf, memoryKiB: 8 } }), unreadable],
    ['another KDF', (sealed) => ({ ...sealed, kdf: { ...sealed.kdf, name: 'pbkdf2' } }), unreadable],
    ['another version', (sealed) => ({ ...sealed, version: 2 }), unreadable],
    ['an unknown field', (sealed) => ({ ...sealed, more: 1 }), unreadable],
    ['a megabyte of data', (sealed) => ({ ...sealed, ciphertext: '00'.repeat(1 << 20) }), unreadable],
    ['no record', () => null, unreadable],
  ];
  test.each(tampered)('%s', async (_case, tamper, fault) => {
    const sealed = await seal(secret(), PASSWORD, CHEAP);
    await expect(unseal(tamper(sealed), PASSWORD)).rejects.toThrow(fault);
  });
});

test('a record counts as weaker at a lower cost in work or memory', () => {
  const kdf = (memoryKiB: number, iterations: number) => ({
    kdf: { name: 'argon2id', memoryKiB, iterations, parallelism: 1 } as const,
  });
  const today = { memoryKiB: 4096, iterations: 3, parallelism: 1 };
  expect(isWeaker(kdf(4096, 3), today)).toBe(false);
  expect(isWeaker(kdf(8192, 2), today)).toBe(false);
  expect(isWeaker(kdf(4096, 2), today)).toBe(true);
  expect(isWeaker(kdf(8192, 1), today)).toBe(true);
  expect(isWeaker(kdf(2048, 9), today)).toBe(true);
});
