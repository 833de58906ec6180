import { type BrowserContext, chromium, type Page } from 'playwright';
import { findChromium } from '../../scripts/browser.ts';
import { builtExtension } from '../e2e/build.ts';
import { launchChromium } from '../e2e/chromium.ts';
import { type FreeSite, RESOURCES, startFreeSite } from './page-site.ts';
import { type Row, row } from './rows.ts';

const FETCHES = 1000;

/** One thing that a page does, in ms as the page sees them. */
interface Task {
  readonly name: string;
  run(page: Page, site: FreeSite): Promise<number>;
}

const tasks: readonly Task[] = [
  {
    name: `load of ${RESOURCES} resources`,
    async run(page, site) {
      await page.goto(site.rich);
      return page.evaluate(() => {
        const [navigation] = performance.getEntriesByType('navigation');
        return navigation?.duration ?? Number.NaN;
      });
    },
  },
  { name: `${FETCHES} fetches in a row`, run: (page) => fetched(page, false) },
  { name: `${FETCHES} fetches at once`, run: (page) => fetched(page, true) },
];

/** From the first request to the end of the last answer (ms). */
function fetched(page: Page, atOnce: boolean): Promise<number> {
  return page.evaluate(
    async ([count, atOnce]) => {
      const start = performance.now();
      const all: Promise<string>[] = [];
      for (let n = 0; n < count; n++) {
        all.push(fetch('/data').then((response) => response.text()));
        if (!atOnce) await all[n];
      }
      await Promise.all(all);
      return performance.now() - start;
    },
    [FETCHES, atOnce] as const,
  );
}

/** A browser that does the tasks. */
interface Contestant {
  readonly page: Page;
  /** Processor time of all its processes until now (ms). */
  cpu(): Promise<number>;
  close(): Promise<void>;
}

async function contestant(context: BrowserContext): Promise<Contestant> {
  const session = await context.browser()?.newBrowserCDPSession();
  return {
    page: await context.newPage(),
    async cpu() {
      const told = await session?.send('SystemInfo.getProcessInfo');
      return 1000 * (told?.processInfo ?? []).reduce((sum, { cpuTime }) => sum + cpuTime, 0);
    },
    close: () => context.close(),
  };
}

/**
 * What the purse costs a page that asks for nothing: the same tasks against the same server by a browser with it and by
 * one without, in turns.
 */
export async function benchPage(samples: number): Promise<readonly Row[]> {
  const site = await startFreeSite();
  const without = await contestant(await launchPlain());
  const withPurse = await contestant((await launchChromium({ extension: builtExtension() })).context);
  try {
    const rows: Row[] = [];
    for (const task of tasks) rows.push(...(await compare(task, without, withPurse, site, samples)));
    return rows;
  } finally {
    await without.close();
    await withPurse.close();
    await site.close();
  }
}

/** The browser without the purse, started as the one with it. */
function launchPlain(): Promise<BrowserContext> {
  const executablePath = findChromium();
  return chromium.launchPersistentContext('', {
    ...(executablePath !== undefined && { executablePath }),
    headless: false,
    args: ['--headless=new', '--no-sandbox'],
  });
}

interface Sample {
  readonly time: number;
  readonly cpu: number;
}

/** Both do the task in turns, each as often first as second; what they did before the first sample is not counted. */
async function compare(
  task: Task,
  without: Contestant,
  withPurse: Contestant,
  site: FreeSite,
  samples: number,
): Promise<readonly Row[]> {
  const taken: Array<readonly [Sample, Sample]> = [];
  for (let round = -1; round < samples; round++) {
    const isOdd = round % 2 !== 0;
    const first = await sample(task, isOdd ? withPurse : without, site);
    const second = await sample(task, isOdd ? without : withPurse, site);
    if (round >= 0) taken.push(isOdd ? [second, first] : [first, second]);
  }
  const name = `page, ${task.name}`;
  const of = (what: keyof Sample, which: 0 | 1) => taken.map((pair) => pair[which][what]);
  const ratio = (what: keyof Sample) => taken.map(([before, after]) => after[what] / before[what]);
  return [
    row(`${name}: without the purse`, of('time', 0), 'ms'),
    row(`${name}: with it`, of('time', 1), 'ms'),
    row(`${name}: with / without`, ratio('time'), '×'),
    row(`${name}: with / without, processor time`, ratio('cpu'), '×'),
  ];
}

async function sample(task: Task, { page, cpu }: Contestant, site: FreeSite): Promise<Sample> {
  await page.goto(site.plain);
  const before = await cpu();
  const time = await task.run(page, site);
  return { time, cpu: (await cpu()) - before };
}
