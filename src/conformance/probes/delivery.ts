import { EVERY } from '../alterations.ts';
import type { Exchange } from '../exchange.ts';
import { isGranted, isPending, isRefused, laterOf, mustBeGranted, wordsOf } from '../judgement.ts';
import { mostFor } from '../price.ts';
import { fail, inconclusive, notApplicable, type OfferProbe, pass } from '../probe.ts';
import type { ProbeRun } from '../probe-run.ts';
import { sentence } from '../sentence.ts';
import { identifierOf } from './identifier.ts';

/** How often a proof is delivered at most. */
const DELIVERIES = 6;
/** The time between deliveries where the server names none, the longest that it may name, and that of all of them (ms). */
const USUAL_WAIT = 5_000;
const LONGEST_WAIT = 2 * 60_000;

export const pending: OfferProbe = {
  of: 'offer',
  id: 'T35',
  title: 'probe_T35_title',
  rule: 'probe_T35_rule',
  source: 'RFC 9110, 15.3.3; sellers of signed blocks',
  severity: 'critical',
  mechanisms: EVERY,
  cost: mostFor,
  async run(probeRun, { mechanism }) {
    const { proof } = await probeRun.pays(await probeRun.freshOffer(mechanism));
    const first = await probeRun.present(proof);
    if (isGranted(first)) return pass(sentence('probe_T35_atOnce'));
    if (!isPending(first)) mustBeGranted(first);
    const [last, number] = await deliverUntil(probeRun, proof, first, (one) => !isPending(one));
    if (isGranted(last)) return pass(sentence('probe_T35_served', { number }));
    const answer = wordsOf(last);
    if (isRefused(last)) return fail(sentence('probe_T35_refused', { answer }));
    return fail(sentence('probe_T35_open', { answer, number }), 'warning');
  },
};

export const settled: OfferProbe = {
  of: 'offer',
  id: 'T36',
  title: 'probe_T36_title',
  rule: 'probe_T36_rule',
  source: 'x402.NanoSession Rev 7, 4.2; sellers that settled, refused, and served hours later',
  severity: 'critical',
  mechanisms: EVERY,
  cost: mostFor,
  async run(probeRun, { mechanism }) {
    const { proof, hash } = await probeRun.pays(await probeRun.freshOffer(mechanism));
    const first = await probeRun.present(proof);
    const [last, number] = await deliverUntil(probeRun, proof, first, isGranted);
    if (isGranted(last)) return pass(sentence('probe_T36_served', { number }));
    const answer = wordsOf(last);
    if ((await probeRun.statusOf(hash)) === 'unknown') {
      return inconclusive(sentence('probe_T36_nothingTaken', { answer }));
    }
    return fail(sentence('probe_T36_taken', { answer, number }));
  },
};

export const lostReply: OfferProbe = {
  of: 'offer',
  id: 'T37',
  title: 'probe_T37_title',
  rule: 'probe_T37_rule',
  source: 'x402 extension payment-identifier',
  severity: 'warning',
  mechanisms: EVERY,
  cost: (offer) => (identifierOf(offer) === 'none' ? null : mostFor(offer)),
  async run(probeRun, { mechanism }) {
    const offer = await probeRun.freshOffer(mechanism);
    if (identifierOf(offer) === 'none') return notApplicable(sentence('probe_T37_none'));
    const { proof } = await probeRun.pays(offer);
    const lost = await probeRun.present(proof);
    mustBeGranted(lost);
    const again = await probeRun.present(proof);
    if (!isGranted(again)) return fail(sentence('probe_T37_lost', { answer: wordsOf(again) }));
    if (again.received?.body === lost.received?.body) return pass(sentence('probe_T37_same'));
    return inconclusive(sentence('probe_T37_other'));
  },
};

/** Delivers a proof again, when the server wants it, until an answer will do. Resolves to the last answer and the delivery's number. */
async function deliverUntil(
  probeRun: ProbeRun,
  proof: string,
  first: Exchange,
  isEnough: (answer: Exchange) => boolean,
): Promise<readonly [last: Exchange, number: string]> {
  let last = first;
  let deliveries = 1;
  while (!isEnough(last) && deliveries < DELIVERIES) {
    const { retryAfterMs = USUAL_WAIT, represent } = laterOf(last);
    await probeRun.pause(Math.min(retryAfterMs, LONGEST_WAIT));
    const headers = represent === undefined ? {} : { 'X-Nano-Represent': represent };
    last = await probeRun.present(proof, { headers });
    deliveries += 1;
  }
  return [last, String(deliveries)];
}
