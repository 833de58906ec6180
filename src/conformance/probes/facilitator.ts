import type { Sentence } from '../../fault.ts';
import { ZERO } from '../../nano/amount.ts';
import type { SignedBlock } from '../../nano/block.ts';
import type { JsonObject } from '../../protocol/wire/json.ts';
import { meets, parseThreshold, parseWorkNonce, parseWorkRoot } from '../../work/difficulty.ts';
import { HAND_OVER } from '../alterations.ts';
import { mustRefuse, mustWithstand, worst } from '../judgement.ts';
import { mostFor, ONE_RAW } from '../price.ts';
import type { OfferProbe, Verdict } from '../probe.ts';
import { altered, blockOfStranger, blockPayload, proofOf, randomHex } from '../proofs.ts';
import { rejectsThenAccepts } from '../rejects-then-accepts.ts';
import { sentence } from '../sentence.ts';

/*
 * The checks of a facilitator for signed blocks (docs/WIRE.md §3.9) that no older probe makes. The others: signature T17,
 * payee T16, frontier T18, amount T15 and T24, a block that was settled before T19.
 */

export const version: OfferProbe = {
  of: 'offer',
  id: 'T38',
  title: 'probe_T38_title',
  rule: 'probe_T38_rule',
  source: 'scheme_exact_nano, check 1',
  severity: 'note',
  mechanisms: ['signedBlock'],
  cost: mostFor,
  async run(probeRun, { mechanism }) {
    const { proof } = await probeRun.pays(await probeRun.freshOffer(mechanism));
    return rejectsThenAccepts(probeRun, proof, [
      [sentence('probe_T38_version', { version: '1' }), altered(proof, { version: 1 })],
      [sentence('probe_T38_version', { version: '3' }), altered(proof, { version: 3 })],
    ]);
  },
};

export const requirements: OfferProbe = {
  of: 'offer',
  id: 'T39',
  title: 'probe_T39_title',
  rule: 'probe_T39_rule',
  source: 'scheme_exact_nano, check 2',
  severity: 'critical',
  mechanisms: HAND_OVER,
  cost: () => ONE_RAW,
  async run(probeRun, { mechanism }) {
    const offer = await probeRun.freshOffer(mechanism);
    const cheap = await probeRun.handOver({ to: offer.payTo, amount: ONE_RAW });
    const proof = await probeRun.proof(offer, cheap.block);
    const bargain = altered(proof, { accepted: (entry) => ({ ...entry, amount: ONE_RAW.toString() }) });
    const amount = mustRefuse(await probeRun.present(bargain), sentence('probe_T39_amount'));
    await cheap.recall();
    if (amount.kind === 'fail') return amount;
    const { account } = probeRun;
    const kept = await probeRun.handOver({ to: account, amount: offer.amount });
    const diverted = altered(proof, {
      accepted: (entry) => ({ ...entry, payTo: account }),
      payload: () => blockPayload(kept.block, account),
    });
    const payee = mustRefuse(await probeRun.present(diverted), sentence('probe_T39_payTo'));
    return worst([amount, payee]);
  },
};

export const otherAsset: OfferProbe = {
  of: 'offer',
  id: 'T40',
  title: 'probe_T40_title',
  rule: 'probe_T40_rule',
  source: 'scheme_exact_nano, check 2',
  severity: 'note',
  mechanisms: ['signedBlock'],
  cost: mostFor,
  async run(probeRun, { mechanism }) {
    const { proof } = await probeRun.pays(await probeRun.freshOffer(mechanism));
    const foreign = altered(proof, { accepted: (entry) => ({ ...entry, asset: 'USDC' }) });
    return rejectsThenAccepts(probeRun, proof, [[sentence('probe_T40_asset'), foreign]]);
  },
};

export const structure: OfferProbe = {
  of: 'offer',
  id: 'T41',
  title: 'probe_T41_title',
  rule: 'probe_T41_rule',
  source: 'scheme_exact_nano, check 3; x402.Nano Track A, MALFORMED_PAYLOAD',
  severity: 'critical',
  mechanisms: HAND_OVER,
  // None of these can be published.
  cost: () => ZERO,
  async run(probeRun, { mechanism }) {
    const offer = await probeRun.freshOffer(mechanism);
    const { block } = await probeRun.handOver({ to: offer.payTo, amount: offer.amount }, { kept: true });
    const proof = await probeRun.proof(offer, block);
    const verdicts: Verdict[] = [];
    for (const [what, broken] of brokenBlocks(block, offer.payTo)) {
      const exchange = await probeRun.present(altered(proof, { payload: () => broken }));
      verdicts.push(mustWithstand(exchange, what));
    }
    return worst(verdicts);
  },
};

function brokenBlocks(
  signed: SignedBlock,
  payTo: string,
): readonly (readonly [what: Sentence, payload: JsonObject])[] {
  const { block } = blockPayload(signed, payTo) as { readonly block: JsonObject };
  const { signature: _, ...unsigned } = block;
  return [
    [sentence('probe_T41_unsigned'), { block: unsigned }],
    [sentence('probe_T41_negative'), { block: { ...unsigned, balance: '-1', signature: '0'.repeat(128) } }],
    [sentence('probe_T41_noPrevious'), { block: { ...block, previous: '' } }],
    [sentence('probe_T41_list'), { block: [] }],
    [sentence('probe_T41_none'), {}],
  ];
}

export const unopened: OfferProbe = {
  of: 'offer',
  id: 'T42',
  title: 'probe_T42_title',
  rule: 'probe_T42_rule',
  source: 'scheme_exact_nano, check 6',
  severity: 'critical',
  mechanisms: HAND_OVER,
  cost: () => null,
  async run(probeRun, { mechanism }) {
    const offer = await probeRun.freshOffer(mechanism);
    const { block, signer } = blockOfStranger(offer.payTo);
    const exchange = await probeRun.present(await proofOf(offer, block, signer));
    return mustRefuse(exchange, sentence('probe_T42_unopened'));
  },
};

/** Work that fewer than half of all nonces meet, and every network asks for more. */
const EASY = parseThreshold('8000000000000000');

export const weakWork: OfferProbe = {
  of: 'offer',
  id: 'T43',
  title: 'probe_T43_title',
  rule: 'probe_T43_rule',
  source: 'scheme_exact_nano, check 8',
  severity: 'critical',
  mechanisms: ['signedBlock'],
  cost: mostFor,
  async run(probeRun, { mechanism }) {
    const offer = await probeRun.freshOffer(mechanism);
    const { block } = await probeRun.handOver({ to: offer.payTo, amount: offer.amount });
    const weak = await probeRun.proof(offer, { ...block, work: weakFor(block) });
    return rejectsThenAccepts(probeRun, await probeRun.proof(offer, block), [
      [sentence('probe_T43_weak'), weak],
    ]);
  },
};

function weakFor({ previous }: SignedBlock): string {
  for (;;) {
    const nonce = parseWorkNonce(randomHex(8));
    if (!meets(parseWorkRoot(previous), nonce, EASY)) return nonce;
  }
}
