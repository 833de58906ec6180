import fc from 'fast-check';
import { expect, test } from 'vitest';
import { csvLine } from './csv.ts';

/** Reads a CSV file as RFC 4180 has it. */
function parse(text: string): readonly (readonly string[])[] {
  const lines: string[][] = [];
  let line: string[] = [];
  const field = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/gy;
  for (let found = field.exec(text); found !== null; found = field.exec(text)) {
    line.push(found[1]?.replaceAll('""', '"') ?? found[2] ?? '');
    if (found[3] === '\r\n') {
      lines.push(line);
      line = [];
    }
    if (field.lastIndex === text.length) return lines;
  }
  throw new Error('not RFC 4180');
}

const odd = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.string({
    unit: fc.constantFrom('"', ',', '\r', '\n', "'", '=', '+', '-', '@', '\t', 'a', '＝'),
    maxLength: 8,
  }),
);
const lines = fc.array(fc.array(odd, { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 5 });

test('a parsed CSV line equals the written fields', () => {
  fc.assert(
    fc.property(lines, (written) => {
      const read = parse(written.map(csvLine).join(''));
      expect(read.map((line) => line.map((text) => text.replace(/^'/, '')))).toEqual(written);
    }),
  );
});

test('no CSV field starts like a formula', () => {
  fc.assert(
    fc.property(lines, (written) => {
      for (const text of parse(written.map(csvLine).join('')).flat()) {
        expect(text).not.toMatch(/^[=+\-@\t\r＝＋－＠]/);
      }
    }),
  );
});

test.each([
  [['a', 'b'], 'a,b\r\n'],
  [['', ''], ',\r\n'],
  [['say "hi"', 'a,b', 'two\r\nlines'], '"say ""hi""","a,b","two\r\nlines"\r\n'],
  [['=HYPERLINK("http://evil.example")'], '"\'=HYPERLINK(""http://evil.example"")"\r\n'],
  [['+1', '-1', '@x', '\tx', '\rx', "'x"], "'+1,'-1,'@x,'\tx,\"'\rx\",''x\r\n"],
])('csvLine of %j', (fields, line) => {
  expect(csvLine(fields)).toBe(line);
});
