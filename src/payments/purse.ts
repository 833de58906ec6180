import { Fault, type FaultKey } from '../fault.ts';
import type { NanoAddress } from '../nano/account.ts';
import { addRaw, type Raw, subtractRaw, ZERO } from '../nano/amount.ts';
import type { BlockHash } from '../nano/block.ts';
import type { Clock } from '../nano/clock.ts';
import { awaitConfirmed, type OpenSocket, watchAccount } from '../nano/confirmation.ts';
import type { NetworkProfile } from '../nano/network.ts';
import { type VerifiedSource, verifySource } from '../nano/receivable.ts';
import { signDigestOfText } from '../nano/signature.ts';
import type { Readiness } from '../work/scheduler.ts';
import { Chain, type ChainPorts, type OwnBlock } from './chain.ts';

/** Money that moved without a 402. */
export interface Transfer {
  readonly kind: 'received' | 'sent';
  readonly id: BlockHash;
  /** When it was signed (ms). */
  readonly at: number;
  readonly amount: Raw;
  readonly counterparty: NanoAddress;
  readonly network: { readonly id: string; readonly testMoney: boolean };
}

export interface PursePorts extends ChainPorts {
  readonly account: NanoAddress;
  /** Null where the network has no socket. */
  readonly openSocket: OpenSocket | null;
  readonly clock: Clock;
  /** Writes a transfer and its block down: both or neither. */
  readonly recordTransfer: (transfer: Transfer, own: OwnBlock) => Promise<void>;
  /** Told whenever what the purse shows may have changed. */
  readonly changed: () => void;
}

/** How long the purse watches for a confirmation before it comes back to it at the next occasion (ms). */
const PATIENCE = 120_000;
/** When a node is asked a second time whether a block is confirmed (ms). */
const POLL = 250;
/** How many incoming payments are taken in at one go. */
const BATCH = 32;

/** The unlocked wallet: one account on one network, its money and its chain. */
export class Purse {
  readonly network: NetworkProfile;
  readonly account: NanoAddress;
  readonly chain: Chain;
  readonly #ports: PursePorts;
  readonly #life = new AbortController();
  #balance: Raw | null = null;
  #incoming: Raw = ZERO;
  #trouble: FaultKey | null = null;
  #refreshing: Promise<void> | undefined;
  #again = false;

  constructor(ports: PursePorts) {
    this.#ports = ports;
    this.network = ports.network;
    this.account = ports.account;
    this.chain = new Chain(ports.account, ports);
  }

  /** The balance of the proven head (raw); null until a node was asked. */
  get balance(): Raw | null {
    return this.#balance;
  }

  /** Proven incoming money that is being taken in (raw). */
  get incoming(): Raw {
    return this.#incoming;
  }

  /** What stands between the purse and its money; null when all is well. */
  get trouble(): FaultKey | null {
    return this.#trouble;
  }

  /** Whether the work for the next block is there already. */
  async readiness(): Promise<Readiness> {
    return this.chain.readiness();
  }

  /** Watches the account: whatever is confirmed for it is looked at. */
  open(): void {
    const { openSocket, clock } = this.#ports;
    void this.refresh();
    if (openSocket === null) return;
    const look = () => void this.refresh();
    void watchAccount({
      account: this.account,
      openSocket,
      clock,
      signal: this.#life.signal,
      onConfirmation: look,
      onSubscribed: look,
    });
  }

  /** Lets go of everything; for locking and for a change of network. */
  close(): void {
    this.#life.abort(new Fault('fault_locked'));
  }

