import * as v from 'valibot';
import { RawText } from '../../src/nano/amount.ts';
import { SignedBlockText } from '../../src/nano/block.ts';
import type { JsonObject } from '../../src/protocol/wire/json.ts';

const text = v.string();
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
/** What the corpus adds in words, for people. */
const prose = v.optional(text);
const object = v.custom<JsonObject>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
);

/** A dialect in the corpus' words. */
export const dialects = [
  'signed-block',
  'nanoSession',
  'hash-bearer',
  'deposit-complete',
  'order-poll',
  'invoice',
  'signed-block-v1',
] as const;

/** What must be made of a challenge. Every field is known here: one that is not fails its record. */
const Expect = v.strictObject({
  verdict: v.picklist(['payable', 'notByBudget', 'refused', 'ignored', 'namedOnly']),
  /** 1 must be paid; 2 paid strictly, else named; 3 at least named; 4 named, never paid; 0 refused. */
  tier: v.picklist([0, 1, 2, 3, 4]),
  mechanism: v.optional(v.picklist(dialects)),
  /** Place of the entry in `accepts`. */
  entry: v.optional(v.nullable(count)),
  amountToSend: v.optional(text),
  amount: v.optional(text),
  payTo: v.optional(text),
  proof: v.optional(v.strictObject({ header: v.nullable(text), is: text, shape: prose })),
  work: v.optional(
    v.strictObject({
      include: v.literal(true),
      over: v.literal('block.previous'),
      threshold: text,
      note: prose,
    }),
  ),
  budget: v.optional(v.pipe(text, v.startsWith('allowed'))),
  others: v.optional(v.array(v.strictObject({ index: count, code: text })), []),
  /** The `maxTimeoutSeconds` of the entry. */
  expirySeconds: v.optional(v.number()),
  /** The code of a refusal, or the name of a dialect; a sentence where the status is not 402. */
  reason: v.optional(text),
  /** Other results that are as good. */
  accept: v.optional(v.array(v.union([text, count])), []),
  atLeast: v.optional(v.literal('namedOnly')),
  /** The code where something is read that should not be looked at. */
  ifReadAnyway: v.optional(text),
  say: v.optional(text),
  /** A link for a payment by hand. */
  offer: v.optional(v.pipe(text, v.startsWith('nano: link'))),
  entries: v.optional(v.array(v.strictObject({ index: count, is: prose, code: prose }))),
  alternative: v.optional(
    v.strictObject({ mechanism: v.picklist(dialects), proofHeader: text, note: prose }),
  ),
  alsoWrong: v.optional(v.array(text)),
  echo: prose,
  extension: prose,
  linkAsAccount: prose,
  neverMix: prose,
  note: prose,
  optIn: prose,
  tell: prose,
  timing: prose,
  trap: prose,
  why: prose,
  wire: prose,
});

const Proof = v.strictObject({
  example: v.strictObject({
    header: v.literal('PAYMENT-SIGNATURE'),
    value: text,
    payload: v.looseObject({ payload: v.strictObject({ block: SignedBlockText }) }),
    blockHash: text,
    balanceBefore: RawText,
    worksFor: v.pipe(
      text,
      v.regex(/^block\.previous at [0-9a-f]{16}$/),
      v.transform((said) => said.slice(-16)),
    ),
  }),
});

/** One challenge of the live market, with what must be made of it. */
export const MarketRecord = v.strictObject({
  id: text,
  seller: text,
  source: v.strictObject({ repo: text, path: text, commit: text, kind: text }),
  observedAt: v.nullable(text),
  dialect: text,
  behaviours: v.array(text),
  request: v.strictObject({
    method: text,
    url: text,
    headers: v.optional(v.record(text, text)),
    body: v.optional(text),
  }),
  challenge: v.strictObject({
    status: v.number(),
    headers: v.record(text, text),
    bodyKind: text,
    body: text,
    rebuilt: v.boolean(),
    serialisation: prose,
    decoded: v.optional(object),
  }),
  expect: Expect,
  proof: v.optional(Proof),
  /** Checked by `market-answers.ts`. */
  answers: v.array(v.unknown()),
  notes: text,
});
export type MarketRecord = v.InferOutput<typeof MarketRecord>;

export const MarketMeta = v.object({ records: count, answers: count });
