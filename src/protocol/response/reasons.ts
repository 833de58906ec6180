import { isObject, type JsonObject, own, ownText } from '../wire/json.ts';

/**
 * The fields of a body with the reason of a refusal, the most specific first: x402nano's example server (`reason`), its
 * facilitator (docs/WIRE.md §3.9), most servers (`error`), then what other sellers write beside it (docs/WIRE.md §11.1).
 * Fields that tell a client what to do (`hint`, `retry`, `how`, `docs`) are never read.
 */
const REASON_KEYS = ['reason', 'invalidReason', 'errorReason', 'error', 'message', 'note', 'status'];

/** Fields that say, as `false`, that no money was taken for a request that cannot be served. */
const NOT_TAKEN_KEYS = ['paid', 'payment_taken'];

/**
 * All reasons in a body or a decoded header, the most specific first; also those in its `detail`, a text or an object.
 * A reason that is missing, or is no text, is undefined.
 */
export function reasonsIn(json: JsonObject): readonly (string | undefined)[] {
  const detail = own(json, 'detail');
  return [...textsUnder(json), ...(isObject(detail) ? textsUnder(detail) : [ownText(json, 'detail')])];
}

/** Whether a body says that no money was taken, itself or in its `detail`. */
export function saysNotTaken(json: JsonObject): boolean {
  const detail = own(json, 'detail');
  return [json, ...(isObject(detail) ? [detail] : [])].some((each) =>
    NOT_TAKEN_KEYS.some((key) => own(each, key) === false),
  );
}

function textsUnder(json: JsonObject): readonly (string | undefined)[] {
  return REASON_KEYS.map((key) => ownText(json, key));
}
