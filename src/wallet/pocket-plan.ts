import { type Raw, subtractRaw, ZERO } from '../nano/amount.ts';

/**
 * The index of the first account whose signed blocks may be handed over. Such a block locks its account: savings and the
 * first account of the pocket can always pay.
 */
export const FIRST_FOR_BLOCKS = 2;

/** How the pocket is laid out: between how many accounts, the first included, and what each of the others is to hold. */
export interface PocketPlan {
  /** One means that there is no pocket. */
  readonly accounts: number;
  /** Raw. */
  readonly each: Raw;
}

/**
 * How many accounts a pocket has unless the user chooses: one that always pays, and three whose blocks may be handed over.
 * Any amount of XNO has a quarter without a rest.
 */
const USUAL_ACCOUNTS = 4;
/** The least amount that a person would type (raw): 10^-24 XNO. */
const TYPED = 10n ** 6n;

/** The plan of a pocket that holds at most this much (raw). */
export const planOf = (level: Raw): PocketPlan => ({
  accounts: 1 + USUAL_ACCOUNTS,
  each: (level / BigInt(USUAL_ACCOUNTS)) as Raw,
});

/** What the pocket holds at most, after it was filled (raw). */
export const levelOf = ({ accounts, each }: PocketPlan): Raw => (each * BigInt(accounts - 1)) as Raw;

/** The level as its user typed it (raw): where it did not divide, it lacks a few raw. */
export const typedLevelOf = (plan: PocketPlan): Raw =>
  (((levelOf(plan) + TYPED / 2n) / TYPED) * TYPED) as Raw;

/** The share of the account at this index of the seed, which is not the first (raw). */
export const shareOf = ({ accounts, each }: PocketPlan, index: number): Raw =>
  index < accounts ? each : ZERO;

/** By how much an account holds more than its share (raw). Up to an eighth more is not worth a block. */
export const excessOver = (share: Raw, balance: Raw): Raw =>
  balance > share + share / 8n ? subtractRaw(balance, share) : ZERO;

/** What an account lacks of its share (raw). Half of it is enough, unless the user wants it full. */
export function lackOf(share: Raw, balance: Raw, isWished: boolean): Raw {
  const isEnough = isWished ? balance >= share : balance * 2n >= share;
  return isEnough ? ZERO : subtractRaw(share, balance);
}
