import type { FaultKey, PlainMessageKey } from '../../fault.ts';
import type { Weakness } from './estimate.ts';

/** What a password is to guard. */
export type PasswordUse = 'purse' | 'file';

export interface PasswordStrength {
  /** 0 is guessed at once, 4 is out of reach. */
  readonly score: 0 | 1 | 2 | 3 | 4;
  /** Why it may not be used; null where it may. */
  readonly refusal: FaultKey | null;
  /** What makes it easy to guess and what helps; null where there is nothing to say. */
  readonly advice: PlainMessageKey | null;
}

/** The least score for each use. A file can be tried for years on another machine, the purse only on this one. */
const FLOORS = { purse: 3, file: 4 } as const satisfies Record<PasswordUse, PasswordStrength['score']>;
const REFUSALS = { purse: 'fault_weakPassword', file: 'fault_weakFilePassword' } as const;

const ADVICE: Readonly<Record<Weakness, PlainMessageKey>> = {
  straightRow: 'password_pattern',
  keyPattern: 'password_pattern',
  keyWalk: 'password_pattern',
  simpleRepeat: 'password_pattern',
  extendedRepeat: 'password_pattern',
  sequences: 'password_pattern',
  recentYears: 'password_date',
  dates: 'password_date',
  topTen: 'password_common',
  topHundred: 'password_common',
  common: 'password_common',
  similarToCommon: 'password_common',
  pwned: 'password_common',
  wordByItself: 'password_names',
  namesByThemselves: 'password_names',
  commonNames: 'password_names',
  namesAndDates: 'password_names',
  userInputs: 'password_product',
};

let loading: Promise<typeof import('./estimate.ts')> | undefined;

/** Loads the lists of common passwords, once. A load that failed is begun anew by the next call. */
export function loadEstimator(): Promise<typeof import('./estimate.ts')> {
  loading ??= import('./estimate.ts').catch((failure: unknown) => {
    loading = undefined;
    throw failure;
  });
  return loading;
}

/** Judges a password for its use. Rejects when the lists could not be loaded. */
export async function passwordStrength(password: string, use: PasswordUse): Promise<PasswordStrength> {
  const { estimate } = await loadEstimator();
  const { score, weakness } = estimate(password);
  if (score >= FLOORS[use]) return { score, refusal: null, advice: null };
  const advice = weakness === null ? 'password_longer' : ADVICE[weakness];
  return { score, refusal: REFUSALS[use], advice };
}
