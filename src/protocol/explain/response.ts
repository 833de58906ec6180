import { MAINNET } from '../../nano/network.ts';
import { nanoUri } from '../dialects/payment-link.ts';
import { recogniseDialect } from '../dialects/recognise.ts';
import type { UnpricedResponse } from '../dialects/response.ts';
import { type Rule, refusalSentence } from '../offer/codes.ts';
import { readHashOffer } from '../offer/hash-offer.ts';
import { cleanText } from '../wire/clean-text.ts';
import { isArray, isObject, own, ownText, parseJson } from '../wire/json.ts';
import { otherChain } from './chains.ts';
import { type Finding, finding } from './finding.ts';
import type { ExplainContext } from './offer.ts';
import { type ResponseCode, responseRuleOf } from './rule.ts';

/** A 402 without PAYMENT-REQUIRED, read and judged by its other headers and its body. */
export interface ExplainedResponse {
  readonly header: '402';
  /** Whether the wallet would pay it. */
  readonly payable: boolean;
  /** What it is called, or why it is not paid. */
  readonly code: ResponseCode;
  readonly rule: Rule;
  /** The payee, checked, and the amount (raw), where the response states both. */
  readonly price: { readonly payTo: string; readonly amount: string } | null;
  /** How a person can pay by hand: a `nano:` URI; null where the response does not say, or the wallet pays by itself. */
  readonly link: string | null;
  /** The headers by which it was recognised, cleaned for display. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly findings: readonly Finding[];
}

/** The part of a text that is read (characters). A longer body is not read anyway. */
const MOST_TEXT = 256 * 1024;
const MOST_HEADERS = 64;
const MOST_VALUE = 400;
const MOST_ENTRIES = 8;
/** The headers in which other protocols ask for money, and those of HTTP that some of them use. */
const OF_PAYMENT =
  /^(?:x-)?(?:payment|pay|402|nano)(?:-[a-z0-9-]+)?$|^crawler-[a-z0-9-]+$|^(?:www-authenticate|link)$/i;
/** A header line, as it is, behind a `<` of curl, or with the name in quotes. What curl sends stands behind a `>`. */
const LINE = /^[\s<*]*["']?([A-Za-z0-9-]{2,64})["']?[ \t]*:[ \t]*(.*)$/;

/**
 * Says how a 402 without PAYMENT-REQUIRED asks for money (docs/WIRE.md §1.5, §3.11): its headers as lines, and after them
 * its body. Undefined where no known way is in it. Pure and total.
 */
export function explainResponse(text: string, context: ExplainContext): ExplainedResponse | undefined {
  const response = readResponseText(text.slice(0, MOST_TEXT));
  if (response.headers.some(({ name }) => /^payment-required$/i.test(name))) return undefined;
  const { now, arrivedAt = now, network = MAINNET.id, url = '' } = context;
  const offer = readHashOffer(response, { url, network, arrivedAt, now });
  const headers = response.headers.map(
    ({ name, value = '' }) => [name, cleanText(value, MOST_VALUE)] as const,
  );
  if (typeof offer === 'object') {
    const price = { payTo: offer.payTo, amount: offer.amount.toString() };
    const findings = [finding('right', 'wire_payable'), finding('warn', 'wire_hashIsPublic')];
    return { ...common('HASH_BEARER'), payable: true, price, link: null, headers, findings };
  }
  const dialect = recogniseDialect(response);
  if (dialect !== undefined) {
    const { code, args, link } = dialect;
    return {
      ...common(code),
      payable: false,
      price: link === null ? null : { payTo: link.payTo, amount: link.amount.toString() },
      link: link === null ? null : nanoUri(link),
      headers,
      findings: [finding('wrong', refusalSentence(code), ...args), ...version1Entries(response)],
    };
  }
  if (!response.headers.some(({ name }) => /^x-payment-amount-raw$/i.test(name))) return undefined;
  const findings = [finding('wrong', refusalSentence(offer))];
  return { ...common(offer), payable: false, price: null, link: null, headers, findings };
}

/** The chains and coins of the entries of x402 version 1 (docs/WIRE.md §1.2). */
function version1Entries({ bodyText = '' }: UnpricedResponse): readonly Finding[] {
  const body = parseJson(bodyText);
  const accepts = isObject(body) && own(body, 'x402Version') === 1 ? own(body, 'accepts') : undefined;
  if (!isArray(accepts)) return [];
  const foreign = accepts.filter(isObject).filter((entry) => !ownText(entry, 'network')?.startsWith('nano:'));
  return foreign.slice(0, MOST_ENTRIES).flatMap((entry) => otherChain(entry));
}

const common = (code: ResponseCode) => ({ header: '402', code, rule: responseRuleOf(code) }) as const;

/** A 402 as text, in the form that {@link explainResponse} reads. */
export function responseText({ headers, bodyText = '' }: UnpricedResponse): string {
  return [...headers.map(({ name, value = '' }) => `${name}: ${value}`), '', bodyText].join('\n');
}

/** The payment headers among the lines of a text, and the JSON object after them. */
function readResponseText(text: string): UnpricedResponse {
  const start = text.search(/^[ \t]*\{/m);
  const head = start < 0 ? text : text.slice(0, start);
  const headers: { readonly name: string; readonly value: string }[] = [];
  for (const line of head.split(/\r?\n/)) {
    const [, name = '', value = ''] = LINE.exec(line) ?? [];
    if (OF_PAYMENT.test(name)) headers.push({ name, value: value.trim() });
    if (headers.length === MOST_HEADERS) break;
  }
  const bodyText = start < 0 ? '' : text.slice(start).trim();
  return isObject(parseJson(bodyText)) ? { headers, bodyText } : { headers };
}
