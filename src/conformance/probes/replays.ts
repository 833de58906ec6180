import { alterationsOf, EVERY, WITH_ID } from '../alterations.ts';
import { isGranted, mustBeGranted, mustRefuse, wordsOf } from '../judgement.ts';
import { mostFor, mostForAll } from '../price.ts';
import { fail, inconclusive, notApplicable, type OfferProbe, pass, type Verdict } from '../probe.ts';
import { altered } from '../proofs.ts';
import { rejectsThenAccepts } from '../rejects-then-accepts.ts';
import { listOf, sentence } from '../sentence.ts';
import { identifierOf } from './identifier.ts';

export const replay: OfferProbe = {
  of: 'offer',
  id: 'T19',
  title: 'probe_T19_title',
  rule: 'probe_T19_rule',
  source: 'x402.NanoSession Rev 7, 4.1; x402.Nano Track A and B, DUPLICATE_BLOCK_HASH',
  severity: 'critical',
  mechanisms: EVERY,
  cost: mostFor,
  async run(probeRun, { mechanism }) {
    const offer = await probeRun.freshOffer(mechanism);
    if (identifierOf(offer) === 'required') return cached;
    const proof = withoutIdentifier((await probeRun.pays(offer)).proof);
    mustBeGranted(await probeRun.present(proof));
    const again = await probeRun.present(proof);
    if (again.received?.headers['x-nano-replay'] === 'true') {
      return pass(sentence('probe_T19_marked'));
    }
    return mustRefuse(again, sentence('probe_T19_again'));
  },
};

export const resale: OfferProbe = {
  of: 'offer',
  id: 'T20',
  title: 'probe_T20_title',
  rule: 'probe_T20_rule',
  source: 'x402.NanoSession Rev 7, spent set; x402.Nano Track A and B, DUPLICATE_BLOCK_HASH',
  severity: 'critical',
  mechanisms: [...WITH_ID, 'trackA'],
  cost: mostFor,
  async run(probeRun, { mechanism }) {
    const offer = await probeRun.freshOffer(mechanism);
    const { proof, hash } = await probeRun.pays(offer);
    mustBeGranted(await probeRun.present(proof));
    const next = await probeRun.freshOffer(mechanism);
    const again =
      mechanism === 'trackA'
        ? altered(proof, { accepted: () => next.accepted })
        : await probeRun.proof(next, hash);
    return mustRefuse(await probeRun.present(again), sentence('probe_T20_again'));
  },
};

export const spelling: OfferProbe = {
  of: 'offer',
  id: 'T21',
  title: 'probe_T21_title',
  rule: 'probe_T21_rule',
  source: 'Library of x402.NanoSession: its spent set minds the case',
  severity: 'critical',
  mechanisms: EVERY,
  cost: mostFor,
  async run(probeRun, { mechanism }) {
    const offer = await probeRun.freshOffer(mechanism);
    const { proof, hash } = await probeRun.pays(offer);
    mustBeGranted(await probeRun.present(proof));
    const respelled = await alterationsOf(offer).inOtherCase(offer, proof, hash, probeRun.sign);
    return mustRefuse(await probeRun.present(respelled), sentence('probe_T21_respelled'));
  },
};

export const theft: OfferProbe = {
  of: 'offer',
  id: 'T22',
  title: 'probe_T22_title',
  rule: 'probe_T22_rule',
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
    return rejectsThenAccepts(probeRun, proof, [[sentence('probe_T22_stolen'), stolen]]);
  },
};

/** A server that looks first and marks later lets two requests of many through, and not every time. */
const DELIVERIES = 8;
const ROUNDS = 3;

export const race: OfferProbe = {
  of: 'offer',
  id: 'T27',
  title: 'probe_T27_title',
  rule: 'probe_T27_rule',
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
        const counts = { granted: `${granted}`, deliveries: `${DELIVERIES}` };
        return fail(sentence('probe_T27_several', { round: `${round}`, ...counts }));
      }
      if (granted === 0) {
        const words = listOf(answers.map(wordsOf));
        return inconclusive(sentence('probe_T27_none', { round: `${round}`, answers: words }));
      }
    }
    return pass(sentence('probe_T27_one', { rounds: `${ROUNDS}`, deliveries: `${DELIVERIES}` }));
  },
};

const cached: Verdict = notApplicable(sentence('probe_identifierRequired'));

/** A proof that carries no payment identifier, so that its second delivery is judged and not answered from a cache. */
const withoutIdentifier = (proof: string): string => altered(proof, { extensions: () => undefined });
