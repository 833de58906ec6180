import type { EntryOffer } from '../../protocol/offer/offer.ts';
import { isObject, own } from '../../protocol/wire/json.ts';
import { EVERY } from '../alterations.ts';
import { isGranted, mustBeGranted, wordsOf } from '../judgement.ts';
import { mostFor } from '../price.ts';
import { fail, notApplicable, type OfferProbe, pass } from '../probe.ts';
import { altered } from '../proofs.ts';
import { sentence } from '../sentence.ts';

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
  title: 'probe_T32_title',
  rule: 'probe_T32_rule',
  source: 'x402 extension payment-identifier',
  severity: 'critical',
  mechanisms: EVERY,
  cost: (offer) => (identifierOf(offer) === 'none' ? null : mostFor(offer)),
  async run(probeRun, { mechanism }) {
    const offer = await probeRun.freshOffer(mechanism);
    const asked = identifierOf(offer);
    if (asked === 'none') return notApplicable(sentence('probe_T32_none'));
    const { proof } = await probeRun.pays(offer);
    if (asked === 'required') {
      const anonymous = await probeRun.present(altered(proof, { extensions: () => undefined }));
      if (anonymous.received?.status !== 400) {
        const what = sentence('probe_T32_missing');
        const answer = wordsOf(anonymous);
        return fail(sentence('probe_wrongStatus', { what, status: '400', answer }), 'warning');
      }
    }
    mustBeGranted(await probeRun.present(proof));
    const other = altered(proof, { payload: (payload) => ({ ...payload, other: 'payload' }) });
    const conflict = await probeRun.present(other);
    const words = { what: sentence('probe_T32_other'), answer: wordsOf(conflict) };
    if (isGranted(conflict)) return fail(sentence('probe_granted', words));
    if (conflict.received?.status !== 409) {
      return fail(sentence('probe_wrongStatus', { ...words, status: '409' }), 'warning');
    }
    return pass(sentence('probe_T32_one'));
  },
};
