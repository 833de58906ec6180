import type { UseView } from '../messages/budget.ts';

/** The length of a full bar. Bars are drawn in thousandths of a limit. */
export const WHOLE = 1000;

/** Returns the spent part of a limit in thousandths, 1000 at most. A limit of zero counts as spent. */
export function shareUsed({ spent, of }: Pick<UseView, 'spent' | 'of'>): number {
  const limit = BigInt(of);
  if (limit === 0n) return WHOLE;
  const share = (BigInt(spent) * BigInt(WHOLE)) / limit;
  return share > BigInt(WHOLE) ? WHOLE : Number(share);
}

/** Returns the use with the largest spent part; of equals the first. */
export function mostUsed<U extends UseView>(uses: readonly U[]): U | null {
  return uses.toSorted((a, b) => shareUsed(b) - shareUsed(a))[0] ?? null;
}

/**
 * Returns what is left of a limit (raw). Payments that were approved one by one can exceed a limit: then it is zero.
 */
export function leftOf({ spent, of }: Pick<UseView, 'spent' | 'of'>): bigint {
  const left = BigInt(of) - BigInt(spent);
  return left > 0n ? left : 0n;
}
