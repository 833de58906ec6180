import * as v from 'valibot';
import type { PlainMessageKey } from '../fault.ts';
import { type RawString, raw, text } from './fields.ts';
import { message } from './message.ts';
import type { NetworkView } from './network.ts';

/** A payment link that its user clicked. */
export type LinkView = RefusedLinkView | LinkOrderView;

interface LinkSiteView {
  /** Origin of the page with the link; null where the browser tells none. */
  readonly site: string | null;
  /** Origin of the frame with the link, where it is not the page's own: `null` as text for one without an origin. */
  readonly frame: string | null;
}

/** A link that cannot be paid. */
export interface RefusedLinkView extends LinkSiteView {
  readonly kind: 'refused';
  readonly reason: PlainMessageKey;
  /** The link itself, for display. */
  readonly link: string;
}

/** What a link asks for. */
export interface LinkOrderView extends LinkSiteView {
  readonly kind: 'order';
  readonly to: string;
  /** Null where the user chooses. */
  readonly amount: RawString | null;
  /** The words of the link. */
  readonly label: string | null;
  readonly message: string | null;
  readonly network: NetworkView;
  /** Whether the account is one of the purse itself; false while that is not known. */
  readonly isOwn: boolean;
  /** Null while the purse is locked, and until a node was asked. */
  readonly balance: RawString | null;
}

export const linkMessages = {
  /** Returns null where the link was answered, or is not known. */
  'link.read': message(v.strictObject({ id: text(64) }), 'always')<LinkView | null>(),
  /** `amount` is given exactly where the link has none. */
  'link.send': message(v.strictObject({ id: text(64), amount: v.nullable(raw) }), 'open')<{
    readonly blockHash: string;
  }>(),
  'link.decline': message(v.strictObject({ id: text(64) }), 'always')<null>(),
  /** Has clicks on payment links open the purse. To be switched on, it takes the browser's permission `scripting`. */
  'link.listen': message(v.strictObject({ on: v.boolean() }), { lessens: ({ on }) => !on })<null>(),
} as const;
