import type { UseView } from '../messages/views.ts';

/** The whole of a limit, in the steps in which a bar is drawn: lengths, not money. */
export const WHOLE = 1000;

/** The part of a limit that is used, in thousandths, never more than the whole; a limit of nothing is used up. */
export function shareUsed({ spent, of }: Pick<UseView, 'spent' | 'of'>): number {
  const limit = BigInt(of);
  if (limit === 0n) return WHOLE;
  const share = (BigInt(spent) * BigInt(WHOLE)) / limit;
  return share > BigInt(WHOLE) ? WHOLE : Number(share);
}

/** The one whose limit is used most; of equals the first. */
export function mostUsed<U extends UseView>(uses: readonly U[]): U | null {
  return uses.toSorted((a, b) => shareUsed(b) - shareUsed(a))[0] ?? null;
}

/** What is left of a limit (raw); nothing where more was spent by hand. */
export function leftOf({ spent, of }: Pick<UseView, 'spent' | 'of'>): bigint {
  const left = BigInt(of) - BigInt(spent);
  return left > 0n ? left : 0n;
}
