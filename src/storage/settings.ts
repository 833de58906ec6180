import * as v from 'valibot';
import { Fault, type FaultKey } from '../fault.ts';
import { plainSettings, type RateSource, RateSourceFields } from '../messages/settings.ts';
import { AddressText } from '../nano/account.ts';
import { parseXno, type Raw, RawText, ZERO } from '../nano/amount.ts';
import { DEVNET, MAINNET, type NetworkProfile, NetworkProfileText } from '../nano/network.ts';
import { MOST_ACCOUNTS } from '../nano/seed.ts';
import { defaultPreference } from '../protocol/mechanisms/index.ts';
import type { Site } from '../site.ts';
import { type AccountOrder, drawOrder } from '../wallet/account-order.ts';
import type { RefillStore } from '../wallet/refill-limit.ts';
import { DEFAULT_WORK_RULES, WorkRulesSchema } from '../work/rules.ts';
import type { Database } from './schema.ts';

/** Schema of an amount: a bigint in the database, a string in a backup. */
const Amount = v.union([
  v.pipe(
    v.bigint(),
    v.transform((raw) => raw as Raw),
  ),
  RawText,
]);
const Limit = v.nullable(Amount);
const AccountCount = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(MOST_ACCOUNTS));

const AccountOrderSchema = v.pipe(
  v.array(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(MOST_ACCOUNTS - 1))),
  v.length(MOST_ACCOUNTS),
  v.check((order) => new Set(order).size === order.length, 'an account twice'),
  v.transform((order): AccountOrder => order),
);

const isFaultKey = (key: unknown): boolean => typeof key === 'string' && key.startsWith('fault_');

const settings = {
  /** The network in use, by its CAIP-2 id. */
  network: v.fallback(v.string(), MAINNET.id),
  /** Whether the user has paused all payments that need no approval. */
  paused: v.fallback(v.boolean(), false),
  /** Minutes without use after which the vault locks. */
  autoLockMinutes: v.fallback(plainSettings.autoLockMinutes, 30),
  /** When the pocket of a locked purse closes. */
  pocketCloses: v.fallback(plainSettings.pocketCloses, 'later'),
  /** The colors of the extension's pages. */
  theme: v.fallback(plainSettings.theme, 'system'),
  /** The user's names for accounts. */
  contacts: v.fallback(plainSettings.contacts, []),
  /** The currency in which amounts are valued, with its rate; null for none. */
  currency: v.fallback(plainSettings.currency, null),
  /**
   * The source of the currency's rate, when it last told that and was last asked (ms since the epoch), and why it told none then;
   * null where the user types the rate.
   */
  rateSource: v.fallback(
    v.nullable(
      v.strictObject({
        ...RateSourceFields.entries,
        at: v.number(),
        askedAt: v.number(),
        fault: v.nullable(v.strictObject({ key: v.custom<FaultKey>(isFaultKey), args: v.array(v.string()) })),
      }),
    ),
    null,
  ),
  /** The representative of the user's accounts; null for the network's default. */
  representative: v.fallback(v.nullable(AddressText), null),
  /** The payment mechanisms that the user prefers, best first. The others follow in the default order. */
  preference: v.fallback(v.array(v.picklist(defaultPreference)), []),
  /**
   * The number of accounts that pay, and the amount that each but the first is to hold. With one account, no pocket.
   */
  float: v.fallback(v.strictObject({ accounts: AccountCount, each: Amount }), { accounts: 1, each: ZERO }),
  /** The least amount that is received from others (raw): by default the least that Nano nodes receive. */
  leastReceived: v.fallback(Amount, parseXno('0.000001')),
  /** This browser's own random order of the accounts of a seed; null until it is drawn. */
  accountOrder: v.fallback(v.nullable(AccountOrderSchema), null),
  /** By network and first account: how many accounts of that seed were ever used, according to the ledger. */
  reach: v.fallback(v.record(v.string(), AccountCount), {}),
  /**
   * By network and first account: the recent refills of the pocket from savings without the user (ms since the epoch, raw),
   * oldest first.
   */
  refills: v.fallback(v.record(v.string(), v.array(v.strictObject({ at: v.number(), amount: Amount }))), {}),
  /** The rules for the proof of work. */
  work: v.fallback(WorkRulesSchema, DEFAULT_WORK_RULES),
  /** The sites that the user marked as their own servers: only these are probed. */
  servers: v.fallback(v.array(v.string()), []),
  /** The sites whose pages handle their own 402s: their scripts get each one unchanged, without a question or a payment. */
  manualSites: v.fallback(v.array(v.string()), []),
  /** The limits of what all sites of a network together may spend without approval (raw); null for no limit. */
  cap: v.fallback(v.strictObject({ perDay: Limit, perMonth: Limit }), { perDay: null, perMonth: null }),
} as const;

type Settings = typeof settings;
export type SettingName = keyof Settings;
export type SettingValue<N extends SettingName> = v.InferOutput<Settings[N]>;

