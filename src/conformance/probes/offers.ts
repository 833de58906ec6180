import type { PlainMessageKey } from '../../fault.ts';
import type { ClassifiedEntry } from '../../protocol/offer/classify.ts';
import type { EntryOffer } from '../../protocol/offer/offer.ts';
import { readUrl } from '../../protocol/offer/origin.ts';
import { decodeEnvelope } from '../../protocol/wire/envelope.ts';
import { ownText } from '../../protocol/wire/json.ts';
import { WITH_ID } from '../alterations.ts';
import type { Exchange } from '../exchange.ts';
import { wordsOf } from '../judgement.ts';
import { type EndpointProbe, fail, inconclusive, type OfferProbe, pass, type Verdict } from '../probe.ts';
import type { ProbeRun } from '../probe-run.ts';
import { sentence } from '../sentence.ts';
import { inspectionOf } from '../target.ts';

/** What a browser says of itself when it goes to a page. */
const AS_BROWSER = {
  Accept: 'text/html,application/xhtml+xml,*/*;q=0.8',
  'User-Agent': 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/150.0 Safari/537.36',
};

export const demand: EndpointProbe = {
  of: 'endpoint',
  id: 'T1',
  title: 'probe_T1_title',
  rule: 'probe_T1_rule',
  source: 'x402 v2, HTTP transport',
  severity: 'warning',
  async run(probeRun) {
    const asked = [
      [sentence('probe_T1_program'), await probeRun.ask({ headers: { Accept: 'application/json' } })],
      [sentence('probe_T1_browser'), await probeRun.ask({ headers: AS_BROWSER })],
    ] as const;
    for (const [what, exchange] of asked) {
      const { received } = exchange;
      if (received?.status !== 402) {
        const because = sentence('probe_wrongStatus', { what, status: '402', answer: wordsOf(exchange) });
        return received === null ? inconclusive(because) : fail(because);
      }
      const header = received.headers['payment-required'];
      if (header === undefined) return fail(sentence('probe_T1_noHeader', { what }));
      const decoded = decodeEnvelope(header);
      if (!decoded.ok) return fail(sentence('probe_T1_unreadable', { what, code: decoded.code }));
    }
    return pass(sentence('probe_T1_both'));
  },
};

export const freshness: OfferProbe = {
  of: 'offer',
  id: 'T2',
  title: 'probe_T2_title',
  rule: 'probe_T2_rule',
  source: 'x402.NanoSession Rev 7, 4.1; x402.Nano Track B',
  severity: 'warning',
  mechanisms: WITH_ID,
  cost: () => null,
  async run(probeRun, { mechanism }) {
    const one = await probeRun.freshOffer(mechanism);
    const other = await probeRun.freshOffer(mechanism);
    if (one.oncePer === other.oncePer) return fail(sentence('probe_T2_sameId'));
    const tagged = mechanism !== 'trackB';
    if (tagged && one.payTo === other.payTo && one.amount === other.amount) {
      return fail(sentence('probe_T2_sameAmount'));
    }
    return pass(sentence('probe_T2_different'));
  },
};

/** What can be wrong with what an entry says of itself, in the classifier's code. */
const CONTRADICTIONS: Readonly<Partial<Record<ClassifiedEntry['code'], PlainMessageKey>>> = {
  SUM_MISMATCH: 'probe_T3_sum',
  AMBIGUOUS_MECHANISM: 'probe_T3_ambiguous',
  BAD_CHALLENGE: 'probe_T3_challenge',
};

export const consistency: EndpointProbe = {
  of: 'endpoint',
  id: 'T3',
  title: 'probe_T3_title',
  rule: 'probe_T3_rule',
  source: 'x402.NanoSession Rev 7, 3.1 and 4.2',
  severity: 'warning',
  async run({ inspection: { classification } }) {
    if (classification?.kind !== 'offers') return inconclusive(sentence('probe_noReadableOffer'));
    for (const [index, { code }] of classification.entries.entries()) {
      const flaw = CONTRADICTIONS[code];
      if (flaw === undefined) continue;
      return fail(sentence('probe_T3_entry', { number: `${index + 1}`, flaw: sentence(flaw) }));
    }
    return pass(sentence('probe_T3_consistent'));
  },
};

/** How many ids are looked at. */
const SAMPLES = 4;
/** 128 bits in base64url, the tightest way to write them that is in use. */
const LEAST_CHARACTERS = 22;

