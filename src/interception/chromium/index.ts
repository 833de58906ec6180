import { createInterception, type InterceptionPorts, type PageInterception } from '../create-interception.ts';
import { CacheBypass } from './cache-bypass.ts';
import { chromiumNetwork } from './network.ts';
import { canName, ProofRules } from './proof-rule.ts';

/** Interception in Chromium: observes the network, holds scripts' requests, adds the proof by a one-shot rule. */
export function createChromiumInterception(ports: InterceptionPorts): PageInterception {
  return createInterception(ports, {
    network: chromiumNetwork(),
    carrier: new ProofRules(),
    canCarry: canName,
    cache: new CacheBypass(),
  });
}
