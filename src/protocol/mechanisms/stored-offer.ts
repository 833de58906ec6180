import * as v from 'valibot';
import { AddressText } from '../../nano/account.ts';
import { RawText } from '../../nano/amount.ts';
import type { Resource } from '../offer/resource.ts';
import { type OfferTerms, offerWarnings } from '../offer/terms.ts';
import { isObject, type Json, type JsonObject } from '../wire/json.ts';

/** Every field of a type, the optional ones too: a field that the schema lacks does not compile. */
type Fields<T> = { readonly [Name in keyof T]-?: unknown };

/** What a server said. It was read from JSON and is kept as it is. */
const Said = v.custom<JsonObject>((value) => isObject(value as Json));

/** The schema's fields for what every offer has. */
export const storedTerms = {
  index: v.pipe(v.number(), v.integer(), v.minValue(0)),
  network: v.string(),
  amount: RawText,
  payTo: AddressText,
  expiresAt: v.pipe(v.number(), v.minValue(0)),
  accepted: Said,
  resource: v.strictObject({
    url: v.string(),
    description: v.exactOptional(v.string()),
    mimeType: v.exactOptional(v.string()),
  } satisfies Fields<Resource>),
  resourceEcho: Said,
  extensions: v.optional(Said),
  warnings: v.array(v.picklist(offerWarnings)),
} as const satisfies Fields<OfferTerms>;

/** The schema's fields for the two parts of a tagged amount. */
export const storedParts = { resourceAmount: RawText, tagAmount: RawText } as const;

type Written = Omit<OfferTerms, 'extensions'> & { readonly extensions?: JsonObject | undefined };

/** Writes out the `extensions` that JSON left out because they were undefined. */
export const withExtensions = <T extends Written>(offer: T) => ({ ...offer, extensions: offer.extensions });

/** Writes out the `oncePer` that JSON left out because it was undefined. */
export const paidPerApproval = <T extends object>(offer: T) => ({ ...offer, oncePer: undefined });
