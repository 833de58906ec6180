import { SingleFlight } from '../concurrency.ts';
import type { Interception } from '../interception/interception.ts';
import type { ApprovalQueue } from '../payments/approval-queue.ts';
import type { ChallengeHandler } from '../payments/challenge-handler.ts';

export interface AbandonedRequestsPorts {
  readonly approvals: Pick<ApprovalQueue, 'list'>;
  readonly interception: Pick<Interception, 'waits'>;
  readonly challengeHandler: Pick<ChallengeHandler, 'withdraw'>;
}

/** Withdraws the questions about requests that no page waits for any more. */
export class AbandonedRequests {
  readonly #ports: AbandonedRequestsPorts;
  readonly #checking = new SingleFlight<void>();

  constructor(ports: AbandonedRequestsPorts) {
    this.#ports = ports;
  }

  /** Withdraws those of one tab, or of all tabs. */
  async withdraw(tabId?: number): Promise<void> {
    const { approvals, interception, challengeHandler } = this.#ports;
    for (const { challenge } of approvals.list()) {
      if (tabId !== undefined && challenge.tabId !== tabId) continue;
      if (!(await interception.waits(challenge))) await challengeHandler.withdraw(challenge);
    }
  }

  /**
   * Starts to withdraw those of all tabs, unless that is running. The browser sends no event when a page removes an
   * element, so this is called when the user looks and at every maintenance.
   */
  check(): void {
    if (this.#checking.running !== undefined) return;
    this.#checking.run(() => this.withdraw()).catch(console.error);
  }
}
