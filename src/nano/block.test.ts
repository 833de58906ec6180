import { eddsa } from '@noble/curves/abstract/edwards.js';
import { ed25519 } from '@noble/curves/ed25519.js';
import { blake2b } from '@noble/hashes/blake2.js';
import fc from 'fast-check';
import * as v from 'valibot';
import { describe, expect, test, vi } from 'vitest';
import { BURN_ADDRESS, type PublicKey, publicKeyOf } from './account.ts';
import { MAX_RAW, type Raw, ZERO } from './amount.ts';
import {
  type BlockHash,
  buildChange,
  buildReceive,
  buildSend,
  hashBlock,
  type OpenHead,
  receiveSubtypeOn,
  SignedBlockText,
  signBlock,
  toRpc,
  verifySignature,
  workRootOf,
  ZERO_HASH,
} from './block.ts';
import { signHashAnew, signHashOf, verifyHashOf } from './ed25519.ts';
import { bytesOfHex } from './hex.ts';
import { signNoms, verifyNoms } from './noms.ts';
import { deriveKeys } from './seed.ts';
import { signDigestOfText, verifyDigestOfText } from './signature.ts';

const keys = deriveKeys({ kind: 'legacy', hex: '00'.repeat(32) }, 0);
const other = deriveKeys({ kind: 'legacy', hex: '00'.repeat(32) }, 1);
const hash = fc.stringMatching(/^[0-9A-F]{64}$/).map((text) => text as BlockHash);
const balance = fc.bigInt({ min: 0n, max: MAX_RAW }).map((amount) => amount as Raw);
const head = fc.record({ hash, balance }).map(
  (fields): OpenHead => ({
    kind: 'open',
    account: keys.address,
    representative: other.address,
    confirmed: true,
    ...fields,
  }),
);
const work = '0123456789abcdef';

describe('building', () => {
  test('a send lowers the balance by exactly the amount, names the payee and changes nothing else', () => {
    fc.assert(
      fc.property(head, balance, (from, amount) => {
        fc.pre(amount <= from.balance);
        const block = buildSend(from, { to: other.address, amount });
        expect(from.balance - block.balance).toBe(amount);
        expect(block).toMatchObject({ account: from.account, previous: from.hash, link: other.publicKey });
        expect(block.representative).toBe(from.representative);
      }),
    );
  });

  test('a send of more than the balance is a fault that names the missing amount', () => {
    const from = { ...anyHead(), balance: (10n ** 30n) as Raw };
    const amount = (3n * 10n ** 30n) as Raw;
    expect(() => buildSend(from, { to: other.address, amount })).toThrow(
      expect.objectContaining({ key: 'fault_insufficient', args: ['2'] }),
    );
  });

  test('a receive adds the amount, and opens an account that has no block', () => {
    const source = 'AB'.repeat(32) as BlockHash;
    const order = { source, amount: 5n as Raw, representative: BURN_ADDRESS };
    const open = anyHead();
    expect(buildReceive(open, order)).toEqual({
      account: open.account,
      previous: open.hash,
      representative: open.representative,
      balance: open.balance + 5n,
      link: source,
    });
    const unopened = { kind: 'unopened', account: keys.address } as const;
    const first = {
      account: keys.address,
      previous: ZERO_HASH,
      representative: BURN_ADDRESS,
      balance: 5n,
      link: source,
    };
    expect(buildReceive(unopened, order)).toEqual(first);
    expect([receiveSubtypeOn(unopened), receiveSubtypeOn(open)]).toEqual(['open', 'receive']);
    expect([workRootOf(unopened), workRootOf(open)]).toEqual([keys.publicKey, open.hash]);
  });

  test('a receive sets the representative of a head that has none, and refuses a balance above 128 bits', () => {
    const order = { source: ZERO_HASH, amount: 1n as Raw, representative: other.address };
    expect(buildReceive({ ...anyHead(), representative: BURN_ADDRESS }, order).representative).toBe(
      other.address,
    );
    expect(() => buildReceive({ ...anyHead(), balance: MAX_RAW }, order)).toThrow(
      expect.objectContaining({ key: 'fault_badAmount' }),
    );
  });

  test('a change block changes only the representative', () => {
    const from = anyHead();
    const { balance, account, hash: previous } = from;
    const changed = { account, previous, representative: keys.address, balance, link: ZERO_HASH };
    expect(buildChange(from, keys.address)).toEqual(changed);
  });
});

