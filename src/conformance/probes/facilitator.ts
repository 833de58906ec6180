import { ZERO } from '../../nano/amount.ts';
import type { SignedBlock } from '../../nano/block.ts';
import type { JsonObject } from '../../protocol/wire/json.ts';
import { meets, parseThreshold, parseWorkNonce, parseWorkRoot } from '../../work/difficulty.ts';
import { HAND_OVER } from '../alterations.ts';
import { mustRefuse, worst } from '../judgement.ts';
import { mostFor, ONE_RAW } from '../price.ts';
import { fail, type OfferProbe, type Verdict } from '../probe.ts';
import { altered, blockOfStranger, blockPayload, proofOf, randomHex } from '../proofs.ts';
import { rejectsThenAccepts } from '../rejects-then-accepts.ts';

/*
 * The checks of a facilitator for signed blocks (docs/WIRE.md §3.9) that no older probe makes. The others: signature T17,
 * payee T16, frontier T18, amount T15 and T24, a block that was settled before T19.
 */

export const version: OfferProbe = {
  of: 'offer',
  id: 'T38',
  title: 'Rejects a proof of another x402 version',
  rule: 'x402Version of a proof is 2; another one is unsupported_x402_version.',
  source: 'scheme_exact_nano, check 1',
  severity: 'note',
  mechanisms: ['signedBlock'],
  cost: mostFor,
  async run(probeRun, { mechanism }) {
    const { proof } = await probeRun.pays(await probeRun.freshOffer(mechanism));
    return rejectsThenAccepts(probeRun, proof, [
      ['A good payment of version 1', altered(proof, { version: 1 })],
      ['A good payment of version 3', altered(proof, { version: 3 })],
    ]);
  },
};

export const requirements: OfferProbe = {
  of: 'offer',
  id: 'T39',
  title: 'Judges a signed block by the terms it offered',
  rule: 'What a client echoes as asset, amount and payTo is compared with the offer: requirements_mismatch.',
  source: 'scheme_exact_nano, check 2',
  severity: 'critical',
  mechanisms: HAND_OVER,
  cost: () => ONE_RAW,
  async run(probeRun, { mechanism }) {
    const offer = await probeRun.freshOffer(mechanism);
    const cheap = await probeRun.handOver({ to: offer.payTo, amount: ONE_RAW });
    const proof = await probeRun.proof(offer, cheap.block);
    const bargain = altered(proof, { accepted: (entry) => ({ ...entry, amount: ONE_RAW.toString() }) });
    const amount = mustRefuse(await probeRun.present(bargain), 'A block of 1 raw with “amount” echoed as 1');
    await cheap.recall();
    if (amount.kind === 'fail') return amount;
    const { account } = probeRun;
    const kept = await probeRun.handOver({ to: account, amount: offer.amount });
    const diverted = altered(proof, {
      accepted: (entry) => ({ ...entry, payTo: account }),
      payload: () => blockPayload(kept.block, account),
    });
    const payee = mustRefuse(
      await probeRun.present(diverted),
      'A block to oneself with “payTo” echoed as oneself',
    );
    return worst([amount, payee]);
  },
};

export const otherAsset: OfferProbe = {
  of: 'offer',
  id: 'T40',
  title: 'Rejects an echo of another asset',
  rule: 'accepted.asset of a proof is XNO; another one is requirements_unsupported.',
  source: 'scheme_exact_nano, check 2',
  severity: 'note',
  mechanisms: ['signedBlock'],
  cost: mostFor,
  async run(probeRun, { mechanism }) {
    const { proof } = await probeRun.pays(await probeRun.freshOffer(mechanism));
    const foreign = altered(proof, { accepted: (entry) => ({ ...entry, asset: 'USDC' }) });
    return rejectsThenAccepts(probeRun, proof, [['A good payment echoed in USDC', foreign]]);
  },
};

export const structure: OfferProbe = {
  of: 'offer',
  id: 'T41',
  title: 'Rejects malformed blocks',
  rule: 'A block without a signature, with a negative balance, without a previous block, or none at all is invalid_block.',
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
      const isDown = exchange.received === null || exchange.received.status >= 500;
      verdicts.push(
        isDown ? fail(`${what} brought the server down.`, 'warning') : mustRefuse(exchange, what),
      );
    }
    return worst(verdicts);
  },
};

function brokenBlocks(signed: SignedBlock, payTo: string): readonly (readonly [string, JsonObject])[] {
  const { block } = blockPayload(signed, payTo) as { readonly block: JsonObject };
  const { signature: _, ...unsigned } = block;
  return [
    ['A block without a signature', { block: unsigned }],
    [
      'A block with a negative balance',
      { block: { ...unsigned, balance: '-1', signature: '0'.repeat(128) } },
    ],
    ['A block without a previous one', { block: { ...block, previous: '' } }],
    ['A list for a block', { block: [] }],
    ['A payload without a block', {}],
  ];
}

export const unopened: OfferProbe = {
  of: 'offer',
  id: 'T42',
  title: 'Rejects a block of an unopened account',
  rule: 'A well signed block of an account that the ledger does not know can pay nothing: account_not_found.',
  source: 'scheme_exact_nano, check 6',
  severity: 'critical',
  mechanisms: HAND_OVER,
  cost: () => null,
  async run(probeRun, { mechanism }) {
    const offer = await probeRun.freshOffer(mechanism);
    const { block, signer } = blockOfStranger(offer.payTo);
    const exchange = await probeRun.present(await proofOf(offer, block, signer));
    return mustRefuse(exchange, 'A block of an account that has no money');
  },
};

/** Work that fewer than half of all nonces meet, and every network asks for more. */
const EASY = parseThreshold('8000000000000000');

export const weakWork: OfferProbe = {
  of: 'offer',
  id: 'T43',
  title: 'Rejects a block with too little work',
  rule: 'No node publishes a block whose work over its previous block is too little: invalid_work. With better work the same block is good: no signature covers it.',
  source: 'scheme_exact_nano, check 8',
  severity: 'critical',
  mechanisms: ['signedBlock'],
  cost: mostFor,
  async run(probeRun, { mechanism }) {
    const offer = await probeRun.freshOffer(mechanism);
    const { block } = await probeRun.handOver({ to: offer.payTo, amount: offer.amount });
    const weak = await probeRun.proof(offer, { ...block, work: weakFor(block) });
    return rejectsThenAccepts(probeRun, await probeRun.proof(offer, block), [
      ['A good block with weak work', weak],
    ]);
  },
};

function weakFor({ previous }: SignedBlock): string {
  for (;;) {
    const nonce = parseWorkNonce(randomHex(8));
    if (!meets(parseWorkRoot(previous), nonce, EASY)) return nonce;
  }
}
