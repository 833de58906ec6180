import * as v from 'valibot';
import { readWebUrl } from '../../site.ts';
import { readUrl } from '../offer/origin.ts';
import type { OfferTerms } from '../offer/terms.ts';
import { isObject, own } from '../wire/json.ts';
import type { PayFirst } from './mechanism.ts';
import { paidPerApproval, storedTerms, withExtensions } from './stored-offer.ts';

/** The one message that is signed. Another template would be a blind signature. */
const TEMPLATE = 'block_hash+url';

/** Characters that URL parsers drop silently: the signature would cover a text that is never shown. */
const DROPPED_BY_PARSERS = /[\p{Cc} ]/u;

/** Rev 7 track 2 (docs/WIRE.md §3.5): the payer signs the block hash and the URL. */
export interface NanoSignatureOffer extends OfferTerms {
  readonly mechanism: 'nanoSignature';
  /** The offer carries no id of its own: each approval pays once. */
  readonly oncePer: undefined;
  /** The server's own text, byte for byte, of the page's origin. */
  readonly urlToSign: string;
}

/**
 * Rev 7 track 2 (docs/WIRE.md §3.5). The signature is over Blake2b-256 of the UTF-8 bytes of block hash and URL, joined
 * without a separator: the plain form, not NOMS (docs/WIRE.md §4.2, §4.3). The hash is signed in the upper case in
 * which it is sent, the URL byte for byte as the server wrote it.
 */
export const nanoSignature: PayFirst<NanoSignatureOffer, 'NS7_SIGNATURE'> = {
  name: 'nanoSignature',
  code: 'NS7_SIGNATURE',
  rule: { number: 5, source: 'x402.NanoSession Rev 7, track 2' },
  label: 'ui_mechanism_nanoSignature',
  mark: 'nanoSignature',
  way: 'payFirst',
  hashField: 'proof',
  needsOpenedPayee: true,
  stored: v.pipe(
    v.strictObject({ ...storedTerms, mechanism: v.literal('nanoSignature'), urlToSign: v.string() }),
    v.transform(withExtensions),
    v.transform(paidPerApproval),
  ),

  recognise(extra, terms, { url: page }) {
    const wanted = own(extra, 'nanoSignature');
    if (!isObject(wanted)) return 'BAD_SIGNATURE_OFFER';
    if (Object.hasOwn(wanted, 'messageToSign') && own(wanted, 'messageToSign') !== TEMPLATE) {
      return 'BAD_SIGNATURE_OFFER';
    }
    if (!Object.hasOwn(wanted, 'url')) return 'NS7_SIGNATURE_NO_URL';

    const urlToSign = own(wanted, 'url');
    if (typeof urlToSign !== 'string' || DROPPED_BY_PARSERS.test(urlToSign)) return 'BAD_SIGNATURE_OFFER';
    const url = readWebUrl(urlToSign);
    if (!url) return 'BAD_SIGNATURE_OFFER';
    if (url.origin !== readUrl(page)?.origin) return 'URL_MISMATCH';
    return { ...terms, mechanism: 'nanoSignature', oncePer: undefined, urlToSign };
  },

  prove: ({ urlToSign }, { hash }) => ({
    message: { kind: 'plain', text: `${hash}${urlToSign}` },
    signed: (signature) => ({ payload: { proof: hash, signature: signature.toUpperCase() } }),
  }),
};
