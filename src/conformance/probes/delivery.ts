import { EVERY } from '../alterations.ts';
import type { Exchange } from '../exchange.ts';
import { isGranted, isPending, isRefused, laterOf, mustBeGranted, wordsOf } from '../judgement.ts';
import { mostFor } from '../price.ts';
import { fail, inconclusive, notApplicable, type OfferProbe, pass, type Verdict } from '../probe.ts';
import type { ProbeRun } from '../probe-run.ts';
import { identifierOf } from './identifier.ts';

/** How often a proof is delivered at most. */
const DELIVERIES = 6;
/** The time between deliveries where the server names none, the longest that it may name, and that of all of them (ms). */
const USUAL_WAIT = 5_000;
const LONGEST_WAIT = 2 * 60_000;

export const pending: OfferProbe = {
  of: 'offer',
  id: 'T35',
  title: 'Serves a proof that it answered with 202',
  rule: 'After a 202 the same proof is served later. It is neither refused nor answered with a new offer: a client would pay twice.',
  source: 'RFC 9110, 15.3.3; sellers of signed blocks',
  severity: 'critical',
  mechanisms: EVERY,
  cost: mostFor,
  async run(probeRun, { mechanism }) {
    const { proof } = await probeRun.pays(await probeRun.freshOffer(mechanism));
    const first = await probeRun.present(proof);
    if (isGranted(first)) return pass('The proof was served at once.');
    if (!isPending(first)) return inconclusive(`A good payment was answered with ${wordsOf(first)}.`);
    const [last, deliveries] = await deliverUntil(probeRun, proof, first, (one) => !isPending(one));
    if (isGranted(last)) return pass(`After a 202, delivery ${deliveries} of the proof was served.`);
    if (isRefused(last)) return fail(`After a 202, the same proof was refused: ${wordsOf(last)}.`);
    return stillOpen(last, deliveries);
  },
};

export const settled: OfferProbe = {
  of: 'offer',
  id: 'T36',
  title: 'Serves what it took the money for',
  rule: 'A proof whose block is on the ledger is served in the end: at once, or when the same proof comes again.',
  source: 'x402.NanoSession Rev 7, 4.2; sellers that settled, refused, and served hours later',
  severity: 'critical',
  mechanisms: EVERY,
  cost: mostFor,
  async run(probeRun, { mechanism }) {
    const { proof, hash } = await probeRun.pays(await probeRun.freshOffer(mechanism));
    const first = await probeRun.present(proof);
    const [last, deliveries] = await deliverUntil(probeRun, proof, first, isGranted);
    if (isGranted(last)) return pass(`Delivery ${deliveries} of the proof was served.`);
    if ((await probeRun.statusOf(hash)) === 'unknown') {
      return inconclusive(`A good payment was answered with ${wordsOf(last)}, and nothing was taken for it.`);
    }
    return fail(
      `The block is on the ledger, and ${deliveries} deliveries of its proof brought nothing: ${wordsOf(last)}.`,
    );
  },
};

export const lostReply: OfferProbe = {
  of: 'offer',
  id: 'T37',
  title: 'Gives a lost reply again',
  rule: 'Where the offer takes a payment identifier, the same proof with the same identifier gets its reply again: the first may have been lost.',
  source: 'x402 extension payment-identifier',
  severity: 'warning',
  mechanisms: EVERY,
  cost: (offer) => (identifierOf(offer) === 'none' ? null : mostFor(offer)),
  async run(probeRun, { mechanism }) {
    const offer = await probeRun.freshOffer(mechanism);
    if (identifierOf(offer) === 'none') {
      return notApplicable(
        'The server takes no payment identifier, so it cannot tell a lost reply from a replay.',
      );
    }
    const { proof } = await probeRun.pays(offer);
    const lost = await probeRun.present(proof);
    mustBeGranted(lost, 'A good payment');
    const again = await probeRun.present(proof);
    if (!isGranted(again)) return fail(`The reply was not given again: ${wordsOf(again)}.`);
    if (again.received?.body === lost.received?.body) return pass('The same reply was given again.');
    return inconclusive('The proof was granted again, with another reply.');
  },
};

/** Delivers a proof again, when the server wants it, until an answer will do. Resolves to the last answer and its number. */
async function deliverUntil(
  probeRun: ProbeRun,
  proof: string,
  first: Exchange,
  isEnough: (answer: Exchange) => boolean,
): Promise<readonly [last: Exchange, deliveries: number]> {
  let last = first;
  let deliveries = 1;
  while (!isEnough(last) && deliveries < DELIVERIES) {
    const { retryAfterMs = USUAL_WAIT, represent } = laterOf(last);
    await probeRun.pause(Math.min(retryAfterMs, LONGEST_WAIT));
    const headers = represent === undefined ? {} : { 'X-Nano-Represent': represent };
    last = await probeRun.present(proof, { headers });
    deliveries += 1;
  }
  return [last, deliveries];
}

const stillOpen = (last: Exchange, deliveries: number): Verdict =>
  fail(`After ${deliveries} deliveries the proof is not served yet: ${wordsOf(last)}.`, 'warning');
