import { cleanText } from '../wire/clean-text.ts';
import { decodeObject } from '../wire/envelope.ts';
import { isObject, type JsonObject, own, ownText } from '../wire/json.ts';
import { isEarly } from './refusal-text.ts';

/** The contents of a PAYMENT-RESPONSE header, in any of the known shapes (docs/WIRE.md §4.23). */
export interface Receipt {
  /** Whether the server says it was paid; undefined when it says neither. */
  readonly settled: boolean | undefined;
  /** For a refusal: whether the server's reason means "not yet", so that the same proof may succeed later. */
  readonly early: boolean;
  /** The block the server names, in upper case, when it names one. */
  readonly transaction: string | undefined;
  /** The server's reason for a refusal, cleaned for display; empty when there is none. */
  readonly text: string;
}

const HASH = /^[0-9a-fA-F]{64}$/;
const MAX_TEXT = 280;

/**
 * Decodes PAYMENT-RESPONSE: the x402 `SettlementResponse`, the `{error}` of Rev 7 servers, the `result` object of
 * Rev 8 and track servers. Undefined for anything that is no object in base64: HTTP 2xx decides, and the header is optional.
 */
export function readReceipt(header: string): Receipt | undefined {
  const response = decodeObject(header);
  if (!response) return undefined;
  const result = own(response, 'result');
  const detail = isObject(result) ? result : response;
  const reason = ownText(detail, 'error') ?? ownText(response, 'error') ?? ownText(response, 'errorReason');
  const settled = readSettled(response, detail, reason);
  return {
    settled,
    early: settled === false && reason !== undefined && isEarly(reason),
    transaction: readTransaction(detail),
    text: cleanText(ownText(response, 'errorMessage') ?? reason ?? '', MAX_TEXT),
  };
}

function readSettled(
  response: JsonObject,
  detail: JsonObject,
  reason: string | undefined,
): boolean | undefined {
  const success = own(response, 'success');
  if (typeof success === 'boolean') return success;
  const mode = own(detail, 'mode');
  if (mode === 'settled' || mode === 'failed') return mode === 'settled';
  return reason === undefined ? undefined : false;
}

/** Core and x402nano call it `transaction`, Rev 8 `sendHash`, the tracks `blockHash` or `txHash`, one seller `hash`. */
function readTransaction(detail: JsonObject): string | undefined {
  return ['transaction', 'sendHash', 'blockHash', 'txHash', 'hash']
    .map((key) => ownText(detail, key))
    .find((hash) => hash !== undefined && HASH.test(hash))
    ?.toUpperCase();
}
