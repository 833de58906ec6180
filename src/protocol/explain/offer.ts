import { readAddress } from '../../nano/account.ts';
import { isCanonicalRaw } from '../../nano/amount.ts';
import { recogniseDialect } from '../dialects/recognise.ts';
import { harderWorkOf, isHandOver, mechanismOf } from '../mechanisms/index.ts';
import { entryCodes, type MechanismCode } from '../mechanisms/registry.ts';
import { areKnownTerms } from '../mechanisms/signed-block-terms.ts';
import { readAmount } from '../offer/amounts.ts';
import { classify, type EntryCode } from '../offer/classify.ts';
import { type EnvelopeCode, type PayabilityCode, type Rule, refusalSentence } from '../offer/codes.ts';
import type { EntryMechanism, EntryOffer } from '../offer/offer.ts';
import { readUrl } from '../offer/origin.ts';
import { type Resource, readResource } from '../offer/resource.ts';
import type { OfferWarning } from '../offer/terms.ts';
import { cleanText } from '../wire/clean-text.ts';
import { decodeEnvelope } from '../wire/envelope.ts';
import { isObject, type Json, type JsonObject, own, ownText } from '../wire/json.ts';
import { OF_RIVALS, otherChain } from './chains.ts';
import { type Encoding, readEncoding } from './encoding.ts';
import { type Finding, finding, type WireSentence } from './finding.ts';
import { ruleOf } from './rule.ts';

/** The context of an explanation. All of it but the time is optional. */
export interface ExplainContext {
  /** The current time (ms). */
  readonly now: number;
  /** When the 402 arrived (ms). @default `now` */
  readonly arrivedAt?: number | undefined;
  /** The URL that answered 402. @default the URL in the envelope's resource */
  readonly url?: string | undefined;
  /** The active network. @default the first Nano network that the offer names */
  readonly network?: string | undefined;
  /** The account that paid, where a proof itself does not say. */
  readonly payer?: string | undefined;
}

/** One entry of `accepts`, read and judged. */
export interface ExplainedEntry {
  /** Place in `accepts`, from 0. */
  readonly index: number;
  /** Whether the wallet would pay it. */
  readonly payable: boolean;
  /** The classifier's code for it, or for why it is refused. */
  readonly code: EntryCode | PayabilityCode;
  readonly rule: Rule;
  /** The mechanism that `extra` names, paid or not; null where it names none. */
  readonly mechanism: EntryMechanism | null;
  /** The offer, also when it has expired; null when the entry is refused for another reason. */
  readonly offer: EntryOffer | null;
  readonly scheme: string | null;
  readonly network: string | null;
  /** Canonical raw; null when the entry's amount is none. */
  readonly amount: string | null;
  /** The payee, checked; null when the entry names none. */
  readonly payTo: string | null;
  /** The price and the tag, in raw, where the amount is made of both. */
  readonly parts: { readonly resource: string; readonly tag: string } | null;
  /** When it expires (ms); null when that is unknown. */
  readonly expiresAt: number | null;
  readonly findings: readonly Finding[];
  /** The entry as it was written. */
  readonly json: Json;
}

/** The value of a PAYMENT-REQUIRED header, read and judged. */
export interface ExplainedOffer {
  readonly header: 'PAYMENT-REQUIRED';
  readonly encoding: Encoding;
  /** Why the envelope as a whole is refused; null when its entries were classified. */
  readonly code: EnvelopeCode | null;
  readonly rule: Rule | null;
  readonly resource: Resource | null;
  /** The server's reason for asking again, cleaned for display; empty when there is none. */
  readonly error: string;
  readonly extensions: JsonObject | null;
  /** The network it was read on. */
  readonly network: string;
  /** The URL that the entries were compared with; empty when none is known. */
  readonly url: string;
  readonly entries: readonly ExplainedEntry[];
  readonly findings: readonly Finding[];
}

const MAINNET = 'nano:mainnet';
const MOST_TEXT = 280;
/** The entries that are explained: these, and every later one that is an offer. A header may have thousands. */
const MOST_ENTRIES = 64;
/** The largest tag without a finding: a millionth of a XNO (docs/WIRE.md §4.27). */
const LARGE_TAG = 10n ** 24n;

