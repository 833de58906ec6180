declare const hex32: unique symbol;

/** 32 bytes as 64 upper-case hex digits, the way a Nano node writes them: a block hash, an account key, a link. */
export type Hex32 = string & { readonly [hex32]: true };

/** A block's hash. */
export type Hash = Hex32;

/** An account, by its Ed25519-Blake2b public key. */
export type AccountKey = Hex32;

/** The hash before the first block, the link of a change, and the key of the burn account. */
export const ZERO = '0'.repeat(64) as Hex32;

/** The bytes as upper-case hex digits. */
export function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex').toUpperCase();
}

/** The 32 bytes as upper-case hex digits. */
export function toHex32(bytes: Uint8Array): Hex32 {
  if (bytes.length !== 32) throw new RangeError(`expected 32 bytes, got ${bytes.length}`);
  return toHex(bytes) as Hex32;
}

/** The bytes behind an even number of hex digits. */
export function fromHex(hex: string): Uint8Array {
  if (!/^(?:[0-9a-f]{2})*$/i.test(hex)) throw new RangeError('not hex');
  return new Uint8Array(Buffer.from(hex, 'hex'));
}

/**
 * Reads a number of at most `digits` hex digits as a node does: short text stands for a number with leading zeros.
 * Undefined when the text is empty, too long or not hex.
 */
export function readHex(text: string, digits: number): string | undefined {
  if (text.length > digits || !/^[0-9a-f]+$/i.test(text)) return undefined;
  return text.toUpperCase().padStart(digits, '0');
}

/** Reads 32 bytes of hex; undefined when the text is not that. */
export function readHex32(text: string): Hex32 | undefined {
  return readHex(text, 64) as Hex32 | undefined;
}
