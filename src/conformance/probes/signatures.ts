import type { EntryOffer } from '../../protocol/offer/offer.ts';
import { SIGNED } from '../alterations.ts';
import { mustRefuse } from '../judgement.ts';
import { mostFor } from '../price.ts';
import type { OfferProbe } from '../probe.ts';
import { altered, proofOf, randomHex, stranger, withMark } from '../proofs.ts';
import { rejectsThenAccepts, type Wrong } from '../rejects-then-accepts.ts';
import { bogusProof } from './malformed.ts';
import { withParameter } from './offers.ts';

export const otherNonce: OfferProbe = {
  of: 'offer',
  id: 'T12',
  title: 'Binds a signature to its nonce',
  rule: 'A Track B proof is signed over the nonce of its own offer; a signature over another is INVALID_SIGNATURE.',
  source: 'x402.Nano Track B',
  severity: 'critical',
  mechanisms: ['trackB'],
  cost: mostFor,
  async run(probeRun, { mechanism }) {
    const made = await bogusProof(await probeRun.freshOffer(mechanism));
    const unsigned = altered(made, { payload: (payload) => ({ ...payload, signature: 'ab'.repeat(64) }) });
    const invented = mustRefuse(await probeRun.present(unsigned), 'A made-up block with a made-up signature');
    if (invented.kind === 'fail') return invented;

    const offer = await probeRun.freshOffer(mechanism);
    const { proof, hash } = await probeRun.pays(offer);
    const over = await probeRun.proof({ ...offer, oncePer: randomHex(32) } as EntryOffer, hash);
    return rejectsThenAccepts(probeRun, proof, [['A signature over another nonce', over]]);
  },
};

export const unsigned: OfferProbe = {
  of: 'offer',
  id: 'T13',
  title: 'Rejects a proof without its signature',
  rule: 'Where the mechanism asks for a signature, a proof that leaves it out is refused.',
  source: 'x402.Nano Track B, MALFORMED_PAYLOAD; x402.NanoSession Rev 7, track 2',
  severity: 'critical',
  mechanisms: SIGNED,
  cost: mostFor,
  async run(probeRun, { mechanism }) {
    const { proof } = await probeRun.pays(await probeRun.freshOffer(mechanism));
    const bare = altered(proof, { payload: ({ signature: _, account: __, ...rest }) => rest });
    return rejectsThenAccepts(probeRun, proof, [['A good payment without a signature', bare]]);
  },
};

export const otherUrl: OfferProbe = {
  of: 'offer',
  id: 'T25',
  title: 'Binds a signature to its URL',
  rule: 'The payer signs block hash and URL; a signature over any other URL is refused, also where the echo agrees with it.',
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
      wrongs.push([`A signature over ${url}`, over], [`The same with the echo changed to ${url}`, agreeing]);
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
  title: 'Rejects a signature by somebody else',
  rule: 'The signature must be by the account that sent the block; anybody else’s is refused.',
  source: 'x402.NanoSession Rev 7, track 2; x402.Nano Track B, SENDER_MISMATCH',
  severity: 'critical',
  mechanisms: SIGNED,
  cost: mostFor,
  async run(probeRun, { mechanism }) {
    const offer = await probeRun.freshOffer(mechanism);
    const { proof, hash } = await probeRun.pays(offer);
    const theirs = await proofOf(offer, hash, stranger());
    const wrongs: Wrong[] = [['A signature by somebody else', theirs]];
    if (mechanism === 'trackB') {
      const inName = altered(theirs, { payload: (payload) => ({ ...payload, account: probeRun.account }) });
      wrongs.push(['The same in the payer’s name', inName]);
    }
    return rejectsThenAccepts(probeRun, proof, wrongs);
  },
};
