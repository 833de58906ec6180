import { Fault } from '../fault.ts';

/** What the background consists of, as far as its start is concerned. */
interface Startable {
  /** Resolves when the database is usable. After a failed write it first moves it. @throws Fault `fault_storageFull` */
  readonly ready: () => Promise<void>;
}

/** Builds the background once in each life of the worker, when the first event needs it. */
export class Startup<B extends Startable> {
  readonly #build: () => Promise<B>;
  #building: Promise<B> | undefined;

  constructor(build: () => Promise<B>) {
    this.#build = build;
  }

  /**
   * The background with a usable database. A build that failed is tried again by the next call.
   *
   * @throws Fault `fault_storageFull`, and whatever the build throws
   */
  async background(): Promise<B> {
    this.#building ??= this.#build().catch((failure: unknown) => {
      this.#building = undefined;
      throw failure;
    });
    const background = await this.#building;
    await background.ready();
    return background;
  }

  /** Does something with the background and reports its failure. */
  use(work: (background: B) => unknown): void {
    this.background().then(work).catch(reportFailure);
  }
}

/** Reports what failed to developers. A full disk is left out: the popup shows it. */
export function reportFailure(failure: unknown): void {
  if (!(failure instanceof Fault) || failure.key !== 'fault_storageFull') console.error(failure);
}
