import type { Disarm } from '../proof-target.ts';

/** How long a rule that names no single request may live (ms) after its page was last known to wait. */
export const RULE_LIFE = 5_000;

/** Arms the request of a proof; resolves with the way to disarm it. */
export type Arm = () => Promise<Disarm>;

/** Arms a rule for `RULE_LIFE` ms at a time, until it is ended. */
export class RuleWindows {
  readonly #arm: Arm;
  readonly #armed = new Set<Disarm>();
  #isOver = false;

  constructor(arm: Arm) {
    this.#arm = arm;
  }

  async open(): Promise<void> {
    if (this.#isOver) return;
    const disarm = await this.#arm();
    // The proof may have been sent meanwhile, by an earlier rule.
    if (this.#isOver) return disarm();
    this.#armed.add(disarm);
    setTimeout(() => {
      this.#armed.delete(disarm);
      void disarm();
    }, RULE_LIFE);
  }

  async end(): Promise<void> {
    this.#isOver = true;
    await Promise.all([...this.#armed].map((disarm) => disarm()));
  }
}
