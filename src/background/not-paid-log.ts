import type { Challenge } from '../interception/challenge.ts';
import { arrivalOf } from '../payments/arrival.ts';
import type { NotPaidReason } from '../payments/not-paid-reason.ts';
import { nanoUri, type PaymentLink } from '../protocol/dialects/payment-link.ts';
import { toldSkew } from '../protocol/offer/life.ts';
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

  /**
   * Adds a line. A private window's site, its clock and the URL are left out (invariant 12).
   *
   * @param link how a person can pay by hand; of a private window, the payee could name its site
   */
  add(
    { url, isPrivate, ...arrival }: Pick<Challenge, 'url' | 'isPrivate' | 'seenAt' | 'serverDate'>,
    key: NotPaidReason,
    args: readonly string[],
    link: PaymentLink | null = null,
  ): Promise<void> {
    const clockSkew = toldSkew(arrivalOf(arrival));
    return this.#log.add({
      at: this.#now(),
      ...(isPrivate ? { site: null, url: null } : { site: siteOf(url), url }),
      key,
      args,
      ...(link !== null && !isPrivate && { link: nanoUri(link) }),
      ...(clockSkew !== null && !isPrivate && { clockSkew }),
    });
  }
}
