/**
 * `npm run test:conformance`: runs the probes against merchants with one planted fault each, and prints which probes
 * found it. Then it runs them against correct merchants, where no probe may find anything. The last line is the total.
 */
import type { Finding, Verdict } from '../../src/conformance/probe.ts';
import { PROBES } from '../../src/conformance/probes/index.ts';
import { summaryOf } from '../../src/conformance/report.ts';
import { type Case, FAULTY, FAULTY_ELSEWHERE, flawsOf, REFERENCE, SOUND, UNSAID } from './cases.ts';
import { inEnglish } from './english.ts';
import { probe } from './laboratory.ts';

const [only = ''] = process.argv.slice(2);

const MARKS: Readonly<Record<Verdict['kind'], string>> = {
  pass: '·',
  fail: '✗',
  inconclusive: '?',
  skipped: ' ',
  notApplicable: ' ',
};
const WIDTH = 36;
const tally = { passed: 0, failed: 0 };
const troubles: string[] = [];

/** The probes whose findings stand in a row, in the order of the columns. */
function rowOf({ name, found }: Case, findings: readonly Finding[]): string {
  const cells = PROBES.map(({ id }) => {
    const verdict = findings.find((finding) => finding.probe.id === id)?.verdict;
    const mark = verdict === undefined ? ' ' : MARKS[verdict.kind];
    return found.includes(id) && mark === '✗' ? '●' : mark;
  });
  return `${name.padEnd(WIDTH)}${cells.map((cell) => ` ${cell} `).join('')}`;
}

for (const [title, cases] of [
  ['Planted faults', [...FAULTY, ...FAULTY_ELSEWHERE]],
  ['Merchants that lack nothing', SOUND],
  ['Merchants that say nothing of caches, as their reference servers', UNSAID],
  ['Reference servers, with their known holes', REFERENCE],
] as const) {
  console.log(`\n${title} (● found by its probe, ✗ found by another, · pass, ? inconclusive)\n`);
  console.log(`${''.padEnd(WIDTH)}${PROBES.map(({ id }) => id.slice(1).padStart(2).padEnd(3)).join('')}`);
  for (const one of cases) {
    if (!one.name.includes(only)) continue;
    const findings = await probe(one.subject);
    const flaws = flawsOf(one, findings);
    troubles.push(...flaws);
    tally[flaws.length === 0 ? 'passed' : 'failed'] += 1;
    console.log(`${rowOf(one, findings)}  ${summaryOf(findings, inEnglish)}`);
  }
}

if (troubles.length > 0) console.log(`\n${troubles.join('\n')}`);
if (tally.failed > 0) process.exitCode = 1;
console.log(`\n${tally.passed} passed, ${tally.failed} failed`);
