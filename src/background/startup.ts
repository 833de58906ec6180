import { Fault } from '../fault.ts';

/** The part of the background that its start needs. */
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
   * @throws Fault `fault_storageFull`, and every error of the build
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

  /** Runs a function with the background, and reports its failure. */
  use(work: (background: B) => unknown): void {
    this.background().then(work).catch(reportFailure);
  }
}

/** Logs a failure to the console. A full disk is left out, because the popup shows it. */
export function reportFailure(failure: unknown): void {
  if (!(failure instanceof Fault) || failure.key !== 'fault_storageFull') console.error(failure);
}