export const entropy: OfferProbe = {
  of: 'offer',
  id: 'T4',
  title: 'probe_T4_title',
  rule: 'probe_T4_rule',
  source: 'x402.NanoSession Rev 7, 4.1 (SHOULD); x402.Nano Track B',
  severity: 'warning',
  mechanisms: WITH_ID,
  cost: () => null,
  async run(probeRun, offer) {
    const ids = [idOf(offer)];
    while (ids.length < SAMPLES) ids.push(idOf(await probeRun.freshOffer(offer.mechanism)));
    const short = ids.find((id) => id.length < LEAST_CHARACTERS);
    if (short !== undefined) return fail(sentence('probe_T4_short', { length: `${short.length}` }));
    if (ids.some((id, at) => at > 0 && isAlike(id, ids[at - 1] ?? ''))) {
      return fail(sentence('probe_T4_alike'));
    }
    return pass(sentence('probe_T4_random'));
  },
};

const idOf = ({ oncePer }: EntryOffer): string => oncePer ?? '';

/** Whether more than half of the characters are the same: random hex digits agree in one of sixteen. */
function isAlike(one: string, other: string): boolean {
  const agreeing = [...one].filter((character, at) => character === other[at]).length;
  return agreeing * 2 > one.length;
}

/** A host that no one can own (RFC 2606). */
const ELSEWHERE = 'elsewhere.invalid';

export const resource: EndpointProbe = {
  of: 'endpoint',
  id: 'T31',
  title: 'probe_T31_title',
  rule: 'probe_T31_rule',
  source: 'x402 v2, resource; protocol notes on X-Forwarded-Host',
  severity: 'warning',
  async run(probeRun) {
    const { target, inspection } = probeRun;
    const plain = verdictOn(target.url, inspection.header);
    if (plain.kind !== 'pass') return plain;
    const forged = {
      'X-Forwarded-Host': ELSEWHERE,
      'X-Forwarded-Proto': 'https',
      Forwarded: `host=${ELSEWHERE}`,
    };
    const exchange = await probeRun.ask({ headers: forged });
    const header = exchange.received?.headers['payment-required'] ?? '';
    if (header === '') {
      const what = sentence('probe_T31_forwarded');
      return inconclusive(sentence('probe_wrongStatus', { what, status: '402', answer: wordsOf(exchange) }));
    }
    if (namesElsewhere(header, exchange)) return fail(sentence('probe_T31_hostChosen'));
    return plain;
  },
};

function verdictOn(asked: string, header: string | null): Verdict {
  const envelope = header === null ? undefined : decodeEnvelope(header);
  if (envelope?.ok !== true) return inconclusive(sentence('probe_noReadableOffer'));
  const named = readUrl(ownText(envelope.envelope.resource, 'url') ?? '', asked);
  const url = readUrl(asked);
  if (named === undefined || url === undefined) return fail(sentence('probe_T31_noUrl'));
  if (named.host !== url.host || named.pathname !== url.pathname) {
    return fail(sentence('probe_T31_other', { url: named.href }));
  }
  if (named.protocol !== url.protocol) {
    return fail(sentence('probe_T31_scheme', { asked: `${url.protocol}//`, named: `${named.protocol}//` }));
  }
  if (named.search !== url.search) return fail(sentence('probe_T31_query'));
  const local = /^(localhost|127\.|\[::1\])/.test(url.hostname);
  if (url.protocol !== 'https:' && !local) return fail(sentence('probe_T31_unencrypted'));
  return pass(sentence('probe_T31_same'));
}

/** Whether the made-up host stands anywhere in the offer. */
function namesElsewhere(header: string, { sent }: Exchange): boolean {
  const decoded = decodeEnvelope(header);
  return decoded.ok && JSON.stringify(decoded.envelope).includes(ELSEWHERE) && !sent.url.includes(ELSEWHERE);
}

/** The address with which the demo of x402.Nano lets everybody in. */
export const MAGIC_DEPOSIT = 'nano_3twu684nuzn3kqu74h6zmz41zedchggnwnr8die7mbixa58ahkp6ftwers18';

/** A URL with one more parameter. */
export function withParameter(text: string, name: string, value: string): string {
  const url = new URL(text);
  url.searchParams.append(name, value);
  return url.href;
}

/** What the server offers at another URL of its own. */
export async function offersAt(
  probeRun: ProbeRun,
  url: string,
  network: string,
): Promise<readonly EntryOffer[]> {
  const { received } = await probeRun.ask({ url });
  return inspectionOf(received, url, network, probeRun.clock.now()).offers;
}
