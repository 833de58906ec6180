import * as v from 'valibot';
import { readAddress, toAddress } from './address.ts';
import { blockToJson } from './block.ts';
import type { ConfirmationType } from './elections.ts';
import type { AccountKey } from './hex.ts';
import type { JsonObject } from './json.ts';
import type { Entry } from './ledger.ts';
import * as read from './request.ts';

/** A list of accounts; what is no list is an empty one. */
const accounts = v.fallback(read.texts, []);

/** What a client may ask of its confirmations; every field has the node's own default, also for nonsense. */
export const optionsSchema = v.object({
  accounts: v.exactOptional(accounts),
  all_local_accounts: v.exactOptional(v.unknown()),
  confirmation_type: v.fallback(v.optional(read.text, 'all'), 'all'),
  include_block: read.flag(true),
  include_election_info: read.flag(false),
  include_sideband_info: read.flag(false),
});

type Options = v.InferOutput<typeof optionsSchema>;

/** Accounts to add to and take from a filter. */
export const updateSchema = v.object({
  accounts_add: v.optional(accounts, []),
  accounts_del: v.optional(accounts, []),
});

const WANTED: Readonly<Record<string, readonly ConfirmationType[]>> = {
  active: ['active_quorum', 'active_confirmation_height'],
  active_quorum: ['active_quorum'],
  active_confirmation_height: ['active_confirmation_height'],
  inactive: [],
};

/** One client's subscription to confirmations. */
export class Subscription {
  readonly #options: Options;
  #accounts: ReadonlySet<AccountKey> | undefined;

  constructor(options: Options) {
    this.#options = options;
    const filters = options.accounts !== undefined || options.all_local_accounts !== undefined;
    this.#accounts = filters ? keysOf(options.accounts ?? []) : undefined;
  }

  /** Widens and narrows the account filter. */
  update({ accounts_add, accounts_del }: v.InferOutput<typeof updateSchema>): void {
    const removed = keysOf(accounts_del);
    const widened = new Set([...(this.#accounts ?? []), ...keysOf(accounts_add)]);
    this.#accounts = new Set([...widened].filter((account) => !removed.has(account)));
  }

  /**
   * The message for a confirmation, or undefined when the client does not want it. The account filter also lets
   * a send pass to its destination; without the block in the message the node cannot filter and sends nothing.
   */
  messageOf(entry: Entry, type: ConfirmationType): JsonObject | undefined {
    const { block, hash, amount, subtype, height, timestamp } = entry;
    const options = this.#options;
    if (!(WANTED[options.confirmation_type.toLowerCase()] ?? [type]).includes(type)) return undefined;
    if (this.#accounts !== undefined) {
      const concerned = this.#accounts.has(block.account) || this.#accounts.has(block.link);
      if (!concerned || !options.include_block) return undefined;
    }
    return {
      account: toAddress(block.account),
      amount: String(amount),
      hash,
      confirmation_type: type,
      ...(options.include_election_info && { election_info: electionInfo() }),
      ...(options.include_block && { block: { ...blockToJson(block), subtype } }),
      ...(options.include_sideband_info && {
        sideband: { height: String(height), local_timestamp: String(timestamp) },
      }),
    };
  }
}

function keysOf(addresses: readonly string[]): ReadonlySet<AccountKey> {
  return new Set(addresses.map(readAddress).filter((key) => key !== undefined));
}

function electionInfo(): JsonObject {
  return {
    duration: '0',
    time: String(Date.now()),
    tally: '0',
    final: '0',
    blocks: '1',
    voters: '1',
    request_count: '0',
  };
}
