import { describe, expect, test } from 'vitest';
import { Fault } from '../fault.ts';
import { parseAddress } from '../nano/account.ts';
import { parseRaw, type Raw } from '../nano/amount.ts';
import { type SignedBlock, ZERO_HASH } from '../nano/block.ts';
import { Bench, planOf } from './bench.ts';
import type { HttpResponse, Money } from './ports.ts';
import { type Finding, type OfferProbe, pass } from './probe.ts';
import { noBlock, stranger } from './proofs.ts';
import { demandOf, ENTRY, ownClock, PAYEE, TARGET } from './samples.fixture.ts';

const raw = (text: string): Raw => parseRaw(text);
const BLOCK = { previous: ZERO_HASH } as SignedBlock;

/** Money that only writes down what it was asked for. */
function purse() {
  const ledger: string[] = [];
  const money: Money = {
    account: stranger().account,
    pay: async ({ amount }) => {
      ledger.push(`pay ${amount}`);
      return noBlock();
    },
    publish: async () => noBlock(),
    confirmed: async () => undefined,
    standing: async () => 'unknown',
    sign: async () => '',
    cheque: async ({ amount }) => {
      ledger.push(`cheque ${amount}`);
      return {
        block: BLOCK,
        twin: null,
        takeBack: async () => {
          ledger.push('take back');
          return 'takenBack';
        },
      };
    },
  };
  return { money, ledger };
}

function probeOf(cost: Raw | null, run: OfferProbe['run']): OfferProbe {
  const described = { id: 'T0', title: 'a probe', rule: 'a rule', source: 'a test' } as const;
  return { of: 'offer', ...described, mechanisms: ['x402nano'], cost: () => cost, run };
}

function benchOf(...answers: readonly HttpResponse[]) {
  const left = [...answers];
  const sent: string[] = [];
  const send = async ({ url }: { readonly url: string }) => {
    sent.push(url);
    return left.shift() ?? demandOf(ENTRY);
  };
  const bench = new Bench({ target: TARGET, network: 'nano:mainnet', send, clock: ownClock() });
  return { bench, sent };
}

async function found(probe: OfferProbe, money: Money | null, signal = new AbortController().signal) {
  const { bench } = benchOf();
  const inspection = await bench.inspect(signal);
  const findings: Finding[] = [];
  for await (const finding of bench.run(planOf(inspection, [probe]), inspection, money, signal)) {
    findings.push(finding);
  }
  return findings;
}

const to = parseAddress(PAYEE);

describe('a plan', () => {
  test('tells the cost before anything is done', async () => {
    const { bench, sent } = benchOf();
    const inspection = await bench.inspect(new AbortController().signal);
    const plan = planOf(inspection, [
      probeOf(raw('7'), async () => pass('')),
      probeOf(null, async () => pass('')),
    ]);
    expect(plan.cost).toBe(7n);
    expect(plan.steps.map(({ mechanism, cost }) => [mechanism, cost])).toEqual([
      ['x402nano', 7n],
      ['x402nano', null],
    ]);
    expect(sent).toHaveLength(1);
  });

  test('passes over what nothing offered is for', async () => {
    const probe: OfferProbe = { ...probeOf(raw('7'), async () => pass('')), mechanisms: ['trackB'] };
    const { money, ledger } = purse();
    const [finding] = await found(probe, money);
    expect(finding?.verdict.kind).toBe('notApplicable');
    expect(ledger).toEqual([]);
  });
});

describe('money', () => {
  const spends = (...amounts: readonly string[]) =>
    probeOf(raw('10'), async (probeRun) => {
      for (const amount of amounts) await probeRun.pay({ to, amount: raw(amount) });
      return pass('');
    });

  test('is spent up to what was agreed to, to the raw', async () => {
    const { money, ledger } = purse();
    const [finding] = await found(spends('4', '6'), money);
    expect(finding).toMatchObject({ verdict: { kind: 'pass' }, spent: 10n });
    expect(ledger).toEqual(['pay 4', 'pay 6']);
  });

  test('is not spent beyond that, whatever the server asks for meanwhile', async () => {
    const { money, ledger } = purse();
    const [finding] = await found(spends('4', '7'), money);
    expect(finding).toMatchObject({ verdict: { kind: 'couldNotTell' }, spent: 4n });
    expect(ledger).toEqual(['pay 4']);
  });

  test('is not needed by what costs nothing, and what costs something does not run without it', async () => {
    expect(
      (
        await found(
          probeOf(null, async () => pass('')),
          null,
        )
      )[0]?.verdict.kind,
    ).toBe('pass');
    expect((await found(spends('1'), null))[0]?.verdict.kind).toBe('couldNotTell');
  });

  test('that goes to oneself costs nothing', async () => {
    const { money } = purse();
    const probe = probeOf(raw('0'), async (probeRun) => {
      await probeRun.pay({ to: probeRun.account, amount: raw('1000') });
      return pass('');
    });
    expect((await found(probe, money))[0]).toMatchObject({ verdict: { kind: 'pass' }, spent: 0n });
  });
});

describe('a signed block that was handed out', () => {
  const handsOut = (then: () => Promise<void>) =>
    probeOf(raw('10'), async (probeRun) => {
      await probeRun.cheque({ to, amount: raw('10') });
      await then();
      return pass('');
    });

  test('is taken back when the probe ends', async () => {
    const { money, ledger } = purse();
    const [finding] = await found(
      handsOut(async () => undefined),
      money,
    );
    expect(ledger).toEqual(['cheque 10', 'take back']);
    expect(finding?.spent).toBe(0n);
  });

  test('is taken back when the probe breaks off', async () => {
    const { money, ledger } = purse();
    const breaks = handsOut(async () => {
      throw new Fault('fault_nodeUnreachable');
    });
    expect((await found(breaks, money))[0]?.verdict.kind).toBe('couldNotTell');
    expect(ledger).toEqual(['cheque 10', 'take back']);
  });

  test('is taken back when the run is stopped', async () => {
    const { money, ledger } = purse();
    const stop = new AbortController();
    const stopped = handsOut(async () => {
      stop.abort(new Error('stopped'));
      stop.signal.throwIfAborted();
    });
    await expect(found(stopped, money, stop.signal)).rejects.toThrow('stopped');
    expect(ledger).toEqual(['cheque 10', 'take back']);
  });

  test('counts as spent when somebody published it', async () => {
    const { money } = purse();
    const cashed: Money = {
      ...money,
      cheque: async () => ({ block: BLOCK, twin: null, takeBack: async () => 'cashed' }),
    };
    expect(
      (
        await found(
          handsOut(async () => undefined),
          cashed,
        )
      )[0]?.spent,
    ).toBe(10n);
  });
});

test('a run that is stopped asks nothing more', async () => {
  const { bench, sent } = benchOf();
  const stop = new AbortController();
  const inspection = await bench.inspect(stop.signal);
  const asks = probeOf(null, async (probeRun) => {
    await probeRun.ask();
    return pass('');
  });
  const run = bench.run(planOf(inspection, [asks, asks, asks]), inspection, null, stop.signal);
  await run.next();
  stop.abort(new Error('stopped'));
  await expect(run.next()).rejects.toThrow('stopped');
  expect(sent).toHaveLength(2);
});

test('what is no address of a server is not tried', () => {
  const target = { ...TARGET, url: 'data:text/plain,hello' };
  const parts = { network: 'nano:mainnet', send: async () => demandOf(ENTRY), clock: ownClock() };
  expect(() => new Bench({ target, ...parts })).toThrow(RangeError);
});
