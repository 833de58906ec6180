/** `npm run demo`: the purse in a browser of your own, or the whole main job by itself. */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureChromium, hasDisplay } from '../../scripts/browser.ts';
import { ROOT } from '../e2e/build.ts';
import { playHeadless } from './headless.ts';
import { playVisible } from './visible.ts';

const USAGE = `Usage: npm run demo                 opens a browser with a funded purse and says where to click
       npm run demo -- --headless    walks the whole main job by itself and says what happened,
                                     as it does without a display
  --report FILE         writes the report as JSON
  --screenshots [DIR]   photographs every screen, light and dark (docs/screenshots)
  --language LANGUAGE   in another language: de, es, fr, pt_BR, ja or ar`;

const PASSWORD = 'a keeper of small change';
const NO_DISPLAY = `There is no display here to open a browser on: the demo runs by itself, as with --headless.
`;

/** An option whose value may be left out: `parseArgs` knows none. */
function withDefault(args: readonly string[], option: string, value: string): string[] {
  return args.flatMap((arg, index) => {
    const next = args[index + 1];
    return arg === option && (next === undefined || next.startsWith('--')) ? [arg, value] : [arg];
  });
}

async function main(): Promise<boolean> {
  const { values } = parseArgs({
    args: withDefault(process.argv.slice(2), '--screenshots', join(ROOT, 'docs', 'screenshots')),
    options: {
      headless: { type: 'boolean', default: false },
      report: { type: 'string' },
      screenshots: { type: 'string' },
      language: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return true;
  }
  if (!values.headless && !hasDisplay()) console.log(NO_DISPLAY);
  ensureChromium();
  console.log('Starting devnet, merchant and browser; the first time, building the purse.');
  if (values.headless || !hasDisplay()) {
    const { report, screenshots, language } = values;
    return playHeadless({ password: PASSWORD, report, screenshots, language });
  }
  await playVisible(PASSWORD);
  return true;
}

try {
  process.exitCode = (await main()) ? 0 : 1;
} catch (cause) {
  const isUsage =
    cause instanceof TypeError && 'code' in cause && String(cause.code).startsWith('ERR_PARSE_ARGS');
  console.error(isUsage ? `${cause.message}\n\n${USAGE}` : cause);
  process.exitCode = isUsage ? 2 : 1;
}
