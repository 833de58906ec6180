import { expect, test } from 'vitest';
import { PROBES } from '../../src/conformance/probes/index.ts';
import { summaryOf } from '../../src/conformance/report.ts';
import { FAULTY, flawsOf, REFERENCE, SOUND, UNSAID } from './cases.ts';
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
  expect(summaryOf(findings)).toMatch(/^\d\d pass$/);
});

test.each(UNSAID)('the only finding is what a reference server says nothing of: $name', async (unsaid) => {
  const findings = await probe(unsaid.subject);
  expect(flawsOf(unsaid, findings)).toEqual([]);
  expect(summaryOf(findings)).toMatch(/^\d\d pass · 1 fail \(1 warning\)$/);
});

test.each(FAULTY)('$name is found', async (faulty) => {
  expect(flawsOf(faulty, await probe(faulty.subject, probesOf(faulty.found)))).toEqual([]);
});

test.each(REFERENCE)('the known faults of a reference server are found: $name', async (reference) => {
  const findings = await probe(reference.subject, probesOf(reference.found));
  expect(flawsOf(reference, findings)).toEqual([]);
  expect(findings).not.toEqual([]);
});
