import { CheckedEngines, type CheckedEnginesPorts, type EngineHistory } from './checked-engines.ts';
import type { WorkEngine } from './engine.ts';
import { type EngineSpeed, UNKNOWN_SPEED } from './engine-speed.ts';

/** The stored state of engines in memory. A test can pass it to several instances in turn. */
export function memoryHistory(speed: EngineSpeed = UNKNOWN_SPEED) {
  const names = new Set<string>();
  const kept = { speed };
  return {
    names,
    kept,
    retired: async () => names,
    retire: async (name) => void names.add(name),
    speed: async () => kept.speed,
    keepSpeed: async (next) => {
      kept.speed = next;
    },
  } satisfies EngineHistory & Record<string, unknown>;
}

/** Engines of the device, with defaults for every port that the test does not give. */
export const checked = (
  local: readonly WorkEngine[],
  ports: Partial<CheckedEnginesPorts> = {},
): CheckedEngines =>
  new CheckedEngines({
    local,
    servers: async () => [],
    limits: async () => ({ workers: null, batteryFloor: 0 }),
    history: memoryHistory(),
    cores: 2,
    now: () => performance.now(),
    report: console.error,
    ...ports,
  });
