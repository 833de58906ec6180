import type { NanoAddress } from '../nano/account.ts';
import { addRaw, type Raw, ZERO } from '../nano/amount.ts';

/** An account that is reserved for one payment until `done` is called. Calls after the first have no effect. */
export interface AccountLease {
  readonly account: NanoAddress;
  done(): void;
}

/** What the leases of an account amount to. */
export interface LeaseUsage {
  readonly count: number;
  /** What their payments take at most (raw). Payments that are signed already are off the balance as well. */
  readonly held: Raw;
}

/** The leases of a wallet's accounts that have not ended. */
export class AccountLeases {
  readonly #leases = new Map<symbol, { readonly account: NanoAddress; readonly amount: Raw }>();

  /** Whether no account is leased. */
  get isEmpty(): boolean {
    return this.#leases.size === 0;
  }

  /** Leases an account for a payment of this amount (raw). */
  lease(account: NanoAddress, amount: Raw): AccountLease {
    const lease = Symbol(account);
    this.#leases.set(lease, { account, amount });
    return { account, done: () => void this.#leases.delete(lease) };
  }

  usageOf(account: NanoAddress): LeaseUsage {
    const leases = [...this.#leases.values()].filter((lease) => lease.account === account);
    return { count: leases.length, held: leases.reduce((sum, { amount }) => addRaw(sum, amount), ZERO) };
  }
}
