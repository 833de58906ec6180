/** Challenges and offers as a backup has them, each field read strictly: what a purse pays by must mean what it meant. */
import * as v from 'valibot';
import { type Challenge, requestKinds, starters, userParts, views } from '../../interception/challenge.ts';
import { AddressText } from '../../nano/account.ts';
import { RawText } from '../../nano/amount.ts';
import { Moment } from '../../policy/budget-schema.ts';
import type { Mechanism, Offer, OfferTerms } from '../../protocol/offer/offer.ts';
import type { Resource } from '../../protocol/offer/resource.ts';
import { isObject, type Json, type JsonObject } from '../../protocol/wire/json.ts';

/** Every field of a type, the optional ones too: a new one is a compile error until a backup has it. */
export type Fields<T> = { readonly [Name in keyof T]-?: unknown };

/** The address of something on the web. */
const WebUrl = v.pipe(
  v.string(),
  v.check((text) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol), 'not on the web'),
);

export const ChallengeText = v.strictObject({
  id: v.string(),
  requestId: v.string(),
  tabId: v.number(),
  frameId: v.number(),
  documentId: v.nullable(v.string()),
  initiator: v.nullable(v.string()),
  redirectedBy: v.exactOptional(v.string()),
  topOrigin: v.nullable(v.string()),
  ancestors: v.exactOptional(v.array(v.string())),
  isPrivate: v.optional(v.boolean(), false),
  startedBy: v.exactOptional(v.picklist(starters)),
  view: v.exactOptional(v.picklist(views)),
  method: v.string(),
  url: WebUrl,
  kind: v.picklist(requestKinds),
  ofWorker: v.exactOptional(v.literal(true)),
  userPart: v.exactOptional(v.picklist(userParts)),
  header: v.string(),
  seenAt: Moment,
} satisfies Fields<Challenge>) satisfies v.GenericSchema<unknown, Challenge>;

/** What a server said. It came out of JSON, so it is JSON, and stays as it is. */
const Said = v.custom<JsonObject>((value) => isObject(value as Json));

const terms = {
  index: v.pipe(v.number(), v.integer(), v.minValue(0)),
  network: v.string(),
  amount: RawText,
  payTo: AddressText,
  expiresAt: Moment,
  accepted: Said,
  resource: v.strictObject({
    url: v.string(),
    description: v.exactOptional(v.string()),
    mimeType: v.exactOptional(v.string()),
  } satisfies Fields<Resource>),
  resourceEcho: Said,
  extensions: v.optional(Said),
  warnings: v.array(v.picklist(['legacyPayTo', 'resourceScheme', 'insecurePage'])),
} as const satisfies Fields<OfferTerms>;
const parts = { resourceAmount: RawText, tagAmount: RawText } as const;

/** JSON has no undefined: what is not there is written out again. */
const whole = <T extends Omit<OfferTerms, 'extensions'> & { readonly extensions?: JsonObject | undefined }>(
  offer: T,
) => ({ ...offer, extensions: offer.extensions });
const perApproval = <T extends object>(offer: T) => ({ ...offer, oncePer: undefined });

const offers: {
  readonly [M in Mechanism]: v.GenericSchema<unknown, Extract<Offer, { readonly mechanism: M }>>;
} = {
  nanoSession: v.pipe(
    v.strictObject({ ...terms, ...parts, mechanism: v.literal('nanoSession'), oncePer: v.string() }),
    v.transform(whole),
  ),
  nymChallenge: v.pipe(
    v.strictObject({ ...terms, ...parts, mechanism: v.literal('nymChallenge'), oncePer: v.string() }),
    v.transform(whole),
  ),
  trackB: v.pipe(
    v.strictObject({
      ...terms,
      mechanism: v.literal('trackB'),
      oncePer: v.string(),
      validBefore: v.number(),
    }),
    v.transform(whole),
  ),
  nanoSignature: v.pipe(
    v.strictObject({ ...terms, mechanism: v.literal('nanoSignature'), urlToSign: v.string() }),
    v.transform(whole),
    v.transform(perApproval),
  ),
  trackA: v.pipe(
    v.strictObject({ ...terms, mechanism: v.literal('trackA'), validBefore: v.number() }),
    v.transform(whole),
    v.transform(perApproval),
  ),
  x402nano: v.pipe(
    v.strictObject({ ...terms, mechanism: v.literal('x402nano') }),
    v.transform(whole),
    v.transform(perApproval),
  ),
};

/** An offer of any mechanism. */
export const OfferText: v.GenericSchema<unknown, Offer> = v.union(Object.values(offers));
