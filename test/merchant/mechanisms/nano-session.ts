import { isDeepStrictEqual } from 'node:util';
import * as v from 'valibot';
import type { Patience } from '../confirmation.ts';
import type { AcceptsEntry, Presented } from '../envelope.ts';
import { type Faults, forNothing } from '../faults.ts';
import type { NanoNode } from '../node.ts';
import type { Session, Sessions } from '../sessions.ts';
import type { SpentBlocks } from '../spent.ts';
import { invalidPayload, type Mechanism, presentedHash, refused, sessionLost } from './mechanism.ts';
import { rev7 } from './rev7.ts';
import { alreadySpent, judgeSend, notConfirmed } from './send-proof.ts';

const SessionExtra = v.strictObject({ nanoSession: v.looseObject({ id: v.string() }) });

export interface NanoSessionParts {
  readonly networkId: string;
  readonly payTo: string;
  readonly node: NanoNode;
  readonly sessions: Sessions;
  readonly spent: SpentBlocks;
  readonly patience: Patience;
  readonly now: () => number;
  readonly faults: Faults;
}

/** nanoSession (Rev 7 track 1, docs/WIRE.md §3.4): every quote has its own amount, and the amount says whose the send is. */
export function nanoSession(parts: NanoSessionParts): Mechanism {
  const { networkId, payTo, sessions, spent, now, faults } = parts;
  return {
    name: 'nanoSession',
    unconfirmed: notConfirmed,
    reference: rev7,

    offer: ({ url }, { priceRaw, expirySeconds }) =>
      misprinted(entryOf(sessions.issue(url, priceRaw, payTo, expirySeconds), networkId), faults),

    recognises: (accepted) => v.is(SessionExtra, accepted.extra),

    async redeem({ accepted, payload }, resource, delivery) {
      const { id } = v.parse(SessionExtra, accepted.extra).nanoSession;
      const proof = presentedHash(payload);
      if (proof === undefined) return invalidPayload;

      const known = delivery === 'body' ? sessions.recall(id) : sessions.live(id);
      const believed = faults.has('spoof') || (faults.has('post-register') && delivery === 'body');
      const session = known ?? (believed ? sessions.adopt(selfMade(accepted, id, resource.url)) : undefined);
      if (session === undefined && faults.has('unknown-session')) {
        return { kind: 'settled', payment: forNothing('nanoSession', resource.url, resource.route) };
      }
      if (session?.mechanism !== 'nanoSession' || spent.hasSession(id)) return sessionLost;
      const isEcho = known === undefined || echoes(accepted, entryOf(session, networkId), faults);
      if (session.url !== resource.url || !isEcho) {
        return refused('Requirements mismatch for issued session');
      }

      const verdict = await judgeSend(parts, proof, debtOf(session, accepted, faults));
      if (verdict.kind === 'refused') return verdict;
      const { hash, payer } = verdict;
      const { amountRaw } = session;
      const { url, route } = resource;
      const payment = {
        mechanism: 'nanoSession',
        sessionId: id,
        url,
        route,
        amountRaw,
        payTo,
        payer,
        hash,
        at: now(),
      };
      return spent.claim(payment) ? { kind: 'settled', payment } : alreadySpent;
    },
  };
}

/** What the send must have done: what the session says, unless the merchant lacks a check. */
function debtOf(session: Session, accepted: Presented['accepted'], faults: Faults) {
  const { payTo, amountRaw } = session;
  if (faults.has('echo')) return { payTo: String(accepted.payTo), amountRaw: String(accepted.amount) };
  if (faults.has('payee')) return { payTo, amountRaw };
  if (faults.has('steal') || faults.has('resale')) {
    return { payTo, amountRaw: session.resourceAmountRaw, atLeast: true };
  }
  return { payTo, amountRaw };
}

/** Whether a client says back what was issued, as far as this merchant looks. */
function echoes(accepted: Presented['accepted'], entry: AcceptsEntry, faults: Faults): boolean {
  const { network, amount, payTo, extra } = entry;
  const unread = {
    ...(faults.has('network') && { network }),
    ...((faults.has('echo') || faults.has('payee')) && { amount, payTo, extra }),
  };
  return isDeepStrictEqual({ ...accepted, ...unread }, entry);
}

/** A session as a client describes it. */
function selfMade(
  { amount, payTo, maxTimeoutSeconds }: Presented['accepted'],
  id: string,
  url: string,
): Session {
  return {
    id,
    mechanism: 'nanoSession',
    url,
    resourceAmountRaw: String(amount),
    tagAmountRaw: '0',
    amountRaw: String(amount),
    payTo: String(payTo),
    maxTimeoutSeconds: Number(maxTimeoutSeconds),
    issuedAt: 0,
    expiresAt: Number.POSITIVE_INFINITY,
  };
}

/** An entry as a merchant issues it that gets its own offers wrong. */
function misprinted(entry: AcceptsEntry, faults: Faults): AcceptsEntry {
  if (faults.has('sum')) return { ...entry, amount: String(BigInt(entry.amount) + 1n) };
  const second = { nanoSignature: { url: '', messageToSign: 'block_hash+url' } };
  return faults.has('two-marks') ? { ...entry, extra: { ...entry.extra, ...second } } : entry;
}

function entryOf(session: Session, network: string): AcceptsEntry {
  const { id, resourceAmountRaw, tagAmountRaw, amountRaw, payTo, maxTimeoutSeconds, expiresAt } = session;
  return {
    scheme: 'exact',
    network,
    asset: 'XNO',
    amount: amountRaw,
    payTo,
    maxTimeoutSeconds,
    extra: {
      nanoSession: {
        id,
        tag: Number(tagAmountRaw),
        resourceAmountRaw,
        tagAmountRaw,
        expiresAt: new Date(expiresAt).toISOString(),
      },
    },
  };
}
