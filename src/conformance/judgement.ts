import { answerHeaders } from '../interception/answer-headers.ts';
import { type Later, readResponse, type ServerResponse } from '../protocol/response/response.ts';
import { cleanText } from '../protocol/wire/clean-text.ts';
import { type Exchange, Inconclusive } from './exchange.ts';
import type { HttpResponse } from './ports.ts';
import { fail, inconclusive, pass, SEVERITIES, type Verdict } from './probe.ts';

/** Turned away for reasons that have nothing to do with the proof: too slow, too early, too often. */
const UNJUDGED = [408, 425, 429];

/** Whether the protected content was given. A 202 without a receipt promises it for later (docs/WIRE.md §11.1). */
export const isGranted = ({ received }: Exchange): boolean =>
  received !== null && readAnswer(received).kind === 'paid';

/** Whether the proof was taken, and the content is promised for later (docs/WIRE.md §11.1). */
export const isPending = ({ received }: Exchange): boolean =>
  received !== null && readAnswer(received).kind === 'pending';

/** What a server that has not served yet says of the next delivery of the same proof. */
export function laterOf({ received }: Exchange): Partial<Later> {
  const answer = received && readAnswer(received);
  return answer?.kind === 'pending' || answer?.kind === 'refused' ? answer : {};
}

/** Whether the server judged what it got, and said no. */
export const isRefused = ({ received }: Exchange): boolean =>
  received !== null && received.status >= 400 && received.status < 500 && !UNJUDGED.includes(received.status);

/** The answer in a few words, the server's own among them. */
export function wordsOf({ received }: Exchange): string {
  if (received === null) return 'no answer';
  // A browser tells no more of a redirect that it does not follow.
  if (received.status === 0) return 'a redirect';
  const answer = readAnswer(received);
  const text = 'text' in answer ? answer.text : '';
  return text === '' ? `${received.status}` : `${received.status} “${cleanText(text, 120)}”`;
}

/** Reads an answer as far as it depends neither on the ledger nor on the time. */
function readAnswer({ status, headers, body }: HttpResponse): ServerResponse {
  return readResponse(
    { status, ...answerHeaders((name) => headers[name] ?? null), bodyText: body },
    { ownBlock: 'unknown', now: 0 },
  );
}

/** Judges the answer to something that must be refused. */
export function mustRefuse(exchange: Exchange, what: string): Verdict {
  if (isGranted(exchange)) return fail(`${what} was granted (${wordsOf(exchange)}).`);
  if (isRefused(exchange)) return pass(`${what} was refused: ${wordsOf(exchange)}.`);
  return inconclusive(
    `The answer to ${lower(what)} was neither content nor a refusal: ${wordsOf(exchange)}.`,
  );
}

/** The severest failure, or else the first verdict that is no pass, or the last. */
export function worst(verdicts: readonly Verdict[]): Verdict {
  const failed = SEVERITIES.flatMap((severity) =>
    verdicts.filter((one) => one.kind === 'fail' && (one.severity ?? 'critical') === severity),
  );
  const last = failed[0] ?? verdicts.find(({ kind }) => kind !== 'pass') ?? verdicts.at(-1);
  if (last === undefined) throw new RangeError('nothing was judged');
  return last;
}

/** @throws Inconclusive when what had to be granted was not: nothing can be learnt from a refusal that follows */
export function mustBeGranted(exchange: Exchange, what: string): void {
  if (!isGranted(exchange)) throw new Inconclusive(`${what} was not granted: ${wordsOf(exchange)}.`);
}

const lower = (text: string) => text.charAt(0).toLowerCase() + text.slice(1);
