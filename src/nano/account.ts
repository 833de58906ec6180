/**
 * Nano accounts: conversion between a public key and its address. docs/WIRE.md §6.2; docs.nano.org, "Account public
 * address".
 */
import { blake2b } from '@noble/hashes/blake2.js';
import * as v from 'valibot';
import { Fault } from '../fault.ts';
import { bytesOfHex, hexOf } from './hex.ts';

/** An account in its canonical spelling: `nano_` and 60 characters, with a checksum that is right. */
export type NanoAddress = string & v.Brand<'NanoAddress'>;

/** An account's public key: 64 hex digits in upper case. */
export type PublicKey = string & v.Brand<'PublicKey'>;

const ALPHABET = '13456789abcdefghijkmnopqrstuwxyz';
const ADDRESS = /^(nano|xrb)_([13][13-9a-km-uw-z]{51})([13-9a-km-uw-z]{8})$/;
const KEY_CHARACTERS = 52;
const CHECKSUM_CHARACTERS = 8;

/** The address of a public key. */
export function addressOf(publicKey: PublicKey): NanoAddress {
  const key = encode(BigInt(`0x${publicKey}`), KEY_CHARACTERS);
  return `nano_${key}${checksumOf(publicKey)}` as NanoAddress;
}

/** The public key of an account. */
export function publicKeyOf(address: NanoAddress): PublicKey {
  return keyIn(address.slice('nano_'.length, 'nano_'.length + KEY_CHARACTERS));
}

/**
 * Reads an address with either prefix into its canonical spelling. `legacyPrefix` is true for the old prefix `xrb_`.
 * Returns undefined when the value is no address.
 */
export function readAddress(
  text: unknown,
): { readonly address: NanoAddress; readonly legacyPrefix: boolean } | undefined {
  if (typeof text !== 'string') return undefined;
  const [, prefix, key, checksum] = ADDRESS.exec(text) ?? [];
  if (key === undefined || checksum !== checksumOf(keyIn(key))) return undefined;
  return { address: `nano_${key}${checksum}` as NanoAddress, legacyPrefix: prefix === 'xrb' };
}

/** Whether a text looks like an address with either prefix, whatever its checksum. */
export const hasAddressForm = (text: string): boolean => ADDRESS.test(text);

/** Reads an address that starts with `nano_` or `xrb_`. @throws Fault `fault_badAddress` */
export function parseAddress(text: unknown): NanoAddress {
  const read = readAddress(text);
  if (read === undefined) throw new Fault('fault_badAddress');
  return read.address;
}

/** Schema of an address with either prefix. Its output is the canonical spelling. */
export const AddressText = v.pipe(
  v.string(),
  v.rawTransform(({ dataset, addIssue, NEVER }): NanoAddress => {
    const read = readAddress(dataset.value);
    if (read !== undefined) return read.address;
    addIssue({ message: 'not a Nano address' });
    return NEVER;
  }),
);

/** Schema of a public key in hex digits of either case. */
export const PublicKeyText = v.pipe(
  v.string(),
  v.regex(/^[0-9a-fA-F]{64}$/),
  v.transform((text) => text.toUpperCase() as PublicKey),
);

/** The account of the all-zero public key. It has no private key, so money sent there is lost. */
export const BURN_ADDRESS = addressOf('0'.repeat(64) as PublicKey);

function encode(value: bigint, characters: number): string {
  let text = '';
  for (let shift = 5 * (characters - 1); shift >= 0; shift -= 5) {
    text += ALPHABET.charAt(Number((value >> BigInt(shift)) & 31n));
  }
  return text;
}

function keyIn(characters: string): PublicKey {
  let value = 0n;
  for (const character of characters) value = (value << 5n) | BigInt(ALPHABET.indexOf(character));
  return value.toString(16).padStart(64, '0').toUpperCase() as PublicKey;
}

/** The checksum of an address: five bytes of Blake2b over the public key, in reverse order. */
function checksumOf(publicKey: PublicKey): string {
  const digest = blake2b(bytesOfHex(publicKey), { dkLen: 5 }).reverse();
  return encode(BigInt(`0x${hexOf(digest)}`), CHECKSUM_CHARACTERS);
}
