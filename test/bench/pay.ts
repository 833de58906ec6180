import type { Page } from 'playwright';
import type { PaymentState, PaymentView } from '../../src/messages/payment.ts';
import { openTestBed, type TestBed, XNO } from '../demo/setup.ts';
import type { Devnet } from '../devnet/devnet.ts';
import { emptyJournal, fillJournal } from './prefill.ts';
import { type Row, row } from './rows.ts';

/** From acceptance to confirmation, in ms: what the purse itself can do, and about what a real node takes. */
const CONFIRMATION_DELAYS = [0, 200];
const WARM_UP = 5;
/** Before each payment (ms): what one leaves to be tidied is not the next one's cost; bursts have a bench of their own. */
const REST = 300;
/** The number of payments in a journal after years of use. */
const LONG = 10_000;
/** The number of alternating turns of the two journals, so that a machine that gets slower affects both alike. */
const TURNS = 4;

/** The periods of a payment, named by its states. */
const STRETCHES: readonly (readonly [from: PaymentState, to: PaymentState])[] = [
  ['approved', 'signed'],
  ['signed', 'published'],
  ['published', 'confirmed'],
  ['confirmed', 'proven'],
  ['proven', 'delivered'],
  ['delivered', 'settled'],
];

/** One payment, in ms. */
interface Sample {
  /** From the end of the 402 to the end of the answer, as the page saw them. */
  readonly total: number;
  /** From the end of the 402 to the decision that it may be paid. */
  readonly decided: number;
  readonly stretches: readonly number[];
  /** From the block's arrival at the node to its confirmation. */
  readonly node: number;
  /** From the request with the proof to the end of its answer. */
  readonly merchant: number;
}

/** How long a page waits for a fetch that is paid inside a budget, with its work done beforehand, and for whom. */
export async function benchPay(samples: number): Promise<readonly Row[]> {
  const testBed = await openTestBed({});
  try {
    const page = await prepare(testBed);
    testBed.devnet.elections.delayMs = 0;
    const rows: Row[] = [...(await flatRows(testBed, page, samples))];
    for (const delay of CONFIRMATION_DELAYS) {
      testBed.devnet.elections.delayMs = delay;
      rows.push(...rowsOf(`pay, confirmed in ${delay} ms`, await pay(testBed, page, samples)));
    }
    return rows;
  } finally {
    await testBed.close();
  }
}

/** Funds the purse, lets the shop have a budget, and opens a page of it. */
async function prepare({ purse, merchant, devnet }: TestBed): Promise<Page> {
  await devnet.faucet(purse.account, 100n * XNO);
  await purse.until(
    'purse.state',
    {},
    (state) => state.kind === 'open' && state.balance === String(100n * XNO),
  );
  const page = await purse.newPage();
  await page.goto(`${merchant.origin}/page?fetch=1`);
  const question = await purse.nextApproval();
  await question.approve({ budget: { perPayment: XNO, perDay: 100n * XNO } });
  await page.locator('#fetch-result[data-status="200"]').waitFor();
  await page.bringToFront();
  return page;
}

async function pay(testBed: TestBed, page: Page, samples: number): Promise<readonly Sample[]> {
  const taken: Sample[] = [];
  for (let index = -WARM_UP; index < samples; index++) {
    const sample = await payOnce(testBed, page, `/api/data?visit=${crypto.randomUUID()}`);
    if (index >= 0) taken.push(sample);
  }
  return taken;
}

