import type { Answered, Challenge } from '../interception/challenge.ts';
import { credentialsFor, readStart } from '../interception/price-probe.ts';
import type { PostAnswer } from '../payments/proof-delivery.ts';

/** What a server answered to a request of the purse's own that carried a proof. */
export interface Replayed {
  readonly delivery: Answered;
  /** The beginning of the body, as text. */
  readonly body: string;
}

/** How long a server may take to answer the purse's own requests (ms). */
const PATIENCE = 30_000;

/**
 * Sends JSON to the URL that issued the challenge, and to no other: a redirect is a failure (invariant 5). With the
 * cookies of the site, since the session that is asked for may be the browser's own, unless another site caused the
 * challenge.
 */
export async function postTo(challenge: Challenge, body: string): Promise<PostAnswer> {
  const response = await fetch(challenge.url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body,
    credentials: credentialsFor(challenge),
    redirect: 'error',
    signal: AbortSignal.timeout(PATIENCE),
  });
  const { status, headers } = response;
  return { status, paymentResponse: headers.get('payment-response'), bodyText: await response.text() };
}

/** Loads the page that asked again, as the user wants it, and shows it. */
export async function loadPage({ tabId }: Challenge): Promise<void> {
  await chrome.tabs.reload(tabId);
  await chrome.tabs.update(tabId, { active: true });
}

/**
 * Sends a request that has no body once more with the proof it had: to the URL that issued the challenge and to no
 * other (invariant 5). With the cookies of the site, unless it was asked from a private window, whose cookies are not
 * those of the purse's own requests.
 */
export async function replayTo({ url, method, isPrivate }: Challenge, proof: string): Promise<Replayed> {
  const response = await fetch(url, {
    method,
    headers: { 'PAYMENT-SIGNATURE': proof },
    credentials: isPrivate ? 'omit' : 'include',
    redirect: 'error',
    cache: 'no-store',
    signal: AbortSignal.timeout(PATIENCE),
  });
  const { status, headers } = response;
  const [paymentResponse, paymentRequired] = [
    headers.get('payment-response'),
    headers.get('payment-required'),
  ];
  const delivery = { kind: 'answered', status, paymentResponse, paymentRequired } as const;
  return { delivery, body: await readStart(response) };
}

/**
 * Loads the document of a challenge again in its tab, if it still stands there. Only a document that was fetched:
 * loading anything else again could lose what the user did, or do it twice. When no proof waits for it, only once the
 * server would give it without asking for money again.
 */
export async function loadForRedelivery(challenge: Challenge, waiting: 'proof' | 'nothing'): Promise<void> {
  const { kind, method, url, tabId, isPrivate } = challenge;
  if (kind !== 'main_frame' || method !== 'GET') return;
  const shows = async () => (await chrome.tabs.get(tabId)).url?.split('#')[0] === url;
  if (!(await shows())) return;
  // The purse's own request goes out from outside the private window, whose address would be left there.
  if (waiting === 'nothing' && (isPrivate || !(await opens(challenge)))) return;
  if (await shows()) await chrome.tabs.reload(tabId);
}

async function opens(challenge: Challenge): Promise<boolean> {
  const { ok } = await fetch(challenge.url, {
    credentials: credentialsFor(challenge),
    redirect: 'error',
    cache: 'no-store',
    signal: AbortSignal.timeout(PATIENCE),
  });
  return ok;
}
