import { LONGEST_RETRY_AFTER } from '../protocol/response/retry-after.ts';
import type { Payment } from './payment.ts';
import type { AnyPayment } from './private-record.ts';

/** How long after the expiry of an offer its proof is still delivered at least (ms): servers' clocks differ. */
export const DELIVERY_GRACE = 60_000;

/** How long after its approval the proof of a payment is delivered to the next request at least (ms). */
export const KEPT_FOR = 24 * 3_600_000;

/** The pauses between the deliveries of a proof that is refused each time (ms), docs/WIRE.md §11.3. */
const PAUSES = [5_000, 30_000, 120_000, 600_000] as const;
const LONGEST_PAUSE = 3_600_000;

/** The pauses that the worker waits itself (ms): it may be stopped after 30 s without an event. */
const OWN_PAUSES = { least: 2_000, below: 30_000 };
/** How often a page is loaded again by itself at most: a server may ask for it every second. */
const MOST_OWN_RETRIES = 20;

/** Until when the proof of a payment is delivered to a request for the same by itself (ms since the epoch). */
export function keptUntil({ intent }: Payment): number {
  return Math.max(intent.offer.expiresAt + DELIVERY_GRACE, intent.at + KEPT_FOR);
}

/** Until when the server of a payment does not want the proof again (ms since the epoch); 0 where it may come (docs/WIRE.md §11.3). */
export function wantedFrom({ progress }: AnyPayment): number {
  return 'notBefore' in progress ? (progress.notBefore ?? 0) : 0;
}

/**
 * Whether the next request for the same gets the proof of a payment. Not before its server wants it again. Not where it was
 * refused several times, for another reason than "not yet", and the pause after the last time is not over: then the user is
 * asked whether to pay anew.
 */
export function isDue(payment: Payment, now: number): boolean {
  const { progress, story } = payment;
  if (now < wantedFrom(payment)) return false;
  if (progress.state !== 'refused' || progress.early) return true;
  const times = timesIn(story, 'refused');
  return times < 2 || now >= (story.at(-1)?.at ?? 0) + pauseAfter(times - 1);
}

/**
 * Whether the site was shown the proof of a payment and has not served, while the proof is kept (docs/WIRE.md §11.3 rule 7). Not
 * where the page was left before an answer came, or another request took the proof: nothing says that the site refused.
 */
export function isOwed(payment: Payment, now: number): boolean {
  const { progress } = payment;
  const isUnserved =
    progress.state === 'refused' ||
    (progress.state === 'unanswered' && progress.reason !== 'gone' && progress.reason !== 'stranger');
  return isUnserved && now < keptUntil(payment);
}

/**
 * In how many ms the page of a payment that was not served is to be loaded again by itself. Null where its proof waits for
 * the next visit: the pause is too long for the worker, or the proof can buy nothing more.
 */
export function ownRetryIn({ progress, story }: Payment, now: number): number | null {
  if (progress.state !== 'refused' && progress.state !== 'unanswered') return null;
  const isRetried =
    progress.state === 'refused'
      ? !progress.final && isAboutThePayment(progress.status)
      : progress.reason === 'pending';
  const times = timesIn(story, 'delivered');
  if (!isRetried || times > MOST_OWN_RETRIES) return null;
  const { notBefore } = progress;
  const pause = notBefore === undefined ? pauseAfter(times) : Math.max(notBefore - now, OWN_PAUSES.least);
  return pause < OWN_PAUSES.below ? pause : null;
}

/**
 * The time before which a server does not want the proof again (ms since the epoch). All its wishes together count for
 * ten minutes from the signing. Undefined where it has no wish, or they are used up.
 */
export function notBeforeOf(
  { story }: Pick<Payment, 'story'>,
  retryAfterMs: number | undefined,
  now: number,
): number | undefined {
  if (retryAfterMs === undefined) return undefined;
  const notBefore = Math.min(now + retryAfterMs, (signedAt(story) ?? now) + LONGEST_RETRY_AFTER);
  return notBefore > now ? notBefore : undefined;
}

/**
 * From when on a block that was handed over and is not on the ledger is recalled (ms since the epoch): a minute after its
 * offer has expired, or ten minutes have passed since it was signed, and a minute after the time that the server wanted to
 * have; at once where it can never be served. Until then its account can pay nothing else.
 */
export function recallAt(payment: AnyPayment): number {
  const { intent, progress, story } = payment;
  if (progress.state === 'refused' && progress.final) return 0;
  const expiry = Math.min(intent.offer.expiresAt, (signedAt(story) ?? intent.at) + LONGEST_RETRY_AFTER);
  return Math.max(expiry, wantedFrom(payment)) + DELIVERY_GRACE;
}

function signedAt(story: Payment['story']): number | undefined {
  return story.find(({ state }) => state === 'signed')?.at;
}

/** Any other page of a refusal, as one that asks its user to log in, may hold input that a reload would lose. */
function isAboutThePayment(status: number): boolean {
  return status === 402 || status === 408 || status === 425 || status === 429 || status >= 500;
}

function timesIn(story: Payment['story'], state: Payment['progress']['state']): number {
  return story.filter((step) => step.state === state).length;
}

/** The pause after so many deliveries, one or more (ms). */
function pauseAfter(times: number): number {
  return PAUSES[times - 1] ?? LONGEST_PAUSE;
}
