import { type Devnet, startDevnet } from '../devnet/devnet.ts';

/** A devnet whose work takes no time, and which confirms a block before it answers: only what is done counts. */
export const startSimulationDevnet = (): Promise<Devnet> =>
  startDevnet({ confirmationDelayMs: 0, thresholds: { send: 1n, receive: 1n } });
