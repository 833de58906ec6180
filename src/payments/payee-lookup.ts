import { KeyedSingleFlight } from '../concurrency.ts';
import { BoundedMap } from '../interception/bounded-map.ts';
import type { NanoAddress } from '../nano/account.ts';
import type { NodeClient } from '../nano/node-client.ts';

/** How long a question or a payment waits for the node's answer about its payee (ms). */
export const PAYEE_PATIENCE = 1_500;
/** How many lookups run at once: a page can cause as many as it likes, and nodes answer only so many. */
const MOST_AT_ONCE = 4;
/** How many payees are remembered as opened, which an account stays. */
const MOST_OPENED = 1_000;

export interface PayeeLookupPorts {
  /** A client of a network's nodes; null for a network that is not known any more. */
  readonly node: (network: string) => Promise<Pick<NodeClient, 'accountInfo'> | null>;
}

/**
 * Asks the nodes whether a payee has a block on the ledger (docs/WIRE.md §7.25). It depends on the payee alone, and not on the
 * wallet: a page learns nothing from the time that an answer takes.
 */
export class PayeeLookup {
  readonly #ports: PayeeLookupPorts;
  readonly #running = new KeyedSingleFlight<string, boolean>();
  readonly #opened = new BoundedMap<string, true>(MOST_OPENED);
  #count = 0;

  constructor(ports: PayeeLookupPorts) {
    this.#ports = ports;
  }

  /**
   * Whether every node that answers says that the account was never opened. False where none answers within
   * {@link PAYEE_PATIENCE}, and while too many lookups run. Never rejects.
   */
  async isUnopened(network: string, payee: NanoAddress): Promise<boolean> {
    const key = `${network} ${payee}`;
    if (this.#opened.get(key) !== undefined) return false;
    if (this.#running.running(key) === undefined && this.#count >= MOST_AT_ONCE) return false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const tooLate = new Promise<false>((resolve) => {
      timer = setTimeout(resolve, PAYEE_PATIENCE, false);
    });
    const lookup = this.#running.run(key, () => this.#ask(network, payee, key));
    return Promise.race([lookup, tooLate]).finally(() => clearTimeout(timer));
  }

  async #ask(network: string, payee: NanoAddress, key: string): Promise<boolean> {
    this.#count += 1;
    try {
      const node = await this.#ports.node(network);
      if (node === null) return false;
      const isOpened = (await node.accountInfo(payee)) !== null;
      if (isOpened) this.#opened.set(key, true);
      return !isOpened;
    } catch {
      // A node that fails says nothing of the payee, and the payment itself meets it again.
      return false;
    } finally {
      this.#count -= 1;
    }
  }
}
