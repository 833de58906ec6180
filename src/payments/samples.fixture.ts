/** Sample challenges, offers, intents and budgets for tests. */
import type { Challenge } from '../interception/challenge.ts';
import { type NanoAddress, parseAddress } from '../nano/account.ts';
import type { Raw } from '../nano/amount.ts';
import type { PaymentId } from '../payment-id.ts';
import { type Budget, newBudget, spendingWindowsAt } from '../policy/budget.ts';
import type { NanoSessionOffer } from '../protocol/mechanisms/nano-session.ts';
import type { NanoSignatureOffer } from '../protocol/mechanisms/nano-signature.ts';
import type { SignedBlockOffer } from '../protocol/mechanisms/signed-block.ts';
import type { TrackAOffer } from '../protocol/mechanisms/track-a.ts';
import { type Site, siteOf } from '../site.ts';
import { type Intent, requestOf, resourceOf } from './payment.ts';

export const SHOP = 'https://shop.example' as Site;
export const PAYEE = parseAddress('nano_3noms9a1zytox399kygpge6cc7hu1z79ms1cgzojodz8741qi7w5u3nzb8mn');
export const NETWORK = 'nano:devnet';

let counter = 0;
const fresh = () => (++counter).toString();

export function challengeOf(parts: Partial<Challenge> = {}): Challenge {
  const url = parts.url ?? `${SHOP}/article`;
  return {
    id: `challenge-${fresh()}`,
    requestId: fresh(),
    tabId: 1,
    frameId: 0,
    documentId: null,
    initiator: null,
    topOrigin: new URL(url).origin,
    isPrivate: false,
    startedBy: 'user',
    view: 'front',
    method: 'GET',
    url,
    kind: 'main_frame',
    header: '',
    seenAt: Date.now(),
    ...parts,
  };
}

/** The PAYMENT-REQUIRED of a challenge. */
export function requiredIn({ header }: Challenge): string {
  if (typeof header !== 'string') throw new Error('its price is in plain headers');
  return header;
}

/** An offer of so many raw by nanoSession, with a new session by default. */
export function sessionOffer(amount: bigint, parts: Partial<NanoSessionOffer> = {}): NanoSessionOffer {
  return {
    mechanism: 'nanoSession',
    index: 0,
    network: NETWORK,
    amount: amount as Raw,
    resourceAmount: amount as Raw,
    tagAmount: 0n as Raw,
    payTo: PAYEE,
    expiresAt: Date.now() + 180_000,
    accepted: {},
    resource: { url: `${SHOP}/article` },
    resourceEcho: {},
    extensions: undefined,
    warnings: [],
    oncePer: `session-${fresh()}`,
    ...parts,
  };
}

export function signatureOffer(amount: bigint): NanoSignatureOffer {
  const { resourceAmount: _, tagAmount: __, ...terms } = sessionOffer(amount);
  return { ...terms, mechanism: 'nanoSignature', oncePer: undefined, urlToSign: `${SHOP}/article` };
}

/** An offer for a signed block that is valid for three minutes. */
export function trackAOffer(amount: bigint): TrackAOffer {
  const offer = signedBlockOffer(amount);
  return { ...offer, mechanism: 'trackA', validBefore: Math.floor(offer.expiresAt / 1_000) };
}

/** An offer for a signed block that names no expiry. */
export function signedBlockOffer(amount: bigint, parts: Partial<SignedBlockOffer> = {}): SignedBlockOffer {
  const { resourceAmount: _, tagAmount: __, ...terms } = sessionOffer(amount);
  return { ...terms, mechanism: 'signedBlock', oncePer: undefined, ...parts };
}

/** An intent that a request caused. */
export type RequestIntent = Intent & { readonly challenge: Challenge };

/** The request that caused an intent. */
export function challengeIn(intent: Pick<Intent, 'challenge'>): Challenge {
  const request = requestOf(intent);
  if (request === null) throw new Error('a test caused it');
  return request;
}

/** An intent to pay, with a new id, challenge and session by default. */
export function intentOf(parts: Partial<RequestIntent> & { readonly account: NanoAddress }): RequestIntent {
  const challenge = parts.challenge ?? challengeOf();
  const offer = parts.offer ?? sessionOffer(1_000n);
  const at = parts.at ?? Date.now();
  return {
    id: crypto.randomUUID() as PaymentId,
    at,
    network: { id: NETWORK, testMoney: true },
    site: siteOf(challenge.url),
    challenge,
    offer,
    amount: offer.amount,
    approval: 'once',
    once: offer.oncePer ?? `approval ${challenge.id}`,
    resource: resourceOf(challenge),
    windows: spendingWindowsAt(null, at),
    ...parts,
  };
}

/** A budget of `SHOP` that pays anything, with the given fields. */
export function budgetOf(parts: Partial<Budget> = {}): Budget {
  const most = (10n ** 33n) as Raw;
  return { ...newBudget(NETWORK, SHOP, 0), perPayment: most, perDay: most, ...parts };
}
