import { openTestBed, type TestBed, XNO } from '../demo/setup.ts';
import { type Row, row } from './rows.ts';

/** How long a run may take (ms): 1 of 1,000 searches takes seven times the mean, which is minutes on a slow device. */
const PATIENCE = 3_600_000;
/** How often it is looked at what is asked (ms): less than an answer takes. */
const LOOK_EVERY = 50;

/** One first run, in ms from its funding. */
interface Sample {
  readonly received: number;
  readonly approved: number;
  readonly content: number;
  readonly questions: number;
}

/**
 * From the first money of a new purse to the first page that it pays for, at the live network's thresholds. Its user visits a
 * paid article as soon as the money is there, and agrees.
 *
 * @throws Error where its user is asked more than once, or a payment or a block is thrown away
 */
export async function benchFirstRun(samples: number): Promise<readonly Row[]> {
  const taken: Sample[] = [];
  while (taken.length < samples) {
    const testBed = await openTestBed({}, { liveWork: true });
    try {
      taken.push(await firstRun(testBed));
    } finally {
      await testBed.close();
    }
  }
  return [
    row(
      'first run: funded → received',
      taken.map(({ received }) => received),
      'ms',
    ),
    row(
      'first run: funded → answered',
      taken.map(({ approved }) => approved),
      'ms',
    ),
    row(
      'first run: funded → content',
      taken.map(({ content }) => content),
      'ms',
    ),
    row(
      'first run: questions (1)',
      taken.map(({ questions }) => questions),
      'questions',
    ),
  ];
}

async function firstRun({ purse, merchant, devnet }: TestBed): Promise<Sample> {
  const began = Date.now();
  const since = () => Date.now() - began;
  await devnet.faucet(purse.account, XNO);
  await purse.until(
    'purse.state',
    {},
    (state) => state.kind === 'open' && state.balance === String(XNO),
    PATIENCE,
  );
  const received = since();

  const page = await purse.newPage();
  void page.goto(`${merchant.origin}/article`).catch(() => undefined);
  await (await purse.nextApproval()).approve();
  const approved = since();
  let isOver = false;
  const asked = countQuestions(purse, () => isOver);
  await page.locator('#paid').waitFor({ timeout: PATIENCE });
  const content = since();
  isOver = true;
  const questions = 1 + (await asked);

  if (questions > 1) throw new Error(`the user was asked ${questions} times`);
  const payments = await purse.payments();
  const states = payments.map(({ state }) => state);
  if (states.join() !== 'settled') throw new Error(`the payments ended as ${states.join(', ')}`);
  // The first money was received, and the article was paid for.
  const blocks = devnet.stats.log().filter(({ action }) => action === 'process').length;
  if (blocks !== 2) throw new Error(`${blocks} blocks were published`);
  return { received, approved, content, questions };
}

/** How many times a question comes up, until it is over. */
async function countQuestions({ ask }: TestBed['purse'], isOver: () => boolean): Promise<number> {
  let [questions, isAsked] = [0, false];
  while (!isOver()) {
    const waits = (await ask('approval.list', {})).length > 0;
    if (waits && !isAsked) questions++;
    isAsked = waits;
    await new Promise((looked) => setTimeout(looked, LOOK_EVERY));
  }
  return questions;
}
