import type { NanoAddress } from '../../nano/account.ts';
import type { Raw } from '../../nano/amount.ts';
import type { JsonObject } from '../wire/json.ts';
import type { Resource } from './resource.ts';

/** What the user is warned of before paying an offer. A warning does not prevent the payment. */
export const offerWarnings = [
  /** payTo has the old `xrb_` prefix: servers that compare text will not find the payment (docs/WIRE.md §7.3). */
  'legacyPayTo',
  /** resource.url has the page's host under the other of http and https. */
  'resourceScheme',
  /** The page was sent unencrypted from another machine, so that price and payee can be changed on the way. */
  'insecurePage',
  /** `extra` has a key that the wallet does not know (docs/WIRE.md §3.9). No budget pays such an offer. */
  'unknownTerms',
] as const;

export type OfferWarning = (typeof offerWarnings)[number];

/** The fields that every offer has, whatever its mechanism. */
export interface OfferTerms {
  /** Place in `accepts`, from 0; 0 for an offer in plain headers. */
  readonly index: number;
  /** CAIP-2 id of the network, always the active one. */
  readonly network: string;
  /** What is sent, shown and debited: the total in raw, tag included; above 0 and at most the supply. */
  readonly amount: Raw;
  /** The payee in `nano_` form; never the burn account. */
  readonly payTo: NanoAddress;
  /**
   * Until when it is paid, by this machine's clock (ms since the epoch): the earlier of its own expiry and what
   * `maxTimeoutSeconds` means (docs/WIRE.md §7.6, §7.27).
   */
  readonly expiresAt: number;
  /** The entry of `accepts` as the server wrote it: the echo. Empty for an offer in plain headers. */
  readonly accepted: JsonObject;
  /** What is paid for, as text cleaned for display. */
  readonly resource: Resource;
  /** The envelope's `resource` as the server wrote it, for mechanisms that echo it; empty as `accepted`. */
  readonly resourceEcho: JsonObject;
  readonly extensions: JsonObject | undefined;
  readonly warnings: readonly OfferWarning[];
}

/** What every mechanism's offer has beside the terms. */
export interface MechanismTerms extends OfferTerms {
  readonly mechanism: string;
  /** The id that is paid at most once (docs/WIRE.md §7.7); undefined where each approval pays once. */
  readonly oncePer: string | undefined;
}
