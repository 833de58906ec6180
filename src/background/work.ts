import * as v from 'valibot';
import type { Database } from '../storage/schema.ts';
import type { StoredSettings } from '../storage/settings.ts';
import { storedEngineSpeed, storedWorkCache } from '../storage/work-cache.ts';
import { CheckedEngines, type EngineHistory } from '../work/checked-engines.ts';
import { WorkServer } from '../work/engines/work-server.ts';
import { limitsOf } from '../work/rules.ts';
import { WorkScheduler } from '../work/scheduler.ts';
import { eventPageEngine } from './event-page-engine.ts';
import { offscreenEngines } from './offscreen-engine.ts';
import { REST_UNTIL, RETIRED_ENGINES } from './session-storage.ts';

/** How long precomputing rests before the battery is checked again (ms). */
const REST = 600_000;
/** How long each engine is timed when nothing is known of it (ms). */
const CALIBRATION = 1_500;

export interface WorkPorts {
  readonly database: Database;
  readonly settings: StoredSettings;
  readonly now: () => number;
  readonly changed: () => void;
}

/** The proof of work of the extension: its engines, the scheduler of their searches, and the user's limits. */
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

  /** Resumes the searches of an earlier life of the worker, under the user's present settings. */
  async resume(): Promise<void> {
    await this.obeyRules();
    await this.scheduler.resume();
  }

  /** Resumes or pauses precomputing, as the user's settings and the battery demand. */
  async obeyRules(): Promise<void> {
    const { ahead } = await this.#ports.settings.read('work');
    const stored = (await chrome.storage.session.get(REST_UNTIL))[REST_UNTIL];
    const spares = ahead !== 'always' && typeof stored === 'number' && stored > this.#ports.now();
    this.scheduler.pausePrecomputing(ahead === 'never' || spares);
  }

  /** Does the same after the user changed the settings, with a new check of the battery. */
  async newRules(): Promise<void> {
    await chrome.storage.session.remove(REST_UNTIL);
    await this.obeyRules();
  }

  /** Measures the speed of the engines once on each device, so that the duration of a search can be estimated. */
  async maintain(): Promise<void> {
    await this.obeyRules();
    if (this.#calibrated || (await this.engines.isTested())) return;
    this.#calibrated = true;
    await this.test(CALIBRATION);
  }

  /** Measures the speed of the engines of this device, for `ms` each, while precomputing waits. */
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

/** Chromium's service worker cannot start workers and uses an offscreen document; Firefox's event page can. */
const localEngines = () => (import.meta.env.MODE === 'firefox' ? [eventPageEngine()] : offscreenEngines());

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
