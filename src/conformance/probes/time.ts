import { EXPIRING, PAY_FIRST } from '../alterations.ts';
import { isGranted, isRefused, mustRefuse, wordsOf } from '../judgement.ts';
import { mostFor } from '../price.ts';
import { fail, inconclusive, type OfferProbe, pass } from '../probe.ts';
import { sentence } from '../sentence.ts';

/** Servers allow for clocks that differ: Track B 5 s. */
const GRACE = 6_000;
/** An offer that lives longer is not waited for (ms). */
const LONGEST_WAIT = 5 * 60_000;

export const expiry: OfferProbe = {
  of: 'offer',
  id: 'T10',
  title: 'probe_T10_title',
  rule: 'probe_T10_rule',
  source: 'x402.NanoSession Rev 7, 4.1; x402.Nano Track A and B, PAYMENT_EXPIRED',
  severity: 'warning',
  mechanisms: EXPIRING,
  cost: mostFor,
  async run(probeRun, { mechanism }) {
    const offer = await probeRun.freshOffer(mechanism);
    const wait = offer.expiresAt + GRACE - probeRun.clock.now();
    if (wait > LONGEST_WAIT) {
      return inconclusive(sentence('probe_T10_long'));
    }
    const { proof } = await probeRun.pays(offer);
    await probeRun.pause(Math.max(0, offer.expiresAt + GRACE - probeRun.clock.now()));
    return mustRefuse(await probeRun.present(proof), sentence('probe_T10_late'));
  },
};

export const unconfirmed: OfferProbe = {
  of: 'offer',
  id: 'T23',
  title: 'probe_T23_title',
  rule: 'probe_T23_rule',
  source:
    'x402.NanoSession Rev 7, 4.2; settlementPolicy send_confirmed; x402.Nano Track B, UNCONFIRMED_BLOCK',
  severity: 'critical',
  mechanisms: PAY_FIRST,
  cost: mostFor,
  async run(probeRun, { mechanism }) {
    const offer = await probeRun.freshOffer(mechanism);
    const hash = await probeRun.publish({ to: offer.payTo, amount: offer.amount });
    const proof = await probeRun.proof(offer, hash);
    const early = await probeRun.present(proof);
    const isConfirmed = (await probeRun.statusOf(hash)) === 'confirmed';
    if (isGranted(early)) {
      if (!isConfirmed) return fail(sentence('probe_T23_tooSoon'), 'warning');
      return inconclusive(sentence('probe_T23_confirmedFirst'));
    }
    if (!isRefused(early)) return mustRefuse(early, sentence('probe_T23_early'));
    await probeRun.confirmed(hash);
    const later = await probeRun.present(proof);
    if (isGranted(later)) return pass(sentence('probe_T23_later', { answer: wordsOf(early) }));
    return fail(sentence('probe_T23_never', { answer: wordsOf(later) }));
  },
};
