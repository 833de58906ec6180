import type { FaultKey, PlainMessageKey } from '../../fault.ts';
import type { Weakness } from './estimate.ts';

/** What a password protects. */
export type PasswordUse = 'purse' | 'file';

export interface PasswordStrength {
  /** 0 is guessed at once, 4 is out of reach. */
  readonly score: 0 | 1 | 2 | 3 | 4;
  /** Why the password is refused; null when it is accepted. */
  readonly refusal: FaultKey | null;
  /** What makes the password easy to guess and what helps; null for no advice. */
  readonly advice: PlainMessageKey | null;
}

/** The minimum score for each use. A stolen file can be attacked for years, the sealed seed only on this machine. */
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

/** Loads the lists of common passwords once. The call after a failed load tries again. */
export function loadEstimator(): Promise<typeof import('./estimate.ts')> {
  loading ??= import('./estimate.ts').catch((failure: unknown) => {
    loading = undefined;
    throw failure;
  });
  return loading;
}

/** Judges a password for what it protects. Rejects when the lists cannot be loaded. */
export async function passwordStrength(password: string, use: PasswordUse): Promise<PasswordStrength> {
  const { estimate } = await loadEstimator();
  const { score, weakness } = estimate(password);
  if (score >= FLOORS[use]) return { score, refusal: null, advice: null };
  const advice = weakness === null ? 'password_longer' : ADVICE[weakness];
  return { score, refusal: REFUSALS[use], advice };
}
