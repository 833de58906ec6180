import { describe, expect, test } from 'vitest';
import { Fault } from '../fault.ts';
import { parseAddress } from '../nano/account.ts';
import { parseRaw, type Raw } from '../nano/amount.ts';
import { type SignedBlock, ZERO_HASH } from '../nano/block.ts';
import type { HttpResponse, Money } from './ports.ts';
import { type Finding, fail, type OfferProbe, pass } from './probe.ts';
import { noBlock, stranger } from './proofs.ts';
import { BECAUSE, demandOf, ENTRY, ownClock, PAYEE, TARGET } from './samples.fixture.ts';
import { sentence } from './sentence.ts';
import { ConformanceSuite, planOf } from './suite.ts';

const raw = (text: string): Raw => parseRaw(text);
const BLOCK = { previous: ZERO_HASH } as SignedBlock;

/** Money that only records what it was asked for. */
function recordingMoney() {
  const ledger: string[] = [];
  const money: Money = {
    account: stranger().account,
    pay: async ({ amount }) => {
      ledger.push(`pay ${amount}`);
      return noBlock();
    },
    publish: async () => noBlock(),
    confirmed: async () => undefined,
    statusOf: async () => 'unknown',
    sign: async () => '',
    handOver: async ({ amount }) => {
      ledger.push(`hand over ${amount}`);
      return {
        block: BLOCK,
        conflicting: null,
        recall: async () => {
          ledger.push('recall');
          return 'recalled';
        },
      };
    },
  };
  return { money, ledger };
}

function probeOf(cost: Raw | null, run: OfferProbe['run']): OfferProbe {
  const described = {
    id: 'T0',
    title: 'probe_T1_title',
    rule: 'probe_T1_rule',
    source: 'a test',
    severity: 'critical',
  } as const;
  return { of: 'offer', ...described, mechanisms: ['signedBlock'], cost: () => cost, run };
}

function suiteOf(...answers: readonly HttpResponse[]) {
  const left = [...answers];
  const sent: string[] = [];
  const send = async ({ url }: { readonly url: string }) => {
    sent.push(url);
    return left.shift() ?? demandOf(ENTRY);
  };
  const suite = new ConformanceSuite({ target: TARGET, network: 'nano:mainnet', send, clock: ownClock() });
  return { suite, sent };
}

async function found(probe: OfferProbe, money: Money | null, signal = new AbortController().signal) {
  const { suite } = suiteOf();
  const inspection = await suite.inspect(signal);
  const findings: Finding[] = [];
  for await (const finding of suite.run(planOf(inspection, [probe]), inspection, money, signal)) {
    findings.push(finding);
  }
  return findings;
}

const to = parseAddress(PAYEE);

describe('planOf', () => {
  test('adds up the cost before any request is sent', async () => {
    const { suite, sent } = suiteOf();
    const inspection = await suite.inspect(new AbortController().signal);
    const plan = planOf(inspection, [
      probeOf(raw('7'), async () => pass(BECAUSE)),
      probeOf(null, async () => pass(BECAUSE)),
    ]);
    expect(plan.cost).toBe(7n);
    expect(plan.steps.map(({ mechanism, cost }) => [mechanism, cost])).toEqual([
      ['signedBlock', 7n],
      ['signedBlock', null],
    ]);
    expect(sent).toHaveLength(1);
  });

  test('marks a probe as not applicable where no offer has its mechanism', async () => {
    const probe: OfferProbe = { ...probeOf(raw('7'), async () => pass(BECAUSE)), mechanisms: ['trackB'] };
    const { money, ledger } = recordingMoney();
    const [finding] = await found(probe, money);
    expect(finding?.verdict.kind).toBe('notApplicable');
    expect(ledger).toEqual([]);
  });
});

test.each([
  ['its own severity', fail(BECAUSE, 'note'), 'note'],
  ['the severity of its probe', fail(BECAUSE), 'critical'],
  ['no severity where nothing failed', pass(BECAUSE), null],
])('a finding has %s', async (_, verdict, severity) => {
  expect(
    (
      await found(
        probeOf(null, async () => verdict),
        null,
      )
    )[0]?.severity,
  ).toBe(severity);
});

