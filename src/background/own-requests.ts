import { answerHeaders } from '../interception/answer-headers.ts';
import type { Answered, Challenge } from '../interception/challenge.ts';
import { headersOf, type Proof } from '../interception/headers.ts';
import { credentialsFor, readStart } from '../interception/price-probe.ts';
import type { PostAnswer } from '../payments/proof-delivery.ts';

/** The response to a request of the extension itself that carried a proof. */
export interface Replayed {
  readonly delivery: Answered;
  /** The beginning of the body, as text. */
  readonly body: string;
}

/** How long a server may take to respond to a request of the extension itself (ms). */
const PATIENCE = 30_000;

/**
 * Sends JSON to the URL that issued the challenge, and to no other: a redirect is a failure (invariant 5). The request has
 * the cookies of the site, whose session may need them, unless another site caused the challenge.
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
  const content = new Uint8Array(await response.arrayBuffer());
  return {
    status,
    ...answerHeaders((name) => headers.get(name)),
    bodyText: new TextDecoder().decode(content),
    whole: {
      type: headers.get('content-type'),
      allowedOrigin: headers.get('access-control-allow-origin'),
      body: content,
    },
  };
}

/** Reloads the page of a challenge on the user's request, and shows its tab. */
export async function loadPage({ tabId }: Challenge): Promise<void> {
  await chrome.tabs.reload(tabId);
  await chrome.tabs.update(tabId, { active: true });
}

/**
 * Loads the document of a 402 once more, or the page around another request of its site, so that it asks again. Resolves with
 * false where the tab was closed, or shows another site by now.
 */
export async function loadAnew({
  kind,
  url,
  tabId,
  topOrigin,
}: Pick<Challenge, 'url' | 'tabId' | 'topOrigin'> & { readonly kind: string }): Promise<boolean> {
  const tab = await chrome.tabs.get(tabId).catch(() => undefined);
  if (tab === undefined) return false;
  const present = tab.url ?? '';
  if (kind === 'main_frame' && present.split('#')[0] !== url) await chrome.tabs.update(tabId, { url });
  else if (kind === 'main_frame' || (URL.canParse(present) && new URL(present).origin === topOrigin))
    await chrome.tabs.reload(tabId);
  else return false;
  return true;
}

/**
 * Sends a request without a body once more with its proof, to the URL that issued the challenge and to no other
 * (invariant 5). It has the cookies of the site, except for a private window, whose cookies the extension does not have.
 */
export async function replayTo({ url, method, isPrivate }: Challenge, proof: Proof): Promise<Replayed> {
  const response = await fetch(url, {
    method,
    headers: headersOf(proof),
    credentials: isPrivate ? 'omit' : 'include',
    redirect: 'error',
    cache: 'no-store',
    signal: AbortSignal.timeout(PATIENCE),
  });
  const { status, headers } = response;
  const delivery = { kind: 'answered', status, ...answerHeaders((name) => headers.get(name)) } as const;
  return { delivery, body: await readStart(response) };
}

/**
 * Reloads the document of a challenge after a pause (ms), if its tab still shows it then and its payment is still owed: its
 * proof waits for the next request.
 */
export function loadAgain(challenge: Challenge, pause: number, isStillOwed: () => Promise<boolean>): void {
  const load = async () => {
    if ((await shows(challenge)) && (await isStillOwed())) await chrome.tabs.reload(challenge.tabId);
  };
  setTimeout(() => void load().catch(console.error), pause);
}

/**
 * Reloads the document of a challenge, if its tab still shows it and its server would serve it without a new price. Resolves with
 * whether it does.
 */
export async function loadIfOpen(challenge: Challenge): Promise<boolean> {
  // The extension's own request is sent from outside the private window, and would leave its URL there.
  if (challenge.isPrivate || !(await shows(challenge)) || !(await opens(challenge))) return false;
  if (!(await shows(challenge))) return false;
  await chrome.tabs.reload(challenge.tabId);
  return true;
}

/**
 * Whether the tab of a challenge still shows its document, and a reload takes nothing from the user. Of a document that was not
 * requested by GET it could lose their input, or submit it twice.
 */
async function shows({ kind, method, url, tabId }: Challenge): Promise<boolean> {
  if (kind !== 'main_frame' || method !== 'GET') return false;
  return (await chrome.tabs.get(tabId)).url?.split('#')[0] === url;
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
