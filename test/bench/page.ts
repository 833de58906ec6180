import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium, type Page } from 'playwright';
import product from '../../manifest.json' with { type: 'json' };
import { findChromium } from '../../scripts/browser.ts';
import { builtExtension } from '../e2e/build.ts';
import { launchChromium } from '../e2e/chromium.ts';
import { type FreeSite, RESOURCES, startFreeSite } from './page-site.ts';
import { type Row, row } from './rows.ts';

const FETCHES = 1000;
const CALLS = 10_000;
const READS = 1_000_000;

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
  { name: `${CALLS} new XMLHttpRequest`, run: (page) => page.evaluate(made, CALLS) },
  { name: `${CALLS} XMLHttpRequests opened`, run: (page) => page.evaluate(opened, CALLS) },
  { name: `${READS} reads of readyState`, run: (page) => page.evaluate(read, READS) },
  { name: `${CALLS} texts of functions`, run: (page) => page.evaluate(shown, CALLS) },
];

/** What a page can time without a request: functions of the browser in whose place the purse puts its own, or did (ms). */
function made(count: number): number {
  const start = performance.now();
  for (let n = 0; n < count; n++) new XMLHttpRequest();
  return performance.now() - start;
}

function opened(count: number): number {
  const start = performance.now();
  for (let n = 0; n < count; n++) new XMLHttpRequest().open('GET', '/data');
  return performance.now() - start;
}

function read(count: number): number {
  const xhr = new XMLHttpRequest();
  let sum = 0;
  const start = performance.now();
  for (let n = 0; n < count; n++) sum += xhr.readyState;
  return sum + performance.now() - start;
}

function shown(count: number): number {
  const start = performance.now();
  for (let n = 0; n < count; n++) String(fetch);
  return performance.now() - start;
}

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
 * What the purse costs a page that asks for nothing: the same tasks against the same server by a browser without it, by
 * one with an extension that may what the purse may and does nothing at all, and by one with the purse, in turns.
 */
export async function benchPage(samples: number): Promise<readonly Row[]> {
  const site = await startFreeSite();
  const idle = await mkdtemp(join(tmpdir(), 'idle-extension-'));
  await writeIdle(idle);
  const contestants = {
    without: await contestant(await launchPlain()),
    idle: await contestant((await launchChromium({ extension: idle })).context),
    withPurse: await contestant((await launchChromium({ extension: builtExtension() })).context),
  };
  try {
    const rows: Row[] = [];
    for (const task of tasks) rows.push(...(await compare(task, contestants, site, samples)));
    return rows;
  } finally {
    for (const one of Object.values(contestants)) await one.close();
    await site.close();
    await rm(idle, { recursive: true });
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

/** An extension with the purse's permissions: for their sake alone the browser leads every request through itself. */
async function writeIdle(folder: string): Promise<void> {
  const { permissions, host_permissions } = product;
  const manifest = {
    manifest_version: 3,
    name: 'Idle',
    version: '1',
    permissions,
    host_permissions,
    background: { service_worker: 'worker.js' },
  };
  await writeFile(join(folder, 'manifest.json'), JSON.stringify(manifest));
  await writeFile(join(folder, 'worker.js'), '');
}

interface Sample {
  readonly time: number;
  readonly cpu: number;
}

type Contestants = Readonly<Record<'without' | 'idle' | 'withPurse', Contestant>>;

/** All do the task in turns, each as often first as last; what they did before the first sample is not counted. */
async function compare(
  task: Task,
  contestants: Contestants,
  site: FreeSite,
  samples: number,
): Promise<readonly Row[]> {
  const names = ['without', 'idle', 'withPurse'] as const;
  const taken = { without: [] as Sample[], idle: [] as Sample[], withPurse: [] as Sample[] };
  for (let round = -1; round < samples; round++) {
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      const one = await sample(task, contestants[name], site);
      if (round >= 0) taken[name].push(one);
    }
  }
  const name = `page, ${task.name}`;
  const of = (who: keyof Contestants, what: keyof Sample) => taken[who].map((one) => one[what]);
  const ratio = (above: keyof Contestants, below: keyof Contestants, what: keyof Sample) =>
    of(above, what).map((one, index) => one / (of(below, what)[index] ?? Number.NaN));
  return [
    row(`${name}: without the purse`, of('without', 'time'), 'ms'),
    row(`${name}: with it`, of('withPurse', 'time'), 'ms'),
    row(`${name}: with / without`, ratio('withPurse', 'without', 'time'), '×'),
    row(`${name}: its permissions alone / without`, ratio('idle', 'without', 'time'), '×'),
    row(`${name}: with / its permissions alone`, ratio('withPurse', 'idle', 'time'), '×'),
    row(`${name}: with / without, processor time`, ratio('withPurse', 'without', 'cpu'), '×'),
  ];
}

async function sample(task: Task, { page, cpu }: Contestant, site: FreeSite): Promise<Sample> {
  await page.goto(site.plain);
  const before = await cpu();
  const time = await task.run(page, site);
  return { time, cpu: (await cpu()) - before };
}
