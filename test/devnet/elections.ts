import type { FaultBox } from './faults.ts';
import type { Hash } from './hex.ts';
import type { Entry, Ledger } from './ledger.ts';

/** How a block came to be confirmed: by its own election, or because a later block stands on it. */
export type ConfirmationType = 'active_quorum' | 'active_confirmation_height';

/** Told of each confirmation, causes before effects. */
export type ConfirmationListener = (entry: Entry, type: ConfirmationType) => void;

/** Confirms each accepted block after a delay, as the network's vote would. */
export class Elections {
  /** Milliseconds from acceptance to confirmation; at 0 a block is confirmed before `process` answers. */
  delayMs: number;
  readonly #ledger: Ledger;
  readonly #faults: FaultBox;
  readonly #listeners = new Set<ConfirmationListener>();
  readonly #timers = new Map<Hash, NodeJS.Timeout>();

  constructor(ledger: Ledger, faults: FaultBox, delayMs: number) {
    this.#ledger = ledger;
    this.#faults = faults;
    this.delayMs = delayMs;
  }

  /** Calls the listener at every confirmation from now on. */
  onConfirmation(listener: ConfirmationListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Opens the election of a block just accepted. */
  start({ hash, block }: Entry): void {
    if (this.#faults.take('never_confirm', 'process', block.account) !== undefined) return;
    if (this.delayMs === 0) this.confirm(hash);
    else
      this.#timers.set(
        hash,
        setTimeout(() => this.confirm(hash), this.delayMs),
      );
  }

  /** Confirms a block now, with all it stands on. A block that was rolled back meanwhile is let go. */
  confirm(hash: Hash): void {
    this.cancel(hash);
    if (this.#ledger.entry(hash) === undefined) return;
    for (const entry of this.#ledger.cement(hash)) {
      this.cancel(entry.hash);
      this.announce(entry, entry.hash === hash ? 'active_quorum' : 'active_confirmation_height');
    }
  }

  /** Tells of a confirmation without confirming anything. */
  announce(entry: Entry, type: ConfirmationType): void {
    for (const listener of this.#listeners) listener(entry, type);
  }

  /** Ends a block's election without a result. */
  cancel(hash: Hash): void {
    clearTimeout(this.#timers.get(hash));
    this.#timers.delete(hash);
  }

  /** Ends every election without a result. */
  cancelAll(): void {
    for (const hash of [...this.#timers.keys()]) this.cancel(hash);
  }
}
