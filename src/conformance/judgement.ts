import type { Sentence, Word } from '../fault.ts';
import { answerHeaders } from '../interception/answer-headers.ts';
import { type Later, readResponse, type ServerResponse } from '../protocol/response/response.ts';
import { cleanText } from '../protocol/wire/clean-text.ts';
import { type Exchange, Inconclusive } from './exchange.ts';
import type { HttpResponse } from './ports.ts';
import { fail, inconclusive, pass, SEVERITIES, type Verdict } from './probe.ts';
import { sentence } from './sentence.ts';

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
export function wordsOf({ received }: Exchange): Word {
  if (received === null) return sentence('probe_noAnswer');
  // A browser tells no more of a redirect that it does not follow.
  if (received.status === 0) return sentence('probe_redirect');
  const answer = readAnswer(received);
  const text = 'text' in answer ? answer.text : '';
  const status = `${received.status}`;
  return text === '' ? status : sentence('probe_statusAndText', { status, text: cleanText(text, 120) });
}

/** Reads an answer as far as it depends neither on the ledger nor on the time. */
function readAnswer({ status, headers, body }: HttpResponse): ServerResponse {
  return readResponse(
    { status, ...answerHeaders((name) => headers[name] ?? null), bodyText: body },
    { ownBlock: 'unknown', now: 0 },
  );
}

/** Judges the answer to something that must be refused. */
export function mustRefuse(exchange: Exchange, what: Sentence): Verdict {
  const words = { what, answer: wordsOf(exchange) };
  if (isGranted(exchange)) return fail(sentence('probe_granted', words));
  if (isRefused(exchange)) return pass(sentence('probe_refused', words));
  return inconclusive(sentence('probe_unclear', words));
}

/** Judges the answer to something malformed: it must be refused, and the server must not fail over it. */
export function mustWithstand(exchange: Exchange, what: Sentence): Verdict {
  const isDown = exchange.received === null || exchange.received.status >= 500;
  if (!isDown) return mustRefuse(exchange, what);
  return fail(sentence('probe_serverFailed', { what, answer: wordsOf(exchange) }), 'warning');
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
export function mustBeGranted(exchange: Exchange, what: Sentence = GOOD_PAYMENT): void {
  if (isGranted(exchange)) return;
  throw new Inconclusive(sentence('probe_notGranted', { what, answer: wordsOf(exchange) }));
}

const GOOD_PAYMENT = sentence('probe_goodPayment');
