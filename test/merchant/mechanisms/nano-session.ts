import { isDeepStrictEqual } from 'node:util';
import * as v from 'valibot';
import type { Patience } from '../confirmation.ts';
import type { AcceptsEntry } from '../envelope.ts';
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
}

/** nanoSession (Rev 7 track 1, protocol.md 3.4): every quote has its own amount, and the amount says whose the send is. */
export function nanoSession(parts: NanoSessionParts): Mechanism {
  const { networkId, payTo, node, sessions, spent, patience, now } = parts;
  return {
    name: 'nanoSession',
    unconfirmed: notConfirmed,
    reference: rev7,

    offer: ({ url }, { priceRaw, expirySeconds }) =>
      entryOf(sessions.issue(url, priceRaw, payTo, expirySeconds), networkId),

    recognises: (accepted) => v.is(SessionExtra, accepted.extra),

    async redeem({ accepted, payload }, resource, delivery) {
      const { id } = v.parse(SessionExtra, accepted.extra).nanoSession;
      const proof = presentedHash(payload);
      if (proof === undefined) return invalidPayload;

      const session = delivery === 'body' ? sessions.recall(id) : sessions.live(id);
      if (session?.mechanism !== 'nanoSession' || spent.hasSession(id)) return sessionLost;
      if (session.url !== resource.url || !isDeepStrictEqual(accepted, entryOf(session, networkId))) {
        return refused('Requirements mismatch for issued session');
      }

      const verdict = await judgeSend(node, spent, patience, proof, session);
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