  /**
   * Reads the proven balance, takes in what has come, and has the next work made ready. Never rejects: what stands in
   * the way is `trouble`. Asked again while it runs, it looks once more afterwards.
   */
  refresh(): Promise<void> {
    this.#again = this.#refreshing !== undefined;
    this.#refreshing ??= this.#lookUntilQuiet().finally(() => {
      this.#refreshing = undefined;
    });
    return this.#refreshing;
  }

  /**
   * Sends `amount` raw, or everything, to an account of the user's choice.
   *
   * @throws Fault `fault_insufficient`, `fault_nothingToSend`, and what `Chain.head` throws; `fault_nodeUnreachable`
   * when the block is signed and waits for a node.
   */
  async send(to: NanoAddress, amount: Raw | 'everything'): Promise<BlockHash> {
    const record = (own: OwnBlock) => this.#ports.recordTransfer(this.#transfer('sent', own, to), own);
    const own =
      amount === 'everything'
        ? await this.chain.sendEverything(to, record)
        : await this.chain.send({ to, amount }, record);
    const landing = await this.chain.land(own);
    void this.refresh();
    if (landing === 'replaced') throw new Fault('fault_blockForked');
    if (landing === 'pending') throw new Fault('fault_nodeUnreachable');
    return own.hash;
  }

  /** Resolves once the network has confirmed the block. @throws Fault `fault_notConfirmed` when patience ends */
  async confirmed(hash: BlockHash): Promise<void> {
    const { node, openSocket, clock } = this.#ports;
    const patience = AbortSignal.timeout(PATIENCE);
    try {
      await awaitConfirmed({
        hash,
        accounts: [this.account],
        node,
        openSocket,
        clock,
        signal: AbortSignal.any([this.#life.signal, patience]),
        pollMs: POLL,
      });
    } catch (cause) {
      if (patience.aborted) throw new Fault('fault_notConfirmed', [], { cause });
      throw cause;
    }
    void this.refresh();
  }

  /** Signs, with the account's key, a text that a mechanism binds to a payment (protocol.md 3.5). */
  async signText(text: string): Promise<string> {
    return signDigestOfText((await this.#ports.keys()).privateKey, text);
  }

  /** How much more than the balance an amount is, in XNO; null when the balance is enough or unknown. */
  missing(amount: Raw): Raw | null {
    if (this.#balance === null || this.#balance >= amount) return null;
    return subtractRaw(amount, this.#balance);
  }

  async #lookUntilQuiet(): Promise<void> {
    do {
      this.#again = false;
      await this.#look();
    } while (this.#again && !this.#life.signal.aborted);
  }

  async #look(): Promise<void> {
    try {
      await this.#readBalance();
      this.#trouble = await this.#takeIn();
      await this.chain.prepare();
    } catch (failure) {
      this.#trouble = failure instanceof Fault ? failure.key : 'fault_unexpected';
      if (!(failure instanceof Fault)) console.error(failure);
    } finally {
      if (!this.#life.signal.aborted) this.#ports.changed();
    }
  }

  async #readBalance(): Promise<void> {
    const head = await this.chain.head();
    this.#balance = head.kind === 'open' ? head.balance : ZERO;
  }

  /** Takes in what has come. A source that cannot be proven is left waiting, and said to be the trouble. */
  async #takeIn(): Promise<FaultKey | null> {
    const { sources, trouble } = await this.#provenSources();
    this.#incoming = sources.reduce((sum, { amount }) => addRaw(sum, amount), ZERO);
    for (const source of sources) {
      this.#ports.changed();
      const own = await this.chain.receive(source, (block) =>
        this.#ports.recordTransfer(this.#transfer('received', block, source.from), block),
      );
      await this.chain.land(own);
      this.#balance = own.block.balance;
      this.#incoming = subtractRaw(this.#incoming, source.amount);
    }
    return trouble;
  }

  async #provenSources(): Promise<{
    readonly sources: readonly VerifiedSource[];
    readonly trouble: FaultKey | null;
  }> {
    const { node } = this.#ports;
    const sources: VerifiedSource[] = [];
    let trouble: FaultKey | null = null;
    for (const { hash } of await node.receivable(this.account, BATCH)) {
      try {
        sources.push(await verifySource(node, this.account, hash));
      } catch (failure) {
        if (!(failure instanceof Fault) || failure.key !== 'fault_sourceUnproven') throw failure;
        trouble = failure.key;
      }
    }
    return { sources, trouble };
  }

  #transfer(kind: Transfer['kind'], own: OwnBlock, counterparty: NanoAddress): Transfer {
    const { id, testMoney } = this.network;
    return {
      kind,
      id: own.hash,
      at: this.#ports.clock.now(),
      amount: own.moved,
      counterparty,
      network: { id, testMoney },
    };
  }
}
