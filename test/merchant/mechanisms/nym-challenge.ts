import { isDeepStrictEqual } from 'node:util';
import * as v from 'valibot';
import { readAddress } from '../../devnet/address.ts';
import type { Patience } from '../confirmation.ts';
import type { AcceptsEntry } from '../envelope.ts';
import type { Faults } from '../faults.ts';
import type { Habits } from '../flavour.ts';
import type { NanoNode } from '../node.ts';
import type { Session, Sessions } from '../sessions.ts';
import type { SpentBlocks } from '../spent.ts';
import { type Mechanism, noSuchOffer, type Refusal, refused } from './mechanism.ts';
import { type Flaw, inspectSend, notConfirmed } from './send-proof.ts';

const ChallengeExtra = v.strictObject({ challenge: v.looseObject({}) });
const Hash = v.pipe(v.string(), v.regex(/^[0-9a-fA-F]{64}$/));
const Settlement = v.object({
  version: v.literal('ns8'),
  mechanism: v.literal('nano-nym-exact'),
  mode: v.literal('settle'),
  challengeId: v.string(),
  sendHash: Hash,
  payerAccount: v.pipe(
    v.string(),
    v.check((address) => readAddress(address) !== undefined),
  ),
});
/** All that the reference server reads of it. */
const BareSettlement = v.object({ challengeId: v.string(), sendHash: Hash });

export interface NymChallengeParts {
  readonly networkId: string;
  readonly payTo: string;
  readonly node: NanoNode;
  readonly sessions: Sessions;
  readonly spent: SpentBlocks;
  readonly patience: Patience;
  readonly now: () => number;
  readonly faults: Faults;
}

/**
 * nano-nym-exact, ns8 (Rev 8 draft, docs/WIRE.md §3.6): every challenge has its own amount. The reference server asks the
 * node once and does not wait for the confirmation.
 */
export function nymChallenge(parts: NymChallengeParts): Mechanism {
  const { networkId, payTo, sessions, spent, patience, now, faults } = parts;
  return {
    name: 'nymChallenge',
    unconfirmed: notConfirmed,
    reference,

    offer: ({ url }, { priceRaw, expirySeconds }) =>
      entryOf(sessions.issue(url, priceRaw, payTo, expirySeconds, 'nymChallenge'), networkId),

    recognises: (accepted) => v.is(ChallengeExtra, accepted.extra),

    async redeem({ accepted, payload }, { url, route }, delivery, { flavour }) {
      const lax = flavour === 'reference';
      if (lax && delivery === 'body') return notByPost;
      if (!v.is(lax ? BareSettlement : Settlement, payload)) return malformed;
      const { challengeId, sendHash, payerAccount } = v.parse(v.looseObject(BareSettlement.entries), payload);

      const session = delivery === 'body' ? sessions.recall(challengeId) : sessions.issued(challengeId);
      if (session?.mechanism !== 'nymChallenge' || spent.hasSession(challengeId)) return unknownChallenge;
      if (now() >= session.expiresAt && !faults.has('expiry')) return refused('Challenge expired');
      if (session.url !== url || !isDeepStrictEqual(accepted, entryOf(session, networkId)))
        return noSuchOffer;

      const { amountRaw } = session;
      const payer = !lax && typeof payerAccount === 'string' ? { payer: payerAccount } : {};
      const wait = lax ? AT_ONCE : patience;
      const verdict = await inspectSend({ ...parts, patience: wait }, sendHash, {
        payTo,
        amountRaw,
        ...payer,
      });
      if (verdict.kind !== 'paid') return refused(wordsFor(verdict, payTo, amountRaw));
      const payment = {
        mechanism: 'nymChallenge',
        sessionId: challengeId,
        url,
        route,
        amountRaw,
        payTo,
        payer: verdict.payer,
        hash: verdict.hash,
        at: now(),
      };
      return spent.claim(payment) ? { kind: 'settled', payment } : refused(ALREADY_SPENT);
    },
  };
}

const AT_ONCE: Patience = { attempts: 0, intervalMs: 0 };
const ALREADY_SPENT = 'Block hash already spent';

const unknownChallenge = refused('Challenge not found or already redeemed');
const malformed: Refusal = {
  kind: 'refused',
  status: 400,
  error: 'PAYMENT-SIGNATURE missing sendHash or challengeId',
};
const notByPost: Refusal = { kind: 'refused', status: 405, error: 'Use GET with PAYMENT-SIGNATURE' };

function wordsFor(flaw: Flaw, payTo: string, amountRaw: string): string {
  switch (flaw.kind) {
    case 'spent':
      return ALREADY_SPENT;
    case 'unknown':
      return 'Block not found';
    case 'no send':
      return `Not a send block: ${flaw.subtype}`;
    case 'other payer':
      return `Payer mismatch: sent by ${flaw.payer}`;
    case 'other payee':
      return `Destination mismatch: expected ${payTo}, got key ${flaw.key}`;
    case 'other amount':
      return `Amount mismatch: expected ${amountRaw}, got ${flaw.amountRaw}`;
    case 'unconfirmed':
      return notConfirmed.error;
  }
}

function entryOf(session: Session, network: string): AcceptsEntry {
  const { amountRaw: amount, payTo, maxTimeoutSeconds, resourceAmountRaw, tagAmountRaw } = session;
  return {
    scheme: 'exact',
    network,
    asset: 'XNO',
    amount,
    payTo,
    maxTimeoutSeconds,
    extra: {
      challenge: {
        challengeId: session.id,
        mechanism: 'nano-nym-exact',
        version: 'ns8',
        payToKind: 'address',
        destination: payTo,
        amount,
        resourceAmountRaw,
        tagAmountRaw,
        expiresAt: new Date(session.expiresAt).toISOString(),
        expiresInSeconds: maxTimeoutSeconds,
        resourceUrl: session.url,
        settlementPolicy: 'send_confirmed',
      },
    },
  };
}

const RESULT = { version: 'ns8', mechanism: 'nano-nym-exact' };
/** What is said before the ledger is asked comes without a receipt. */
const BEFORE_THE_LEDGER: readonly string[] = [unknownChallenge.error, 'Challenge expired'];

/** The demo server of x402.Nano, its protected route. */
const reference: Habits = {
  encoding: 'base64url',
  demand: ({ error }) => ({ x402Version: 2, error }),
  receipt: ({ sessionId, hash, payTo, amountRaw, payer, at }) => ({
    x402Version: 2,
    result: {
      ...RESULT,
      mode: 'settled',
      challengeId: sessionId,
      sendHash: hash,
      destination: payTo,
      amount: amountRaw,
      payerAccount: payer,
      settledAt: new Date(at).toISOString(),
    },
    success: true,
  }),
  refusal(refusal, presented) {
    if (presented === undefined) {
      return { status: 400, body: { error: 'Invalid PAYMENT-SIGNATURE encoding' }, offersAgain: false };
    }
    const error = refusal === noSuchOffer ? unknownChallenge.error : refusal.error;
    const plain = { status: refusal.status, body: { error }, offersAgain: false };
    if (refusal.status !== 402 || BEFORE_THE_LEDGER.includes(error)) return plain;
    const { challengeId, sendHash } = presented.payload;
    return {
      ...plain,
      receipt: { x402Version: 2, result: { ...RESULT, mode: 'failed', challengeId, sendHash, error } },
    };
  },
};
