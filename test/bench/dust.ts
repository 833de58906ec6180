import { setTimeout as pause } from 'node:timers/promises';
import type { Page } from 'playwright';
import { fund, openTestBed, PRICE, type TestBed, XNO } from '../e2e/setup.ts';
import { timedFetch } from './pay.ts';
import { type Row, row } from './rows.ts';

/** A payment's work takes this machine about a second, a receive's a sixty-fourth of that, as on the live network. */
const THRESHOLDS = { send: 0xfffff80000000000n, receive: 0xfffe000000000000n };
/** How often a stranger sends (ms). */
const DUST_EVERY = 3_000;
/** The pause between two payments (ms). It differs from the stranger's, so that the two do not run in step. */
const PAY_EVERY = 3_700;
/** The number of alternating turns of each kind, so that a machine that gets slower affects all alike. */
const TURNS = 4;

interface Kind {
  readonly name: string;
  /** What the stranger sends (raw); null for nothing. */
  readonly amount: bigint | null;
  /** The purse's least amount to receive (raw). */
  readonly least: bigint;
}

const LEAST = 10n ** 24n;
const CALM: Kind = { name: 'calm', amount: null, least: LEAST };
const KINDS: readonly Kind[] = [
  CALM,
  { name: '1 raw every 3 s, left unreceived', amount: 1n, least: LEAST },
  { name: '1 raw every 3 s, received', amount: 1n, least: 0n },
  { name: 'the least amount every 3 s, received', amount: LEAST, least: LEAST },
];

/** One payment. */
interface Sample {
  /** From the end of the 402 to the end of the answer, without the merchant's share (ms); blocks confirm at once. */
  readonly own: number;
  /** Whether its work was there when the page asked. */
  readonly isReady: boolean;
}

/**
 * What payments cost the purse while a stranger sends it dust, beside the same purse left alone, in turns. A payment waits
 * for nothing but its turn: not for its work to be ready.
 */
export async function benchDust(samples: number): Promise<readonly Row[]> {
  const devnet = { confirmationDelayMs: 0, thresholds: THRESHOLDS };
  const testBed = await openTestBed({ devnet, funds: 0n });
  try {
    const page = await prepare(testBed);
    const taken = new Map<Kind, Sample[]>(KINDS.map((kind) => [kind, []]));
    for (let turn = 0; turn < TURNS; turn++) {
      for (const kind of KINDS) {
        taken.get(kind)?.push(...(await payAmid(testBed, page, kind, Math.ceil(samples / TURNS))));
      }
    }
    return rowsOf(taken);
  } finally {
    await testBed.close();
  }
}

/** Funds the purse, lets the shop have a budget, and opens a page of it. */
async function prepare({ purse, merchant, devnet }: TestBed): Promise<Page> {
  await fund(devnet, purse, 100n * XNO);
  await purse.ask('budget.save', {
    site: merchant.origin,
    perPayment: String(2n * PRICE),
    perDay: String(100n * XNO),
    paused: false,
  });
  const page = await purse.newPage();
  await page.goto(`${merchant.origin}/free`);
  return page;
}

/** So many payments amid the dust of a kind, once the purse is quiet and ready. */
async function payAmid(testBed: TestBed, page: Page, kind: Kind, count: number): Promise<readonly Sample[]> {
  const { purse, devnet } = testBed;
  await purse.ask('settings.leastReceived', { amount: String(kind.least) });
  const send = () => {
    if (kind.amount !== null) devnet.faucet(purse.account, kind.amount).catch(console.error);
  };
  await quiet(testBed);
  const sending = setInterval(send, DUST_EVERY);
  send();
  try {
    const samples: Sample[] = [];
    for (let index = 0; index < count; index++) {
      await pause(PAY_EVERY);
      samples.push(await payOnce(testBed, page));
    }
    return samples;
  } finally {
    clearInterval(sending);
  }
}

const quiet = ({ purse }: TestBed) =>
  purse.until(
    'purse.state',
    {},
    (state) =>
      state.kind === 'open' && state.balance !== null && state.incoming === '0' && state.work === 'ready',
  );

async function payOnce({ purse, merchant }: TestBed, page: Page): Promise<Sample> {
  const url = `${merchant.origin}/api/data?visit=${crypto.randomUUID()}`;
  const state = await purse.ask('purse.state', {});
  const { answered, answeredAgain, askedAgain, ended } = await page.evaluate(timedFetch, url);
  return {
    own: ended - answered - (answeredAgain - askedAgain),
    isReady: state.kind === 'open' && state.work === 'ready',
  };
}

function rowsOf(taken: ReadonlyMap<Kind, readonly Sample[]>): readonly Row[] {
  const owns = (kind: Kind) => (taken.get(kind) ?? []).map(({ own }) => own);
  const calm = row(`dust: the purse's own share, ${CALM.name}`, owns(CALM), 'ms');
  return [...taken].flatMap(([kind, samples]): readonly Row[] => {
    const share = row(`dust: the purse's own share, ${kind.name}`, owns(kind), 'ms');
    const ready = samples.map(({ isReady }) => Number(isReady));
    const isReady =
      samples.length === 0 ? Number.NaN : ready.reduce((sum, one) => sum + one, 0) / samples.length;
    const n = samples.length;
    return [
      share,
      { ...row(`dust: payments that found their work ready, of all, ${kind.name}`, [isReady], '×'), n },
      ...(kind === CALM
        ? []
        : [{ ...row(`dust: ${kind.name} ÷ calm, medians (≤ 1.1)`, [share.p50 / calm.p50], '×'), n }]),
    ];
  });
}
