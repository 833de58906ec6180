import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { checkFolder } from './check-folder.ts';

const PUBLISHED = join(import.meta.dirname, 'data');
let folder: string;
let lines: string[];
const say = (line: string) => lines.push(line);

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vectors-'));
  lines = [];
});
afterEach(() => rm(folder, { recursive: true }));

test('every published vector passes', async () => {
  const { passed, failed } = await checkFolder(PUBLISHED, say);
  expect(lines.filter((line) => line.startsWith('FAILED'))).toEqual([]);
  expect(failed).toBe(0);
  expect(passed).toBeGreaterThan(200);
  expect(lines).toContain('keys.json/legacyDerivation: 19 passed');
});

test('one wrong digit is one failure, with its place', async () => {
  const amounts = await readFile(join(PUBLISHED, 'amounts.json'), 'utf8');
  const wrong = amounts.replace(
    '"raw": "1000000000000000000000000000"',
    '"raw": "1000000000000000000000000001"',
  );
  await writeFile(join(folder, 'amounts.json'), wrong);
  expect(await checkFolder(folder, say)).toMatchObject({ failed: 1 });
  expect(lines.filter((line) => line.startsWith('FAILED amounts.json/units: 0.001 XNO'))).toHaveLength(1);
});

test('a section without a checker is a failure, even one named like a method of objects', async () => {
  await writeFile(join(folder, 'new.json'), '{"futureSection": {}, "toString": {}}');
  expect(await checkFolder(folder, say)).toEqual({ passed: 0, failed: 2 });
});

test('a section of another shape, and a file that is no JSON, are failures', async () => {
  await writeFile(join(folder, 'shape.json'), '{"units": {"vectors": 1}}');
  await writeFile(join(folder, 'broken.json'), '{');
  expect(await checkFolder(folder, say)).toEqual({ passed: 0, failed: 2 });
});

test('a signature file is checked with the key pair of the key file beside it', async () => {
  await cp(join(PUBLISHED, 'signatures.json'), join(folder, 'signatures.json'));
  const keys = JSON.parse(await readFile(join(PUBLISHED, 'keys.json'), 'utf8'));
  const pair = { ...keys.canonicalKeypair, privateKey: keys.legacyDerivation.vectors[0].privateKey };
  await writeFile(join(folder, 'keys.json'), JSON.stringify({ canonicalKeypair: pair }));
  await checkFolder(folder, say);
  expect(lines.some((line) => line.startsWith('FAILED signatures.json/noms: short ascii'))).toBe(true);
});

describe('an answer in a record of the market', () => {
  const answer = '"ownBlockOnChain": "unknown"';
  test.each<[string, string, string, string]>([
    [
      'that must be read in another way',
      '"read": "owed"',
      '"read": "hold"',
      'search-2026-10-05: answer 4, 405',
    ],
    ['with an unknown reading', '"read": "owed"', '"read": "lost"', 'section'],
    ['with an unknown field', answer, `${answer}, "more": 1`, 'section'],
    ['to an unknown proof', '"toProof": "signed block in', '"toProof": "cheque in', 'section'],
    [
      'that ends a payment on the ledger',
      '"read": "owed", "final": false',
      '"read": "owed", "final": true',
      'search',
    ],
  ])('%s is a failure', async (_name, from, to, place) => {
    const records = (await readFile(join(PUBLISHED, 'market.json'), 'utf8'))
      .replace(/":\s*/g, '": ')
      .replace(/,\s+"/g, ', "');
    const wrong = records.replace(from, to);
    expect(wrong).not.toBe(records);
    await writeFile(join(folder, 'market.json'), wrong);
    expect(await checkFolder(folder, say)).toMatchObject({ failed: 1 });
    expect(lines.some((line) => line.startsWith(`FAILED market.json/records: ${place}`))).toBe(true);
  });
});
