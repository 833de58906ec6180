import * as v from 'valibot';
import { LINK_TEXT_LIMIT, type RetryUrl } from './bridge.ts';
import { nothing, text } from './fields.ts';
import { bridgeMessage } from './message.ts';

/** The messages from the content script of a tab to the background. */
export const bridgeMessages = {
  /** Returns the URL to which the held request is sent again, or `release`, once that is decided. */
  'request.held': bridgeMessage(
    v.strictObject({
      holdId: text(64),
      url: text(8192),
      method: text(32),
      /** Whether the page has no way to take the request back. */
      steady: v.optional(v.boolean(), false),
      /** The time that the page has set for its request (ms); 0 where it has set none. */
      timeout: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0)), 0),
      /** Whether the page says that it handles its own 402s. It is given this one back at once. */
      manual: v.optional(v.boolean(), false),
    }),
  )<RetryUrl | 'release'>(),
  /** The page took a held request back. */
  'request.dropped': bridgeMessage(v.strictObject({ holdId: text(64) }))<null>(),
  /** The user clicked a payment link. Returns whether the purse opens it. */
  'link.clicked': bridgeMessage(v.strictObject({ text: text(LINK_TEXT_LIMIT) }))<boolean>(),
  /** The document was left or frozen: it no longer waits for anything that it requested. */
  'document.left': bridgeMessage(nothing)<null>(),
} as const;
