import { afterAll, beforeAll, test } from 'vitest';
import { type KillCase, runKillCase, type Surface } from '../kill/kill-run.ts';
import { IN_PRIVATE, killCasesOf, type Line, PARTS } from '../kill/matrix.ts';
import { type KillTestBed, openKillTestBed } from '../kill/setup.ts';

/** Every mechanism and every kind of point once; `npm run test:kill` has them all. */
const SOME: readonly (readonly [
  point: string,
  mechanism: KillCase['mechanism'],
  Surface,
  'before' | 'after',
])[] = [
  ['start → approved', 'trackB', 'fetch', 'after'],
  ['approved → signed', 'nanoSession', 'document', 'after'],
  ['publish block', 'nanoSession', 'fetch', 'after'],
  ['published → confirmed', 'nymChallenge', 'document', 'before'],
  ['published → abandoned', 'trackB', 'document', 'after'],
  ['confirmed → proven', 'nanoSignature', 'fetch', 'after'],
  ['arm rule', 'trackB', 'document', 'after'],
  ['send proof', 'nanoSignature', 'document', 'before'],
  ['delivered → refused', 'nymChallenge', 'fetch', 'before'],
  ['ask user', 'signedBlock', 'document', 'after'],
  ['delivered → settled', 'trackA', 'fetch', 'before'],
  ['unanswered → delivered', 'signedBlock', 'document', 'after'],
  ['settled → revoked', 'trackA', 'document', 'before'],
];

/** The same in a private window. */
const SOME_PRIVATE: readonly (readonly [point: string, Surface, 'before' | 'after'])[] = [
  ['keep private part', 'document', 'after'],
  ['approved → signed', 'fetch', 'after'],
  ['confirmed → proven', 'document', 'before'],
  ['proven → delivered', 'fetch', 'before'],
];

let testBed: KillTestBed;
beforeAll(async () => {
  testBed = await openKillTestBed();
});
afterAll(() => testBed?.close());

/** One killCase of a line. */
function killCaseAt(
  line: Line | undefined,
  { mechanism, surface, stop }: Omit<KillCase, 'journey'>,
): KillCase {
  const all = line === undefined ? [] : killCasesOf(line, [mechanism]);
  const killCase = all.find((one) => one.surface === surface && one.stop.when === stop.when);
  if (killCase === undefined) throw new Error('no such killCase in the matrix');
  return killCase;
}

test.each(SOME)('killed at %s: %s, %s, %s', async (point, mechanism, surface, when) => {
  const part = PARTS.find(({ mechanisms }) => mechanisms.includes(mechanism));
  const line = part?.lines.find((one) => one.point === point);
  await runKillCase(testBed, killCaseAt(line, { mechanism, surface, stop: { point, when } }));
});

test.each(SOME_PRIVATE)('in a private window, killed at %s: %s, %s', async (point, surface, when) => {
  const line = IN_PRIVATE.lines.find((one) => one.point === point);
  await runKillCase(testBed, killCaseAt(line, { mechanism: 'nanoSession', surface, stop: { point, when } }));
});
