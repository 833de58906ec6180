import type { NanoAddress } from '../nano/account.ts';
import type { NodeClient } from '../nano/node-client.ts';
import type { StoredSettings } from '../storage/settings.ts';

/** How many accounts without a block in a row end the search for used accounts. */
const GAP = 2;

interface Search {
  readonly network: string;
  readonly node: NodeClient;
  /** The accounts of the seed, in its order. */
  readonly own: readonly NanoAddress[];
  /** How many of them the user wants to be used. */
  readonly planned: number;
}

/** Knows how many accounts of a seed were ever used on a network, as those of a restored seed may have been. */
export class AccountReach {
  readonly #settings: StoredSettings;
  readonly #found: () => Promise<void>;

  /** @param found called when a search has found used accounts that were not known */
  constructor(settings: StoredSettings, found: () => Promise<void>) {
    this.#settings = settings;
    this.#found = found;
  }

  /** Returns the number as far as it is known: one before the first search, which this begins. */
  async of(search: Search): Promise<number> {
    const { [keyOf(search)]: reach } = await this.#settings.read('reach');
    if (reach === undefined) void this.#search(search).catch(console.error);
    else if (reach < search.planned) await this.#write(search, search.planned);
    return Math.max(reach ?? 1, search.planned);
  }

  /** Asks the ledger which accounts were used; once. */
  async #search(search: Search): Promise<void> {
    const { node, own } = search;
    let reach = 1;
    for (let index = 1; index < own.length && index < reach + GAP; index++) {
      const account = own[index];
      if (account !== undefined && (await node.accountInfo(account)) !== null) reach = index + 1;
    }
    await this.#write(search, reach);
    if (reach > 1) await this.#found();
  }

  async #write(search: Search, accounts: number): Promise<void> {
    const before = await this.#settings.read('reach');
    await this.#settings.write('reach', { ...before, [keyOf(search)]: accounts });
  }
}

const keyOf = ({ network, own }: Search): string => `${network} ${own[0]}`;
