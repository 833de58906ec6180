import { Fault } from '../fault.ts';
import type { NanoAddress } from '../nano/account.ts';
import { formatXno, type Raw, subtractRaw, ZERO } from '../nano/amount.ts';
import {
  type BlockHash,
  buildChange,
  buildReceive,
  buildSend,
  type ChainHead,
  hashBlock,
  receiveSubtypeOn,
  type SignedBlock,
  type StateBlock,
  type Subtype,
  signBlock,
  workRootOf,
  ZERO_HASH,
} from '../nano/block.ts';
import { readChainHead } from '../nano/chain-head.ts';
import type { NetworkProfile } from '../nano/network.ts';
import type { NodeClient } from '../nano/node-client.ts';
import { publishBlock } from '../nano/publish.ts';
import type { VerifiedSource } from '../nano/receivable.ts';
import type { AccountKeys } from '../nano/seed.ts';
import { parseThreshold, parseWorkRoot, type WorkRoot } from '../work/difficulty.ts';
import type { Readiness, WorkScheduler } from '../work/scheduler.ts';
import type { ChainStore } from './journal.ts';

/** A block this purse signed, as it is written down before any network sees it. */
export interface OwnBlock {
  readonly network: string;
  readonly account: NanoAddress;
  readonly hash: BlockHash;
  readonly subtype: Subtype;
  readonly block: SignedBlock;
  /** By how much the block changes the account's balance, whichever way (raw). */
  readonly moved: Raw;
}

/** Writes a signed block where a crash cannot lose it. */
export type Record = (own: OwnBlock) => Promise<void>;

/** Runs `work` while nobody else, in any context of the extension, runs under the same name. */
export type Exclusively = <T>(name: string, work: () => Promise<T>) => Promise<T>;

/**
 * What the ledger says of an own block. `pending`: no node took it yet, and nothing stands in its way.
 * `replaced`: the network has confirmed another block in its place; it can never land.
 */
export type Landing = 'landed' | 'pending' | 'replaced';

export interface ChainPorts {
  readonly network: NetworkProfile;
  readonly node: NodeClient;
  readonly work: WorkScheduler;
  readonly store: ChainStore;
  readonly exclusively: Exclusively;
  /** The account's keys; rejects with Fault `fault_locked` when the purse is locked. */
  readonly keys: () => Promise<AccountKeys>;
}

/**
 * One account's chain of blocks on one network. Everything that signs goes through here, one block at a time: on the
 * proven head, recorded before it is published, and never a second block while an earlier one could still land.
 */
export class Chain {
  readonly account: NanoAddress;
  readonly #ports: ChainPorts;
  /** The newest head known here, as the root of the next block's work. */
  #next: WorkRoot | null = null;

  constructor(account: NanoAddress, ports: ChainPorts) {
    this.account = account;
    this.#ports = ports;
  }

  /**
   * The head to build on: proven by hash and signature (invariant 4), and not older than what this purse signed. An
   * own block that the network does not have yet is published again first.
   *
   * @throws Fault `fault_headUnproven`, `fault_legacyHead`, `fault_nodeUnreachable`, `fault_nodeBehind`.
   */
  async head(): Promise<ChainHead> {
    const { node, store, network } = this.#ports;
    const [own, ledger] = await Promise.all([
      store.newest(network.id, this.account),
      readChainHead(node, this.account),
    ]);
    if (own === null || (ledger.kind === 'open' && ledger.hash === own.hash)) return ledger;
    const told = await node.blockInfo(own.hash);
    if (told !== null) return told.successor === null ? headAfter(own) : ledger;
    switch (await this.land(own)) {
      case 'landed':
        return headAfter(own);
      case 'replaced':
        return ledger;
      case 'pending':
        throw new Fault('fault_nodeBehind');
    }
  }

