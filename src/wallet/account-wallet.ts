import { Fault, faultOf } from '../fault.ts';
import type { NanoAddress } from '../nano/account.ts';
import { type Raw, subtractRaw, ZERO } from '../nano/amount.ts';
import type { BlockHash } from '../nano/block.ts';
import type { Clock } from '../nano/clock.ts';
import { ConfirmationFeed } from '../nano/confirmation-feed.ts';
import type { OpenSocket } from '../nano/confirmation-socket.ts';
import { mostRawOn, type NetworkProfile } from '../nano/network.ts';
import { signNoms } from '../nano/noms.ts';
import type { VerifiedSource } from '../nano/receivable.ts';
import { signDigestOfText } from '../nano/signature.ts';
import type { Message } from '../protocol/mechanisms/mechanism.ts';
import type { Readiness } from '../work/scheduler.ts';
import { AccountChain, type AccountChainPorts } from './account-chain.ts';
import { ConfirmationWatch } from './confirmation-watch.ts';
import { OpenTransfers } from './open-transfers.ts';
import { isHandedOverFault, type OwnBlock } from './own-block.ts';
import { PendingReceiver } from './receive-pending.ts';
import { RefreshLoop } from './refresh-loop.ts';
import type { Transfer, TransferEntry, TransferStore } from './transfer.ts';

export interface AccountWalletPorts extends Omit<AccountChainPorts, 'confirmed'> {
  readonly account: NanoAddress;
  /** Null where the network has no socket. */
  readonly openSocket: OpenSocket | null;
  readonly clock: Clock;
  /** The time limit of one wait for a confirmation (ms). */
  readonly patienceMs: number;
  readonly transfers: TransferStore;
  /** The least amount that is received from an account that is not the user's own (raw). */
  readonly leastReceived: Raw;
  /** Whether an account is the user's own. */
  readonly isOwn: (account: NanoAddress) => boolean;
  /** Called whenever the balance, what is being received or the trouble may have changed. */
  readonly changed: () => void;
}

/** What a node says of a block. */
export type BlockStatus = 'unknown' | 'unconfirmed' | 'confirmed';

/** One unlocked account on one network: its balance, its receives and its sends. */
export class AccountWallet {
  readonly network: NetworkProfile;
  readonly account: NanoAddress;
  readonly chain: AccountChain;
  readonly #ports: AccountWalletPorts;
  readonly #transfers: OpenTransfers;
  readonly #pendingReceiver: PendingReceiver;
  readonly #watch: ConfirmationWatch;
  readonly #loop: RefreshLoop;
  readonly #closing = new AbortController();
  #failure: Fault | null = null;

