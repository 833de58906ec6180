import { isHandOver } from '../protocol/mechanisms/index.ts';
import type { Message } from '../protocol/mechanisms/mechanism.ts';
import type { EntryMechanism, EntryOffer } from '../protocol/offer/offer.ts';
import { isObject, type JsonObject, own } from '../protocol/wire/json.ts';
import { altered, withExtra, withMark } from './proofs.ts';

/** How probes alter the entries and proofs of one mechanism. */
interface Alterations<O extends EntryOffer> {
  /** How many random bytes an id has, and the entry under another id; null where offers have no id. */
  readonly id: { readonly bytes: number; with(entry: JsonObject, id: string): JsonObject } | null;
  /** Whether offers name their own expiry. */
  readonly expires: boolean;
  /** How proofs are signed; null where nothing but a block is signed. */
  readonly signs: Message['kind'] | null;
  /** The entry with another amount (raw) wherever it repeats it beside `amount`. */
  withAmount(entry: JsonObject, amount: string): JsonObject;
  /** The entry with another payee wherever it repeats it beside `payTo`. */
  withPayee(entry: JsonObject, payTo: string): JsonObject;
  /** The payload as a claim of another offer's id. */
  withClaim(payload: JsonObject, id: string): JsonObject;
  /** The proof with its hex in the other case, signed anew where the case is part of what is signed. */
  inOtherCase(
    offer: O,
    proof: string,
    hash: string,
    sign: (message: Message) => Promise<string>,
  ): Promise<string>;
}

const same = (entry: JsonObject): JsonObject => entry;
const parts = (amount: string): JsonObject => ({ resourceAmountRaw: amount, tagAmountRaw: '0' });

/** One row a mechanism: one that is missing does not compile. */
type Rows = { readonly [M in EntryMechanism]: Alterations<Extract<EntryOffer, { readonly mechanism: M }>> };
const rows: Rows = {
  nanoSession: {
    id: { bytes: 16, with: (entry, id) => withMark(entry, 'nanoSession', { id }) },
    expires: true,
    signs: null,
    withAmount: (entry, amount) => withMark(entry, 'nanoSession', parts(amount)),
    withPayee: same,
    withClaim: same,
    inOtherCase: async (_offer, proof, hash) => withPayload(proof, { proof: hash.toLowerCase() }),
  },
  nymChallenge: {
    id: { bytes: 16, with: (entry, id) => withMark(entry, 'challenge', { challengeId: id }) },
    expires: true,
    signs: null,
    withAmount: (entry, amount) => withMark(entry, 'challenge', { amount, ...parts(amount) }),
    withPayee: (entry, payTo) => withMark(entry, 'challenge', { destination: payTo }),
    withClaim: (payload, id) => ({ ...payload, challengeId: id }),
    inOtherCase: async (_offer, proof, hash) => withPayload(proof, { sendHash: hash.toLowerCase() }),
  },
  trackB: {
    id: { bytes: 32, with: (entry, id) => withExtra(entry, { nonce: id }) },
    expires: true,
    signs: 'noms',
    withAmount: same,
    withPayee: same,
    withClaim: same,
    async inOtherCase({ oncePer, validBefore }, proof, hash, sign) {
      const signature = await sign({ kind: 'noms', text: `${hash}:${oncePer}:${validBefore}` });
      return withPayload(proof, { blockHash: hash, signature: signature.toLowerCase() });
    },
  },
  nanoSignature: {
    id: null,
    expires: false,
    signs: 'plain',
    withAmount: same,
    withPayee: same,
    withClaim: same,
    async inOtherCase({ urlToSign }, proof, hash, sign) {
      const lower = hash.toLowerCase();
      const signature = await sign({ kind: 'plain', text: `${lower}${urlToSign}` });
      return withPayload(proof, { proof: lower, signature });
    },
  },
  trackA: {
    id: null,
    expires: true,
    signs: null,
    withAmount: same,
    withPayee: same,
    withClaim: same,
    inOtherCase: async (_offer, proof) => altered(proof, { payload: inLowerCase }),
  },
  signedBlock: {
    id: null,
    expires: false,
    signs: null,
    withAmount: same,
    withPayee: same,
    withClaim: same,
    inOtherCase: async (_offer, proof) => altered(proof, { payload: inLowerCase }),
  },
};

/** How entries and proofs of a mechanism are altered. */
export const alterationsOf = ({ mechanism }: Pick<EntryOffer, 'mechanism'>): Alterations<EntryOffer> =>
  rows[mechanism];

const mechanismsThat = (passes: (mechanism: EntryMechanism) => boolean): readonly EntryMechanism[] =>
  (Object.keys(rows) as EntryMechanism[]).filter(passes);

export const EVERY: readonly EntryMechanism[] = mechanismsThat(() => true);
/** The mechanisms in which the payment is on the ledger before the server is shown anything. */
export const PAY_FIRST: readonly EntryMechanism[] = mechanismsThat((mechanism) => !isHandOver({ mechanism }));
/** The mechanisms in which the server is handed the signed block. */
export const HAND_OVER: readonly EntryMechanism[] = mechanismsThat((mechanism) => isHandOver({ mechanism }));
/** The mechanisms whose offers carry an id of their own. */
export const WITH_ID: readonly EntryMechanism[] = mechanismsThat((mechanism) => rows[mechanism].id !== null);
/** The mechanisms whose offers name their own expiry. */
export const EXPIRING: readonly EntryMechanism[] = mechanismsThat((mechanism) => rows[mechanism].expires);
/** The mechanisms whose proofs carry a signature beside the block's own. */
export const SIGNED: readonly EntryMechanism[] = mechanismsThat(
  (mechanism) => rows[mechanism].signs !== null,
);

const withPayload = (proof: string, change: JsonObject): string =>
  altered(proof, { payload: (payload) => ({ ...payload, ...change }) });

function inLowerCase(payload: JsonObject): JsonObject {
  const block = own(payload, 'block');
  if (!isObject(block)) return payload;
  const hex = ['previous', 'link', 'signature'].map((key) => [key, String(own(block, key)).toLowerCase()]);
  return { block: { ...block, ...Object.fromEntries(hex) } };
}
