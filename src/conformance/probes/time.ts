import { EXPIRING, PAY_FIRST } from '../alterations.ts';
import { isGranted, isRefused, mustRefuse, wordsOf } from '../judgement.ts';
import { mostFor } from '../price.ts';
import { fail, inconclusive, type OfferProbe, pass } from '../probe.ts';

/** Servers allow for clocks that differ: Track B 5 s. */
const GRACE = 6_000;
/** An offer that lives longer is not waited for (ms). */
const LONGEST_WAIT = 5 * 60_000;

export const expiry: OfferProbe = {
  of: 'offer',
  id: 'T10',
  title: 'Rejects expired offers',
  rule: 'A proof that comes after expiresAt or validBefore is refused with 402 or 410.',
  source: 'x402.NanoSession Rev 7, 4.1; x402.Nano Track A and B, PAYMENT_EXPIRED',
  severity: 'warning',
  mechanisms: EXPIRING,
  cost: mostFor,
  async run(probeRun, { mechanism }) {
    const offer = await probeRun.freshOffer(mechanism);
    const wait = offer.expiresAt + GRACE - probeRun.clock.now();
    if (wait > LONGEST_WAIT) {
      return inconclusive('Offers live longer than five minutes here: ask where they are over sooner.');
    }
    const { proof } = await probeRun.pays(offer);
    await probeRun.pause(Math.max(0, offer.expiresAt + GRACE - probeRun.clock.now()));
    return mustRefuse(await probeRun.present(proof), 'A good payment for an offer that was over');
  },
};

export const unconfirmed: OfferProbe = {
  of: 'offer',
  id: 'T23',
  title: 'Waits for confirmation',
  rule: 'A send is honoured once the network has confirmed it, and not before; a proof that came early may come again.',
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
      if (!isConfirmed) return fail('The content was given while the block was not confirmed.', 'warning');
      return inconclusive('The network had confirmed the block before the server answered.');
    }
    if (!isRefused(early)) return inconclusive(`The early proof was answered with ${wordsOf(early)}.`);
    await probeRun.confirmed(hash);
    const later = await probeRun.present(proof);
    if (isGranted(later)) return pass(`The early proof was refused (${wordsOf(early)}), and granted later.`);
    return fail(`The proof that came early was refused for good: ${wordsOf(later)}.`);
  },
};