  constructor(ports: AccountWalletPorts) {
    this.#ports = ports;
    this.network = ports.network;
    this.account = ports.account;
    const { account, openSocket, clock, node } = ports;
    const { signal } = this.#closing;
    const feed = openSocket === null ? null : new ConfirmationFeed({ account, openSocket, clock });
    this.#watch = new ConfirmationWatch({ ...ports, feed, signal, chain: () => this.chain });
    this.chain = new AccountChain(account, {
      ...ports,
      confirmed: (hash, ending) => this.confirmed(hash, ending),
    });
    this.#transfers = new OpenTransfers({
      network: ports.network.id,
      account,
      chain: this.chain,
      node,
      store: ports.store,
      records: ports.transfers,
      now: clock.now,
    });
    this.#pendingReceiver = new PendingReceiver({
      chain: this.chain,
      node,
      persist: (receives) => this.#transfers.record(receives.map((one) => this.#received(one))),
      transfers: this.#transfers,
      changed: ports.changed,
      signal,
      minimum: ports.leastReceived,
      maximum: mostRawOn(ports.network),
      isOwn: ports.isOwn,
      now: clock.now,
    });
    this.#loop = new RefreshLoop({
      look: () => this.#look(),
      received: () => this.#pendingReceiver.received(),
      prepare: () => this.#prepare(),
      signal,
    });
  }

  /** The balance of the newest proven or own block (raw); null until a node was asked. */
  get balance(): Raw | null {
    const { head } = this.chain;
    if (head === null) return null;
    return head.kind === 'open' ? head.balance : ZERO;
  }

  /** Proven amounts that are being received (raw). */
  get incoming(): Raw {
    return this.#pendingReceiver.incoming;
  }

  /** Why the balance may be old, or something is not received; null when nothing failed. */
  get trouble(): Fault | null {
    return this.#failure ?? this.#pendingReceiver.trouble;
  }

  /** Why the last look at the ledger failed; null when it did not. */
  get failure(): Fault | null {
    return this.#failure;
  }

  /** How far the work for the next block is. */
  async readiness(): Promise<Readiness> {
    return this.chain.readiness();
  }

  /** Watches the account: refreshes now, and whenever a block is confirmed that this wallet did not sign. */
  open(): void {
    const refresh = () => void this.refresh();
    refresh();
    this.#watch.onForeignBlock(refresh, refresh, this.#closing.signal);
  }

  /** Ends everything that runs with `fault_locked`; for locking, and for a change of network. */
  close(): void {
    this.#closing.abort(new Fault('fault_locked'));
  }

  /**
   * Reads the proven balance, receives what was sent to the account, and has the next work searched for. Never rejects: what
   * failed is `trouble`. Called while it runs, it looks once more.
   */
  refresh(): Promise<void> {
    return this.#loop.refresh();
  }

  /** Starts a refresh, and resolves once the ledger was asked: what it found is still being received. Never rejects. */
  look(): Promise<void> {
    return this.#loop.look();
  }

  /** As `look`, and tries again at once what was refused or could not be proven. For a user who asks for it. */
  retry(): Promise<void> {
    this.#pendingReceiver.retry();
    return this.look();
  }

  /**
   * Looks, and resolves once what was found is received, as far as can be. The work for the next payment is not waited for,
   * since the present one needs the money. Never rejects.
   */
  async receivePending(): Promise<void> {
    await this.look();
    await this.#pendingReceiver.hurry();
  }

  /**
   * Sends `amount` raw, or everything, to an account of the user's choice.
   *
   * @throws Fault as `AccountChain.send`, and `fault_nothingToSend`; nothing is sent then. `fault_blockForked` when another
   * block has replaced the send. `fault_blockWaits` and `fault_nodeRefused` when it is signed and is published again later:
   * no node has it, or one refused it.
   */
  async send(to: NanoAddress, amount: Raw | 'everything'): Promise<BlockHash> {
    const persist = (own: OwnBlock) => this.#transfers.record([this.#entry('sent', own.hash, own, to)]);
    const own =
      amount === 'everything'
        ? await this.chain.sendEverything(to, persist)
        : await this.chain.send({ to, amount }, persist);
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

  /** Resolves once the network has confirmed a block: see `ConfirmationWatch.confirmed`. */
  confirmed(hash: BlockHash, signal?: AbortSignal, since?: number): Promise<void> {
    return this.#watch.confirmed(hash, signal, since);
  }

  /** Resolves once the network has decided about an own block: see `ConfirmationWatch.decided`. */
  decided(own: OwnBlock, since?: number): Promise<'confirmed' | 'replaced'> {
    return this.#watch.decided(own, since);
  }

  /** What a node says of any block. @throws Fault those of NodeClient */
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

  /** By how much an amount exceeds the balance (raw); null when the balance is enough or unknown. */
  missing(amount: Raw): Raw | null {
    const { balance } = this;
    return balance === null || balance >= amount ? null : subtractRaw(amount, balance);
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
      // A handed-over block is no trouble: it is shown by itself.
      this.#failure = isHandedOverFault(fault) ? null : fault;
    } finally {
      if (!this.#closing.signal.aborted) changed();
    }
  }

  /** Has the work for the next payment searched for. */
  async #prepare(): Promise<void> {
    await this.chain.prepare().catch((failure: unknown) => {
      this.#failure ??= faultOf(failure);
    });
  }

  #received({ source, own }: { readonly source: VerifiedSource; readonly own: OwnBlock }): TransferEntry {
    return this.#entry('received', source.hash, own, source.from);
  }

  /** Moves between the user's own accounts are no transfers. */
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
        amount: own.delta,
        counterparty,
        network: { id: network, testMoney },
      },
    };
  }
}
