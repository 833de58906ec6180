import { hashBlock, type StateBlock } from './block.ts';
import { DevnetError, NodeError, type ProcessError } from './errors.ts';
import { type AccountKey, type Hash, readHex32, ZERO } from './hex.ts';
import { type Effect, judge, type Subtype } from './rules.ts';
import type { Thresholds } from './work.ts';

/** A block with what the ledger knows about it. */
export interface Entry extends Effect {
  readonly hash: Hash;
  readonly block: StateBlock;
  /** Place in the account's chain, from 1. */
  readonly height: number;
  /** When the ledger took the block, in seconds since 1970. */
  readonly timestamp: number;
}

/** A send that its destination has not received yet. */
export interface Receivable {
  readonly hash: Hash;
  readonly source: AccountKey;
  readonly amount: bigint;
}

/** What became of a block given to the ledger. */
export type Outcome =
  | { readonly accepted: true; readonly entry: Entry }
  | { readonly accepted: false; readonly error: ProcessError };

interface Chain {
  readonly entries: Entry[];
  /** The first so many blocks are confirmed. */
  confirmed: number;
}

/** A block lattice in memory: one chain of state blocks for each account. */
export class Ledger {
  readonly thresholds: Thresholds;
  readonly #genesis: StateBlock;
  readonly #chains = new Map<AccountKey, Chain>();
  readonly #entries = new Map<Hash, Entry>();
  readonly #receivables = new Map<AccountKey, Map<Hash, Receivable>>();
  readonly #receivedBy = new Map<Hash, Hash>();

  /** A ledger whose supply is what the genesis block says; that block is confirmed and needs no source. */
  constructor(genesis: StateBlock, thresholds: Thresholds) {
    this.thresholds = thresholds;
    this.#genesis = genesis;
    this.reset();
  }

