import type { Challenge } from '../interception/challenge.ts';
import type { NotPaidReason } from '../payments/not-paid-reason.ts';
import { siteOf } from '../site.ts';
import type { StoredLog } from '../storage/log.ts';

/** Writes the user's log of why 402s were not paid. */
export class NotPaidLog {
  readonly #log: StoredLog;
  readonly #now: () => number;

  constructor(log: StoredLog, now: () => number) {
    this.#log = log;
    this.#now = now;
  }

  /** Adds a line. A private window's site and URL are left out (invariant 12). */
  add(
    { url, isPrivate }: Pick<Challenge, 'url' | 'isPrivate'>,
    key: NotPaidReason,
    args: readonly string[],
  ): Promise<void> {
    return this.#log.add({
      at: this.#now(),
      ...(isPrivate ? { site: null, url: null } : { site: siteOf(url), url }),
      key,
      args,
    });
  }
}