describe('ConformanceSuite spends', () => {
  const spends = (...amounts: readonly string[]) =>
    probeOf(raw('10'), async (probeRun) => {
      for (const amount of amounts) await probeRun.pay({ to, amount: raw(amount) });
      return pass(BECAUSE);
    });

  test('up to the agreed amount, to the raw', async () => {
    const { money, ledger } = recordingMoney();
    const [finding] = await found(spends('4', '6'), money);
    expect(finding).toMatchObject({ verdict: { kind: 'pass' }, spent: 10n });
    expect(ledger).toEqual(['pay 4', 'pay 6']);
  });

  test('no more than the agreed amount when the server asks for more', async () => {
    const { money, ledger } = recordingMoney();
    const [finding] = await found(spends('4', '7'), money);
    expect(finding).toMatchObject({ verdict: { kind: 'inconclusive' }, spent: 4n });
    expect(ledger).toEqual(['pay 4']);
  });

  test('nothing on free probes, and skips the others without money', async () => {
    expect(
      (
        await found(
          probeOf(null, async () => pass(BECAUSE)),
          null,
        )
      )[0]?.verdict.kind,
    ).toBe('pass');
    expect((await found(spends('1'), null))[0]?.verdict.kind).toBe('skipped');
  });

  test('nothing on a payment to its own account', async () => {
    const { money } = recordingMoney();
    const probe = probeOf(raw('0'), async (probeRun) => {
      await probeRun.pay({ to: probeRun.account, amount: raw('1000') });
      return pass(BECAUSE);
    });
    expect((await found(probe, money))[0]).toMatchObject({ verdict: { kind: 'pass' }, spent: 0n });
  });
});

describe('a signed block that was handed over', () => {
  const handsOut = (then: () => Promise<void>) =>
    probeOf(raw('10'), async (probeRun) => {
      await probeRun.handOver({ to, amount: raw('10') });
      await then();
      return pass(BECAUSE);
    });

  test('is recalled when the probe ends', async () => {
    const { money, ledger } = recordingMoney();
    const [finding] = await found(
      handsOut(async () => undefined),
      money,
    );
    expect(ledger).toEqual(['hand over 10', 'recall']);
    expect(finding?.spent).toBe(0n);
  });

  test('is recalled when the probe fails', async () => {
    const { money, ledger } = recordingMoney();
    const breaks = handsOut(async () => {
      throw new Fault('fault_nodeUnreachable');
    });
    const because = sentence('probe_walletFailed', { fault: new Fault('fault_nodeUnreachable') });
    expect((await found(breaks, money))[0]?.verdict).toEqual({ kind: 'inconclusive', because });
    expect(ledger).toEqual(['hand over 10', 'recall']);
  });

  test('is recalled when the run is stopped', async () => {
    const { money, ledger } = recordingMoney();
    const stop = new AbortController();
    const stopped = handsOut(async () => {
      stop.abort(new Error('stopped'));
      stop.signal.throwIfAborted();
    });
    await expect(found(stopped, money, stop.signal)).rejects.toThrow('stopped');
    expect(ledger).toEqual(['hand over 10', 'recall']);
  });

  test('counts as spent when it was published', async () => {
    const { money } = recordingMoney();
    const alreadyPublished: Money = {
      ...money,
      handOver: async () => ({ block: BLOCK, conflicting: null, recall: async () => 'published' }),
    };
    expect(
      (
        await found(
          handsOut(async () => undefined),
          alreadyPublished,
        )
      )[0]?.spent,
    ).toBe(10n);
  });
});

test('a stopped run sends no further request', async () => {
  const { suite, sent } = suiteOf();
  const stop = new AbortController();
  const inspection = await suite.inspect(stop.signal);
  const asks = probeOf(null, async (probeRun) => {
    await probeRun.ask();
    return pass(BECAUSE);
  });
  const run = suite.run(planOf(inspection, [asks, asks, asks]), inspection, null, stop.signal);
  await run.next();
  stop.abort(new Error('stopped'));
  await expect(run.next()).rejects.toThrow('stopped');
  expect(sent).toHaveLength(2);
});

test('ConformanceSuite rejects a target that is not a server URL', () => {
  const target = { ...TARGET, url: 'data:text/plain,hello' };
  const parts = { network: 'nano:mainnet', send: async () => demandOf(ENTRY), clock: ownClock() };
  expect(() => new ConformanceSuite({ target, ...parts })).toThrow(RangeError);
});
