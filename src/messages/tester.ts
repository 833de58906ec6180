import * as v from 'valibot';
import { nothing, type RawString, raw, site, text } from './fields.ts';
import { message } from './message.ts';

/** A signed block in the JSON form that Nano nodes use. */
export interface SignedBlockView {
  readonly type: 'state';
  readonly account: string;
  readonly previous: string;
  readonly representative: string;
  readonly balance: RawString;
  readonly link: string;
  readonly link_as_account: string;
  readonly signature: string;
  readonly work: string;
}

/** The id of one test run, from `tester.begin`. */
const run = text(64);
const hash = v.pipe(v.string(), v.regex(/^[0-9A-F]{64}$/));
const order = { run, to: text(80), amount: raw };
/**
 * The only texts that are signed for a test: a block hash followed by a URL (docs/WIRE.md §3.5), or by a nonce and a time
 * (docs/WIRE.md §3.8). Neither can be taken for a block or any other message.
 */
const signable = v.variant('kind', [
  v.strictObject({
    kind: v.literal('plain'),
    text: v.pipe(text(4096), v.regex(/^[0-9a-fA-F]{64}https?:\/\//)),
  }),
  v.strictObject({
    kind: v.literal('noms'),
    text: v.pipe(text(256), v.regex(/^[0-9a-fA-F]{64}:[0-9a-f]{64}:[0-9]{1,11}$/)),
  }),
]);

export const testerMessages = {
  /** Returns the sites that the user called their own servers. */
  'tester.servers': message(nothing, 'open')<readonly string[]>(),
  'tester.claim': message(v.strictObject({ site, own: v.boolean() }), 'open')<null>(),
  /** Returns the id of the run and the account that pays. */
  'tester.begin': message(v.strictObject({ url: text(2048), limit: raw, probing: v.boolean() }), 'open')<{
    readonly run: string;
    readonly account: string;
  }>(),
  'tester.pay': message(v.strictObject(order), 'open')<{ readonly hash: string }>(),
  'tester.confirmed': message(v.strictObject({ run, hash }), 'open')<null>(),
  'tester.blockStatus': message(v.strictObject({ run, hash }), 'open')<
    'unknown' | 'unconfirmed' | 'confirmed'
  >(),
  'tester.sign': message(v.strictObject({ run, message: signable }), 'open')<{
    readonly signature: string;
  }>(),
  /** Returns a signed block that is not published. */
  'tester.handOver': message(v.strictObject({ ...order, kept: v.boolean() }), 'open')<{
    readonly id: string;
    readonly block: SignedBlockView;
  }>(),
  'tester.recall': message(v.strictObject({ run, id: text(128) }), 'open')<'recalled' | 'published'>(),
} as const;
