import type { Exclusively } from '../wallet/exclusively.ts';

/** Runs `work` while no other context of the extension holds the lock of this name. */
export const exclusively: Exclusively = (name, work) => navigator.locks.request(name, work);
