import { type NanoAddress, publicKeyOf } from '../nano/account.ts';
import { ZERO } from '../nano/amount.ts';
import { type BlockHash, hashBlock, type SignedBlock, signBlock, toRpc } from '../nano/block.ts';
import { hexOf } from '../nano/hex.ts';
import { signNoms } from '../nano/noms.ts';
import { type AccountKeys, deriveKeys } from '../nano/seed.ts';
import { signDigestOfText } from '../nano/signature.ts';
import { isHandOver } from '../protocol/mechanisms/index.ts';
import type { Message, Paid } from '../protocol/mechanisms/mechanism.ts';
import type { EntryOffer } from '../protocol/offer/offer.ts';
import { makeProof } from '../protocol/proof/proof.ts';
import { decodeObject, encodeProof } from '../protocol/wire/envelope.ts';
import { isObject, type JsonObject, own } from '../protocol/wire/json.ts';

/** Who signs a proof. */
export type Signer = Pick<Paid, 'account' | 'sign'>;

/** The proof of an offer by a send, or by a block that is handed over: what an honest client makes. */
export function proofOf(offer: EntryOffer, paid: BlockHash | SignedBlock, signer: Signer): Promise<string> {
  if (typeof paid === 'string') {
    if (isHandOver(offer)) throw new RangeError('this offer is proven by a signed block');
    return makeProof(offer, { hash: paid, ...signer });
  }
  if (!isHandOver(offer)) throw new RangeError('this offer is proven by a send');
  return makeProof(offer, { block: paid });
}

/** What is changed of a proof; what is not named stays. Each gets the part as it is. */
export interface Alteration {
  readonly accepted?: (accepted: JsonObject) => JsonObject;
  readonly payload?: (payload: JsonObject) => JsonObject;
  readonly extensions?: (extensions: JsonObject) => JsonObject | undefined;
  /** Another version of x402. */
  readonly version?: number;
}

/** A proof that differs from a right one in just what is changed. */
export function altered(proof: string, { accepted, payload, extensions, version }: Alteration): string {
  const whole = read(proof);
  const { extensions: echoed, ...rest } = whole;
  const changed = extensions && isObject(echoed) ? extensions(echoed) : echoed;
  return encodeProof({
    ...rest,
    accepted: (accepted ?? same)(partOf(whole, 'accepted')),
    payload: (payload ?? same)(partOf(whole, 'payload')),
    ...(changed !== undefined && { extensions: changed }),
    ...(version !== undefined && { x402Version: version }),
  });
}

/** The mechanism's own part of a proof. */
export const payloadOf = (proof: string): JsonObject => partOf(read(proof), 'payload');

/** The entry that a proof echoes. */
export const acceptedIn = (proof: string): JsonObject => partOf(read(proof), 'accepted');

/** The payload of a block that is handed over, with what it shows of its link chosen freely: no signature covers that. */
export const blockPayload = (block: SignedBlock, linkAsAccount: string): JsonObject => ({
  block: { ...toRpc(block), link_as_account: linkAsAccount },
});

/** An entry with something changed in the one object that its `extra` holds. */
export function withMark(entry: JsonObject, mark: string, change: JsonObject): JsonObject {
  const extra = partOf(entry, 'extra');
  return { ...entry, extra: { ...extra, [mark]: { ...partOf(extra, mark), ...change } } };
}

/** An entry with something changed in its `extra`. */
export function withExtra(entry: JsonObject, change: JsonObject): JsonObject {
  return { ...entry, extra: { ...partOf(entry, 'extra'), ...change } };
}

export const hashOf = hashBlock;

/** So many random bytes as hex in lower case. */
export const randomHex = (bytes: number): string =>
  hexOf(crypto.getRandomValues(new Uint8Array(bytes))).toLowerCase();

/** A hash that no block has. */
export const noBlock = (): BlockHash => randomHex(32).toUpperCase() as BlockHash;

/** Somebody with a key of their own and no money, who is forgotten when the probe ends. */
export function stranger(): Signer & { readonly keys: AccountKeys } {
  const keys = deriveKeys({ kind: 'legacy', hex: randomHex(32) }, 0);
  const { privateKey, address } = keys;
  const sign = ({ kind, text }: Message) =>
    kind === 'plain' ? signDigestOfText(privateKey, text) : signNoms(privateKey, text);
  return { keys, account: address, sign };
}

/** A well signed block that pays an account, by somebody whose account the ledger does not know. */
export function blockOfStranger(payTo: NanoAddress): {
  readonly block: SignedBlock;
  readonly signer: Signer;
} {
  const { keys, ...signer } = stranger();
  const { address: account, privateKey } = keys;
  const fields = { account, previous: noBlock(), representative: account, balance: ZERO };
  const unsigned = { ...fields, link: publicKeyOf(payTo), signature: '', work: randomHex(8) };
  return { block: signBlock(unsigned, privateKey), signer };
}

const same = (part: JsonObject): JsonObject => part;

function read(proof: string): JsonObject {
  const whole = decodeObject(proof);
  if (whole === undefined) throw new RangeError('not a proof of ours');
  return whole;
}

function partOf(object: JsonObject, key: string): JsonObject {
  const part = own(object, key);
  return isObject(part) ? part : {};
}
