const LOG_LENGTH = 1000;

/** What the devnet was asked, for tests that count requests. */
export class Stats {
  readonly #actions = new Map<string, number>();
  readonly #log: { readonly action: string; readonly at: number }[] = [];
  /** Blocks that `process` accepted; the faucet's own are not among them. */
  accepted = 0;

  /** Notes a request for an action, at a time in milliseconds since 1970. */
  record(action: string, at = Date.now()): void {
    this.#actions.set(action, (this.#actions.get(action) ?? 0) + 1);
    this.#log.push({ action, at });
    if (this.#log.length > LOG_LENGTH) this.#log.shift();
  }

  /** Forgets everything. */
  reset(): void {
    this.#actions.clear();
    this.#log.length = 0;
    this.accepted = 0;
  }

  /** How often each action was asked for. */
  counts(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#actions);
  }

  /** The last thousand requests, oldest first. */
  log(): readonly { readonly action: string; readonly at: number }[] {
    return this.#log;
  }
}
