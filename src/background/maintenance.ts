import type { Delivery } from '../payments/delivery.ts';
import type { Recall } from '../payments/recall.ts';
import type { AbandonedRequests } from './abandoned-requests.ts';
import type { OpenWallets } from './open-wallets.ts';
import type { Work } from './work.ts';

export interface MaintenancePorts {
  readonly openWallets: Pick<OpenWallets, 'all' | 'canPay' | 'close' | 'current' | 'layOutPocket'>;
  readonly delivery: Pick<Delivery, 'resume'>;
  readonly recall: Pick<Recall, 'maintain'>;
  readonly work: Pick<Work, 'maintain'>;
  readonly abandoned: Pick<AbandonedRequests, 'check'>;
  readonly notifyPages: () => void;
}

/** How long after one round of settling the accounts the next one follows (ms). */
const SETTLE_AGAIN_AFTER = 1_000;
/** How many rounds follow each other at most before the next maintenance. */
const MOST_ROUNDS = 25;

/** Continues what an earlier life of the worker began, and what takes longer than one event. */
export class Maintenance {
  readonly #ports: MaintenancePorts;
  /** How many rounds of settling the accounts are left; none while none is running. */
  #roundsLeft = 0;
  #isRefillWished = false;

  constructor(ports: MaintenancePorts) {
    this.#ports = ports;
  }

  /** Does one round: incoming money, payments that are not over, blocks to recall, the split between the accounts. */
  async run(): Promise<void> {
    const { openWallets, work, abandoned } = this.#ports;
    abandoned.check();
    if (!(await openWallets.canPay())) return;
    await work.maintain();
    // Not awaited: receiving money may need a long search for work, and payments do not wait for it.
    for (const wallet of await openWallets.all()) void wallet.refresh();
    await this.#resumePayments();
    await this.#settleAccounts();
  }

  /** Starts what waited for the purse to be unlocked. To be called whenever it was, or became another purse. */
  async unlocked(): Promise<void> {
    const { openWallets, notifyPages } = this.#ports;
    if (await openWallets.canPay()) {
      void this.#resumePayments()
        .then(() => this.#settleAccounts())
        .catch(console.error);
    }
    notifyPages();
  }

  /** Opens the wallets anew. To be called when the network or a setting that they were opened with has changed. */
  async reopenWallets(): Promise<void> {
    await this.#ports.openWallets.close();
    await this.unlocked();
  }

  /** Lays the pocket out anew, and fills it. To be called when the user has chosen another level. */
  async layOutPocket(): Promise<void> {
    await this.#ports.openWallets.layOutPocket();
    this.#isRefillWished = true;
    await this.unlocked();
  }

  /** Fills the pocket from savings, since the user wants it full now. */
  async refillPocket(): Promise<void> {
    this.#isRefillWished = true;
    await this.#settleAccounts();
  }

  async #resumePayments(): Promise<void> {
    const { delivery, recall } = this.#ports;
    await Promise.all([delivery.resume(), recall.maintain()]);
  }

  /** Moves money between the accounts until each has its share. Rounds that are running get their full number again. */
  async #settleAccounts(): Promise<void> {
    const isRunning = this.#roundsLeft > 0;
    this.#roundsLeft = MOST_ROUNDS;
    if (!isRunning) await this.#settleOnce();
  }

  async #settleOnce(): Promise<void> {
    let isSettled = true;
    try {
      const wallet = await this.#ports.openWallets.current();
      isSettled = ((await wallet?.settle(this.#isRefillWished)) ?? 'settled') === 'settled';
    } finally {
      // A round that failed ends the rounds: the next maintenance begins new ones.
      this.#roundsLeft = isSettled ? 0 : this.#roundsLeft - 1;
      if (this.#roundsLeft === 0) this.#isRefillWished = false;
    }
    if (this.#roundsLeft > 0)
      setTimeout(() => void this.#settleOnce().catch(console.error), SETTLE_AGAIN_AFTER);
  }
}