  /** Back to the genesis block. */
  reset(): void {
    for (const table of [this.#chains, this.#entries, this.#receivables, this.#receivedBy]) table.clear();
    const { balance } = this.#genesis;
    this.#append(this.#genesis, hashBlock(this.#genesis), 'receive', balance).confirmed = 1;
  }

  /** The account of the genesis block. */
  get genesis(): AccountKey {
    return this.#genesis.account;
  }

  /** Checks a block and appends it to its account's chain. `trusted` leaves out the check of its work. */
  process(block: StateBlock, { trusted = false } = {}): Outcome {
    const hash = hashBlock(block);
    const verdict = judge(block, hash, this, trusted);
    if (typeof verdict === 'string') return { accepted: false, error: verdict };
    const { subtype, amount } = verdict;
    if (subtype === 'send') {
      this.#receivablesOf(block.link).set(hash, { hash, source: block.account, amount });
    } else if (subtype === 'receive') {
      this.#receivablesOf(block.account).delete(block.link);
      this.#receivedBy.set(block.link, hash);
    }
    this.#append(block, hash, subtype, amount);
    return { accepted: true, entry: this.#known(hash) };
  }

  #append(block: StateBlock, hash: Hash, subtype: Subtype, amount: bigint): Chain {
    const chain = this.#chains.get(block.account) ?? { entries: [], confirmed: 0 };
    const height = chain.entries.length + 1;
    const entry = { hash, block, subtype, amount, height, timestamp: Math.floor(Date.now() / 1000) };
    chain.entries.push(entry);
    this.#chains.set(block.account, chain);
    this.#entries.set(hash, entry);
    return chain;
  }

  /** The block with this hash, if the ledger has it. */
  entry(hash: Hash): Entry | undefined {
    return this.#entries.get(hash);
  }

  /** Like `entry`, but what is not a hash or not in the ledger is refused in the node's words. */
  find(text: string): Entry {
    const hash = readHex32(text);
    if (hash === undefined) throw new NodeError('Bad hash number');
    const entry = this.#entries.get(hash);
    if (entry === undefined) throw new NodeError('Block not found');
    return entry;
  }

  #known(hash: Hash): Entry {
    const entry = this.#entries.get(hash);
    if (entry === undefined) throw new RangeError(`no block ${hash}`);
    return entry;
  }

  /** The account's blocks, oldest first; empty when the account is not open. */
  chain(account: AccountKey): readonly Entry[] {
    return this.#chains.get(account)?.entries ?? [];
  }

  /** The account's newest block. */
  head(account: AccountKey): Entry | undefined {
    return this.chain(account).at(-1);
  }

  /** The account's newest confirmed block. */
  confirmedHead(account: AccountKey): Entry | undefined {
    return this.chain(account)[(this.#chains.get(account)?.confirmed ?? 0) - 1];
  }

  /** The block that follows this one. */
  successor(entry: Entry): Entry | undefined {
    return this.chain(entry.block.account)[entry.height];
  }

  /** Whether the block is confirmed. */
  isConfirmed(entry: Entry): boolean {
    return entry.height <= (this.#chains.get(entry.block.account)?.confirmed ?? 0);
  }

  /** Whether the ledger has the block with this hash and it is confirmed. */
  isConfirmedHash(hash: Hash): boolean {
    const entry = this.#entries.get(hash);
    return entry !== undefined && this.isConfirmed(entry);
  }

  /** The sum of the balances whose representative this account is, in raw. */
  weight(representative: AccountKey): bigint {
    let weight = 0n;
    for (const { entries } of this.#chains.values()) {
      const block = entries.at(-1)?.block;
      if (block?.representative === representative) weight += block.balance;
    }
    return weight;
  }

  /** The send, if it waits for this account. */
  receivable(account: AccountKey, send: Hash): Receivable | undefined {
    return this.#receivables.get(account)?.get(send);
  }

  /** What the account has not received yet, by ascending hash as the node's table is ordered. */
  receivables(account: AccountKey): readonly Receivable[] {
    const waiting = this.#receivables.get(account)?.values() ?? [];
    return [...waiting].sort((a, b) => (a.hash < b.hash ? -1 : 1));
  }

  /** The block that received this send. */
  receiptOf(send: Hash): Hash | undefined {
    return this.#receivedBy.get(send);
  }

  /** Every open account. */
  accounts(): readonly AccountKey[] {
    return [...this.#chains.keys()];
  }

  /** How many blocks there are, and how many of them are confirmed. */
  counts(): { readonly blocks: number; readonly confirmed: number } {
    let confirmed = 0;
    for (const chain of this.#chains.values()) confirmed += chain.confirmed;
    return { blocks: this.#entries.size, confirmed };
  }

  /** Confirms a block and everything it stands on; answers what became confirmed now, causes before effects. */
  cement(hash: Hash): readonly Entry[] {
    const cemented: Entry[] = [];
    const pending = [this.#known(hash)];
    for (let entry = pending.at(-1); entry !== undefined; entry = pending.at(-1)) {
      const cause = this.#unconfirmedCause(entry);
      if (cause !== undefined) {
        pending.push(cause);
        continue;
      }
      pending.pop();
      const chain = this.#chains.get(entry.block.account);
      if (chain !== undefined && chain.confirmed < entry.height) {
        chain.confirmed = entry.height;
        cemented.push(entry);
      }
    }
    return cemented;
  }

  #unconfirmedCause({ block, subtype }: Entry): Entry | undefined {
    const causes = subtype === 'receive' ? [block.previous, block.link] : [block.previous];
    return causes
      .map((hash) => this.#entries.get(hash))
      .find((cause) => cause !== undefined && !this.isConfirmed(cause));
  }

  /**
   * Takes a block back out of the ledger with everything that follows from it: later blocks of its chain, and
   * receives of their sends. Confirmed or not: this is a test's power, no node does it. Answers what was removed.
   */
  rollback(hash: Hash): readonly Entry[] {
    const removed: Entry[] = [];
    while (this.#entries.has(hash)) {
      const head = this.#headAbove(this.#known(hash));
      const receipt = head.subtype === 'send' ? this.#receivedBy.get(head.hash) : undefined;
      if (receipt === undefined) removed.push(this.#pop(head));
      else removed.push(...this.rollback(receipt));
    }
    return removed;
  }

  #headAbove({ block, hash }: Entry): Entry {
    if (block.account === this.genesis && block.previous === ZERO) {
      throw new DevnetError('the genesis block cannot be rolled back');
    }
    return this.head(block.account) ?? this.#known(hash);
  }

  #pop(entry: Entry): Entry {
    const { block, hash, subtype, amount } = entry;
    const chain = this.#chains.get(block.account);
    chain?.entries.pop();
    if (chain !== undefined) chain.confirmed = Math.min(chain.confirmed, chain.entries.length);
    if (chain?.entries.length === 0) this.#chains.delete(block.account);
    this.#entries.delete(hash);
    if (subtype === 'send') this.#receivablesOf(block.link).delete(hash);
    if (subtype === 'receive') {
      const source = this.#known(block.link).block.account;
      this.#receivablesOf(block.account).set(block.link, { hash: block.link, source, amount });
      this.#receivedBy.delete(block.link);
    }
    return entry;
  }

  #receivablesOf(account: AccountKey): Map<Hash, Receivable> {
    const waiting = this.#receivables.get(account) ?? new Map<Hash, Receivable>();
    this.#receivables.set(account, waiting);
    return waiting;
  }
}
