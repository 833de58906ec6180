import type { EntryOffer } from '../../protocol/offer/offer.ts';
import { SIGNED } from '../alterations.ts';
import { mustRefuse } from '../judgement.ts';
import { mostFor } from '../price.ts';
import type { OfferProbe } from '../probe.ts';
import { altered, proofOf, randomHex, stranger, withMark } from '../proofs.ts';
import { rejectsThenAccepts, type Wrong } from '../rejects-then-accepts.ts';
import { sentence } from '../sentence.ts';
import { bogusProof } from './malformed.ts';
import { withParameter } from './offers.ts';

export const otherNonce: OfferProbe = {
  of: 'offer',
  id: 'T12',
  title: 'probe_T12_title',
  rule: 'probe_T12_rule',
  source: 'x402.Nano Track B',
  severity: 'critical',
  mechanisms: ['trackB'],
  cost: mostFor,
  async run(probeRun, { mechanism }) {
    const made = await bogusProof(await probeRun.freshOffer(mechanism));
    const unsigned = altered(made, { payload: (payload) => ({ ...payload, signature: 'ab'.repeat(64) }) });
    const invented = mustRefuse(await probeRun.present(unsigned), sentence('probe_T12_madeUp'));
    if (invented.kind === 'fail') return invented;

    const offer = await probeRun.freshOffer(mechanism);
    const { proof, hash } = await probeRun.pays(offer);
    const over = await probeRun.proof({ ...offer, oncePer: randomHex(32) } as EntryOffer, hash);
    return rejectsThenAccepts(probeRun, proof, [[sentence('probe_T12_nonce'), over]]);
  },
};

export const unsigned: OfferProbe = {
  of: 'offer',
  id: 'T13',
  title: 'probe_T13_title',
  rule: 'probe_T13_rule',
  source: 'x402.Nano Track B, MALFORMED_PAYLOAD; x402.NanoSession Rev 7, track 2',
  severity: 'critical',
  mechanisms: SIGNED,
  cost: mostFor,
  async run(probeRun, { mechanism }) {
    const { proof } = await probeRun.pays(await probeRun.freshOffer(mechanism));
    const bare = altered(proof, { payload: ({ signature: _, account: __, ...rest }) => rest });
    return rejectsThenAccepts(probeRun, proof, [[sentence('probe_T13_unsigned'), bare]]);
  },
};

export const otherUrl: OfferProbe = {
  of: 'offer',
  id: 'T25',
  title: 'probe_T25_title',
  rule: 'probe_T25_rule',
  source: 'x402.NanoSession Rev 7, track 2',
  severity: 'warning',
  mechanisms: ['nanoSignature'],
  cost: mostFor,
  async run(probeRun, { mechanism }) {
    const offer = await probeRun.freshOffer(mechanism);
    if (offer.mechanism !== 'nanoSignature') throw new RangeError('an offer of another kind');
    const { proof, hash } = await probeRun.pays(offer);
    const wrongs: Wrong[] = [];
    for (const url of othersThan(offer.urlToSign)) {
      const over = await probeRun.proof({ ...offer, urlToSign: url }, hash);
      const agreeing = altered(over, { accepted: (entry) => withMark(entry, 'nanoSignature', { url }) });
      wrongs.push(
        [sentence('probe_T25_over', { url }), over],
        [sentence('probe_T25_echoed', { url }), agreeing],
      );
    }
    return rejectsThenAccepts(probeRun, proof, wrongs);
  },
};

/** The same place with another query, and under the other scheme. */
function othersThan(url: string): readonly string[] {
  const scheme = url.startsWith('https:') ? url.replace(/^https/, 'http') : url.replace(/^http/, 'https');
  return [withParameter(url, 'else', '1'), scheme];
}

export const otherSigner: OfferProbe = {
  of: 'offer',
  id: 'T26',
  title: 'probe_T26_title',
  rule: 'probe_T26_rule',
  source: 'x402.NanoSession Rev 7, track 2; x402.Nano Track B, SENDER_MISMATCH',
  severity: 'critical',
  mechanisms: SIGNED,
  cost: mostFor,
  async run(probeRun, { mechanism }) {
    const offer = await probeRun.freshOffer(mechanism);
    const { proof, hash } = await probeRun.pays(offer);
    const theirs = await proofOf(offer, hash, stranger());
    const wrongs: Wrong[] = [[sentence('probe_T26_other'), theirs]];
    if (mechanism === 'trackB') {
      const inName = altered(theirs, { payload: (payload) => ({ ...payload, account: probeRun.account }) });
      wrongs.push([sentence('probe_T26_inName'), inName]);
    }
    return rejectsThenAccepts(probeRun, proof, wrongs);
  },
};