/** What a payment costs the purse in a short journal and in a long one, in turns. */
async function flatRows(testBed: TestBed, page: Page, samples: number): Promise<readonly Row[]> {
  const [short, long]: [Sample[], Sample[]] = [[], []];
  const change = async (edit: (ownPage: Page) => Promise<void>) => {
    const ownPage = await testBed.purse.popup();
    await edit(ownPage);
    await ownPage.close();
    await page.bringToFront();
  };
  for (let turn = 0; turn < TURNS; turn++) {
    short.push(...(await pay(testBed, page, Math.ceil(samples / TURNS / 2))));
    await change((ownPage) => fillJournal(ownPage, LONG));
    long.push(...(await pay(testBed, page, Math.ceil(samples / TURNS / 2))));
    await change(emptyJournal);
  }
  const few = row("pay: the purse's own share, short journal", short.map(ownShare), 'ms');
  const many = row(`pay: the purse's own share, journal of ${LONG}`, long.map(ownShare), 'ms');
  const ratio = row('pay: long journal ÷ short one, medians (≤ 1.1)', [many.p50 / few.p50], '×');
  return [few, many, { ...ratio, n: short.length }];
}

const ownShare = ({ total, node, merchant }: Sample): number => total - node - merchant;

async function payOnce({ purse, merchant, devnet }: TestBed, page: Page, path: string): Promise<Sample> {
  await purse.until('purse.state', {}, (state) => state.kind === 'open' && state.work === 'ready');
  await new Promise((rested) => setTimeout(rested, REST));
  const url = merchant.origin + path;
  const confirmed = confirmations(devnet);
  const seen = await page.evaluate(timedFetch, url);
  const { items } = await purse.until(
    'activity.page',
    { before: null, limit: 1 },
    ({ items: [newest] }) => newest?.kind === 'payment' && newest.url === url && newest.state === 'settled',
  );
  const payment = items.find((item) => item.kind === 'payment');
  if (payment === undefined) throw new Error(`${url} was not paid`);
  const arrived = devnet.stats.log().findLast(({ action }) => action === 'process')?.at ?? Number.NaN;
  const { answered, answeredAgain, askedAgain, ended } = seen;
  return {
    total: ended - answered,
    decided: at(payment, 'approved') - answered,
    stretches: STRETCHES.map(([from, to]) => at(payment, to) - at(payment, from)),
    node: confirmed.stop(payment.blockHash) - arrived,
    merchant: answeredAgain - askedAgain,
  };
}

/** In the page: fetches, and gives the times of the 402 and of the paid answer in ms since the epoch. */
export async function timedFetch(url: string) {
  performance.clearResourceTimings();
  const response = await fetch(url);
  await response.text();
  const ended = performance.now();
  // The paid request has a fragment of its own.
  const entries = performance.getEntriesByType('resource') as PerformanceResourceTiming[];
  const [first, second] = entries.filter(({ name }) => name.split('#')[0] === url);
  if (response.status !== 200 || first === undefined || second === undefined)
    throw new Error(`${url} was not paid`);
  const { timeOrigin } = performance;
  return {
    answered: timeOrigin + first.responseEnd,
    askedAgain: timeOrigin + second.requestStart,
    answeredAgain: timeOrigin + second.responseEnd,
    ended: timeOrigin + ended,
  };
}

/** Listens for confirmations until `stop`, which gives when the block was confirmed. */
function confirmations(devnet: Devnet) {
  const times = new Map<string, number>();
  const forget = devnet.elections.onConfirmation(({ hash }) => times.set(hash, Date.now()));
  return {
    stop(hash: string | null): number {
      forget();
      return times.get(hash ?? '') ?? Number.NaN;
    },
  };
}

function at({ story }: PaymentView, state: PaymentState): number {
  return story.find((step) => step.state === state)?.at ?? Number.NaN;
}

function rowsOf(name: string, samples: readonly Sample[]): readonly Row[] {
  const of = (part: string, take: (sample: Sample) => number) =>
    row(`${name}: ${part}`, samples.map(take), 'ms');
  return [
    of('402 → answer', ({ total }) => total),
    of("the purse's own share (p50 ≤ 40, p95 ≤ 100)", ownShare),
    of("the node's share", ({ node }) => node),
    of("the merchant's share", ({ merchant }) => merchant),
    of('402 → approved', ({ decided }) => decided),
    ...STRETCHES.map(([from, to], index) =>
      of(`${from} → ${to}`, ({ stretches }) => stretches[index] ?? Number.NaN),
    ),
  ];
}
