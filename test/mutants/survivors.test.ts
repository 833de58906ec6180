import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { expect, test } from 'vitest';
import { explainSurvivors, type Survivor, SurvivorsSchema } from './survivors.ts';

const one: Survivor = { file: 'src/a.ts', line: 'return a < b;', original: '<', replacement: '<=' };
const other: Survivor = { ...one, replacement: '>=' };

test('a survivor that is not listed has no reason, and a listed mutant that is noticed is gone', () => {
  expect(explainSurvivors([one, other], [one])).toEqual({ unexplained: [other], gone: [] });
  expect(explainSurvivors([one], [one, other])).toEqual({ unexplained: [], gone: [other] });
  expect(explainSurvivors([one, one], [one])).toEqual({ unexplained: [], gone: [] });
});

test('every line in the list of survivors is a line of its file', () => {
  const listed = v.parse(
    SurvivorsSchema,
    JSON.parse(readFileSync(join(import.meta.dirname, 'survivors.json'), 'utf8')),
  );
  const missing = listed.filter(
    ({ file, line }) =>
      !readFileSync(file, 'utf8')
        .split('\n')
        .some((text) => text.trim() === line),
  );
  expect(missing).toEqual([]);
});
