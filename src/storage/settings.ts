import * as v from 'valibot';
import { Fault } from '../fault.ts';
import { AddressText } from '../nano/account.ts';
import { parseXno, type Raw, RawText, ZERO } from '../nano/amount.ts';
import { DEVNET, MAINNET, type NetworkProfile, NetworkProfileText } from '../nano/network.ts';
import { defaultPreference } from '../protocol/mechanisms/index.ts';
import { type AccountOrder, drawOrder, MOST_ACCOUNTS } from '../wallet/account-order.ts';
import { DEFAULT_WORK_RULES, WorkRulesSchema } from '../work/rules.ts';
import type { Database } from './schema.ts';

/** As the database keeps it, or as a backup does. */
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

const settings = {
  /** The network in use, by its CAIP-2 id. */
  network: v.fallback(v.string(), MAINNET.id),
  /** The user stopped all payments without asking. */
  paused: v.fallback(v.boolean(), false),
  /** Minutes without use after which the purse locks. */
  autoLockMinutes: v.fallback(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1440)), 30),
  /** Who votes for the user's money; null for the network's own choice. */
  representative: v.fallback(v.nullable(AddressText), null),
  /** Which ways to pay the user likes best, best first; what it leaves out follows as the protocol room has it. */
  preference: v.fallback(v.array(v.picklist(defaultPreference)), []),
  /** How many accounts stand ready to pay, and what each beside the first is to hold; one is no float. */
  float: v.fallback(v.strictObject({ accounts: AccountCount, each: Amount }), { accounts: 1, each: ZERO }),
  /** What a stranger's payment must be worth to be taken in (raw): by default what Nano nodes themselves take in. */
  leastReceived: v.fallback(Amount, parseXno('0.000001')),
  /** This browser's own order of the accounts of a seed; null until it is drawn. */
  accountOrder: v.fallback(v.nullable(AccountOrderSchema), null),
  /** By network and first account: how many accounts of that seed were ever in use, once the ledger was asked. */
  reach: v.fallback(v.record(v.string(), AccountCount), {}),
  /** What may be done for the proof of work. */
  work: v.fallback(WorkRulesSchema, DEFAULT_WORK_RULES),
  /** The sites that the user called their own servers: no others are probed. */
  servers: v.fallback(v.array(v.string()), []),
  /** What all sites of a network together may spend without asking; null is no limit. */
  cap: v.fallback(v.strictObject({ perDay: Limit, perMonth: Limit }), { perDay: null, perMonth: null }),
} as const;

type Settings = typeof settings;
export type SettingName = keyof Settings;
export type SettingValue<N extends SettingName> = v.InferOutput<Settings[N]>;

/** What is kept under a name as what it should be. */
export function settingOf<N extends SettingName>(name: N, value: unknown): SettingValue<N> {
  return v.parse(settings[name], value) as SettingValue<N>;
}

/** Whether a setting goes with the purse into another browser. */
export const isPortable = (name: string): boolean => name !== 'accountOrder';

/** A setting by its name, as a backup has it. What does not read as it should is its default, as ever. */
export const SettingText = v.pipe(
  v.strictObject({
    name: v.picklist((Object.keys(settings) as SettingName[]).filter(isPortable)),
    value: v.unknown(),
  }),
  v.transform(({ name, value }) => ({ name, value: settingOf(name, value) })),
);

/** The networks that are always there. */
export const BUILT_IN: readonly NetworkProfile[] = [MAINNET, DEVNET];

/** The user's settings and networks in IndexedDB. */
export class StoredSettings {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** The value of a setting; what was never set, or does not read as what it should be, is its default. */
  async read<N extends SettingName>(name: N): Promise<SettingValue<N>> {
    return settingOf(name, await this.#database.get('settings', name));
  }

  /** The values of two settings, as of one instant. */
  async readBoth<N extends SettingName, M extends SettingName>(
    one: N,
    other: M,
  ): Promise<readonly [SettingValue<N>, SettingValue<M>]> {
    const { store } = this.#database.transaction('settings');
    const [first, second] = await Promise.all([store.get(one), store.get(other)]);
    return [settingOf(one, first), settingOf(other, second)];
  }

  /** This browser's own order of the accounts of a seed, drawn when it is first asked for. */
  async accountOrder(): Promise<AccountOrder> {
    const { store, done } = this.#database.transaction('settings', 'readwrite');
    const kept = settingOf('accountOrder', await store.get('accountOrder'));
    const order = kept ?? drawOrder();
    if (kept === null) await store.put(order, 'accountOrder');
    await done;
    return order;
  }

  async write<N extends SettingName>(name: N, value: SettingValue<N>): Promise<void> {
    await this.#database.put('settings', value, name);
  }

  /** Every network: the user's own profile of an id stands before the built-in one. */
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

  /** Keeps a network of the user's own. @throws Fault `fault_badNetwork` naming the field that is wrong */
  async saveNetwork(profile: unknown): Promise<void> {
    const read = v.safeParse(NetworkProfileText, profile);
    if (!read.success) {
      throw new Fault('fault_badNetwork', [v.getDotPath(read.issues[0]) ?? '']);
    }
    await this.#database.put('networks', read.output);
  }

  /** Forgets the user's own profile of an id; a built-in network comes back as it was. */
  async removeNetwork(id: string): Promise<void> {
    await this.#database.delete('networks', id);
    await this.write('network', (await this.network()).id);
  }
}
