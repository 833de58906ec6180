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
import { inspectionOf } from '../target.ts';

/** What a browser says of itself when it goes to a page. */
const AS_BROWSER = {
  Accept: 'text/html,application/xhtml+xml,*/*;q=0.8',
  'User-Agent': 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/150.0 Safari/537.36',
};

export const demand: EndpointProbe = {
  of: 'endpoint',
  id: 'T1',
  title: 'Sends a 402 offer to every client',
  rule: 'A 402 carries a PAYMENT-REQUIRED header that decodes to version 2, for programs and for browsers alike.',
  source: 'x402 v2, HTTP transport',
  severity: 'warning',
  async run(probeRun) {
    const asked = [
      ['a program', await probeRun.ask({ headers: { Accept: 'application/json' } })],
      ['a browser', await probeRun.ask({ headers: AS_BROWSER })],
    ] as const;
    for (const [who, exchange] of asked) {
      const { received } = exchange;
      if (received === null) return inconclusive(`There was no answer to ${who}.`);
      if (received.status !== 402) return fail(`The answer to ${who} was ${wordsOf(exchange)}, not 402.`);
      const header = received.headers['payment-required'];
      if (header === undefined) return fail(`The 402 for ${who} has no PAYMENT-REQUIRED.`);
      const decoded = decodeEnvelope(header);
      if (!decoded.ok) return fail(`The PAYMENT-REQUIRED for ${who} cannot be read: ${decoded.code}.`);
    }
    return pass('Both a program and a browser got a 402 with a readable offer.');
  },
};

export const freshness: OfferProbe = {
  of: 'offer',
  id: 'T2',
  title: 'Issues a fresh offer per request',
  rule: 'Each 402 has an id or nonce of its own; sessions also have an amount that no other open session to the payee has.',
  source: 'x402.NanoSession Rev 7, 4.1; x402.Nano Track B',
  severity: 'warning',
  mechanisms: WITH_ID,
  cost: () => null,
  async run(probeRun, { mechanism }) {
    const one = await probeRun.freshOffer(mechanism);
    const other = await probeRun.freshOffer(mechanism);
    if (one.oncePer === other.oncePer) return fail('Two requests were offered the same id.');
    const tagged = mechanism !== 'trackB';
    if (tagged && one.payTo === other.payTo && one.amount === other.amount) {
      return fail(
        'Two open sessions ask for the same amount to the same account: nobody can tell whose a send is.',
      );
    }
    return pass('Two requests were offered different ids.');
  },
};

/** What can be wrong with what an entry says of itself, in the classifier's code. */
const CONTRADICTIONS: Readonly<Partial<Record<ClassifiedEntry['code'], string>>> = {
  SUM_MISMATCH: 'amount is not resourceAmountRaw + tagAmountRaw',
  AMBIGUOUS_MECHANISM: 'extra carries the marks of more than one mechanism',
  BAD_CHALLENGE: 'the challenge says another amount or payee than its entry',
};

export const consistency: EndpointProbe = {
  of: 'endpoint',
  id: 'T3',
  title: 'Makes offers that are consistent in themselves',
  rule: 'amount = resourceAmountRaw + tagAmountRaw, and no entry is of two mechanisms at once.',
  source: 'x402.NanoSession Rev 7, 3.1 and 4.2',
  severity: 'warning',
  async run({ inspection: { classification } }) {
    if (classification?.kind !== 'offers') return inconclusive('There was no readable offer.');
    for (const [index, { code }] of classification.entries.entries()) {
      const flaw = CONTRADICTIONS[code];
      if (flaw !== undefined) return fail(`Entry ${index + 1}: ${flaw}.`);
    }
    return pass('Parts make up the total, and every entry is of one kind.');
  },
};

/** How many ids are looked at. */
const SAMPLES = 4;
/** 128 bits in base64url, the tightest way to write them that is in use. */
const LEAST_CHARACTERS = 22;

export const entropy: OfferProbe = {
  of: 'offer',
  id: 'T4',
  title: 'Uses ids that cannot be guessed',
  rule: 'Ids hold at least 128 random bits; a Track B nonce is 64 hex digits in lower case.',
  source: 'x402.NanoSession Rev 7, 4.1 (SHOULD); x402.Nano Track B',
  severity: 'warning',
  mechanisms: WITH_ID,
  cost: () => null,
  async run(probeRun, offer) {
    const ids = [idOf(offer)];
    while (ids.length < SAMPLES) ids.push(idOf(await probeRun.freshOffer(offer.mechanism)));
    const short = ids.find((id) => id.length < LEAST_CHARACTERS);
    if (short !== undefined) return fail(`An id has ${short.length} characters: too few for 128 bits.`);
    if (ids.some((id, at) => at > 0 && isAlike(id, ids[at - 1] ?? ''))) {
      return fail('Ids that were issued one after the other are nearly the same.');
    }
    return pass(`${SAMPLES} ids were long enough, and had nothing in common.`);
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
  title: 'Names the requested URL in its offer',
  rule: 'resource.url is the URL of the request, over HTTPS, whatever headers a client makes up.',
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
    if (header === '') return inconclusive(`With forwarding headers made up: ${wordsOf(exchange)}.`);
    if (namesElsewhere(header, exchange))
      return fail('A client that makes up X-Forwarded-Host chooses the host in the offer.');
    return plain;
  },
};

function verdictOn(asked: string, header: string | null): Verdict {
  const envelope = header === null ? undefined : decodeEnvelope(header);
  if (envelope?.ok !== true) return inconclusive('There was no readable offer.');
  const named = readUrl(ownText(envelope.envelope.resource, 'url') ?? '', asked);
  const url = readUrl(asked);
  if (named === undefined || url === undefined) return fail('resource.url is no URL.');
  if (named.host !== url.host || named.pathname !== url.pathname) {
    return fail(`resource.url is ${named.href}, which is not what was asked for.`);
  }
  if (named.protocol !== url.protocol) {
    return fail(`resource.url is ${named.protocol}//, the request was ${url.protocol}//.`);
  }
  if (named.search !== url.search) return fail('resource.url has another query than the request.');
  const local = /^(localhost|127\.|\[::1\])/.test(url.hostname);
  if (url.protocol !== 'https:' && !local) return fail('The offer came without encryption.');
  return pass('resource.url is what was asked for, whatever the forwarding headers say.');
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
