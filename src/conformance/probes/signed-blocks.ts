import { ZERO } from '../../nano/amount.ts';
import { signBlock } from '../../nano/block.ts';
import { HAND_OVER } from '../alterations.ts';
import { isGranted, isRefused, mustBeGranted, mustRefuse, wordsOf } from '../judgement.ts';
import { mostFor, ONE_RAW } from '../price.ts';
import { fail, inconclusive, notApplicable, type OfferProbe, pass } from '../probe.ts';
import { altered, blockPayload, hashOf, stranger } from '../proofs.ts';

export const decrement: OfferProbe = {
  of: 'offer',
  id: 'T15',
  title: 'Rejects a block that underpays',
  rule: 'The block must take exactly the price from the balance: a block of 1 raw is INSUFFICIENT_AMOUNT.',
  source: 'x402.Nano Track A; x402nano/exact never looks',
  severity: 'critical',
  mechanisms: HAND_OVER,
  cost: () => ONE_RAW,
  async run(probeRun, { mechanism }) {
    const offer = await probeRun.freshOffer(mechanism);
    const { block } = await probeRun.handOver({ to: offer.payTo, amount: ONE_RAW });
    return mustRefuse(await probeRun.present(await probeRun.proof(offer, block)), 'A signed block of 1 raw');
  },
};

export const destination: OfferProbe = {
  of: 'offer',
  id: 'T16',
  title: 'Checks the block’s link, not link_as_account',
  rule: 'The network obeys link alone: a block whose link is the payer’s own key is WRONG_DESTINATION, whatever link_as_account shows.',
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
    return mustRefuse(await probeRun.present(proof), 'A block to oneself that shows the payee');
  },
};

export const signature: OfferProbe = {
  of: 'offer',
  id: 'T17',
  title: 'Checks the signature of a block',
  rule: 'A block whose signature is not by its account’s key is INVALID_SIGNATURE or error_invalid_block.',
  source: 'x402.Nano Track A; x402nano/exact',
  severity: 'critical',
  mechanisms: HAND_OVER,
  // Whoever gets the block gets no signature that the network would take.
  cost: () => ZERO,
  async run(probeRun, { mechanism }) {
    const offer = await probeRun.freshOffer(mechanism);
    const { block } = await probeRun.handOver({ to: offer.payTo, amount: offer.amount }, { kept: true });
    const forged = signBlock(block, stranger().keys.privateKey);
    return mustRefuse(
      await probeRun.present(await probeRun.proof(offer, forged)),
      'A block signed by somebody else',
    );
  },
};

export const frontier: OfferProbe = {
  of: 'offer',
  id: 'T18',
  title: 'Rejects a block on an old frontier',
  rule: 'A block on a frontier that has moved can never be published: STALE_FRONTIER or error_invalid_work.',
  source: 'x402.Nano Track A; x402nano/exact',
  severity: 'critical',
  mechanisms: HAND_OVER,
  // It is shown only once another block has taken its place for good.
  cost: () => ZERO,
  async run(probeRun, { mechanism }) {
    const offer = await probeRun.freshOffer(mechanism);
    const handedOver = await probeRun.handOver({ to: offer.payTo, amount: offer.amount }, { kept: true });
    if ((await handedOver.recall()) === 'published')
      return inconclusive('The block was published before it was shown.');
    const proof = await probeRun.proof(offer, handedOver.block);
    return mustRefuse(await probeRun.present(proof), 'A block on a frontier that has moved');
  },
};

export const twins: OfferProbe = {
  of: 'offer',
  id: 'T28',
  title: 'Takes one of two blocks on one frontier',
  rule: 'Of two blocks on the same frontier only one can land: the other is DUPLICATE_FRONTIER.',
  source: 'x402.Nano Track A; not in its demo, nor in x402nano/exact',
  severity: 'critical',
  mechanisms: HAND_OVER,
  // At most one of the two can ever be confirmed.
  cost: mostFor,
  async run(probeRun, { mechanism }) {
    const offer = await probeRun.freshOffer(mechanism);
    const { block, conflicting } = await probeRun.handOver({ to: offer.payTo, amount: offer.amount });
    if (conflicting === null) return inconclusive('This purse never signs two blocks on one frontier.');
    const proofs = [
      await probeRun.proof(offer, block),
      await probeRun.proof(offer, await conflicting()),
    ] as const;
    const answers = await probeRun.presentTogether(proofs);
    const granted = answers.filter(isGranted).length;
    if (granted === 1) return pass('One of two blocks on one frontier was taken.');
    if (granted > 1)
      return fail('Two blocks on one frontier were both taken: the network will have only one of them.');
    return inconclusive(`Neither block was taken: ${answers.map(wordsOf).join(', ')}.`);
  },
};

/** How long a server that publishes after its answer is given to do so (ms). */
const AFTERMATH = 3_000;

export const failedHandler: OfferProbe = {
  of: 'offer',
  id: 'T29',
  title: 'Does not consume the payment if the handler fails',
  rule: 'Where the handler answers 400 or more, the block that was handed over is not published.',
  source: 'x402 core: settles only below 400',
  severity: 'warning',
  mechanisms: HAND_OVER,
  cost: mostFor,
  async run(probeRun, { mechanism }) {
    const { failingUrl: url } = probeRun.target;
    if (url === null) return notApplicable('No URL was given whose handler fails.');
    const offer = await probeRun.freshOffer(mechanism, { url });
    const { block } = await probeRun.handOver({ to: offer.payTo, amount: offer.amount });
    const exchange = await probeRun.present(await probeRun.proof(offer, block), { url });
    if (isGranted(exchange)) return notApplicable('The handler did not fail.');
    if (isRefused(exchange) && exchange.received?.status === 402) mustBeGranted(exchange, 'A good payment');
    await probeRun.pause(AFTERMATH);
    const status = await probeRun.statusOf(hashOf(block));
    if (status === 'unknown')
      return pass(`The handler failed (${wordsOf(exchange)}), and the block was not published.`);
    return fail(`The handler failed (${wordsOf(exchange)}), and the block was published all the same.`);
  },
};
