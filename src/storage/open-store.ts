import { Fault } from '../fault.ts';
import { type Location, locationAfter, locationBefore } from './location.ts';
import type { SeedFile } from './seed-file.ts';
import { Store, type StorePorts, type StoreState } from './store.ts';

export interface OpenStorePorts extends Pick<StorePorts, 'open' | 'remove' | 'hasRoom' | 'usable' | 'now'> {
  /** The state that the worker stored before it restarted; null at the first start since the start of the browser. */
  readonly known: StoreState | null;
  readonly seedFile: Pick<SeedFile, 'location' | 'read' | 'use' | 'moveTo'>;
  /** Called when a write has failed, and when the store is in use. The next start of the worker gets the state. */
  readonly changed: (state: StoreState) => void;
}

/**
 * Opens the database at its location. Where it cannot be read and the second place has a sealed seed, an empty database
 * is opened at the next location. That location is recorded only when the user restores into it, so that the next start
 * of the browser tries the old database again.
 *
 * @throws Fault `fault_storageFull`, and those of `openDatabase`
 */
export async function openStore(ports: OpenStorePorts): Promise<Store> {
  const { known, seedFile, remove } = ports;
  const state = await stateOf(ports);
  const before = locationBefore(state.location);
  // A worker that ended during a move has left the database that it moved from.
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

/** The present location. The recorded one counts, so that a move that was recorded is not made again. */
async function stateOf({ known, seedFile }: OpenStorePorts): Promise<StoreState> {
  if (known !== null && !known.isTorn) return known;
  const location = await seedFile.location();
  return { location, isTorn: known?.location === location };
}
