import fc from 'fast-check';
import { tools } from 'nanocurrency-web';
import * as v from 'valibot';
import { expect, test } from 'vitest';
import {
  AddressText,
  addressOf,
  BURN_ADDRESS,
  type PublicKey,
  PublicKeyText,
  parseAddress,
  publicKeyOf,
  readAddress,
} from './account.ts';
import { formatAccountId, parseAccountId } from './account-id.ts';

const DIGITS = '13456789abcdefghijkmnopqrstuwxyz';
const key = fc
  .uint8Array({ minLength: 32, maxLength: 32 })
  .map((bytes) => v.parse(PublicKeyText, Buffer.from(bytes).toString('hex')));

test('a public key and its address convert into each other as in nanocurrency-web', () => {
  fc.assert(
    fc.property(key, (publicKey) => {
      const address = addressOf(publicKey);
      expect(address).toBe(tools.publicKeyToAddress(publicKey));
      expect(publicKeyOf(address)).toBe(publicKey);
      expect(readAddress(address)).toEqual({ address, legacyPrefix: false });
      expect(readAddress(address.replace('nano_', 'xrb_'))).toEqual({ address, legacyPrefix: true });
    }),
  );
});

test('an address with any one character changed is refused', () => {
  const place = fc.integer({ min: 5, max: 64 });
  const digit = fc.constantFrom(...DIGITS);
  fc.assert(
    fc.property(key, place, digit, (publicKey, at, other) => {
      const address = addressOf(publicKey);
      fc.pre(address[at] !== other);
      expect(readAddress(address.slice(0, at) + other + address.slice(at + 1))).toBeUndefined();
    }),
  );
});

test('an address has one of two prefixes, in lower case, and nothing around it', () => {
  const address = addressOf('A'.repeat(64) as PublicKey);
  const wrong = [
    address.toUpperCase(),
    ` ${address}`,
    `${address}\n`,
    address.replace('_', '-'),
    address.slice(5),
    `nano_${address}`,
    undefined,
    [address],
  ];
  for (const text of wrong) {
    expect(readAddress(text)).toBeUndefined();
    expect(() => parseAddress(text)).toThrow(expect.objectContaining({ key: 'fault_badAddress' }));
    expect(v.is(AddressText, text)).toBe(false);
  }
  expect(v.parse(AddressText, address.replace('nano_', 'xrb_'))).toBe(address);
});

test('the burn address is the well-known one', () => {
  expect(BURN_ADDRESS).toBe('nano_1111111111111111111111111111111111111111111111111111hifc8npp');
});

test('a CAIP-10 account id is read back as it was written, and needs a network and an account', () => {
  fc.assert(
    fc.property(key, fc.constantFrom('nano:mainnet', 'nano:devnet', 'test-1:a_b'), (publicKey, network) => {
      const id = { network, account: addressOf(publicKey) };
      expect(parseAccountId(formatAccountId(id))).toEqual(id);
    }),
  );
  for (const text of [
    '',
    BURN_ADDRESS,
    `nano:${BURN_ADDRESS}`,
    'nano:mainnet:',
    'nano:mainnet:x',
    'a:b:c:d',
  ]) {
    expect(() => parseAccountId(text)).toThrow(expect.objectContaining({ key: 'fault_badAddress' }));
  }
});
