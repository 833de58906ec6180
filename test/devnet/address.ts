import { blake2b } from '@noble/hashes/blake2.js';
import { type AccountKey, fromHex } from './hex.ts';

const ALPHABET = '13456789abcdefghijkmnopqrstuwxyz';
const SHAPE = new RegExp(`^(?:nano|xrb)_([13][${ALPHABET}]{51})([${ALPHABET}]{8})$`);

function base32(value: bigint, length: number): string {
  let text = '';
  for (let rest = value; text.length < length; rest >>= 5n) text = ALPHABET.charAt(Number(rest & 31n)) + text;
  return text;
}

function fromBase32(text: string): bigint {
  let value = 0n;
  for (const digit of text) value = (value << 5n) | BigInt(ALPHABET.indexOf(digit));
  return value;
}

function checksum(key: AccountKey): string {
  const digest = blake2b(fromHex(key), { dkLen: 5 }).reverse();
  return base32(BigInt(`0x${Buffer.from(digest).toString('hex')}`), 8);
}

/** The account's address with the `nano_` prefix: 260 bits of key and its Blake2b-5, both in Nano's base 32. */
export function toAddress(key: AccountKey): string {
  return `nano_${base32(BigInt(`0x${key}`), 52)}${checksum(key)}`;
}

/** The account behind a `nano_` or `xrb_` address; undefined when it is malformed or its checksum is wrong. */
export function readAddress(address: string): AccountKey | undefined {
  const [, body = '', check] = SHAPE.exec(address) ?? [];
  if (check === undefined) return undefined;
  const key = fromBase32(body).toString(16).toUpperCase().padStart(64, '0') as AccountKey;
  return checksum(key) === check ? key : undefined;
}
