import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Devnet } from '../devnet/devnet.ts';
import { startSimulationDevnet } from './devnet.ts';
import { simulate } from './simulation.ts';

/** `npm run bench -- sim --n N` has as many exchanges as are wanted. */
const COURSES = 40;

let devnet: Devnet;
beforeAll(async () => {
  devnet = await startSimulationDevnet();
});
afterAll(() => devnet?.close());

test('whatever sellers, lines and kills do to an exchange, it is paid once, and its content comes in the end', async () => {
  const { exchanges } = await simulate(devnet, COURSES);
  expect(exchanges).toBeGreaterThan(COURSES);
});
