import { type Raw, ZERO } from '../../nano/amount.ts';
import { readAmount } from '../offer/amounts.ts';
import { lowerCaseProof, mechanismOfProof } from '../proof/redelivery.ts';
import { cleanText } from '../wire/clean-text.ts';
import { decodeEnvelope, decodeObject } from '../wire/envelope.ts';
import { isObject, type JsonObject, ownText, parseJson } from '../wire/json.ts';
import { reasonsIn, saysNotTaken } from './reasons.ts';
import { type Receipt, readReceipt } from './receipt.ts';
import { isEarly, isFinal, isMalformed, saysNever, saysVoid } from './refusal-text.ts';
import { readRepresent } from './represent.ts';
import { readRetryAfter } from './retry-after.ts';
import { type OwnBlockState, type Verdict, verdictOn } from './verdict.ts';

/** The response to a request that carried a proof. */
export interface Response {
  readonly status: number;
  /** Value of PAYMENT-RESPONSE, if any. */
  readonly paymentResponse: string | null;
  /** Value of a fresh PAYMENT-REQUIRED, if any: only its `error` is read here. */
  readonly paymentRequired: string | null;
  /** Value of Retry-After. */
  readonly retryAfter?: string;
  /** Value of X-Nano-Represent. */
  readonly represent?: string;
  /** Value of X-Nano-Block-Status or X-Nano-Status. */
  readonly blockStatus?: string;
  /** Value of X-Nano-Credit-Remaining-Raw. */
  readonly credit?: string;
  /** The body, where the browser lets us read it. */
  readonly bodyText?: string;
}

/** What the wallet knows when the response arrives. */
export interface Presented {
  readonly ownBlock: OwnBlockState;
  /** When the response arrived (ms since the epoch). */
  readonly now: number;
  /** What was delivered. Without it, no remedy is given that depends on the proof. */
  readonly proof?: string;
}

/** What a server that has not served yet says of the next delivery of the same proof. */
export interface Later {
  /** How long the server wants not to be asked again (ms); absent where it does not say. */
  readonly retryAfterMs?: number;
  /** A token that goes as X-Nano-Represent with the next delivery of the same proof. */
  readonly represent?: string;
  /** The server's reason, cleaned for display; empty when it gave none. */
  readonly text: string;
}

/** The credit that a server says it keeps on the block hash: a later request that shows the hash can spend it (docs/WIRE.md §11.4). */
interface Credited {
  /** Raw; absent where it says none, or zero. */
  readonly credit?: Raw;
}

/** The meaning of a server's answer to a proof (docs/WIRE.md §11.1). */
export type ServerResponse =
  | ({ readonly kind: 'paid'; readonly receipt: Receipt | undefined } & Credited)
  /** Accepted, and not served yet. */
  | ({ readonly kind: 'pending' } & Later)
  | ({
      readonly kind: 'refused';
      readonly verdict: Verdict;
      /** True when no later delivery of this proof can succeed (docs/WIRE.md §7.10). */
      readonly final: boolean;
      /** The server says "not yet", or has not judged the proof: it may be delivered again at any time. */
      readonly early: boolean;
      /** Another way to deliver the same proof, when the server refused the way in which it was delivered. */
      readonly remedy?: Remedy;
    } & Later &
      Credited)
  /** No judgement of the proof. */
  | { readonly kind: 'unclear' };

/**
 * Another way to deliver the same proof once more. It pays nothing:
 * - `postBody`: the server lost the session and takes the proof in a POST body (`fallbackBody`, docs/WIRE.md §3.4);
 * - `lowerCase`: the server reads hex in lower case only (`lowerCaseProof`, docs/WIRE.md §4.9).
 */
export type Remedy = 'postBody' | 'lowerCase';

const MAX_BODY = 64 * 1024;
const MAX_TEXT = 280;

/**
 * Reads the answer to a proof (docs/WIRE.md §11.1). HTTP 2xx means paid, whatever the headers say, except a 202 without
 * a PAYMENT-RESPONSE that says so (§7.22). What a refusal means depends first on whether the payment's own block is on
 * the ledger, then on the server's words (§11.2). 1xx and 3xx are unclear. No refusal is a reason to pay again (§7.9).
 */
