import type { Page } from 'playwright';
import { openTestBed, PRICE, type TestBed, XNO } from '../e2e/setup.ts';
import { type Row, row } from './rows.ts';

const BURST = 100;
/** From acceptance to confirmation (ms). */
const CONFIRMATION = 200;
/** Payments made one after the other for each burst. */
const ONE_BY_ONE = 10;

/**
 * How long a page waits for a hundred fetches at once, inside a budget; and, as what to hold it against, for fetches one
 * after the other, each of which waits for its own confirmation.
 */
export async function benchBurst(samples: number): Promise<readonly Row[]> {
  const testBed = await openTestBed({ devnet: { confirmationDelayMs: CONFIRMATION }, funds: 1000n * XNO });
  try {
    const page = await prepare(testBed);
    await timed(page, 2, false);
    const single: number[] = [];
    const bursts: number[] = [];
    for (let index = 0; index < samples; index++) {
      single.push((await timed(page, ONE_BY_ONE, false)) / ONE_BY_ONE);
      bursts.push(await timed(page, BURST, true));
    }
    const ratios = bursts.map((burst, index) => burst / (BURST * (single[index] ?? Number.NaN)));
    const name = `burst, confirmed in ${CONFIRMATION} ms`;
    return [
      row(`${name}: one at a time, each`, single, 'ms'),
      row(`${name}: ${BURST} at once, all`, bursts, 'ms'),
      row(
        `${name}: ${BURST} at once, each`,
        bursts.map((burst) => burst / BURST),
        'ms',
      ),
      row(`${name}: at once / one at a time`, ratios, '×'),
    ];
  } finally {
    await testBed.close();
  }
}

async function prepare({ purse, merchant }: TestBed): Promise<Page> {
  await purse.ask('budget.save', {
    site: merchant.origin,
    perPayment: String(2n * PRICE),
    perDay: String(1000n * XNO),
    paused: false,
  });
  const page = await purse.newPage();
  await page.goto(`${merchant.origin}/free`);
  return page;
}

/** In the page: from the first request to the end of the last answer (ms). */
function timed(page: Page, count: number, atOnce: boolean): Promise<number> {
  return page.evaluate(
    async ([count, atOnce]) => {
      const start = performance.now();
      const begun: Promise<void>[] = [];
      for (let n = 0; n < count; n++) {
        const answer = fetch(`/api/data?visit=${crypto.randomUUID()}`);
        begun.push(
          answer.then(({ status }) => {
            if (status !== 200) throw new Error(`answered ${status}`);
          }),
        );
        if (!atOnce) await begun[n];
      }
      await Promise.all(begun);
      return performance.now() - start;
    },
    [count, atOnce] as const,
  );
}
