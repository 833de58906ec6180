/**
 * `npm run test:kill`: kills the purse's worker right before and right after everything that it writes and does, for
 * every mechanism, and sees each time that the world goes on as it should. The last line is the total.
 */
import { ensureChromium } from '../../scripts/browser.ts';
import { type KillCase, runKillCase } from './kill-run.ts';
import { IN_PRIVATE, killCasesOf, PARTS, SURFACES } from './matrix.ts';
import { openKillTestBed } from './setup.ts';

const [only = ''] = process.argv.slice(2);

console.log(`The browser is ${ensureChromium()}\n`);
let testBed = await openKillTestBed();
const began = performance.now();
const failures: string[] = [];
let passed = 0;

/** `●` for a killCase that nothing was lost by. */
async function outlives(killCase: KillCase): Promise<string> {
  try {
    await runKillCase(testBed, killCase);
    passed += 1;
    return '●';
  } catch (failure) {
    const { journey, mechanism, surface, stop } = killCase;
    const { message, cause } = failure instanceof Error ? failure : new Error(String(failure));
    const why = cause instanceof Error ? `${cause.message}\n${message}` : message;
    failures.push(`${stop.when} ${stop.point}, ${mechanism}, ${surface}, which ${journey.name}: ${why}`);
    // What went wrong once must not spoil what comes after it.
    await testBed.close();
    testBed = await openKillTestBed();
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
      const killCases = killCasesOf(line, [mechanism]).filter((killCase) => killCase.surface === surface);
      let cell = killCases.length === 0 ? '–' : '';
      for (const killCase of killCases) cell += `${await outlives(killCase)} `;
      cells.push(cell);
    }
    row(line.point, [...cells, `${((performance.now() - since) / 1000).toFixed(1)} s`]);
  }
  console.log();
}
await testBed.close();

for (const failure of failures) console.log(`FAILED ${failure}`);
if (failures.length > 0) process.exitCode = 1;
console.log(`${((performance.now() - began) / 1000).toFixed(0)} s`);
console.log(`${passed} passed, ${failures.length} failed`);
