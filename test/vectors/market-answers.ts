import { deepEqual, equal, ok } from 'node:assert/strict';
import * as v from 'valibot';
import { answerHeaders } from '../../src/interception/answer-headers.ts';
import { type Response, readResponse, type ServerResponse } from '../../src/protocol/response/response.ts';
import type { OwnBlockState } from '../../src/protocol/response/verdict.ts';
import type { SectionChecker, VectorCase } from './checker.ts';

const text = v.string();

/** How a record says that an answer must be read, with the finality that `meta` gives each reading. */
const FINAL = {
  paid: true,
  retry: false,
  hold: false,
  owed: false,
  revoke: true,
  rebuild: true,
  final: true,
  other: false,
} as const;
type Reading = keyof typeof FINAL;
const readings = Object.keys(FINAL) as [Reading, ...Reading[]];

/** What a record says of the own block, and what the wallet's own nodes then say. */
const OWN_BLOCK = { yes: 'onLedger', no: 'notOnLedger', unknown: 'unknown' } as const satisfies Readonly<
  Record<string, OwnBlockState>
>;
type Told = keyof typeof OWN_BLOCK;
const told = Object.keys(OWN_BLOCK) as [Told, ...Told[]];

/** What the request had shown that was answered, by how the record names it. */
const SHOWN = [
  { begins: 'signed block', kind: 'proof' },
  { begins: 'hash in', kind: 'proof' },
  { begins: 'malformed proof', kind: 'proof' },
  { begins: 'none', kind: 'nothing' },
  { begins: 'deposit sent', kind: 'poll' },
  { begins: 'order paid', kind: 'poll' },
] as const;

const Answer = v.strictObject({
  n: v.number(),
  toProof: v.pipe(
    text,
    v.transform((shown) => SHOWN.find(({ begins }) => shown.startsWith(begins))?.kind),
    v.picklist(['proof', 'nothing', 'poll']),
  ),
  status: v.number(),
  headers: v.record(text, text),
  body: text,
  ownBlockOnChain: v.picklist(told),
  laterServed: v.nullable(v.boolean()),
  at: v.optional(text),
  request: v.optional(v.strictObject({ method: text, url: text })),
  secondsAfterSend: v.optional(v.number()),
  kind: v.optional(v.picklist(['announced', 'code'])),
  note: v.optional(text),
  ms: v.optional(v.number()),
  expect: v.strictObject({
    read: v.picklist(readings),
    final: v.boolean(),
    mayPayAnewAlone: v.literal(false),
    why: text,
    afterSeconds: v.optional(v.number()),
    send: v.optional(v.record(v.picklist(['x-nano-represent', 'x-x402-payment-id']), text)),
    needsHuman: v.optional(v.boolean()),
  }),
});
type Answer = v.InferOutput<typeof Answer>;

const Records = v.array(
  v.strictObject({
    id: text,
    expect: v.looseObject({ mechanism: v.optional(text) }),
    answers: v.array(Answer),
    // What the record says of itself, and of the offer, is not read here.
    ...v.entriesFromList(
      ['seller', 'source', 'observedAt', 'dialect', 'behaviours', 'request', 'challenge', 'notes'],
      v.unknown(),
    ),
    proof: v.optional(v.unknown()),
  }),
);

/** The part of the file's `meta` that names the readings. */
const Conventions = v.object({ conventions: v.object({ read: v.record(text, text) }) });

/** The hash of a send. */
const HASH = 'A1'.repeat(32);

/** Mechanisms whose client polls a status document. The wallet has none of them, so it never reads such a document. */
const POLLED = ['deposit-complete', 'order-poll'];

/** Checks the answers of the section `records` of `market.json`: what the reader makes of each. */
export const marketAnswers: SectionChecker = (section, file) => [
  {
    name: 'the readings of `meta`',
    run: () => {
      const { read } = v.parse(Conventions, file?.meta).conventions;
      deepEqual(new Set(Object.keys(read)), new Set(readings));
    },
  },
  ...v.parse(Records, section).flatMap(({ id, expect, answers }) =>
    answers.map(
      (answer): VectorCase => ({
        name: `${id}: answer ${answer.n}, ${answer.status}`,
        run: () => checkAnswer(answer, expect.mechanism),
      }),
    ),
  ),
];

function checkAnswer(answer: Answer, mechanism: string | undefined): void {
  const { toProof, status, ownBlockOnChain, expect } = answer;
  equal(expect.final, FINAL[expect.read]);
  const is2xx = status >= 200 && status < 300;
  if (toProof === 'poll' && is2xx && expect.read !== 'paid') {
    ok(POLLED.includes(mechanism ?? ''), 'this 2xx would be read as the content');
    return;
  }
  const response = responseOf(answer);
  const ownBlock = OWN_BLOCK[ownBlockOnChain];
  const isHash = mechanism === 'hash-bearer' && toProof === 'proof';
  const read = readResponse(response, { ownBlock, now: 0, ...(isHash && { proof: HASH }) });
  checkReading(read, expect.read, ownBlock);
  if (isHash) {
    // The wallet has published the block itself: no answer is final but the content, and none has the hash sent otherwise.
    equal(ownBlock, 'onLedger');
    equal(isFinal(read), read.kind === 'paid');
    ok(!('remedy' in read), 'another way to send a hash');
  }
  checkLater(read, answer);
  // A browser does not show the body to an extension.
  const { bodyText: _, ...bodiless } = response;
  const blind = readResponse(bodiless, { ownBlock, now: 0 });
  if (ownBlock !== 'notOnLedger') equal(isFinal(blind), expect.read === 'paid');
}

function responseOf({ status, headers, body }: Answer): Response {
  return { status, ...answerHeaders((name) => headers[name] ?? null), bodyText: body };
}

/** Compares a reading by the finality of the record, and exactly where both sides have a name for it. */
function checkReading(read: ServerResponse, expected: Reading, ownBlock: OwnBlockState): void {
  const verdict = read.kind === 'refused' ? read.verdict : read.kind;
  switch (expected) {
    case 'paid':
      equal(verdict, 'paid');
      return;
    case 'owed':
      equal(verdict, 'owed');
      return;
    case 'hold':
      equal(verdict, 'hold');
      return;
    case 'retry':
    case 'other':
      ok(['pending', 'owed', 'hold', 'unclear'].includes(verdict), verdict);
      return;
    case 'revoke':
      equal(verdict, 'never');
      return;
    case 'rebuild':
      // Final only once an own node shows another block in the place of the payment's.
      equal(verdict, 'void');
      return;
    case 'final':
      // The proof has bought something already. The wallet shows such a proof no more: it has settled the payment.
      equal(ownBlock, 'onLedger');
      equal(verdict, 'owed');
  }
}

/** Compares when, and with what beside it, the proof is to be delivered again. */
function checkLater(read: ServerResponse, { headers, body, expect }: Answer): void {
  const later = read.kind === 'pending' || read.kind === 'refused' ? read : undefined;
  if (headers['retry-after'] !== undefined) {
    ok(later?.retryAfterMs !== undefined, 'Retry-After is not read');
    if (expect.afterSeconds !== undefined) equal(later.retryAfterMs, expect.afterSeconds * 1000);
  }
  // A token of an earlier answer is not in this one.
  const hasToken = headers['x-nano-represent'] !== undefined || body.includes('"represent_token"');
  deepEqual(later?.represent, hasToken ? expect.send?.['x-nano-represent'] : undefined);
}

function isFinal(read: ServerResponse): boolean {
  return read.kind === 'paid' || (read.kind === 'refused' && read.final);
}
