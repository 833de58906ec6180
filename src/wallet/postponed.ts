import type { Fault } from '../fault.ts';
import type { BlockHash } from '../nano/block.ts';

/** The delays between tries (ms). The last one repeats. */
const RETRY_DELAYS = [15_000, 60_000, 300_000, 900_000, 3_600_000] as const;

interface Entry {
  readonly fault: Fault;
  readonly tries: number;
  /** When it is tried again (ms since the epoch). */
  readonly retryAt: number;
}

/** The sends that could not be received, with the reason and the time of the next try. The delay grows with each failure. */
export class Postponed {
  readonly #entries = new Map<BlockHash, Entry>();

  get size(): number {
    return this.#entries.size;
  }

  /** The fault to show: a refusal by a node before a send that could not be proven. Null where nothing is postponed. */
  get reason(): Fault | null {
    const faults = [...this.#entries.values()].map(({ fault }) => fault);
    return faults.find(({ key }) => key === 'fault_nodeRefused') ?? faults[0] ?? null;
  }

  has(hash: BlockHash): boolean {
    return this.#entries.has(hash);
  }

  /** Whether a send is not to be tried yet, at `now` (ms since the epoch). */
  isWaiting(hash: BlockHash, now: number): boolean {
    return now < (this.#entries.get(hash)?.retryAt ?? 0);
  }

  /** Notes a failure at `now` (ms since the epoch), as the `tries`th; by default as one more than was noted before. */
  add(hash: BlockHash, fault: Fault, now: number, tries = (this.#entries.get(hash)?.tries ?? 0) + 1): void {
    const after = RETRY_DELAYS[Math.min(tries, RETRY_DELAYS.length) - 1] ?? RETRY_DELAYS[0];
    this.#entries.set(hash, { fault, tries, retryAt: now + after });
  }

  /** Removes a send that was received. */
  delete(hash: BlockHash): void {
    this.#entries.delete(hash);
  }

  /** Removes the sends that are not to be received any more: those for which `isPending` is false. */
  keepOnly(isPending: (hash: BlockHash) => boolean): void {
    for (const hash of this.#entries.keys()) if (!isPending(hash)) this.#entries.delete(hash);
  }

  /** Lets every send be tried again at once. */
  retry(): void {
    for (const [hash, entry] of this.#entries) this.#entries.set(hash, { ...entry, retryAt: 0 });
  }
}