  /**
   * Signs a send of exactly `amount` raw and records it; to `land` it is the next step, which may be repeated.
   *
   * @throws Fault `fault_insufficient` with the XNO that are missing, and what `head` throws. Nothing was recorded then.
   */
  async send(order: { readonly to: NanoAddress; readonly amount: Raw }, record: Record): Promise<OwnBlock> {
    return this.#append(
      (head) => ({ subtype: 'send', block: buildSend(opened(head, order.amount), order) }),
      record,
    );
  }

  /** Sends all there is. @throws Fault as `send` */
  async sendEverything(to: NanoAddress, record: Record): Promise<OwnBlock> {
    return this.#append((head) => {
      const from = opened(head, ZERO);
      if (from.balance === ZERO) throw new Fault('fault_nothingToSend');
      return { subtype: 'send', block: buildSend(from, { to, amount: from.balance }) };
    }, record);
  }

  /** Signs the block that takes in one incoming payment, and records it. @throws Fault as `head` */
  async receive({ hash, amount }: VerifiedSource, record: Record): Promise<OwnBlock> {
    const { representative } = this.#ports.network;
    return this.#append(
      (head) => ({
        subtype: receiveSubtypeOn(head),
        block: buildReceive(head, { source: hash, amount, representative }),
      }),
      record,
    );
  }

  /** Gives the account's vote to another representative; without effect when it has it, or before the first receive. */
  async represent(representative: NanoAddress): Promise<void> {
    const head = await this.head();
    if (head.kind === 'unopened' || head.representative === representative) return;
    const own = await this.#append(
      (now) => ({ subtype: 'change', block: buildChange(opened(now, ZERO), representative) }),
      (change) => this.#ports.store.put(change),
    );
    await this.land(own);
  }

  /**
   * Sees to it that an own block is on the ledger: asks, publishes when it is not there, and tells a block that only
   * waits from one that can never land. Safe to repeat.
   */
  async land(own: OwnBlock): Promise<Landing> {
    const { node } = this.#ports;
    const published = await publishBlock(node, own.block, own.subtype);
    switch (published.kind) {
      case 'on-ledger':
        return 'landed';
      case 'unknown':
        return 'pending';
      case 'forked':
        return (await this.#isReplaced(own)) ? 'replaced' : 'pending';
    }
  }

  /** Has the work for the next block made ready at the difficulty of a send, which serves every block. */
  async prepare(): Promise<void> {
    const { work, network } = this.#ports;
    this.#next = parseWorkRoot(workRootOf(await this.head()));
    await work.prepare(this.#next, parseThreshold(network.thresholds.send));
  }

  /** How far the work for the next block is. For showing: no node is asked. */
  async readiness(): Promise<Readiness> {
    const { work, network } = this.#ports;
    return this.#next === null ? 'none' : work.readiness(this.#next, parseThreshold(network.thresholds.send));
  }

  async #append(
    build: (head: ChainHead) => { readonly subtype: Subtype; readonly block: StateBlock },
    record: Record,
  ): Promise<OwnBlock> {
    const { network, work, exclusively, keys } = this.#ports;
    return exclusively(`chain ${network.id} ${this.account}`, async () => {
      const head = await this.head();
      const { subtype, block } = build(head);
      const { privateKey } = await keys();
      const threshold = isCheap(subtype) ? network.thresholds.receive : network.thresholds.send;
      const root = parseWorkRoot(workRootOf(head));
      const nonce = await work.obtain(root, parseThreshold(threshold));
      const own: OwnBlock = {
        network: network.id,
        account: this.account,
        hash: hashBlock(block),
        subtype,
        block: { ...signBlock(block, privateKey), work: nonce },
        moved: difference(head.kind === 'open' ? head.balance : ZERO, block.balance),
      };
      await record(own);
      await work.forget(root);
      // Receives come in bursts and need less work: whoever made them prepares for the send once, after the last.
      if (!isCheap(subtype))
        await work.prepare(parseWorkRoot(own.hash), parseThreshold(network.thresholds.send));
      return own;
    });
  }

  /** Whether the network has confirmed another block on the previous of `own` (for an open block: as the first). */
  async #isReplaced(own: OwnBlock): Promise<boolean> {
    const { node } = this.#ports;
    const rival =
      own.block.previous === ZERO_HASH
        ? (await node.accountInfo(this.account))?.openBlock
        : (await node.blockInfo(own.block.previous))?.successor;
    if (rival === undefined || rival === null || rival === own.hash) return false;
    return (await node.blockInfo(rival))?.confirmed === true;
  }
}

/** The chain head as it stands after an own block: nobody has to be believed about it. */
function headAfter({ account, hash, block }: OwnBlock): ChainHead {
  return {
    kind: 'open',
    account,
    hash,
    balance: block.balance,
    representative: block.representative,
    confirmed: false,
  };
}

function difference(before: Raw, after: Raw): Raw {
  return before > after ? subtractRaw(before, after) : subtractRaw(after, before);
}

/** Only an open account can pay. */
function opened(head: ChainHead, needed: Raw): Extract<ChainHead, { kind: 'open' }> {
  if (head.kind === 'unopened') throw new Fault('fault_insufficient', [formatXno(needed)]);
  return head;
}

/** Receiving takes less work than sending: 64 times less on the live network. */
function isCheap(subtype: Subtype): boolean {
  return subtype === 'receive' || subtype === 'open';
}
