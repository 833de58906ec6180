import type { Interception } from '../interception/interception.ts';
import type { ApprovalQueue } from '../payments/approval-queue.ts';
import type { Attention } from './attention.ts';

export interface UserNoticesPorts {
  readonly approvals: Pick<ApprovalQueue, 'list'>;
  readonly interception: Pick<Interception, 'awaitingReload'>;
  readonly attention: Attention;
  readonly notifyPages: () => void;
}

/** Collects everything that waits for the user: questions, and paid pages that the user has to load again. */
export class UserNotices {
  readonly #ports: UserNoticesPorts;

  constructor(ports: UserNoticesPorts) {
    this.#ports = ports;
  }

  /** Draws the user's attention to what waits now. */
  update(): void {
    const { approvals, interception, attention, notifyPages } = this.#ports;
    attention.tell([
      ...approvals.list().map(({ id, challenge }) => ({ id, tabId: challenge.tabId })),
      ...interception.awaitingReload().map(({ id, tabId }) => ({ id: `load ${id}`, tabId })),
    ]);
    notifyPages();
  }
}