/** Says what a PAYMENT-REQUIRED means, by the classifier's own judgement. Total: any text gives a result. */
export function explainOffer(value: string, context: ExplainContext): ExplainedOffer {
  const encoding = readEncoding(value);
  const decoded = decodeEnvelope(value);
  if (!decoded.ok) {
    const { code } = decoded;
    return {
      header: 'PAYMENT-REQUIRED',
      encoding,
      code,
      rule: ruleOf(code),
      resource: null,
      error: '',
      extensions: null,
      network: context.network ?? MAINNET,
      url: context.url ?? '',
      entries: [],
      findings: [finding('wrong', refusalSentence(code)), ...encoding.findings, ...dialectOf(encoding.json)],
    };
  }
  const { envelope } = decoded;
  const network = context.network ?? networkOf(envelope.accepts);
  const named = ownText(envelope.resource, 'url') ?? '';
  const url = context.url ?? (readUrl(named) ? named : '');
  return {
    header: 'PAYMENT-REQUIRED',
    encoding,
    code: null,
    rule: null,
    resource: readResource(envelope.resource),
    error: cleanText(envelope.error ?? '', MOST_TEXT),
    extensions: envelope.extensions ?? null,
    network,
    url,
    entries: entriesOf(value, envelope.accepts, { ...context, network, url }),
    findings: [
      ...encoding.findings,
      ...(url === '' ? [finding('warn', 'wire_relativeResource')] : []),
      ...(network === MAINNET ? [] : [finding('note', 'wire_reservedNetwork', cleanText(network, 64))]),
    ],
  };
}

type Known = ExplainContext & { readonly network: string; readonly url: string };

function entriesOf(value: string, accepts: readonly Json[], context: Known): readonly ExplainedEntry[] {
  const { now, network, url, arrivedAt = now } = context;
  const at = (moment: number) => classify(value, { url, network, arrivedAt, now: moment });
  // Classified again at the time of arrival, so that the terms of an expired offer can be shown.
  const [present, inTime] = [at(now), at(Number.NEGATIVE_INFINITY)];
  if (present.kind === 'refused' || inTime.kind === 'refused') return [];
  return accepts.flatMap((json, index) => {
    const offer = inTime.entries[index]?.offer ?? null;
    if (index >= MOST_ENTRIES && offer === null) return [];
    const code = present.entries[index]?.code ?? 'MALFORMED_ENTRY';
    const found = present.refused.find((one) => one.index === index)?.code;
    // Without a known page, the resource cannot be compared with it.
    const refusal = url === '' && found === 'RESOURCE_MISMATCH' ? undefined : found;
    const isPayability = refusal !== undefined && refusal !== code;
    return explainEntry(json, index, {
      code: isPayability ? (refusal as PayabilityCode) : code,
      payable: refusal === undefined,
      offer,
      now,
      url,
    });
  });
}

interface Judged {
  readonly code: EntryCode | PayabilityCode;
  readonly payable: boolean;
  readonly offer: EntryOffer | null;
  readonly now: number;
  readonly url: string;
}

function explainEntry(json: Json, index: number, { code, payable, offer, now, url }: Judged): ExplainedEntry {
  const entry = isObject(json) ? json : {};
  const mechanism = offer?.mechanism ?? namedMechanism(entry);
  const amount = own(entry, 'amount');
  return {
    index,
    payable,
    code,
    rule: ruleOf(code, mechanism),
    mechanism,
    offer,
    scheme: textIn(entry, 'scheme'),
    network: textIn(entry, 'network'),
    amount: readAmount(amount)?.toString() ?? null,
    payTo: readAddress(own(entry, 'payTo'))?.address ?? null,
    parts:
      offer && 'tagAmount' in offer
        ? { resource: offer.resourceAmount.toString(), tag: offer.tagAmount.toString() }
        : null,
    expiresAt: offer?.expiresAt ?? null,
    findings: [
      ...(payable || !isRefusal(code) ? [] : [finding('wrong', refusalSentence(code))]),
      ...(payable ? [finding('right', 'wire_payable')] : []),
      ...(OF_OTHER_CHAINS.includes(code) ? otherChain(entry) : []),
      ...amountFindings(amount),
      ...sumFindings(entry),
      ...(offer === null ? [] : offerFindings(offer, now, url)),
    ],
    json,
  };
}

/** The codes of entries that may be paid on another network than the wallet's. */
const OF_OTHER_CHAINS: readonly ExplainedEntry['code'][] = ['IGNORE_NOT_NANO', 'UNSUPPORTED_NETWORK'];

function isRefusal(code: EntryCode | PayabilityCode): code is Exclude<typeof code, MechanismCode> {
  return !entryCodes.some((mechanism) => mechanism === code);
}

const WARNINGS: Readonly<Record<OfferWarning, WireSentence>> = {
  legacyPayTo: 'wire_legacyPayTo',
  resourceScheme: 'wire_resourceScheme',
  insecurePage: 'wire_insecurePage',
  unknownTerms: 'wire_unknownTerms',
};

