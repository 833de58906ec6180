import { inspect } from 'node:util';
import fc from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { BURN_ADDRESS, publicKeyOf } from './account.ts';
import { parseRaw } from './amount.ts';
import { buildSend, signBlock, verifySignature, ZERO_HASH } from './block.ts';
import { signNoms } from './noms.ts';
import {
  canonicalSource,
  deriveKeys,
  MOST_ACCOUNTS,
  newWords,
  readSeedHex,
  readWords,
  type Seed,
  seedFor,
  seedOf,
} from './seed.ts';
import { signDigestOfText } from './signature.ts';

const WORDS =
  'edge defense waste choose enrich upon flee junk siren film clown finish luggage leader kid quick brick print ' +
  'evidence swap drill paddle truly occur';

afterEach(() => vi.restoreAllMocks());

describe('randomness', () => {
  test('Math.random is not used for words, keys or signatures', () => {
    const random = vi.spyOn(Math, 'random').mockImplementation(() => {
      throw new Error('Math.random was called');
    });
    const { bip44, legacy } = readWords(newWords());
    for (const seed of [bip44, legacy ?? bip44]) {
      const keys = deriveKeys(seed, 0);
      const head = {
        kind: 'open',
        account: keys.address,
        hash: ZERO_HASH,
        balance: parseRaw('2'),
        representative: keys.address,
        confirmed: true,
      } as const;
      const signed = signBlock(buildSend(head, { to: BURN_ADDRESS, amount: parseRaw('1') }), keys.privateKey);
      expect(verifySignature(signed, publicKeyOf(keys.address))).toBe(true);
      signDigestOfText(keys.privateKey, 'text');
      signNoms(keys.privateKey, 'text');
    }
    expect(random).not.toHaveBeenCalled();
  });

  test('the words encode 32 bytes of crypto.getRandomValues, which are cleared afterwards', () => {
    const drawn: Uint8Array[] = [];
    vi.spyOn(crypto, 'getRandomValues').mockImplementation((array) => {
      if (!(array instanceof Uint8Array)) throw new Error('bytes expected');
      drawn.push(array);
      array.fill(0xa5);
      return array;
    });
    expect(readWords(newWords()).legacy?.hex).toBe('a5'.repeat(32));
    expect(drawn).toEqual([new Uint8Array(32)]);
  });

  test('new words are 24, and differ every time', () => {
    const all = Array.from({ length: 20 }, newWords);
    expect(new Set(all).size).toBe(20);
    for (const words of all) expect(words.split(' ')).toHaveLength(24);
  });
});

describe('words', () => {
  test('case and spacing do not matter', () => {
    expect(readWords(`  ${WORDS.toUpperCase().replaceAll(' ', '\n ')} `)).toEqual(readWords(WORDS));
  });

  test.each([
    [12, `${'abandon '.repeat(11)}about`],
    [15, `${'abandon '.repeat(14)}address`],
    [18, `${'abandon '.repeat(17)}agent`],
    [21, `${'abandon '.repeat(20)}admit`],
  ])('%i words have one reading, that of BIP39', (_, words) => {
    const { bip44, legacy } = readWords(words);
    expect(legacy).toBeNull();
    expect(seedOf({ kind: 'words', words, reading: 'bip44' })).toEqual(bip44);
    const error = catching(() => seedOf({ kind: 'words', words, reading: 'legacy' }));
    expect(error).toMatchObject({ key: 'fault_badWords', args: [] });
  });

  test.each([
    ['a word changed', WORDS.replace('edge', 'zoo')],
    ['a word outside the list', WORDS.replace('edge', 'hunter2')],
    ['one word missing', WORDS.replace('edge ', '')],
    ['eleven words', 'abandon '.repeat(11)],
    ['thirteen words', `${'abandon '.repeat(12)}about`],
    ['no words at all', ''],
  ])('words with %s are refused, and not repeated in the error', (_case, words) => {
    const error = catching(() => readWords(words));
    expect(error).toMatchObject({ key: 'fault_badWords', args: [] });
    expect(inspect(error)).not.toMatch(/hunter2|abandon|edge/);
  });
});

