import type { Interception } from '../interception/interception.ts';
import type { ApprovalQueue } from '../payments/approval-queue.ts';
import type { Attention } from './attention.ts';
import type { SystemNotifications } from './system-notifications.ts';

export interface UserNoticesPorts {
  readonly approvals: Pick<ApprovalQueue, 'list'>;
  readonly interception: Pick<Interception, 'awaitingReload'>;
  readonly attention: Attention;
  readonly notifications: Pick<SystemNotifications, 'update'>;
  readonly notifyPages: () => void;
}

/** Collects everything that waits for the user: questions, and paid pages to reload. */
export class UserNotices {
  readonly #ports: UserNoticesPorts;

  constructor(ports: UserNoticesPorts) {
    this.#ports = ports;
  }

  /** Shows the user what waits now. */
  update(): void {
    const { approvals, interception, attention, notifications, notifyPages } = this.#ports;
    attention.update([
      ...approvals.list().map(({ id, challenge }) => ({ id, tabId: challenge.tabId })),
      ...interception.awaitingReload().map(({ id, tabId }) => ({ id: `load ${id}`, tabId })),
    ]);
    notifications.update();
    notifyPages();
  }
}