/** The warnings that come of a comparison with the page. */
const OF_THE_PAGE: ReadonlySet<OfferWarning> = new Set<OfferWarning>(['resourceScheme', 'insecurePage']);

function offerFindings(offer: EntryOffer, now: number, url: string): readonly Finding[] {
  const warnings = url === '' ? offer.warnings.filter((one) => !OF_THE_PAGE.has(one)) : offer.warnings;
  const found: Finding[] = warnings.map((warning) => finding('warn', WARNINGS[warning]));
  if (offer.expiresAt <= now) found.push(finding('note', 'wire_expired'));
  if (isHandOver(offer)) found.push(finding('warn', 'wire_handOver'));
  if (harderWorkOf(offer) !== undefined) found.push(finding('warn', 'wire_harderWork'));
  if (offer.mechanism === 'signedBlock') found.push(finding('warn', 'wire_noExpiry'));
  if ('tagAmount' in offer) found.push(...tagFindings(offer.tagAmount, offer.accepted));
  return found;
}

function tagFindings(tagAmount: bigint, accepted: JsonObject): readonly Finding[] {
  const found: Finding[] = [];
  if (tagAmount > LARGE_TAG) found.push(finding('warn', 'wire_largeTag'));
  const extra = own(accepted, 'extra');
  const session = isObject(extra) ? own(extra, 'nanoSession') : undefined;
  const tag = isObject(session) ? own(session, 'tag') : undefined;
  // Servers make the number from the text, and a double has 53 bits (docs/WIRE.md §4.26).
  if (typeof tag === 'number' && !Number.isSafeInteger(tag)) {
    found.push(finding('warn', 'wire_roundedTag', String(tag), tagAmount.toString()));
  } else if (typeof tag === 'number' && BigInt(tag) !== tagAmount) {
    found.push(finding('note', 'wire_tagDiffers', String(tag), tagAmount.toString()));
  }
  const id = isObject(session) ? ownText(session, 'id') : undefined;
  if (id !== undefined && !/^[0-9a-fA-F]{32,}$/.test(id)) found.push(finding('note', 'wire_shortId'));
  return found;
}

/** Explains why an amount is invalid, by its form. */
function amountFindings(amount: Json | undefined): readonly Finding[] {
  if (isCanonicalRaw(amount)) return [];
  if (typeof amount === 'number') return [finding('wrong', 'wire_amountIsNumber')];
  if (typeof amount !== 'string') return [];
  if (/^\d+\.\d+$/.test(amount)) return [finding('wrong', 'wire_amountIsDecimal')];
  if (/^0\d+$/.test(amount)) return [finding('wrong', 'wire_amountHasZeros')];
  return [];
}

/** The difference between the amount and the sum of its parts. */
function sumFindings(entry: JsonObject): readonly Finding[] {
  const extra = own(entry, 'extra');
  if (!isObject(extra)) return [];
  const tagged = own(extra, 'nanoSession') ?? own(extra, 'challenge');
  if (!isObject(tagged)) return [];
  const [total, resource, tag] = [
    own(entry, 'amount'),
    own(tagged, 'resourceAmountRaw'),
    own(tagged, 'tagAmountRaw'),
  ].map(readAmount);
  if (total === undefined || resource === undefined || tag === undefined) return [];
  const sum = resource + tag;
  return sum === total ? [] : [finding('wrong', 'wire_sum', sum.toString(), total.toString())];
}

function namedMechanism(entry: JsonObject): EntryMechanism | null {
  const extra = own(entry, 'extra') ?? {};
  const kind = isObject(extra) ? mechanismOf(extra) : undefined;
  if (kind === undefined || typeof kind === 'string') return null;
  // The mechanism without a mark takes keys that no mechanism knows: they name none.
  return kind.mark === null && isObject(extra) && !areKnownTerms(extra) ? null : kind.name;
}

function networkOf(accepts: readonly Json[]): string {
  const networks = accepts.map((entry) => (isObject(entry) ? ownText(entry, 'network') : undefined));
  if (networks.includes(MAINNET)) return MAINNET;
  return networks.find((network) => network?.startsWith('nano:') && !OF_RIVALS.has(network)) ?? MAINNET;
}

function textIn(entry: JsonObject, key: string): string | null {
  const text = ownText(entry, key);
  return text === undefined ? null : cleanText(text, 64);
}

/** A body that asks for money in another way, pasted in the header's place. */
function dialectOf(json: JsonObject | null): readonly Finding[] {
  const found = json === null ? undefined : recogniseDialect({ headers: [], bodyText: JSON.stringify(json) });
  return found === undefined ? [] : [finding('note', refusalSentence(found.code), ...found.args)];
}
