import type { Sentence } from '../../fault.ts';
import { addRaw, type Raw, subtractRaw } from '../../nano/amount.ts';
import { isHandOver } from '../../protocol/mechanisms/index.ts';
import type { EntryOffer } from '../../protocol/offer/offer.ts';
import { EVERY } from '../alterations.ts';
import { isGranted, mustRefuse, wordsOf, worst } from '../judgement.ts';
import { mostFor, ONE_RAW } from '../price.ts';
import { type OfferProbe, pass, type Verdict } from '../probe.ts';
import type { ProbeRun } from '../probe-run.ts';
import { sentence } from '../sentence.ts';

export const exactly: OfferProbe = {
  of: 'offer',
  id: 'T24',
  title: 'probe_T24_title',
  rule: 'probe_T24_rule',
  source: 'x402.NanoSession Rev 6 to 8 and Track A: equal; x402.Nano Track B: at least',
  severity: 'critical',
  mechanisms: EVERY,
  cost: (offer) => addRaw(mostFor(offer), mostFor(offer)),
  async run(probeRun, { mechanism }) {
    const verdicts: Verdict[] = [];
    const offer = await probeRun.freshOffer(mechanism);
    if (offer.amount > ONE_RAW) {
      const less = subtractRaw(offer.amount, ONE_RAW);
      verdicts.push(await tried(probeRun, offer, less, sentence('probe_T24_tooLittle')));
    }
    if (verdicts[0]?.kind === 'fail') return verdicts[0];
    const next = await probeRun.freshOffer(mechanism);
    verdicts.push(await tried(probeRun, next, addRaw(next.amount, ONE_RAW), sentence('probe_T24_tooMuch')));
    return worst(verdicts);
  },
};

async function tried(probeRun: ProbeRun, offer: EntryOffer, amount: Raw, what: Sentence): Promise<Verdict> {
  const order = { to: offer.payTo, amount };
  const isBlock = isHandOver(offer);
  const handedOver = isBlock ? await probeRun.handOver(order) : undefined;
  const proof = await probeRun.proof(offer, handedOver?.block ?? (await probeRun.pay(order)));
  const exchange = await probeRun.present(proof);
  await handedOver?.recall();
  if (offer.mechanism === 'trackB' && amount > offer.amount && isGranted(exchange)) {
    return pass(sentence('probe_T24_taken', { what, answer: wordsOf(exchange) }));
  }
  return mustRefuse(exchange, what);
}
