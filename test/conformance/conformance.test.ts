import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { PROBES } from '../../src/conformance/probes/index.ts';
import { summaryOf } from '../../src/conformance/report.ts';
import { sentence } from '../../src/conformance/sentence.ts';
import {
  CHECKING,
  DELIVERING,
  FAULTY,
  FAULTY_ELSEWHERE,
  flawsOf,
  OF_DELIVERY,
  OF_SELLERS,
  REFERENCE,
  SOUND,
  UNSAID,
} from './cases.ts';
import { inEnglish } from './english.ts';
import { probe } from './laboratory.ts';

const probesOf = (ids: readonly string[]) => PROBES.filter(({ id }) => ids.includes(id));

test('there is a probe for each of T1 to T43, and at least one planted fault for each', () => {
  const ids = Array.from({ length: 43 }, (_, at) => `T${at + 1}`);
  expect(PROBES.map(({ id }) => id)).toEqual(ids);
  expect([...new Set(FAULTY.flatMap(({ found }) => found))].sort()).toEqual([...ids].sort());
});

test.each(SOUND)('a correct merchant has no findings: $name', async (sound) => {
  const findings = await probe(sound.subject);
  expect(flawsOf(sound, findings)).toEqual([]);
  expect(summaryOf(findings, inEnglish)).toMatch(/^Pass: \d\d$/);
});

test.each(UNSAID)('the only finding is what a reference server says nothing of: $name', async (unsaid) => {
  const findings = await probe(unsaid.subject);
  expect(flawsOf(unsaid, findings)).toEqual([]);
  expect(summaryOf(findings, inEnglish)).toMatch(/^Pass: \d\d · Fail: 1 \(Warning: 1\)$/);
});

test.each(CHECKING)('a live seller is found to make the nine checks: %s', async (seller, found) => {
  const findings = await probe({ seller }, probesOf([...OF_SELLERS, ...OF_DELIVERY]));
  const worse = findings.filter(({ verdict }) => verdict.kind !== 'pass');
  expect(worse.map(({ probe: { id }, verdict }) => [id, verdict.kind])).toEqual(
    found.map((id) => [id, 'fail']),
  );
  expect(findings).toHaveLength(OF_SELLERS.length + OF_DELIVERY.length);
});

test.each(DELIVERING)(
  'a live seller that serves late is judged by what it serves in the end: %s',
  async (seller, found) => {
    const findings = await probe({ seller }, probesOf(OF_DELIVERY));
    const failed = findings.filter(({ verdict }) => verdict.kind === 'fail').map((one) => one.probe.id);
    expect(failed).toEqual(found);
    expect(findings.some(({ verdict }) => verdict.kind === 'pass')).toBe(found.length === 0);
  },
);

test('a proof that is served after a 202 is no finding', async () => {
  const query = '&refuse-first=2&refuse-with=pending';
  const [finding] = await probe({ mechanism: 'nanoSession', query }, probesOf(['T35']));
  expect(finding?.verdict.because).toEqual(sentence('probe_T35_served', { number: '3' }));
});

test('docs/WIRE.md names every probe with its severity', () => {
  const text = readFileSync(new URL('../../docs/WIRE.md', import.meta.url), 'utf8');
  const rows = [...text.matchAll(/^\| (T\d+) \| (\w+) \|/gm)].map(([, id, severity]) => [id, severity]);
  expect(rows).toEqual(PROBES.map(({ id, severity }) => [id, severity]));
});

test.each([...FAULTY, ...FAULTY_ELSEWHERE])('$name is found', async (faulty) => {
  expect(flawsOf(faulty, await probe(faulty.subject, probesOf(faulty.found)))).toEqual([]);
});

test.each(REFERENCE)('the known faults of a reference server are found: $name', async (reference) => {
  const findings = await probe(reference.subject, probesOf(reference.found));
  expect(flawsOf(reference, findings)).toEqual([]);
  expect(findings).not.toEqual([]);
});
