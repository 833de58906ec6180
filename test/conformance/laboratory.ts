import type { HttpResponse, Send } from '../../src/conformance/ports.ts';
import type { Finding, Probe } from '../../src/conformance/probe.ts';
import { PROBES } from '../../src/conformance/probes/index.ts';
import { ConformanceSuite, planOf } from '../../src/conformance/suite.ts';
import type { Target } from '../../src/conformance/target.ts';
import { type Devnet, startDevnet } from '../devnet/devnet.ts';
import type { FaultName } from '../merchant/faults.ts';
import type { Flavour } from '../merchant/flavour.ts';
import type { MechanismName } from '../merchant/mechanisms/mechanism.ts';
import { startSeller } from '../merchant/sellers/start-seller.ts';
import type { SellerName } from '../merchant/sellers/table.ts';
import { fundedPayer, type Payer } from '../merchant/testing/payer.ts';
import { openTestBed, XNO } from '../merchant/testing/test-bed.ts';
import { devnetMoney } from './money.ts';

/** A server to be probed: a merchant, or one of the live sellers. */
export type Subject = MerchantSubject | { readonly seller: SellerName };

interface MerchantSubject {
  readonly mechanism: MechanismName;
  readonly flavour?: Flavour;
  readonly faults?: readonly FaultName[];
  /** The endpoint; `/api/private` unless told. */
  readonly path?: string;
  /** What else its query says. */
  readonly query?: string;
}

/** The proof of work is kept easy, because only the server is probed; half of all nonces are too weak all the same. */
const EASY = { send: 0xc000000000000000n, receive: 1n };
const PATIENCE = { attempts: 5, intervalMs: 5 };

/** A subject that is open, with somebody who can pay it. */
interface Laboratory {
  readonly devnet: Devnet;
  readonly payer: Payer;
  readonly target: Target;
  /** Moves the subject's clock forward. */
  readonly passTime: (ms: number) => void;
  readonly close: () => Promise<void>;
}

/** Runs probes, all of them unless told, against a real merchant or seller on a real devnet, over HTTP. */
export async function probe(
  subject: Subject,
  probes: readonly Probe[] = PROBES,
): Promise<readonly Finding[]> {
  const { devnet, payer, target, passTime, close } = await ('seller' in subject
    ? openSeller(subject.seller)
    : openMerchant(subject));
  try {
    let ahead = 0;
    // Whoever waits for an offer to end moves the server's clock with their own.
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
    await close();
  }
}

async function openMerchant(subject: MerchantSubject): Promise<Laboratory> {
  const { mechanism, flavour = 'spec', faults = [], path = '/api/private', query = '' } = subject;
  const { devnet, merchant, payer, passTime, close } = await openTestBed({
    devnet: { confirmationDelayMs: 0, thresholds: EASY },
    patience: PATIENCE,
    flavour,
    faults,
  });
  const at = (where: string) => `${merchant.origin}${where}?mechanism=${mechanism}${query}`;
  const target = {
    method: 'GET',
    url: at(path),
    headers: {},
    body: null,
    failingUrl: at('/fails'),
  };
  return { devnet, payer, target, passTime, close };
}

async function openSeller(name: SellerName): Promise<Laboratory> {
  const devnet = await startDevnet({ confirmationDelayMs: 0, thresholds: EASY });
  let ahead = 0;
  const now = () => Date.now() + ahead;
  const seller = await startSeller({ name, network: devnet.profile, patience: PATIENCE, now });
  const { method, url } = seller;
  return {
    devnet,
    payer: await fundedPayer(devnet, 100n * XNO),
    target: { method, url, headers: {}, body: method === 'POST' ? '{}' : null, failingUrl: null },
    passTime(ms) {
      ahead += ms;
    },
    async close() {
      await seller.close();
      await devnet.close();
    },
  };
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
