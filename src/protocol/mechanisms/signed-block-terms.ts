import { parseThreshold, type Threshold, timesHarder } from '../../work/difficulty.ts';
import type { EntryRefusalCode } from '../offer/codes.ts';
import type { Json, JsonObject } from '../wire/json.ts';

/** What the keys of a signed block's `extra` say of the offer. */
export interface SignedBlockTerms {
  /** Whether there is a key that the wallet does not know: the user is told, and no budget pays. */
  readonly hasUnknown: boolean;
  /** The work that the block must have, where that is more than the network asks of a send. */
  readonly workThreshold?: Threshold;
}

/** How many times as much work as the network's a server may ask for (docs/WIRE.md §7.24): nodes compute no harder work. */
export const MOST_TIMES_HARDER = 64n;

/** Reads one known value: why the entry is refused for it, or undefined where it is as it should be. */
type Check = (value: string, sendThreshold: string) => EntryRefusalCode | undefined;

const WORK = /^(required|optional)$/;
const THRESHOLD = /^[0-9a-f]{16}$/i;
const TOKEN = /^[\w.~-]{1,128}$/;
/** Text on one line without control, invisible and direction characters, of a length that a person can read. */
const PLAIN_TEXT = /^[^\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]{1,256}$/u;

const isLike =
  (form: RegExp): Check =>
  (value) =>
    form.test(value) ? undefined : 'MALFORMED_EXTRA';

/**
 * The keys that sellers write beside a signed block, each with its form (docs/WIRE.md §3.9). None of them changes what the
 * block pays, or to whom.
 */
const KNOWN: ReadonlyMap<string, Check> = new Map<string, Check>([
  ['asset', (value) => (value.toUpperCase() === 'XNO' ? undefined : 'UNSUPPORTED_ASSET')],
  ['work', isLike(WORK)],
  ['workThreshold', checkThreshold],
  ['session', isLike(TOKEN)],
  ['requestId', isLike(PLAIN_TEXT)],
  ['requestDigest', isLike(PLAIN_TEXT)],
  ['paymentId', isLike(PLAIN_TEXT)],
]);

/** Whether every key is one that belongs to a signed block. */
export const areKnownTerms = (extra: JsonObject): boolean =>
  Object.keys(extra).every((key) => KNOWN.has(key));

/**
 * Reads the `extra` of an entry that no mark gives to another mechanism (docs/WIRE.md §3.9).
 *
 * @param sendThreshold the work that a send has on the active network, in hex
 */
export function readSignedBlockTerms(
  extra: JsonObject,
  sendThreshold: string,
): SignedBlockTerms | EntryRefusalCode {
  for (const [key, value] of Object.entries(extra)) {
    const refusal = checkTerm(KNOWN.get(key), value, sendThreshold);
    if (refusal !== undefined) return refusal;
  }
  const { workThreshold: asked } = extra;
  const hasUnknown = !areKnownTerms(extra);
  if (typeof asked !== 'string') return { hasUnknown };
  const workThreshold = parseThreshold(asked);
  return workThreshold > parseThreshold(sendThreshold) ? { hasUnknown, workThreshold } : { hasUnknown };
}

function checkTerm(
  check: Check | undefined,
  value: Json,
  sendThreshold: string,
): EntryRefusalCode | undefined {
  if (check === undefined) {
    // A key that is not known may only be a text: more than that is the mark of another mechanism.
    return typeof value === 'string' && PLAIN_TEXT.test(value) ? undefined : 'UNSUPPORTED_MECHANISM';
  }
  return typeof value === 'string' ? check(value, sendThreshold) : 'MALFORMED_EXTRA';
}

/** A threshold up to the network's own is met by every send; a harder one is searched for up to {@link MOST_TIMES_HARDER}. */
function checkThreshold(value: string, sendThreshold: string): EntryRefusalCode | undefined {
  if (!THRESHOLD.test(value)) return 'MALFORMED_EXTRA';
  const times = timesHarder(parseThreshold(value), parseThreshold(sendThreshold));
  return times > MOST_TIMES_HARDER ? 'WORK_TOO_HARD' : undefined;
}
