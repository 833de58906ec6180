import { type EnvelopeCode, refusalSentence } from '../offer/codes.ts';
import { type Receipt, readReceipt } from '../response/receipt.ts';
import { isFinal } from '../response/refusal-text.ts';
import { cleanText } from '../wire/clean-text.ts';
import { isObject, type JsonObject, own, ownText } from '../wire/json.ts';
import { type Encoding, readEncoding } from './encoding.ts';
import { type Finding, finding } from './finding.ts';

/**
 * The shape of an answer: the `SettlementResponse` of the x402 core and of x402nano, the `{error}` of Rev 7 servers, the
 * `result` of Rev 8 servers or of the tracks' demo, or an unknown one (docs/WIRE.md §4.23).
 */
export type AnswerShape = 'settlement' | 'rev7' | 'rev8' | 'track' | 'unknown';

/** The value of a PAYMENT-RESPONSE header, read and judged. */
export interface ExplainedAnswer {
  readonly header: 'PAYMENT-RESPONSE';
  readonly encoding: Encoding;
  readonly code: EnvelopeCode | null;
  readonly shape: AnswerShape;
  /** The receipt that the wallet reads from it; null when it is no object in base64. */
  readonly receipt: Receipt | null;
  readonly network: string | null;
  readonly payer: string | null;
  /** For a refusal: whether delivering the same proof again can never help. */
  readonly final: boolean;
  readonly findings: readonly Finding[];
}

/** Says what a PAYMENT-RESPONSE states. Total: any text gives a result. */
export function explainAnswer(value: string): ExplainedAnswer {
  const encoding = readEncoding(value);
  const { json, code } = encoding;
  const receipt = readReceipt(value) ?? null;
  const shape = json === null ? 'unknown' : shapeOf(json);
  const why = json === null && code !== null ? [finding('wrong', refusalSentence(code))] : [];
  return {
    header: 'PAYMENT-RESPONSE',
    encoding,
    code,
    shape,
    receipt,
    network: json && shownText(json, 'network'),
    payer: json && (shownText(json, 'payer') ?? shownText(detailOf(json), 'payerAccount')),
    final: receipt?.settled === false && isFinal(receipt.text),
    findings: [
      ...why,
      ...encoding.findings,
      ...(json === null || receipt === null ? [] : answerFindings(json, shape, receipt)),
    ],
  };
}

function shapeOf(json: JsonObject): AnswerShape {
  const result = own(json, 'result');
  if (isObject(result)) return Object.hasOwn(result, 'track') ? 'track' : 'rev8';
  if (typeof own(json, 'success') === 'boolean') return 'settlement';
  // An offer has an error beside its entries, and is no answer.
  if (Object.hasOwn(json, 'accepts')) return 'unknown';
  return own(json, 'x402Version') === 2 && ownText(json, 'error') !== undefined ? 'rev7' : 'unknown';
}

function answerFindings(json: JsonObject, shape: AnswerShape, receipt: Receipt): readonly Finding[] {
  const found: Finding[] = [];
  if (shape === 'unknown') found.push(finding('warn', 'wire_answerUnknown'));
  if (receipt.settled === true) found.push(finding('right', 'wire_settled'));
  if (receipt.settled === false) {
    found.push(finding('wrong', 'wire_refused'));
    if (receipt.early) found.push(finding('note', 'wire_early'));
    if (isFinal(receipt.text)) found.push(finding('note', 'wire_final'));
  }
  if (receipt.settled === undefined) found.push(finding('warn', 'wire_neither'));
  if (shape === 'settlement') found.push(...settlementFindings(json, receipt));
  if (shape === 'rev7') found.push(finding('note', 'wire_rev7Answer'));
  return found;
}

/** `transaction` and `network` are required of a SettlementResponse, the first one empty on failure. */
function settlementFindings(json: JsonObject, { settled, transaction }: Receipt): readonly Finding[] {
  const found: Finding[] = [];
  if (ownText(json, 'network') === undefined) found.push(finding('warn', 'wire_fieldMissing', 'network'));
  if (ownText(json, 'transaction') === undefined) {
    found.push(finding('warn', 'wire_fieldMissing', 'transaction'));
  } else if (settled === true && transaction === undefined) {
    found.push(finding('wrong', 'wire_badHash'));
  }
  if (settled === true && own(json, 'errorReason') !== undefined) {
    found.push(finding('warn', 'wire_errorBesideSuccess'));
  }
  return found;
}

function detailOf(json: JsonObject): JsonObject {
  const result = own(json, 'result');
  return isObject(result) ? result : json;
}

function shownText(json: JsonObject, key: string): string | null {
  const text = ownText(json, key);
  return text === undefined ? null : cleanText(text, 80);
}
