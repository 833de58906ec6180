import { ZERO } from '../../nano/amount.ts';
import { signBlock } from '../../nano/block.ts';
import { HAND_OVER } from '../alterations.ts';
import { isGranted, isRefused, mustBeGranted, mustRefuse, wordsOf } from '../judgement.ts';
import { mostFor, ONE_RAW } from '../price.ts';
import { fail, inconclusive, notApplicable, type OfferProbe, pass } from '../probe.ts';
import { altered, blockPayload, hashOf, stranger } from '../proofs.ts';
import { listOf, sentence } from '../sentence.ts';

export const decrement: OfferProbe = {
  of: 'offer',
  id: 'T15',
  title: 'probe_T15_title',
  rule: 'probe_T15_rule',
  source: 'x402.Nano Track A; x402nano/exact never looks',
  severity: 'critical',
  mechanisms: HAND_OVER,
  cost: () => ONE_RAW,
  async run(probeRun, { mechanism }) {
    const offer = await probeRun.freshOffer(mechanism);
    const { block } = await probeRun.handOver({ to: offer.payTo, amount: ONE_RAW });
    return mustRefuse(
      await probeRun.present(await probeRun.proof(offer, block)),
      sentence('probe_T15_oneRaw'),
    );
  },
};

export const destination: OfferProbe = {
  of: 'offer',
  id: 'T16',
  title: 'probe_T16_title',
  rule: 'probe_T16_rule',
  source: 'x402.Nano Track A; the demos compare link_as_account only',
  severity: 'critical',
  mechanisms: HAND_OVER,
  // It pays the account it comes from.
  cost: () => ZERO,
  async run(probeRun, { mechanism }) {
    const offer = await probeRun.freshOffer(mechanism);
    const right = await probeRun.handOver({ to: offer.payTo, amount: offer.amount }, { kept: true });
    const template = await probeRun.proof(offer, right.block);
    await right.recall();
    const { block } = await probeRun.handOver({ to: probeRun.account, amount: offer.amount });
    const proof = altered(template, { payload: () => blockPayload(block, offer.payTo) });
    return mustRefuse(await probeRun.present(proof), sentence('probe_T16_oneself'));
  },
};

export const signature: OfferProbe = {
  of: 'offer',
  id: 'T17',
  title: 'probe_T17_title',
  rule: 'probe_T17_rule',
  source: 'x402.Nano Track A; x402nano/exact',
  severity: 'critical',
  mechanisms: HAND_OVER,
  // Whoever gets the block gets no signature that the network would take.
  cost: () => ZERO,
  async run(probeRun, { mechanism }) {
    const offer = await probeRun.freshOffer(mechanism);
    const { block } = await probeRun.handOver({ to: offer.payTo, amount: offer.amount }, { kept: true });
    const forged = signBlock(block, stranger().keys.privateKey);
    const proof = await probeRun.proof(offer, forged);
    return mustRefuse(await probeRun.present(proof), sentence('probe_T17_forged'));
  },
};

export const frontier: OfferProbe = {
  of: 'offer',
  id: 'T18',
  title: 'probe_T18_title',
  rule: 'probe_T18_rule',
  source: 'x402.Nano Track A; x402nano/exact',
  severity: 'critical',
  mechanisms: HAND_OVER,
  // It is shown only once another block has taken its place for good.
  cost: () => ZERO,
  async run(probeRun, { mechanism }) {
    const offer = await probeRun.freshOffer(mechanism);
    const handedOver = await probeRun.handOver({ to: offer.payTo, amount: offer.amount }, { kept: true });
    if ((await handedOver.recall()) === 'published') return inconclusive(sentence('probe_T18_published'));
    const proof = await probeRun.proof(offer, handedOver.block);
    return mustRefuse(await probeRun.present(proof), sentence('probe_T18_stale'));
  },
};

export const twins: OfferProbe = {
  of: 'offer',
  id: 'T28',
  title: 'probe_T28_title',
  rule: 'probe_T28_rule',
  source: 'x402.Nano Track A; not in its demo, nor in x402nano/exact',
  severity: 'critical',
  mechanisms: HAND_OVER,
  // At most one of the two can ever be confirmed.
  cost: mostFor,
  async run(probeRun, { mechanism }) {
    const offer = await probeRun.freshOffer(mechanism);
    const { block, conflicting } = await probeRun.handOver({ to: offer.payTo, amount: offer.amount });
    if (conflicting === null) return inconclusive(sentence('probe_T28_never'));
    const proofs = [
      await probeRun.proof(offer, block),
      await probeRun.proof(offer, await conflicting()),
    ] as const;
    const answers = await probeRun.presentTogether(proofs);
    const granted = answers.filter(isGranted).length;
    if (granted === 1) return pass(sentence('probe_T28_one'));
    if (granted > 1) return fail(sentence('probe_T28_both'));
    return inconclusive(sentence('probe_T28_neither', { answers: listOf(answers.map(wordsOf)) }));
  },
};

/** How long a server that publishes after its answer is given to do so (ms). */
const AFTERMATH = 3_000;

export const failedHandler: OfferProbe = {
  of: 'offer',
  id: 'T29',
  title: 'probe_T29_title',
  rule: 'probe_T29_rule',
  source: 'x402 core: settles only below 400',
  severity: 'warning',
  mechanisms: HAND_OVER,
  cost: mostFor,
  async run(probeRun, { mechanism }) {
    const { failingUrl: url } = probeRun.target;
    if (url === null) return notApplicable(sentence('probe_T29_noUrl'));
    const offer = await probeRun.freshOffer(mechanism, { url });
    const { block } = await probeRun.handOver({ to: offer.payTo, amount: offer.amount });
    const exchange = await probeRun.present(await probeRun.proof(offer, block), { url });
    if (isGranted(exchange)) return notApplicable(sentence('probe_T29_succeeded'));
    if (isRefused(exchange) && exchange.received?.status === 402) mustBeGranted(exchange);
    await probeRun.pause(AFTERMATH);
    const status = await probeRun.statusOf(hashOf(block));
    const answer = wordsOf(exchange);
    if (status === 'unknown') return pass(sentence('probe_T29_kept', { answer }));
    return fail(sentence('probe_T29_published', { answer }));
  },
};
