import { alterationsOf, EVERY, WITH_ID } from '../alterations.ts';
import { isGranted, mustBeGranted, mustRefuse, wordsOf } from '../judgement.ts';
import { mostFor, mostForAll } from '../price.ts';
import { fail, inconclusive, notApplicable, type OfferProbe, pass, type Verdict } from '../probe.ts';
import { altered } from '../proofs.ts';
import { rejectsThenAccepts } from '../rejects-then-accepts.ts';
import { identifierOf } from './identifier.ts';

export const replay: OfferProbe = {
  of: 'offer',
  id: 'T19',
  title: 'Rejects a replayed proof',
  rule: 'A proof that was honoured is refused ever after, or gets the reply that it bought again, marked X-Nano-Replay.',
  source: 'x402.NanoSession Rev 7, 4.1; x402.Nano Track A and B, DUPLICATE_BLOCK_HASH',
  severity: 'critical',
  mechanisms: EVERY,
  cost: mostFor,
  async run(probeRun, { mechanism }) {
    const offer = await probeRun.freshOffer(mechanism);
    if (identifierOf(offer) === 'required') return cached;
    const proof = withoutIdentifier((await probeRun.pays(offer)).proof);
    mustBeGranted(await probeRun.present(proof), 'A good payment');
    const again = await probeRun.present(proof);
    if (again.received?.headers['x-nano-replay'] === 'true') {
      return pass('The same proof got its reply again, marked as such: nothing else can be bought with it.');
    }
    return mustRefuse(again, 'The same proof again');
  },
};

export const resale: OfferProbe = {
  of: 'offer',
  id: 'T20',
  title: 'Rejects a replayed block',
  rule: 'A block that bought something is refused for every other offer.',
  source: 'x402.NanoSession Rev 7, spent set; x402.Nano Track A and B, DUPLICATE_BLOCK_HASH',
  severity: 'critical',
  mechanisms: [...WITH_ID, 'trackA'],
  cost: mostFor,
  async run(probeRun, { mechanism }) {
    const offer = await probeRun.freshOffer(mechanism);
    const { proof, hash } = await probeRun.pays(offer);
    mustBeGranted(await probeRun.present(proof), 'A good payment');
    const next = await probeRun.freshOffer(mechanism);
    const again =
      mechanism === 'trackA'
        ? altered(proof, { accepted: () => next.accepted })
        : await probeRun.proof(next, hash);
    return mustRefuse(await probeRun.present(again), 'The same block for a new offer');
  },
};

export const spelling: OfferProbe = {
  of: 'offer',
  id: 'T21',
  title: 'Treats hash hex case-insensitively',
  rule: 'Spent blocks are known by what they are, not by how their hash is spelled.',
  source: 'Library of x402.NanoSession: its spent set minds the case',
  severity: 'critical',
  mechanisms: EVERY,
  cost: mostFor,
  async run(probeRun, { mechanism }) {
    const offer = await probeRun.freshOffer(mechanism);
    const { proof, hash } = await probeRun.pays(offer);
    mustBeGranted(await probeRun.present(proof), 'A good payment');
    const respelled = await alterationsOf(offer).inOtherCase(offer, proof, hash, probeRun.sign);
    return mustRefuse(await probeRun.present(respelled), 'The same block in the other case of hex');
  },
};

export const theft: OfferProbe = {
  of: 'offer',
  id: 'T22',
  title: 'Rejects a stolen receipt',
  rule: 'Somebody who presents a stranger’s block for an offer of their own is refused, and spoils nothing for the payer.',
  source: 'x402.NanoSession Rev 5, 5 (receipt stealing)',
  severity: 'critical',
  mechanisms: WITH_ID,
  cost: mostFor,
  async run(probeRun, { mechanism }) {
    const mine = await probeRun.freshOffer(mechanism);
    const theirs = await probeRun.freshOffer(mechanism);
    const { proof } = await probeRun.pays(mine);
    const stolen = altered(proof, {
      accepted: () => theirs.accepted,
      payload: (payload) => alterationsOf(theirs).withClaim(payload, theirs.oncePer ?? ''),
    });
    return rejectsThenAccepts(probeRun, proof, [['Somebody’s block for an offer of somebody else', stolen]]);
  },
};

/** A server that looks first and marks later lets two requests of many through, and not every time. */
const DELIVERIES = 8;
const ROUNDS = 3;

export const race: OfferProbe = {
  of: 'offer',
  id: 'T27',
  title: 'Rejects concurrent replays',
  rule: `Of ${DELIVERIES} deliveries of one proof that come together, exactly one gets the content, in each of ${ROUNDS} rounds.`,
  source: 'x402.NanoSession Rev 7, spent set (atomic)',
  severity: 'critical',
  mechanisms: EVERY,
  cost: (offer) => mostForAll(offer, ROUNDS),
  async run(probeRun, { mechanism }) {
    for (let round = 1; round <= ROUNDS; round += 1) {
      const offer = await probeRun.freshOffer(mechanism);
      if (identifierOf(offer) === 'required') return cached;
      const proof = withoutIdentifier((await probeRun.pays(offer)).proof);
      const answers = await probeRun.presentTogether(Array.from({ length: DELIVERIES }, () => proof));
      await probeRun.recallAll();
      const granted = answers.filter(isGranted).length;
      if (granted > 1) {
        return fail(
          `In round ${round}, ${granted} of ${DELIVERIES} deliveries at the same moment were granted.`,
        );
      }
      if (granted === 0) {
        return inconclusive(
          `In round ${round}, no delivery was granted: ${answers.map(wordsOf).join(', ')}.`,
        );
      }
    }
    return pass(
      `In each of ${ROUNDS} rounds, one of ${DELIVERIES} deliveries at the same moment was granted.`,
    );
  },
};

const cached: Verdict = notApplicable(
  'The server asks for a payment identifier: the same proof rightly gets the same answer (T32).',
);

/** A proof that carries no payment identifier, so that its second delivery is judged and not answered from a cache. */
const withoutIdentifier = (proof: string): string => altered(proof, { extensions: () => undefined });