describe('signing', () => {
  test('a signature verifies only for its key and its block, and the block survives the RPC format', () => {
    fc.assert(
      fc.property(head, fc.constantFrom('balance', 'previous', 'link', 'representative'), (from, field) => {
        const signed = { ...signBlock(buildChange(from, keys.address), keys.privateKey), work };
        expect(verifySignature(signed, keys.publicKey)).toBe(true);
        expect(verifySignature(signed, other.publicKey)).toBe(false);
        const changes = {
          balance: ((signed.balance + 1n) % MAX_RAW) as Raw,
          previous: 'C0'.repeat(32) as BlockHash,
        };
        const changed = { ...signed, ...changes, link: 'C0'.repeat(32), representative: other.address };
        const tampered = { ...signed, [field]: changed[field as keyof typeof changed] };
        expect(verifySignature(tampered, keys.publicKey)).toBe(false);
        expect(hashBlock(tampered)).not.toBe(hashBlock(signed));
        expect(v.parse(SignedBlockText, JSON.parse(JSON.stringify(toRpc(signed))))).toEqual(signed);
      }),
      { numRuns: 25 },
    );
  });

  test('a signature covers every byte of a message, also those below 16', () => {
    const message = fc.uint8Array({ minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(message, fc.nat(), fc.integer({ min: 1, max: 255 }), (bytes, at, change) => {
        const other = Uint8Array.from(bytes);
        const place = at % bytes.length;
        other[place] = (bytes[place] ?? 0) ^ change;
        const signature = signHashOf(keys.privateKey, bytes);
        expect(verifyHashOf(keys.publicKey, bytes, signature)).toBe(true);
        expect(verifyHashOf(keys.publicKey, other, signature)).toBe(false);
      }),
      { numRuns: 25 },
    );
    const low = Uint8Array.of(0x05, 0x41);
    expect(signHashOf(keys.privateKey, low)).not.toBe(signHashOf(keys.privateKey, Uint8Array.of(0x54, 0x01)));
  });

  test('signing anew gives another signature each time, which strict rules accept too', () => {
    const strict = eddsa(ed25519.Point, blake2b, {
      adjustScalarBytes: (bytes: Uint8Array) => {
        const scalar = Uint8Array.from(bytes);
        scalar[0] = (scalar[0] ?? 0) & 248;
        scalar[31] = ((scalar[31] ?? 0) & 127) | 64;
        return scalar;
      },
      zip215: false,
    });
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (message) => {
        const signature = signHashAnew(keys.privateKey, message);
        expect(signature).toMatch(/^[0-9A-F]{128}$/);
        expect(verifyHashOf(keys.publicKey, message, signature)).toBe(true);
        expect(verifyHashOf(other.publicKey, message, signature)).toBe(false);
        const digest = blake2b(message, { dkLen: 32 });
        expect(strict.verify(bytesOfHex(signature), digest, bytesOfHex(keys.publicKey))).toBe(true);
        const again = [signHashAnew(keys.privateKey, message), signHashOf(keys.privateKey, message)];
        expect(new Set([signature, ...again].map((one) => one.slice(0, 64))).size).toBe(3);
      }),
      { numRuns: 25, examples: [[new Uint8Array()]] },
    );
  });

  test('signing anew with constant random bytes repeats no nonce for another message or key', () => {
    const constant = vi.spyOn(crypto, 'getRandomValues').mockImplementation((bytes) => bytes);
    try {
      const [one, two] = [Uint8Array.of(1), Uint8Array.of(2)].map((message) =>
        signHashAnew(keys.privateKey, message),
      );
      expect(one?.slice(0, 64)).not.toBe(two?.slice(0, 64));
      expect(signHashAnew(other.privateKey, Uint8Array.of(1)).slice(0, 64)).not.toBe(one?.slice(0, 64));
    } finally {
      constant.mockRestore();
    }
  });

  test('a signature of another length, or with a point off the curve, does not verify', () => {
    const signature = signHashOf(keys.privateKey, new Uint8Array(3));
    expect(signature).toMatch(/^[0-9A-F]{128}$/);
    expect(() => ed25519.Point.fromBytes(bytesOfHex(signature.slice(0, 64)))).not.toThrow();
    for (const wrong of ['', signature.slice(2), `${signature}00`, 'zz'.repeat(64)]) {
      expect(verifyHashOf(keys.publicKey, new Uint8Array(3), wrong)).toBe(false);
    }
  });

  test('a text that starts with a zero byte, as a block does, is not signed', () => {
    const block = signBlock(buildChange(anyHead(), keys.address), keys.privateKey);
    expect(() => signDigestOfText(keys.privateKey, '\0'.repeat(31) + '\x06'.repeat(145))).toThrow(RangeError);
    expect(verifyDigestOfText(keys.publicKey, 'text', block.signature)).toBe(false);
    expect(verifyNoms(keys.publicKey, 'text', signDigestOfText(keys.privateKey, 'text'))).toBe(false);
    expect(verifyDigestOfText(keys.publicKey, 'text', signNoms(keys.privateKey, 'text'))).toBe(false);
  });

  test('the signature of a long text covers all of it', () => {
    const text = 'https://example.com/'.padEnd(200_000, 'a');
    const signature = signDigestOfText(keys.privateKey, text);
    expect(verifyDigestOfText(keys.publicKey, text, signature)).toBe(true);
    expect(verifyDigestOfText(keys.publicKey, text.slice(1), signature)).toBe(false);
  });
});

describe('blocks of others', () => {
  const rpc = toRpc({ ...signBlock(buildChange(anyHead(), keys.address), keys.privateKey), work });

  test('hex digits of either case and the old prefix are read into the canonical spelling', () => {
    const spelled = {
      ...rpc,
      account: rpc.account.replace('nano_', 'xrb_'),
      previous: rpc.previous.toLowerCase(),
      signature: rpc.signature.toLowerCase(),
      work: work.toUpperCase(),
    };
    expect(v.parse(SignedBlockText, spelled)).toEqual(v.parse(SignedBlockText, rpc));
  });

  test.each([
    ['type', 'send'],
    ['account', publicKeyOf(keys.address)],
    ['balance', 1],
    ['balance', '-1'],
    ['balance', (MAX_RAW + 1n).toString()],
    ['link', '00'],
    ['signature', ''],
    ['work', '0'],
  ])('a block with %s %j is refused', (field, value) => {
    expect(v.is(SignedBlockText, { ...rpc, [field]: value })).toBe(false);
  });
});

function anyHead(): OpenHead {
  const hash = 'CD'.repeat(32) as BlockHash & PublicKey;
  const representative = other.address;
  return { kind: 'open', account: keys.address, hash, balance: ZERO, representative, confirmed: true };
}
