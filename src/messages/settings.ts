import * as v from 'valibot';
import type { CapView } from './budget.ts';
import type { FaultView } from './fault-view.ts';
import { limit, nothing, type RawString, raw, site, text } from './fields.ts';
import { message } from './message.ts';
import type { NetworkView } from './network.ts';

/** What 1 XNO is worth: a positive number with at most eight digits before its point, and `RATE_DECIMALS` behind it. */
export const rateText = v.pipe(v.string(), v.regex(/^(?=.*[1-9])(0|[1-9]\d{0,7})(\.\d{1,12})?$/));
export const RATE_DECIMALS = 12;

const currencyCode = v.pipe(v.string(), v.regex(/^[A-Z]{3}$/));

/** A source of a rate, which the user names: a URL that answers with JSON, and where the number stands in that. */
export const RateSourceFields = v.strictObject({
  url: v.pipe(
    v.string(),
    v.maxLength(500),
    v.check((text) => {
      const url = URL.canParse(text) ? new URL(text) : null;
      return url?.protocol === 'https:' && url.username === '' && url.password === '';
    }, 'no https URL'),
  ),
  /** The names and places on the way to the number, with points between them: `nano.eur`, `data.0.price`. */
  path: v.pipe(v.string(), v.regex(/^[^.\s]{1,64}(\.[^.\s]{1,64}){0,7}$/)),
});
export type RateSource = v.InferOutput<typeof RateSourceFields>;

export interface RateSourceView extends RateSource {
  /** When it last told the rate (ms since the epoch). */
  readonly at: number;
  /** Why it has told none since; null where it has. */
  readonly fault: FaultView | null;
}

/**
 * The settings that pages read and write exactly as they are stored. A new one is added here, with its default in
 * `storage/settings.ts` and a control on a page.
 */
export const plainSettings = {
  /** Minutes without use after which the purse locks. */
  autoLockMinutes: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1440)),
  /**
   * When the pocket of a locked purse closes, at the latest: `later` 12 hours after the unlocking, `screen` as soon as the
   * screen is locked, `lock` with every lock of the purse, so that budgets pay nothing while it is locked.
   */
  pocketCloses: v.picklist(['later', 'screen', 'lock']),
  /** The colors of the extension's pages: as the browser has them, or always the same. */
  theme: v.picklist(['system', 'light', 'dark']),
  /** The user's names for accounts, each account once. */
  contacts: v.pipe(
    v.array(
      v.strictObject({
        account: v.pipe(v.string(), v.regex(/^nano_[13][13-9a-km-uw-z]{59}$/)),
        name: v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(40)),
      }),
    ),
    v.maxLength(200),
    v.check((all) => new Set(all.map(({ account }) => account)).size === all.length, 'an account twice'),
  ),
  /** The currency in which amounts are valued, and what 1 XNO is worth in it; null for no values. */
  currency: v.nullable(
    v.strictObject({
      code: currencyCode,
      rate: rateText,
    }),
  ),
} as const;

export type PlainSettings = {
  readonly [Name in keyof typeof plainSettings]: v.InferOutput<(typeof plainSettings)[Name]>;
};

export type Currency = NonNullable<PlainSettings['currency']>;
export type PocketCloses = PlainSettings['pocketCloses'];

export interface SettingsView extends PlainSettings {
  /** Where the rate of the currency comes from; null where the user types it. */
  readonly rateSource: RateSourceView | null;
  /** Whether clicks on payment links open the purse. */
  readonly opensLinks: boolean;
  /** Whether the system's notifications tell of questions and undelivered payments. */
  readonly notifies: boolean;
  /** Whether the browser tells the purse when the screen is locked. */
  readonly tellsScreenLock: boolean;
  /** Of the first account: the one in its newest block, or the one that its first block will name. */
  readonly representative: string;
  readonly cap: CapView;
  readonly blockedSites: readonly string[];
  /** The sites whose pages handle their own 402s. */
  readonly manualSites: readonly string[];
  /** Every mechanism, the one that the user prefers first. */
  readonly preference: readonly string[];
  /** How many accounts pay, how much each but the first is to hold, and that in all; with one account there is no pocket. */
  readonly pocket: { readonly accounts: number; readonly each: RawString; readonly level: RawString };
  /** The smallest payment from a stranger that is received. */
  readonly leastReceived: RawString;
  readonly networks: readonly NetworkView[];
  readonly activeNetwork: string;
}

export const settingsMessages = {
  /** The theme alone, which the lock screen has too. */
  'settings.theme': message(nothing, 'always')<Pick<PlainSettings, 'theme'>>(),
  /** The user's names for accounts alone, which every page that shows an account reads. */
  'settings.contacts': message(nothing, 'open')<PlainSettings['contacts']>(),
  'settings.read': message(nothing, 'open')<SettingsView>(),
  'settings.write': message(v.partial(v.strictObject(plainSettings)), 'open')<null>(),
  'settings.representative': message(v.strictObject({ account: text(80) }), 'open')<null>(),
  'settings.cap': message(v.strictObject({ perDay: limit, perMonth: limit }), 'open')<null>(),
  'settings.unblock': message(v.strictObject({ site }), 'open')<null>(),
  /** Whether the pages of a site handle their own 402s. */
  'settings.manual': message(v.strictObject({ site, manual: v.boolean() }), 'open')<null>(),
  /** Takes the rate of a currency from a source, which is asked at once. */
  'settings.rateSource': message(
    v.strictObject({ code: currencyCode, source: RateSourceFields }),
    'open',
  )<null>(),
  /** The user opens the purse: the source of the rate may be asked again. */
  'settings.refreshRate': message(nothing, 'open')<null>(),
  /** Ends the notifications. They begin with the browser's permission, which only a click on a page can ask for. */
  'settings.stopNotifications': message(nothing, 'open')<null>(),
  'settings.preference': message(
    v.strictObject({ order: v.pipe(v.array(text(32)), v.maxLength(16)) }),
    'open',
  )<null>(),
  'settings.pocket': message(
    v.strictObject({ accounts: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(8)), each: raw }),
    'open',
  )<null>(),
  'settings.leastReceived': message(v.strictObject({ amount: raw }), 'open')<null>(),
} as const;
