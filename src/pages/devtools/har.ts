import type { ExchangeStory, ProofView, StepView } from '../../messages/exchange.ts';
import { lengthOf, spansOf } from './waterfall.ts';

/** A header or query parameter in HAR. */
interface Pair {
  readonly name: string;
  readonly value: string;
}

type Answered = Extract<StepView, { readonly kind: 'answered' }>;

/**
 * Returns the exchanges as HTTP Archive 1.2: for each, the request that was answered with 402 and each request with its
 * proof. The archive holds only payment headers; `_purse` holds the outcome. A proof that was not sent yet is worth money
 * and is left out.
 */
export function harOf(stories: readonly ExchangeStory[], version: string) {
  return {
    log: {
      version: '1.2',
      creator: { name: 'Nano Purse', version },
      entries: stories
        .flatMap((story) => [firstOf(story), ...answersOf(story)])
        .sort((one, other) => (one.startedDateTime < other.startedDateTime ? -1 : 1)),
    },
  };
}

/** Returns the exchanges as JSON, without proofs that were not sent yet. */
export function archiveOf(stories: readonly ExchangeStory[], version: string) {
  return {
    format: 'nano-purse exchanges',
    version,
    exchanges: stories.map((story) => ({ ...story, proof: sentProof(story), spans: spansOf(story) })),
  };
}

/** Returns the proof if it was sent already, and otherwise null. */
export function sentProof({ proof, paid }: ExchangeStory): ProofView | null {
  return paid?.story.some(({ state }) => state === 'delivered') ? proof : null;
}

function firstOf(story: ExchangeStory) {
  const first = story.steps[0];
  const headers =
    first?.kind === 'priced'
      ? [pair('PAYMENT-REQUIRED', first.header)]
      : first?.kind === 'unpriced'
        ? first.headers.map(([name, value]) => pair(name, value))
        : [];
  const { state, why, amount, mechanism, kind } = story;
  return {
    ...entryOf(story, story.at, 0, [], 402, headers),
    _purse: { exchange: story.id, kind, state, why, amount, mechanism, took: lengthOf(spansOf(story)) },
  };
}

function answersOf(story: ExchangeStory) {
  const proof = sentProof(story);
  const sent = story.paid?.story.find(({ state }) => state === 'delivered')?.at;
  return story.steps
    .filter((step): step is Answered => step.kind === 'answered')
    .map((step) => {
      const begun = step.way === 'page' && sent !== undefined ? Math.min(sent, step.at) : step.at;
      const headers = [
        ...(step.paymentResponse === null ? [] : [pair('PAYMENT-RESPONSE', step.paymentResponse)]),
        ...(step.paymentRequired === null ? [] : [pair('PAYMENT-REQUIRED', step.paymentRequired)]),
      ];
      const carried = proof === null || step.way === 'post' ? [] : [pair(proof.header, proof.value)];
      return {
        ...entryOf(story, begun, step.at - begun, carried, step.status, headers),
        _purse: { exchange: story.id, way: step.way, block: story.paid?.blockHash ?? null },
      };
    });
}

function entryOf(
  { method, url }: ExchangeStory,
  begun: number,
  took: number,
  sent: readonly Pair[],
  status: number,
  received: readonly Pair[],
) {
  const unknown = { httpVersion: 'unknown', cookies: [], headersSize: -1, bodySize: -1 };
  return {
    startedDateTime: new Date(begun).toISOString(),
    time: took,
    request: { ...unknown, method, url, headers: sent, queryString: queryOf(url) },
    response: {
      ...unknown,
      status,
      statusText: status === 402 ? 'Payment Required' : '',
      headers: received,
      content: { size: 0, mimeType: 'x-unknown' },
      redirectURL: '',
    },
    cache: {},
    timings: { send: 0, wait: took, receive: 0 },
  };
}

function queryOf(url: string): readonly Pair[] {
  if (!URL.canParse(url)) return [];
  return [...new URL(url).searchParams].map(([name, value]) => pair(name, value));
}

const pair = (name: string, value: string): Pair => ({ name, value });