describe('seeds', () => {
  test('64 digits are a legacy seed, 128 a BIP39 one, in either case', () => {
    expect(readSeedHex(` ${'aB'.repeat(32)}\n`)).toEqual({ kind: 'legacy', hex: 'ab'.repeat(32) });
    expect(readSeedHex('AB'.repeat(64))).toEqual({ kind: 'bip44', hex: 'ab'.repeat(64) });
  });

  test.each(['', 'ab'.repeat(31), 'ab'.repeat(33), `${'ab'.repeat(31)}xy`])('refuses %j', (text) => {
    expect(catching(() => readSeedHex(text))).toMatchObject({ key: 'fault_badSeed', args: [] });
  });

  test('words make the seed of the reading that the user chose', () => {
    const { bip44, legacy } = readWords(WORDS);
    expect(seedOf({ kind: 'words', words: WORDS, reading: 'bip44' })).toEqual(bip44);
    expect(seedOf({ kind: 'words', words: WORDS, reading: 'legacy' })).toEqual(legacy);
    expect(canonicalSource({ kind: 'words', words: ` ${WORDS.toUpperCase()}`, reading: 'legacy' })).toEqual({
      kind: 'words',
      words: WORDS,
      reading: 'legacy',
    });
    expect(canonicalSource({ kind: 'seed', hex: 'AB'.repeat(32) })).toEqual({
      kind: 'seed',
      hex: 'ab'.repeat(32),
    });
  });

  test.each([-1, 0.5, 2 ** 32, Number.NaN])('there is no account at index %s', (index) => {
    expect(() => deriveKeys(readSeedHex('00'.repeat(32)), index)).toThrow(RangeError);
    expect(() => deriveKeys(readSeedHex('00'.repeat(64)), index)).toThrow(RangeError);
  });

  test('an index of 2^31 or more is refused by hardened derivation', () => {
    expect(() => deriveKeys(readSeedHex('00'.repeat(64)), 2 ** 31)).toThrow(RangeError);
    expect(deriveKeys(readSeedHex('00'.repeat(64)), 2 ** 31 - 1).address).toMatch(/^nano_/);
  });
});

describe('networks of test money', () => {
  const hexOf = (digits: number) => fc.stringMatching(new RegExp(`^[0-9a-f]{${digits}}$`));
  const seeds: fc.Arbitrary<Seed> = fc.oneof(
    hexOf(64).map((hex) => ({ kind: 'legacy', hex }) as const),
    hexOf(128).map((hex) => ({ kind: 'bip44', hex }) as const),
  );
  const keysFrom = (seed: Seed) =>
    Array.from({ length: MOST_ACCOUNTS }, (_, index) => deriveKeys(seed, index));

  test('have none of the accounts that a seed has where money is real', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const [real, tests] = [false, true].map((testMoney) => keysFrom(seedFor({ testMoney }, seed)));
        expect(real).toEqual(keysFrom(seed));
        const addresses = new Set([...(real ?? []), ...(tests ?? [])].map(({ address }) => address));
        expect(addresses.size).toBe(2 * MOST_ACCOUNTS);
      }),
      { numRuns: 20 },
    );
  });

  // Computed apart from this code: Python's hashlib.blake2b(seed, key=b'nano-purse test money 1', digest_size=32).
  test.each([
    ['00'.repeat(32), '5f13fbb656f1ebe03304afce83b8e10d2f2bc284bbdcd9aae81658a662f59f58'],
    ['01'.repeat(64), '6591adff3f9556a39fb9f61785895455948860b4017a2eb363fa5526a59c71cd'],
  ])('derive theirs from Blake2b of %s', (hex, expected) => {
    expect(seedFor({ testMoney: true }, readSeedHex(hex))).toEqual({ kind: 'legacy', hex: expected });
  });
});

function catching(action: () => unknown): unknown {
  try {
    return action();
  } catch (error) {
    return error;
  }
}
