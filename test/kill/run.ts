/**
 * `npm run test:kill`: kills the purse's worker right before and right after everything that it writes and does, for
 * every mechanism, and sees each time that the world goes on as it should. The last line is the total.
 */
import { ensureChromium } from '../../scripts/browser.ts';
import { type Death, die } from './kill-run.ts';
import { deathsOf, IN_PRIVATE, PARTS, SURFACES } from './matrix.ts';
import { openStage } from './setup.ts';

const [only = ''] = process.argv.slice(2);

console.log(`The browser is ${ensureChromium()}\n`);
let stage = await openStage();
const began = performance.now();
const failures: string[] = [];
let passed = 0;

/** `●` for a death that nothing was lost by. */
async function outlives(death: Death): Promise<string> {
  try {
    await die(stage, death);
    passed += 1;
    return '●';
  } catch (failure) {
    const { journey, mechanism, surface, stop } = death;
    const { message, cause } = failure instanceof Error ? failure : new Error(String(failure));
    const why = cause instanceof Error ? `${cause.message}\n${message}` : message;
    failures.push(`${stop.when} ${stop.point}, ${mechanism}, ${surface}, which ${journey.name}: ${why}`);
    // What went wrong once must not spoil what comes after it.
    await stage.close();
    stage = await openStage();
    return '✗';
  }
}

for (const { title, lines, mechanisms } of [...PARTS, IN_PRIVATE]) {
  const columns = mechanisms.flatMap((mechanism) => SURFACES.map((surface) => ({ mechanism, surface })));
  const width = 2 + Math.max(...columns.map(({ mechanism }) => mechanism.length), 'document'.length);
  const row = (head: string, cells: readonly string[]) =>
    console.log(`${head.padEnd(24)}${cells.map((cell) => cell.padEnd(width)).join('')}`);
  console.log(`${title}; killed before, after\n`);
  row(
    '',
    columns.map(({ mechanism }) => mechanism),
  );
  row(
    '',
    columns.map(({ surface }) => surface),
  );
  for (const line of lines) {
    if (!line.point.includes(only)) continue;
    const cells: string[] = [];
    const since = performance.now();
    for (const { mechanism, surface } of columns) {
      const deaths = deathsOf(line, [mechanism]).filter((death) => death.surface === surface);
      let cell = deaths.length === 0 ? '–' : '';
      for (const death of deaths) cell += `${await outlives(death)} `;
      cells.push(cell);
    }
    row(line.point, [...cells, `${((performance.now() - since) / 1000).toFixed(1)} s`]);
  }
  console.log();
}
await stage.close();

for (const failure of failures) console.log(`FAILED ${failure}`);
if (failures.length > 0) process.exitCode = 1;
console.log(`${((performance.now() - began) / 1000).toFixed(0)} s`);
console.log(`${passed} passed, ${failures.length} failed`);
