import { cleanText } from './clean-text.ts';
import { decodeEnvelope } from './envelope.ts';
import { isObject, type JsonObject, ownText, parseJson } from './json.ts';
import { type Receipt, readReceipt } from './receipt.ts';
import { isEarly, isFinal } from './refusal-text.ts';

/** What came back for a request that carried a proof. */
export interface Response {
  readonly status: number;
  /** Value of PAYMENT-RESPONSE, if any. */
  readonly paymentResponse: string | null;
  /** Value of a fresh PAYMENT-REQUIRED, if any: only its `error` is read here. */
  readonly paymentRequired: string | null;
  /** The body, where the browser lets us read it. */
  readonly bodyText?: string;
}

/** What a server's answer to a proof means. */
export type Answer =
  | { readonly kind: 'paid'; readonly receipt: Receipt | undefined }
  | {
      readonly kind: 'refused';
      /** False when delivering the same proof again may still succeed (protocol.md rule 10). */
      readonly final: boolean;
      /** Why, in the server's words fit to be shown; empty when it gave none. */
      readonly text: string;
      /** The server lost the session: it takes the proof once more in the body of a POST (protocol.md 3.4). */
      readonly code?: 'SESSION_LOST';
    }
  | { readonly kind: 'unclear' };

const MAX_BODY = 64 * 1024;
const MAX_TEXT = 280;

/**
 * Reads the answer to a proof. HTTP 2xx means paid, whatever the headers say (protocol.md rule 22); a refusal is final
 * unless its status or its words say that the same proof may do later. A redirect or an informational status says
 * neither. No refusal is ever a reason to pay again (rule 9).
 */
export function readAnswer(response: Response): Answer {
  const { status } = response;
  const receipt = response.paymentResponse === null ? undefined : readReceipt(response.paymentResponse);
  if (status >= 200 && status < 300) return { kind: 'paid', receipt };
  if (status < 400 || status > 599) return { kind: 'unclear' };

  const body = readBody(response.bodyText);
  const reasons = reasonsOf(response, receipt, body);
  const text = cleanText(reasons[0] ?? '', MAX_TEXT);
  if (lostSession(response, body)) return { kind: 'refused', final: false, text, code: 'SESSION_LOST' };
  const later = isTransient(status) || reasons.some(isEarly);
  return { kind: 'refused', final: reasons.some(isFinal) || !later, text };
}

/** Every reason given, the most specific first. */
function reasonsOf(
  response: Response,
  receipt: Receipt | undefined,
  body: JsonObject | undefined,
): readonly string[] {
  const fresh = response.paymentRequired === null ? undefined : decodeEnvelope(response.paymentRequired);
  return [
    receipt?.text,
    body && (ownText(body, 'reason') ?? ownText(body, 'error')),
    fresh?.ok ? fresh.envelope.error : undefined,
  ].filter((reason): reason is string => !!reason);
}

/** Where the body cannot be read, 410 alone must do: offering the proof once more costs nothing. */
function lostSession({ status, bodyText }: Response, body: JsonObject | undefined): boolean {
  if (status !== 410) return false;
  return bodyText === undefined || (body !== undefined && ownText(body, 'code') === 'SESSION_LOST');
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