/** Reads the stored value of a setting; an invalid one is the default. */
export function settingOf<N extends SettingName>(name: N, value: unknown): SettingValue<N> {
  return v.parse(settings[name], value) as SettingValue<N>;
}

/** Whether a setting is part of a backup. A source of the rate is none: in another browser its user has not agreed to ask it. */
export const isPortable = (name: string): boolean => name !== 'accountOrder' && name !== 'rateSource';

/** Schema of a setting in a backup. An invalid value is read as the default. */
export const SettingText = v.pipe(
  v.strictObject({
    name: v.picklist((Object.keys(settings) as SettingName[]).filter(isPortable)),
    value: v.unknown(),
  }),
  v.transform(({ name, value }) => ({ name, value: settingOf(name, value) })),
);

/** The built-in networks. */
export const BUILT_IN: readonly NetworkProfile[] = [MAINNET, DEVNET];

/** The user's settings and networks in IndexedDB. */
export class StoredSettings {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** The value of a setting; one that was never set, or is invalid, is the default. */
  async read<N extends SettingName>(name: N): Promise<SettingValue<N>> {
    return settingOf(name, await this.#database.get('settings', name));
  }

  /** The values of two settings, read in one transaction. */
  async readBoth<N extends SettingName, M extends SettingName>(
    one: N,
    other: M,
  ): Promise<readonly [SettingValue<N>, SettingValue<M>]> {
    const { store } = this.#database.transaction('settings');
    const [first, second] = await Promise.all([store.get(one), store.get(other)]);
    return [settingOf(one, first), settingOf(other, second)];
  }

  /** This browser's own order of the accounts of a seed. It is drawn at random on the first call. */
  async accountOrder(): Promise<AccountOrder> {
    const { store, done } = this.#database.transaction('settings', 'readwrite');
    const kept = settingOf('accountOrder', await store.get('accountOrder'));
    const order = kept ?? drawOrder();
    if (kept === null) await store.put(order, 'accountOrder');
    await done;
    return order;
  }

  /** The refills of the pocket on one network, by a name for that network and its first account. */
  refillsOf(name: string): RefillStore {
    return {
      read: async () => (await this.read('refills'))[name] ?? [],
      write: async (refills) => {
        const { store, done } = this.#database.transaction('settings', 'readwrite');
        const all = settingOf('refills', await store.get('refills'));
        await store.put({ ...all, [name]: [...refills] }, 'refills');
        await done;
      },
    };
  }

  /** Adds a site to those whose pages handle their own 402s, or removes it. */
  async setManual(site: Site, isManual: boolean): Promise<void> {
    const { store, done } = this.#database.transaction('settings', 'readwrite');
    const others = settingOf('manualSites', await store.get('manualSites')).filter((one) => one !== site);
    await store.put(isManual ? [...others, site] : others, 'manualSites');
    await done;
  }

  /** Notes what a source of the rate did, and the rate that it told, unless the user has chosen another one since. */
  async changeRateSource(
    { url, path }: RateSource,
    change: Partial<NonNullable<SettingValue<'rateSource'>>>,
    rate?: string,
  ): Promise<void> {
    const { store, done } = this.#database.transaction('settings', 'readwrite');
    const source = settingOf('rateSource', await store.get('rateSource'));
    if (source?.url === url && source.path === path) {
      const currency = settingOf('currency', await store.get('currency'));
      if (currency !== null && rate !== undefined) await store.put({ ...currency, rate }, 'currency');
      await store.put({ ...source, ...change }, 'rateSource');
    }
    await done;
  }

  async write<N extends SettingName>(name: N, value: SettingValue<N>): Promise<void> {
    await this.#database.put('settings', value, name);
  }

  /** All networks. The user's own profile of an id replaces the built-in one. */
  async networks(): Promise<readonly NetworkProfile[]> {
    const own = await this.#database.getAll('networks');
    const ids = new Set(own.map(({ id }) => id));
    return [...BUILT_IN.filter(({ id }) => !ids.has(id)), ...own];
  }

  /** The network in use. */
  async network(): Promise<NetworkProfile> {
    const id = await this.read('network');
    return (await this.networks()).find((network) => network.id === id) ?? MAINNET;
  }

  /** @throws Fault `fault_unknownNetwork` */
  async useNetwork(id: string): Promise<void> {
    if (!(await this.networks()).some((network) => network.id === id))
      throw new Fault('fault_unknownNetwork');
    await this.write('network', id);
  }

  /** Saves a network of the user. @throws Fault `fault_badNetwork`, with the name of the wrong field */
  async saveNetwork(profile: unknown): Promise<void> {
    const read = v.safeParse(NetworkProfileText, profile);
    if (!read.success) {
      throw new Fault('fault_badNetwork', [v.getDotPath(read.issues[0]) ?? '']);
    }
    await this.#database.put('networks', read.output);
  }

  /** Removes the user's own profile of an id, and so restores a built-in one. */
  async removeNetwork(id: string): Promise<void> {
    await this.#database.delete('networks', id);
    await this.write('network', (await this.network()).id);
  }
}
