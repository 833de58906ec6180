import { Fault } from '../fault.ts';

/**
 * The least length of a password (characters). The strength of a longer one is estimated on the page where it is chosen:
 * the word lists for that are too large for the background.
 */
export const SHORTEST_PASSWORD = 8;

/** @throws Fault `fault_shortPassword` */
export function refuseShortPassword(password: string): void {
  if ([...password].length < SHORTEST_PASSWORD) {
    throw new Fault('fault_shortPassword', [SHORTEST_PASSWORD.toString()]);
  }
}
