import type { EntryOffer } from '../../protocol/offer/offer.ts';
import { isObject, own } from '../../protocol/wire/json.ts';
import { EVERY } from '../alterations.ts';
import { isGranted, mustBeGranted, wordsOf } from '../judgement.ts';
import { mostFor } from '../price.ts';
import { fail, notApplicable, type OfferProbe, pass } from '../probe.ts';
import { altered } from '../proofs.ts';

const NAME = 'payment-identifier';

/** Whether the offer takes a payment identifier, and insists on it (x402 `payment-identifier`). */
export function identifierOf({ extensions }: EntryOffer): 'none' | 'optional' | 'required' {
  const extension = extensions && own(extensions, NAME);
  const info = isObject(extension) ? own(extension, 'info') : undefined;
  if (!isObject(info)) return 'none';
  return own(info, 'required') === true ? 'required' : 'optional';
}

export const identifier: OfferProbe = {
  of: 'offer',
  id: 'T32',
  title: 'Takes one payment per payment identifier',
  rule: 'Where an identifier is required, a proof without one is answered with 400; the same one with another payload with 409.',
  source: 'x402 extension payment-identifier',
  severity: 'critical',
  mechanisms: EVERY,
  cost: (offer) => (identifierOf(offer) === 'none' ? null : mostFor(offer)),
  async run(probeRun, { mechanism }) {
    const offer = await probeRun.freshOffer(mechanism);
    const asked = identifierOf(offer);
    if (asked === 'none') return notApplicable('The server takes no payment identifier.');
    const { proof } = await probeRun.pays(offer);
    if (asked === 'required') {
      const anonymous = await probeRun.present(altered(proof, { extensions: () => undefined }));
      if (anonymous.received?.status !== 400) {
        return fail(
          `A proof without the required identifier was answered with ${wordsOf(anonymous)}, not 400.`,
          'warning',
        );
      }
    }
    mustBeGranted(await probeRun.present(proof), 'A good payment');
    const other = altered(proof, { payload: (payload) => ({ ...payload, other: 'payload' }) });
    const conflict = await probeRun.present(other);
    if (isGranted(conflict)) return fail('The same identifier with another payload was granted.');
    if (conflict.received?.status !== 409) {
      return fail(
        `The same identifier with another payload was answered with ${wordsOf(conflict)}, not 409.`,
        'warning',
      );
    }
    return pass('The identifier is asked for, and stands for one payment.');
  },
};
