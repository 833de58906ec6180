import { signBlock, type UnsignedBlock, workRoot } from './block.ts';
import type { Elections } from './elections.ts';
import { DevnetError } from './errors.ts';
import { GENESIS_KEY } from './genesis.ts';
import type { AccountKey, Hash } from './hex.ts';
import type { Ledger } from './ledger.ts';
import { DEV_THRESHOLDS, findWork } from './work.ts';

/** Gives away the supply: sends from the genesis chain, one after the other. */
export class Faucet {
  readonly #ledger: Ledger;
  readonly #elections: Elections;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(ledger: Ledger, elections: Elections) {
    this.#ledger = ledger;
    this.#elections = elections;
  }

  /** Sends raw to an account; resolves with the send's hash once the ledger has it, before it is confirmed. */
  send(to: AccountKey, amount: bigint): Promise<Hash> {
    const turn = this.#queue.then(() => this.#publish(to, amount));
    this.#queue = turn.catch(() => undefined);
    return turn;
  }

  async #publish(to: AccountKey, amount: bigint): Promise<Hash> {
    const head = this.#ledger.head(this.#ledger.genesis);
    if (head === undefined) throw new DevnetError('there is no genesis block');
    const { account, representative, balance } = head.block;
    if (amount <= 0n || amount > balance) throw new DevnetError(`the faucet cannot give ${amount} raw`);
    const block = { account, representative, previous: head.hash, balance: balance - amount, link: to };
    const work = this.#workIsCheap ? await this.#work(block) : 0n;
    const outcome = this.#ledger.process(signBlock(block, GENESIS_KEY, work), {
      trusted: !this.#workIsCheap,
    });
    if (!outcome.accepted) throw new DevnetError(`the ledger refused the faucet: ${outcome.error}`);
    this.#elections.start(outcome.entry);
    return outcome.entry.hash;
  }

  /** At live thresholds one send would take minutes here: the ledger then trusts the faucet's blocks without work. */
  get #workIsCheap(): boolean {
    return this.#ledger.thresholds.send <= DEV_THRESHOLDS.send;
  }

  #work(block: UnsignedBlock): Promise<bigint> {
    return findWork(workRoot(block), this.#ledger.thresholds.send);
  }
}
