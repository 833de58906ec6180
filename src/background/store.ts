import { hasRoom } from '../storage/free-space.ts';
import { openAt, removeAt } from '../storage/location.ts';
import { openStore } from '../storage/open-store.ts';
import { SeedFile } from '../storage/seed-file.ts';
import type { Store } from '../storage/store.ts';
import { storeState } from './session-storage.ts';

/** The second copy of the sealed seed: a file of this browser. */
export const seedFile = new SeedFile({ root: () => navigator.storage.getDirectory(), hasRoom });

/**
 * Opens the database, wherever in this browser it is.
 *
 * @param usable called with `true` when the database becomes usable, and with `false` when too little disk space is free.
 * @throws Fault as `openStore`
 */
export async function openStoreHere(usable: (isUsable: boolean) => void): Promise<Store> {
  const known = await storeState.read();
  let told = known;
  return openStore({
    known,
    seedFile,
    open: openAt,
    remove: removeAt,
    hasRoom,
    usable,
    now: Date.now,
    changed: (state) => {
      if (state.location !== told?.location || state.isTorn !== told.isTorn) void storeState.write(state);
      told = state;
    },
  });
}
