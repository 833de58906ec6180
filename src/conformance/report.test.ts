import { expect, test } from 'vitest';
import { parseRaw, ZERO } from '../nano/amount.ts';
import { type Finding, fail, type Verdict } from './probe.ts';
import { jsonOf, markdownOf, type Report, summaryOf } from './report.ts';
import { URL_ASKED } from './samples.fixture.ts';

const PROBE = {
  id: 'T8',
  title: 'Clients make no offers',
  rule: 'Only issued ones.',
  source: 'Rev 5',
} as const;

const findingOf = (verdict: Verdict): Finding => ({
  probe: PROBE,
  mechanism: 'nanoSession',
  verdict,
  exchanges: [
    {
      sent: { method: 'GET', url: URL_ASKED, headers: { 'PAYMENT-SIGNATURE': 'abc' }, body: null },
      received: { status: 200, headers: { 'payment-response': 'def' }, body: 'hello\n```\n# not a heading' },
    },
  ],
  spent: parseRaw('2'),
});

const reportOf = (findings: readonly Finding[]): Report => ({
  url: URL_ASKED,
  method: 'GET',
  at: 0,
  findings,
  stopped: false,
});

test('the summary is one line, and leaves out what does not apply', () => {
  const kinds: readonly Verdict['kind'][] = ['pass', 'pass', 'fail', 'inconclusive', 'notApplicable'];
  const findings = kinds.map((kind) => findingOf({ kind, because: '' }));
  expect(summaryOf(findings)).toBe('2 pass · 1 fail · 1 could not tell');
  expect(summaryOf([])).toBe('0 pass');
});

test('the Markdown shows what was sent and what came back for what failed', () => {
  const text = markdownOf(reportOf([findingOf(fail('It was granted.'))]));
  expect(text).toContain('**0 pass · 1 fail**');
  expect(text).toContain('| T8 | Clients make no offers | nanoSession | fail | It was granted. |');
  expect(text).toContain('PAYMENT-SIGNATURE: abc');
  expect(text).toContain('payment-response: def');
});

test('nothing that a server says breaks out of its place in the Markdown', () => {
  const nasty = 'a | b\n\n# heading\n<img src=x> \u202E[link](x)';
  const text = markdownOf(reportOf([findingOf(fail(nasty))]));
  const row = text.split('\n').find((line) => line.startsWith('| T8'));
  expect(row).toContain('a \\| b # heading \\<img src=x\\> \\[link\\](x)');
  expect(text.match(/^```$/gm)).toHaveLength(2);
  expect(text).not.toContain(' <img');
  expect(text).not.toMatch(/^# (not a )?heading/m);
});

test('the JSON has everything, with amounts as text', () => {
  const finding = findingOf(fail('It was granted.'));
  expect(JSON.parse(jsonOf(reportOf([finding, { ...finding, spent: ZERO }])))).toMatchObject({
    url: URL_ASKED,
    summary: { pass: 0, fail: 2, inconclusive: 0, notApplicable: 0 },
    spentRaw: '2',
    findings: [
      { ...PROBE, verdict: 'fail', because: 'It was granted.', spentRaw: '2', exchanges: finding.exchanges },
      { spentRaw: '0' },
    ],
  });
});
