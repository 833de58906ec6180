import { Fault, faultOf } from '../fault.ts';
import type { NanoAddress } from '../nano/account.ts';
import { type Raw, subtractRaw, ZERO } from '../nano/amount.ts';
import type { BlockHash } from '../nano/block.ts';
import type { Clock } from '../nano/clock.ts';
import { Confirmations } from '../nano/confirmation.ts';
import { ConfirmationFeed } from '../nano/confirmation-feed.ts';
import type { Confirmation, OpenSocket } from '../nano/confirmation-socket.ts';
import { mostRawOn, type NetworkProfile } from '../nano/network.ts';
import { signNoms } from '../nano/noms.ts';
import type { VerifiedSource } from '../nano/receivable.ts';
import { signDigestOfText } from '../nano/signature.ts';
import type { Message } from '../protocol/mechanisms/mechanism.ts';
import type { Readiness } from '../work/scheduler.ts';
import { AccountChain, type AccountChainPorts } from './account-chain.ts';
import { OpenTransfers } from './open-transfers.ts';
import { isHandedOverFault, type OwnBlock } from './own-block.ts';
import { PendingReceiver } from './receive-pending.ts';
import type { Transfer, TransferBook, TransferEntry } from './transfer.ts';

export interface AccountWalletPorts extends Omit<AccountChainPorts, 'confirmed'> {
  readonly account: NanoAddress;
  /** Null where the network has no socket. */
  readonly openSocket: OpenSocket | null;
  readonly clock: Clock;
  /** How long to watch for a confirmation before coming back to it at the next occasion (ms). */
  readonly patienceMs: number;
  readonly transfers: TransferBook;
  /** What a stranger's payment must be worth to be taken in (raw). */
  readonly leastReceived: Raw;
  /** Whether an account is the user's own. */
  readonly isOwn: (account: NanoAddress) => boolean;
  /** Told whenever what the purse shows may have changed. */
  readonly changed: () => void;
}

/** Where a block stands on the ledger, as far as the nodes say. */
export type BlockStatus = 'unknown' | 'unconfirmed' | 'confirmed';

/** When a node is asked a second time whether a block is confirmed (ms). */
const POLL = 250;
/** How often a node is asked for another block in the place of one that is not confirmed yet, without any news (ms). */
const REPLACED_POLL = 5_000;

/** The unlocked wallet: one account on one network, its money and its chain. */
export class AccountWallet {
  readonly network: NetworkProfile;
  readonly account: NanoAddress;
  readonly chain: AccountChain;
  readonly #ports: AccountWalletPorts;
  readonly #transfers: OpenTransfers;
  readonly #pendingReceiver: PendingReceiver;
  readonly #feed: ConfirmationFeed | null;
  readonly #confirmations: Confirmations;
  readonly #closing = new AbortController();
  #failure: Fault | null = null;
  #refreshing: Promise<void> | undefined;
  #isLookWanted = false;
  /** Ends the wait for what is being taken in: another look is wanted. */
  #wake: () => void = () => undefined;
  /** Who waits for the next look. */
  readonly #onLook = new Set<() => void>();