export function readResponse(response: Response, presented: Presented): ServerResponse {
  const { status } = response;
  const receipt = response.paymentResponse === null ? undefined : readReceipt(response.paymentResponse);
  if (status === 202 && receipt?.settled !== true) {
    return { kind: 'pending', ...laterOf(decode(response, receipt), presented) };
  }
  if (status >= 200 && status < 300) return { kind: 'paid', receipt, ...creditIn(response) };
  if (status < 400 || status > 599) return { kind: 'unclear' };
  return refusal(decode(response, receipt), presented);
}

/** A response with its headers and body decoded. */
interface Decoded {
  readonly response: Response;
  readonly receipt: Receipt | undefined;
  readonly body: JsonObject | undefined;
  /** All reasons that the server gave, the most specific first. */
  readonly reasons: readonly string[];
}

function decode(response: Response, receipt: Receipt | undefined): Decoded {
  const { paymentResponse, paymentRequired, blockStatus } = response;
  const body = readBody(response.bodyText);
  const answered = paymentResponse === null ? undefined : decodeObject(paymentResponse);
  const fresh = paymentRequired === null ? undefined : decodeEnvelope(paymentRequired);
  const reasons = [
    receipt?.text,
    ...(body === undefined ? [] : reasonsIn(body)),
    ...(answered === undefined ? [] : reasonsIn(answered)),
    blockStatus,
    fresh?.ok ? fresh.envelope.error : undefined,
  ].filter((reason): reason is string => !!reason);
  return { response, receipt, body, reasons };
}

function refusal(decoded: Decoded, presented: Presented): ServerResponse {
  const { response, receipt, body, reasons } = decoded;
  const remedy = remedyFor(decoded, presented.proof);
  const isNever =
    remedy === undefined && (reasons.some(saysNever) || (body !== undefined && saysNotTaken(body)));
  const verdict = verdictOn(presented.ownBlock, { isVoid: reasons.some(saysVoid), isNever });
  const isMute = response.bodyText === undefined && reasons.length === 0;
  const later = laterOf(decoded, presented);
  return {
    kind: 'refused',
    verdict,
    final: verdict === 'never',
    early:
      verdict !== 'never' &&
      !reasons.some(isFinal) &&
      (isMute || isTransient(response.status) || receipt?.early === true || reasons.some(isEarly)),
    ...(remedy !== undefined && { remedy }),
    ...creditIn(response),
    ...later,
  };
}

function creditIn({ credit }: Response): Credited {
  const amount = readAmount(credit);
  return amount === undefined || amount === ZERO ? {} : { credit: amount };
}

function laterOf({ response, body, reasons }: Decoded, { now }: Presented): Later {
  const { retryAfter, represent } = response;
  const retryAfterMs = retryAfter === undefined ? undefined : readRetryAfter(retryAfter, now);
  const token = readRepresent(represent ?? (body && ownText(body, 'represent_token')));
  return {
    text: cleanText(reasons[0] ?? '', MAX_TEXT),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    ...(token !== undefined && { represent: token }),
  };
}

function remedyFor({ response, reasons, body }: Decoded, proof: string | undefined): Remedy | undefined {
  if (lostSession(response, body, proof)) return 'postBody';
  const malformed = proof !== undefined && reasons.some(isMalformed);
  return malformed && lowerCaseProof(proof) !== undefined ? 'lowerCase' : undefined;
}

/** Where the body cannot be read, 410 alone counts for a session's proof: delivering it again costs nothing. */
function lostSession({ status, bodyText }: Response, body: JsonObject | undefined, proof?: string): boolean {
  if (status !== 410) return false;
  if (bodyText === undefined) return proof === undefined || mechanismOfProof(proof) === 'nanoSession';
  return body !== undefined && ownText(body, 'code') === 'SESSION_LOST';
}

/** Request Timeout, Too Early, Too Many Requests and every server error: the proof was not judged. */
function isTransient(status: number): boolean {
  return status === 408 || status === 425 || status === 429 || status >= 500;
}

function readBody(text: string | undefined): JsonObject | undefined {
  if (text === undefined || text.length > MAX_BODY) return undefined;
  const body = parseJson(text);
  return isObject(body) ? body : undefined;
}
