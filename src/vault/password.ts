import { Fault } from '../fault.ts';

/**
 * The shortest password that may guard a secret (characters). How hard a longer one is to guess is judged where it is
 * chosen, on the page: the lists that this takes are too large for the background.
 */
export const SHORTEST_PASSWORD = 8;

/** @throws Fault `fault_shortPassword` */
export function refuseShortPassword(password: string): void {
  if ([...password].length < SHORTEST_PASSWORD) {
    throw new Fault('fault_shortPassword', [SHORTEST_PASSWORD.toString()]);
  }
}