  constructor(ports: AccountWalletPorts) {
    this.#ports = ports;
    this.network = ports.network;
    this.account = ports.account;
    const confirmed = (hash: BlockHash, signal?: AbortSignal) => this.confirmed(hash, signal);
    this.chain = new AccountChain(ports.account, { ...ports, confirmed });
    const { account, openSocket, clock, node } = ports;
    this.#feed = openSocket === null ? null : new ConfirmationFeed({ account, openSocket, clock });
    this.#confirmations = new Confirmations({ node, feed: this.#feed, clock, pollMs: POLL });
    this.#transfers = new OpenTransfers({
      network: ports.network.id,
      account,
      chain: this.chain,
      node,
      store: ports.store,
      book: ports.transfers,
      now: clock.now,
    });
    this.#pendingReceiver = new PendingReceiver({
      chain: this.chain,
      node,
      record: (receives) => this.#transfers.record(receives.map((one) => this.#received(one))),
      transfers: this.#transfers,
      changed: ports.changed,
      signal: this.#closing.signal,
      minimum: ports.leastReceived,
      maximum: mostRawOn(ports.network),
      isOwn: ports.isOwn,
      now: clock.now,
    });
  }

  /** The balance of the newest proven or own block (raw); null until a node was asked. */
  get balance(): Raw | null {
    const { head } = this.chain;
    if (head === null) return null;
    return head.kind === 'open' ? head.balance : ZERO;
  }

  /** Proven incoming money that is being taken in (raw). */
  get incoming(): Raw {
    return this.#pendingReceiver.incoming;
  }

  /** What stands between the purse and its money; null when all is well. */
  get trouble(): Fault | null {
    return this.#failure ?? this.#pendingReceiver.trouble;
  }

  /** Why the last look at the ledger failed; null when it did not. */
  get failure(): Fault | null {
    return this.#failure;
  }

  /** Whether the work for the next block is there already. */
  async readiness(): Promise<Readiness> {
    return this.chain.readiness();
  }

  /** Watches the account: whatever is confirmed for it is looked at, but for what the purse did itself. */
  open(): void {
    const look = () => void this.refresh();
    look();
    const listener = {
      onConfirmation: ({ hash }: Confirmation) => (this.chain.hasSigned(hash) ? undefined : look()),
      onSubscribed: look,
    };
    this.#feed?.listen(listener, this.#closing.signal);
  }

  /** Lets go of everything; for locking and for a change of network. */
  close(): void {
    this.#closing.abort(new Fault('fault_locked'));
  }

  /**
   * Reads the proven balance, takes in what has come, and has the next work made ready. Never rejects: what stands in
   * the way is `trouble`. Asked again while it runs, it looks once more.
   */
  refresh(): Promise<void> {
    this.#isLookWanted = true;
    this.#wake();
    this.#refreshing ??= this.#lookUntilQuiet();
    return this.#refreshing;
  }

  /** Begins a refresh, and resolves once the ledger was looked at: what has come is still being taken in. Never rejects. */
  look(): Promise<void> {
    return new Promise((resolve) => {
      this.#onLook.add(resolve);
      void this.refresh().finally(resolve);
    });
  }

  /** Looks for a user who wants it now: what was refused, or could not be read, is tried again at once. */
  retry(): Promise<void> {
    this.#pendingReceiver.retry();
    return this.look();
  }

  /** Looks, and takes in what has come without preparing for the payment after it: the one at hand needs the money. */
  async receivePending(): Promise<void> {
    await this.look();
    await this.#pendingReceiver.hurry();
  }

  /**
   * Sends `amount` raw, or everything, to an account of the user's choice.
   *
   * @throws Fault `fault_insufficient`, `fault_nothingToSend`, and what `Chain.look` throws; `fault_blockWaits` when
   * the block is signed and waits for a node; `fault_nodeRefused` when it is signed and refused, and tried again later.
   */
  async send(to: NanoAddress, amount: Raw | 'everything'): Promise<BlockHash> {
    const record = (own: OwnBlock) => this.#transfers.record([this.#entry('sent', own.hash, own, to)]);
    const own =
      amount === 'everything'
        ? await this.chain.sendEverything(to, record)
        : await this.chain.send({ to, amount }, record);
    try {
      const publication = await this.chain.publish(own);
      if (publication === 'onLedger') await this.#transfers.done([own.hash]);
      if (publication === 'replaced') await this.#transfers.replaced(own.hash);
      if (publication === 'replaced') throw new Fault('fault_blockForked');
      if (publication === 'pending') throw new Fault('fault_blockWaits');
      return own.hash;
    } catch (failure) {
      const fault = faultOf(failure);
      if (fault.key === 'fault_nodeRefused') await this.#transfers.refused(own.hash, fault);
      throw failure;
    } finally {
      void this.refresh();
    }
  }

  /**
   * Resolves once the network has confirmed the block; `since` it was published from here (ms), there is no hurry to
   * ask for what the node will tell by itself.
   *
   * @throws Fault `fault_notConfirmed` when patience ends; the signal's reason
   */
  async confirmed(hash: BlockHash, signal?: AbortSignal, since?: number): Promise<void> {
    const patience = AbortSignal.timeout(this.#ports.patienceMs);
    const given = signal === undefined ? [] : [signal];
    try {
      await this.#confirmations.confirmed(hash, {
        signal: AbortSignal.any([this.#closing.signal, patience, ...given]),
        since,
      });
    } catch (cause) {
      if (patience.aborted) throw new Fault('fault_notConfirmed', [], { cause });
      throw cause;
    }
  }

  /**
   * Resolves once the network has decided about an own block: it is confirmed, or another one is in its place; `since` as
   * for `confirmed`.
   *
   * @throws Fault `fault_notConfirmed` when patience ends
   */
  async decided(own: OwnBlock, since?: number): Promise<'confirmed' | 'replaced'> {
    const over = new AbortController();
    try {
      return await Promise.race([
        this.confirmed(own.hash, over.signal, since).then(() => 'confirmed' as const),
        this.#replaced(own, over.signal).then(() => 'replaced' as const),
      ]);
    } finally {
      over.abort();
    }
  }

  /** Asks whenever another wallet's block is confirmed for the account, and now and then. */
  async #replaced(own: OwnBlock, signal: AbortSignal): Promise<void> {
    let news = new AbortController();
    const listener = {
      onConfirmation: ({ hash }: Confirmation) => (this.chain.hasSigned(hash) ? undefined : news.abort()),
      onSubscribed: () => undefined,
    };
    this.#feed?.listen(listener, signal);
    for (;;) {
      const woken = AbortSignal.any([signal, news.signal]);
      await this.#ports.clock.pause(REPLACED_POLL, woken).catch(() => undefined);
      signal.throwIfAborted();
      news = new AbortController();
      if (await this.chain.isReplaced(own).catch(unlessFault)) return;
    }
  }

  /** Where any block stands. @throws Fault those of NodeClient */
  async blockStatus(hash: BlockHash): Promise<BlockStatus> {
    const told = await this.#ports.node.blockInfo(hash);
    if (told === null) return 'unknown';
    return told.confirmed ? 'confirmed' : 'unconfirmed';
  }

  /** Signs, with the account's key, a message that a mechanism binds to a payment (docs/WIRE.md §3.5, §3.8). */
  async sign({ kind, text }: Message): Promise<string> {
    const { privateKey } = await this.#ports.keys();
    return kind === 'plain' ? signDigestOfText(privateKey, text) : signNoms(privateKey, text);
  }

  /** How much more than the balance an amount is, in XNO; null when the balance is enough or unknown. */
  missing(amount: Raw): Raw | null {
    const { balance } = this;
    return balance === null || balance >= amount ? null : subtractRaw(amount, balance);
  }

  async #lookUntilQuiet(): Promise<void> {
    const { signal } = this.#closing;
    while (this.#isLookWanted && !signal.aborted) {
      this.#isLookWanted = false;
      const woken = new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      const waiting = [...this.#onLook];
      await this.#look();
      for (const resolve of waiting) {
        this.#onLook.delete(resolve);
        resolve();
      }
      // What is being taken in may take long: another look is not kept waiting for it.
      const taken = this.#pendingReceiver.received().then((more) => {
        this.#isLookWanted ||= more;
      });
      await Promise.race([taken, woken]);
      if (!this.#isLookWanted) await this.#prepare();
    }
    // In the same turn in which no other look was wanted: one that is wanted from now on begins anew.
    this.#refreshing = undefined;
  }

  async #look(): Promise<void> {
    const { changed } = this.#ports;
    try {
      await this.chain.look();
      await this.#transfers.retry((hash) => this.#pendingReceiver.isReceiving(hash));
      await this.#pendingReceiver.look();
      this.#failure = null;
    } catch (failure) {
      const fault = faultOf(failure);
      const { refused } = this.chain;
      if (refused !== null) await this.#transfers.refused(refused.hash, refused.fault);
      // That the account waits for a cheque is no trouble: whoever shows the purse says so by itself.
      this.#failure = isHandedOverFault(fault) ? null : fault;
    } finally {
      if (!this.#closing.signal.aborted) changed();
    }
  }

  /** Has the work for the next payment made ready. */
  async #prepare(): Promise<void> {
    await this.chain.prepare().catch((failure: unknown) => {
      this.#failure ??= faultOf(failure);
    });
  }

  #received({ source, own }: { readonly source: VerifiedSource; readonly own: OwnBlock }): TransferEntry {
    return this.#entry('received', source.hash, own, source.from);
  }

  /** What moves between the user's own accounts is neither spent nor received. */
  #entry(kind: Transfer['kind'], id: BlockHash, own: OwnBlock, counterparty: NanoAddress): TransferEntry {
    const { id: network, testMoney } = this.network;
    if (this.#ports.isOwn(counterparty)) return { own, transfer: null };
    return {
      own,
      transfer: {
        kind,
        id,
        ...(kind === 'received' && { block: own.hash }),
        at: this.#ports.clock.now(),
        amount: own.moved,
        counterparty,
        network: { id: network, testMoney },
      },
    };
  }
}

/** A node that gives no answer is asked again. */
function unlessFault(failure: unknown): undefined {
  if (!(failure instanceof Fault)) throw failure;
}
