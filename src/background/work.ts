import * as v from 'valibot';
import type { Database } from '../storage/schema.ts';
import type { StoredSettings } from '../storage/settings.ts';
import { storedEngineSpeed, storedWorkCache } from '../storage/work-cache.ts';
import { CheckedEngines, type EngineHistory } from '../work/checked-engines.ts';
import { pageEngine } from '../work/engines/page-engine.ts';
import { WorkServer } from '../work/engines/work-server.ts';
import { limitsOf } from '../work/rules.ts';
import { WorkScheduler } from '../work/scheduler.ts';
import { offscreenEngines } from './offscreen-engine.ts';
import { REST_UNTIL, RETIRED_ENGINES } from './session-storage.ts';

/** How long work ahead of need rests before the battery is looked at again (ms). */
const REST = 600_000;
/** How long each engine is timed when nothing is known of it (ms). */
const CALIBRATION = 1_500;

export interface WorkPorts {
  readonly database: Database;
  readonly settings: StoredSettings;
  readonly now: () => number;
  readonly changed: () => void;
}

/** The proof of work of the whole purse: its engines, who decides what they search for, and what the user lets them do. */
export class Work {
  readonly engines: CheckedEngines;
  readonly scheduler: WorkScheduler;
  readonly #ports: WorkPorts;
  /** Where no engine works, once in each life of the worker is enough to find out. */
  #calibrated = false;

  constructor(ports: WorkPorts) {
    const { database, settings, now } = ports;
    this.#ports = ports;
    this.engines = new CheckedEngines({
      local: localEngines(),
      servers: async () =>
        (await settings.read('work')).servers.map(
          (url) => new WorkServer(url, { fetch: (...request) => fetch(...request) }),
        ),
      limits: async () => limitsOf(await settings.read('work')),
      history: engineHistory(database),
      cores: navigator.hardwareConcurrency,
      now,
      report: console.error,
    });
    this.scheduler = new WorkScheduler({
      engines: this.engines,
      cache: storedWorkCache(database),
      clock: { now },
      report: console.error,
      changed: ports.changed,
      paused: () => {
        void chrome.storage.session.set({ [REST_UNTIL]: now() + REST });
        ports.changed();
      },
    });
  }

  /** Takes up what an earlier life of the worker left, under the user's rules as they are now. */
  async resume(): Promise<void> {
    await this.obeyRules();
    await this.scheduler.resume();
  }

  /** Lets work ahead of need go on or rest, as the user's rules and the battery have it. */
  async obeyRules(): Promise<void> {
    const { ahead } = await this.#ports.settings.read('work');
    const stored = (await chrome.storage.session.get(REST_UNTIL))[REST_UNTIL];
    const spares = ahead !== 'always' && typeof stored === 'number' && stored > this.#ports.now();
    this.scheduler.pausePrecomputing(ahead === 'never' || spares);
  }

  /** The same, after the user changed the rules: the battery is looked at anew. */
  async newRules(): Promise<void> {
    await chrome.storage.session.remove(REST_UNTIL);
    await this.obeyRules();
  }

  /** Times the engines for a moment, once on each device, so that the time a search takes can be told. */
  async maintain(): Promise<void> {
    await this.obeyRules();
    if (this.#calibrated || (await this.engines.isTested())) return;
    this.#calibrated = true;
    await this.test(CALIBRATION);
  }

  /** Times the engines of this device for `ms` each, while work ahead of need waits. */
  async test(ms: number): Promise<void> {
    this.scheduler.pausePrecomputing(true);
    try {
      await this.engines.test(ms, new AbortController().signal);
    } finally {
      await this.obeyRules();
      this.#ports.changed();
    }
  }
}

/** Chromium's service worker has no workers and asks an offscreen document; Firefox's event page has its own. */
const localEngines = () => (chrome.offscreen === undefined ? [pageEngine()] : offscreenEngines());

/** Retirements end with the browser; what the device has shown does not. */
const engineHistory = (database: Database): EngineHistory => {
  const speed = storedEngineSpeed(database);
  const retired = async (): Promise<ReadonlySet<string>> => {
    const stored = (await chrome.storage.session.get(RETIRED_ENGINES))[RETIRED_ENGINES];
    return new Set(v.parse(v.fallback(v.array(v.string()), []), stored));
  };
  return {
    retired,
    retire: async (name) =>
      chrome.storage.session.set({ [RETIRED_ENGINES]: [...new Set([...(await retired()), name])] }),
    speed: speed.read,
    keepSpeed: speed.keep,
  };
};
