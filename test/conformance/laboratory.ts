import type { HttpResponse, Send } from '../../src/conformance/ports.ts';
import type { Finding, Probe } from '../../src/conformance/probe.ts';
import { PROBES } from '../../src/conformance/probes/index.ts';
import { ConformanceSuite, planOf } from '../../src/conformance/suite.ts';
import type { FaultName } from '../merchant/faults.ts';
import type { Flavour } from '../merchant/flavour.ts';
import type { MechanismName } from '../merchant/mechanisms/mechanism.ts';
import { openTestBed } from '../merchant/testing/test-bed.ts';
import { devnetMoney } from './money.ts';

/** A merchant to be probed. */
export interface Subject {
  readonly mechanism: MechanismName;
  readonly flavour?: Flavour;
  readonly faults?: readonly FaultName[];
  /** What else the query of the endpoint says. */
  readonly query?: string;
}

/** The proof of work is kept easy, because only the server is probed. */
const EASY = { send: 1n, receive: 1n };

/** Runs probes, all of them unless told, against a real merchant on a real devnet, over HTTP. */
export async function probe(
  subject: Subject,
  probes: readonly Probe[] = PROBES,
): Promise<readonly Finding[]> {
  const { mechanism, flavour = 'spec', faults = [], query = '' } = subject;
  const testBed = await openTestBed({
    devnet: { confirmationDelayMs: 0, thresholds: EASY },
    patience: { attempts: 5, intervalMs: 5 },
    flavour,
    faults,
  });
  try {
    const { devnet, merchant, payer, passTime } = testBed;
    const at = (path: string) => `${merchant.origin}${path}?mechanism=${mechanism}${query}`;
    const target = {
      method: 'GET',
      url: at('/api/private'),
      headers: {},
      body: null,
      failingUrl: at('/fails'),
    };
    let ahead = 0;
    // Whoever waits for an offer to end moves the merchant's clock with their own.
    const pause = async (ms: number) => {
      passTime(ms);
      ahead += ms;
    };
    const clock = { now: () => Date.now() + ahead, pause };
    const suite = new ConformanceSuite({
      target,
      network: devnet.profile.id,
      send: overHttp,
      clock,
      pace: 0,
    });
    const { signal } = new AbortController();
    const inspection = await suite.inspect(signal);
    const findings: Finding[] = [];
    const run = suite.run(planOf(inspection, probes), inspection, devnetMoney(devnet, payer), signal);
    for await (const finding of run) findings.push(finding);
    return findings;
  } finally {
    await testBed.close();
  }
}

/** Requests as Node makes them; what the connection breaks on is no answer. */
const overHttp: Send = async ({ method, url, headers, body }, signal): Promise<HttpResponse> => {
  const response = await fetch(url, { method, headers, body, redirect: 'manual', signal });
  return {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    body: (await response.text()).slice(0, 4096),
  };
};
