import { encodeBase64 } from '../../base64.ts';
import type { Sentence } from '../../fault.ts';
import type { EntryOffer } from '../../protocol/offer/offer.ts';
import { encodeProof } from '../../protocol/wire/envelope.ts';
import { alterationsOf, PAY_FIRST, WITH_ID } from '../alterations.ts';
import type { Exchange } from '../exchange.ts';
import { mustRefuse, mustWithstand, wordsOf, worst } from '../judgement.ts';
import { type EndpointProbe, fail, type OfferProbe, type Verdict } from '../probe.ts';
import { altered, noBlock, proofOf, randomHex, stranger } from '../proofs.ts';
import { sentence } from '../sentence.ts';

export const unreadable: EndpointProbe = {
  of: 'endpoint',
  id: 'T5',
  title: 'probe_T5_title',
  rule: 'probe_T5_rule',
  source: 'x402 v2, HTTP transport',
  severity: 'critical',
  async run(probeRun) {
    const [offer] = probeRun.inspection.probed;
    const whole = { x402Version: 2, accepted: offer?.accepted ?? {}, payload: {} };
    const garbage: readonly (readonly [what: Sentence, header: string])[] = [
      [sentence('probe_T5_noBase64'), '%%%'],
      [sentence('probe_T5_empty'), ''],
      [sentence('probe_T5_half'), encodeProof(whole).slice(0, 30)],
      [sentence('probe_T5_version1'), encodeProof({ ...whole, x402Version: 1 })],
      [sentence('probe_T5_noProof'), encodeProof(whole)],
    ];
    const verdicts: Verdict[] = [];
    for (const [what, header] of garbage) verdicts.push(mustWithstand(await probeRun.present(header), what));
    return worst(verdicts);
  },
};

export const unknownOffer: OfferProbe = {
  of: 'offer',
  id: 'T6',
  title: 'probe_T6_title',
  rule: 'probe_T6_rule',
  source: 'x402.NanoSession Rev 5, 1.2',
  severity: 'critical',
  mechanisms: WITH_ID,
  cost: () => null,
  async run(probeRun, offer) {
    const proof = altered(await bogusProof(offer), {
      accepted: (entry) => alterationsOf(offer).id?.with(entry, randomHex(32)) ?? entry,
    });
    return mustRefuse(await probeRun.present(proof), sentence('probe_T6_unknown'));
  },
};

export const unknownBlock: OfferProbe = {
  of: 'offer',
  id: 'T7',
  title: 'probe_T7_title',
  rule: 'probe_T7_rule',
  source: 'x402.NanoSession Rev 7, 4.2; x402.Nano Track B, BLOCK_NOT_FOUND',
  severity: 'critical',
  mechanisms: PAY_FIRST,
  cost: () => null,
  async run(probeRun, { mechanism }) {
    const fresh = await probeRun.freshOffer(mechanism);
    return mustRefuse(await probeRun.present(await bogusProof(fresh)), sentence('probe_T7_madeUp'));
  },
};

/** A well-formed proof of an unpaid offer, by a block that is not on the ledger. */
export const bogusProof = (offer: EntryOffer): Promise<string> => proofOf(offer, noBlock(), stranger());

/** Twice what Node's own parser takes. */
const OVERSIZED = 32 * 1024;

export const hostile: EndpointProbe = {
  of: 'endpoint',
  id: 'T33',
  title: 'probe_T33_title',
  rule: 'probe_T33_rule',
  source: 'RFC 6585, 5 (431); CWE-1321',
  severity: 'critical',
  async run(probeRun) {
    const large = await probeRun.present('A'.repeat(OVERSIZED));
    const verdicts = [survived(large, sentence('probe_T33_large'))];
    const [offer] = probeRun.inspection.probed;
    if (offer !== undefined) {
      const exchange = await probeRun.present(encodeText(polluting(offer)));
      verdicts.push(survived(exchange, sentence('probe_T33_proto')));
    }
    const after = await probeRun.ask();
    if (after.received?.status !== 402) {
      const what = sentence('probe_T33_after');
      return fail(sentence('probe_wrongStatus', { what, status: '402', answer: wordsOf(after) }));
    }
    return worst(verdicts);
  },
};

/** Judges the answer to a hostile header: every answer but a refusal is wrong. No answer at all proves nothing. */
function survived(exchange: Exchange, what: Sentence): Verdict {
  const verdict = mustRefuse(exchange, what);
  if (verdict.kind !== 'inconclusive' || exchange.received === null) return verdict;
  return fail(verdict.because, 'warning');
}

/** The text of a payload that tells a careless merge to pollute the prototype of all objects. */
function polluting({ accepted }: EntryOffer): string {
  const poison = '"__proto__":{"paid":true,"settled":true,"isValid":true,"success":true}';
  const entry = JSON.stringify(accepted)
    .replace(/"extra":\{/, `"extra":{${poison},`)
    .replace(/,\}/g, '}');
  return `{"x402Version":2,"accepted":${entry},"payload":{${poison},"proof":"${noBlock()}"}}`;
}

const encodeText = (text: string): string => encodeBase64(new TextEncoder().encode(text));
