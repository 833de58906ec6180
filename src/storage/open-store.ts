import { Fault } from '../fault.ts';
import { type Location, locationAfter, locationBefore } from './location.ts';
import type { SeedFile } from './seed-file.ts';
import { Store, type StorePorts, type StoreState } from './store.ts';

export interface OpenStorePorts extends Pick<StorePorts, 'open' | 'remove' | 'hasRoom' | 'usable' | 'now'> {
  /** What an earlier life of the worker knew, since the browser's start; null in the first one. */
  readonly known: StoreState | null;
  readonly seedFile: Pick<SeedFile, 'location' | 'read' | 'use' | 'moveTo'>;
  /** Told when a write has failed, and when the store is in use: for the next life of the worker. */
  readonly changed: (state: StoreState) => void;
}

/**
 * Opens the database where it is. Where that cannot be read and there is a sealed seed in the second place, an empty one
 * is opened elsewhere: it is written down as the purse's only when the user restores the purse into it, so that the
 * next start of the browser tries the old one again.
 *
 * @throws Fault `fault_storageFull`, and those of `openDatabase`
 */
export async function openStore(ports: OpenStorePorts): Promise<Store> {
  const { known, seedFile, remove } = ports;
  const state = await stateOf(ports);
  const before = locationBefore(state.location);
  // A move that the worker did not live to see the end of leaves what it moved from.
  if (known === null && before !== null) await remove(before).catch(console.error);
  const store: StorePorts = {
    ...ports,
    moved: (location) => seedFile.moveTo(location),
    changed: (now) => {
      seedFile.use(now.location);
      ports.changed(now);
    },
  };
  try {
    return await Store.open(store, state);
  } catch (failure) {
    const isUnusable = failure instanceof Fault && failure.key === 'fault_storageUnusable';
    if (!isUnusable || (await seedFile.read()) === null) throw failure;
    const empty: Location = locationAfter(state.location);
    await remove(empty);
    return Store.open(store, { location: empty, isTorn: false });
  }
}

/** Where the database is by now: what is written down counts, so that a move that was written down is not made again. */
async function stateOf({ known, seedFile }: OpenStorePorts): Promise<StoreState> {
  if (known !== null && !known.isTorn) return known;
  const location = await seedFile.location();
  return { location, isTorn: known?.location === location };
}
