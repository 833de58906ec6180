import { startSimulationDevnet } from '../sim/devnet.ts';
import { simulate } from '../sim/simulation.ts';
import { type Row, row } from './rows.ts';

/** Courses of events between two looks at the clock. */
const AT_ONCE = 100;

/**
 * Has at least this many exchanges happen, and gives how long one takes. Fails with the smallest course of events after
 * which a request is paid twice, or its content never comes.
 */
export async function benchSim(wanted: number): Promise<readonly Row[]> {
  const devnet = await startSimulationDevnet();
  const times: number[] = [];
  let happened = 0;
  try {
    while (happened < wanted) {
      const { exchanges, took } = await simulate(devnet, AT_ONCE);
      times.push(took / exchanges);
      happened += exchanges;
    }
  } finally {
    await devnet.close();
  }
  return [{ ...row('sim: one exchange', times, 'ms'), n: happened }];
}
