import { CheckedEngines, type CheckedEnginesPorts, type EngineBook } from './checked-engines.ts';
import type { WorkEngine } from './engine.ts';
import { type EngineSpeed, UNKNOWN_SPEED } from './engine-speed.ts';

/** A book in memory, which one test may hand from life to life. */
export function memoryBook(speed: EngineSpeed = UNKNOWN_SPEED) {
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
  } satisfies EngineBook & Record<string, unknown>;
}

/** These engines of the device, without anything that the test does not name. */
export const checked = (
  local: readonly WorkEngine[],
  ports: Partial<CheckedEnginesPorts> = {},
): CheckedEngines =>
  new CheckedEngines({
    local,
    servers: async () => [],
    limits: async () => ({ workers: null, batteryFloor: 0 }),
    book: memoryBook(),
    cores: 2,
    now: () => performance.now(),
    report: console.error,
    ...ports,
  });
