import { writeFileSync } from 'node:fs';
import { captureInto, noCapture } from './capture.ts';
import { mainJob } from './main-job.ts';
import { playSteps } from './report.ts';
import { captureScreens } from './screenshots.ts';
import { openTestBed } from './setup.ts';

export interface HeadlessOptions {
  readonly password: string;
  /** File for the report. */
  readonly report: string | undefined;
  /** Folder for pictures of every screen. */
  readonly screenshots: string | undefined;
  /** As in `PurseOptions`. */
  readonly language: string | undefined;
}

/** Runs the whole main job without a user. Returns true when every step passed and all records agree. */
export async function playHeadless({
  password,
  report: file,
  screenshots,
  language,
}: HeadlessOptions): Promise<boolean> {
  const testBed = await openTestBed({ bare: true, ...(language !== undefined && { language }) });
  const began = performance.now();
  const { purse, devnet, merchant } = testBed;
  const capture = screenshots === undefined ? noCapture : captureInto(screenshots);
  try {
    console.log(`
Nano Purse: the main job, from nothing to the last receipt

  Browser   Chromium ${purse.context.browser()?.version() ?? ''}, without a window
  Ledger    ${devnet.rpcUrl}, which validates every block
  Merchant  ${merchant.origin}
`);
    const report = await playSteps(mainJob(testBed, password, capture), console.log);
    if (file !== undefined) writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`);

    const done = report.steps.filter(({ ok }) => ok).length;
    const seconds = ((performance.now() - began) / 1000).toFixed(1);
    console.log(`\n${done} of ${report.steps.length} steps in ${seconds} s.`);
    if (file !== undefined) console.log(`Report: ${file}`);
    if (report.ok && screenshots !== undefined) {
      await captureScreens(testBed, password, capture);
      console.log(`Screenshots: ${screenshots}`);
    }
    return report.ok;
  } finally {
    await testBed.close();
  }
}
