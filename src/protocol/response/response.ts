import { lowerCaseProof, mechanismOfProof } from '../proof/redelivery.ts';
import { cleanText } from '../wire/clean-text.ts';
import { decodeEnvelope } from '../wire/envelope.ts';
import { isObject, type JsonObject, ownText, parseJson } from '../wire/json.ts';
import { type Receipt, readReceipt } from './receipt.ts';
import { isEarly, isFinal, isMalformed } from './refusal-text.ts';

/** The response to a request that carried a proof. */
export interface Response {
  readonly status: number;
  /** Value of PAYMENT-RESPONSE, if any. */
  readonly paymentResponse: string | null;
  /** Value of a fresh PAYMENT-REQUIRED, if any: only its `error` is read here. */
  readonly paymentRequired: string | null;
  /** The body, where the browser lets us read it. */
  readonly bodyText?: string;
}

/** The meaning of a server's answer to a proof. */
export type ServerResponse =
  | { readonly kind: 'paid'; readonly receipt: Receipt | undefined }
  | {
      readonly kind: 'refused';
      /** False when delivering the same proof again may still succeed (docs/WIRE.md §7.10). */
      readonly final: boolean;
      /** The server's reason, cleaned for display; empty when it gave none. */
      readonly text: string;
      /** Another way to deliver the same proof, when the server refused the way in which it was delivered. */
      readonly remedy?: Remedy;
    }
  | { readonly kind: 'unclear' };

/**
 * Another way to deliver the same proof once more. It pays nothing:
 * - `postBody`: the server lost the session and takes the proof in a POST body (`fallbackBody`, docs/WIRE.md §3.4);
 * - `lowerCase`: the server reads hex in lower case only (`lowerCaseProof`, docs/WIRE.md §4.9).
 */
export type Remedy = 'postBody' | 'lowerCase';

/**
 * The fields of a body with the reason, the most specific first: x402nano's example server (`reason`), its facilitator
 * (docs/WIRE.md §3.9), all other servers (`error`).
 */
const REASON_KEYS = ['reason', 'invalidReason', 'errorReason', 'error'];

const MAX_BODY = 64 * 1024;
const MAX_TEXT = 280;

/**
 * Reads the answer to a proof. HTTP 2xx means paid, whatever the headers say (docs/WIRE.md §7.22). A refusal is final,
 * unless its status or reason says that the same proof may succeed later, or no reason can be read. 1xx and 3xx are
 * unclear. No refusal is a reason to pay again (docs/WIRE.md §7.9).
 *
 * `proof` is what was delivered: without it, no remedy is known that depends on what the proof is.
 */
export function readResponse(response: Response, proof?: string): ServerResponse {
  const { status } = response;
  const receipt = response.paymentResponse === null ? undefined : readReceipt(response.paymentResponse);
  if (status >= 200 && status < 300) return { kind: 'paid', receipt };
  if (status < 400 || status > 599) return { kind: 'unclear' };

  const body = readBody(response.bodyText);
  const reasons = reasonsOf(response, receipt, body);
  const text = cleanText(reasons[0] ?? '', MAX_TEXT);
  const remedy = remedyFor(response, reasons, body, proof);
  if (remedy) return { kind: 'refused', final: false, text, remedy };
  const isMute = response.bodyText === undefined && reasons.length === 0;
  const later = isMute || isTransient(status) || receipt?.early || reasons.some(isEarly);
  return { kind: 'refused', final: reasons.some(isFinal) || !later, text };
}

function remedyFor(
  response: Response,
  reasons: readonly string[],
  body: JsonObject | undefined,
  proof: string | undefined,
): Remedy | undefined {
  if (lostSession(response, body, proof)) return 'postBody';
  const malformed = proof !== undefined && reasons.some(isMalformed);
  return malformed && lowerCaseProof(proof) !== undefined ? 'lowerCase' : undefined;
}

/** All reasons that the server gave, the most specific first. */
function reasonsOf(
  response: Response,
  receipt: Receipt | undefined,
  body: JsonObject | undefined,
): readonly string[] {
  const fresh = response.paymentRequired === null ? undefined : decodeEnvelope(response.paymentRequired);
  return [
    receipt?.text,
    body && REASON_KEYS.map((key) => ownText(body, key)).find((reason) => reason),
    fresh?.ok ? fresh.envelope.error : undefined,
  ].filter((reason): reason is string => !!reason);
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
