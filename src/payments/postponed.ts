import type { Fault } from '../fault.ts';
import type { BlockHash } from '../nano/block.ts';

/** How long after each try the next one follows (ms); the last is for all that follow. */
const AGAIN_AFTER = [15_000, 60_000, 300_000, 900_000, 3_600_000] as const;

interface Entry {
  readonly fault: Fault;
  readonly tries: number;
  /** When it is tried again (ms). */
  readonly again: number;
}

/**
 * What could not be received, each by itself and none in the way of another: why not, and when it is tried again. The more
 * often it failed, the later.
 */
export class Postponed {
  readonly #entries = new Map<BlockHash, Entry>();

  get size(): number {
    return this.#entries.size;
  }

  /** Why something waits: a refusal before what could not be read, for it is the user's money. Null for nothing. */
  get reason(): Fault | null {
    const faults = [...this.#entries.values()].map(({ fault }) => fault);
    return faults.find(({ key }) => key === 'fault_nodeRefused') ?? faults[0] ?? null;
  }

  has(hash: BlockHash): boolean {
    return this.#entries.has(hash);
  }

  /** Whether it has to wait longer at this moment (ms). */
  isWaiting(hash: BlockHash, now: number): boolean {
    return now < (this.#entries.get(hash)?.again ?? 0);
  }

  /** It could not be received at this moment (ms); `tries` times so far where that is known from before. */
  add(hash: BlockHash, fault: Fault, now: number, tries = (this.#entries.get(hash)?.tries ?? 0) + 1): void {
    const after = AGAIN_AFTER[Math.min(tries, AGAIN_AFTER.length) - 1] ?? AGAIN_AFTER[0];
    this.#entries.set(hash, { fault, tries, again: now + after });
  }

  /** It was received. */
  delete(hash: BlockHash): void {
    this.#entries.delete(hash);
  }

  /** Lets go of what is not to be received any more. */
  keepOnly(isToCome: (hash: BlockHash) => boolean): void {
    for (const hash of this.#entries.keys()) if (!isToCome(hash)) this.#entries.delete(hash);
  }

  /** All of it may be tried again at once. */
  retry(): void {
    for (const [hash, entry] of this.#entries) this.#entries.set(hash, { ...entry, again: 0 });
  }
}
