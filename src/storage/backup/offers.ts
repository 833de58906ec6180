import * as v from 'valibot';
import { type Challenge, requestKinds, starters, userParts, views } from '../../interception/challenge.ts';
import { Moment } from '../../policy/budget-schema.ts';

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
