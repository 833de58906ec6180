import { expect, test } from 'vitest';
import { parseRaw, ZERO } from '../nano/amount.ts';
import { type Finding, fail, pass, type Severity, type Verdict } from './probe.ts';
import { bySeverity, jsonOf, markdownOf, type Report, summaryOf } from './report.ts';
import { URL_ASKED } from './samples.fixture.ts';

const PROBE = {
  id: 'T8',
  title: 'Clients make no offers',
  rule: 'Only issued ones.',
  source: 'Rev 5',
  severity: 'critical',
} as const;

const findingOf = (verdict: Verdict, severity: Severity = 'critical'): Finding => ({
  probe: PROBE,
  mechanism: 'nanoSession',
  verdict,
  severity: verdict.kind === 'fail' ? severity : null,
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
  const kinds = ['pass', 'pass', 'fail', 'inconclusive', 'skipped', 'notApplicable'] as const;
  const findings = kinds.map((kind) => findingOf({ kind, because: '' }));
  expect(summaryOf(findings)).toBe('2 pass · 1 fail (1 critical) · 1 inconclusive · 1 skipped');
  const failures = (['note', 'critical', 'note'] as const).map((severity) => findingOf(fail(''), severity));
  expect(summaryOf(failures)).toBe('0 pass · 3 fail (1 critical, 2 note)');
  expect(summaryOf([])).toBe('0 pass');
});

test('the Markdown shows what was sent and what came back for what failed', () => {
  const text = markdownOf(reportOf([findingOf(fail('It was granted.'))]));
  expect(text).toContain('**0 pass · 1 fail (1 critical)**');
  expect(text).toContain('| T8 | Clients make no offers | nanoSession | fail: critical | It was granted. |');
  expect(text).toContain('PAYMENT-SIGNATURE: abc');
  expect(text).toContain('payment-response: def');
});

test('every report has the severest failure first, and what is inconclusive before what passed', () => {
  const findings = [
    findingOf(pass('kept')),
    findingOf({ kind: 'inconclusive', because: 'unclear' }),
    findingOf(fail('harmless'), 'note'),
    findingOf({ kind: 'notApplicable', because: 'not here' }),
    findingOf(fail('lost'), 'critical'),
    findingOf(fail('kept'), 'warning'),
    findingOf(fail('lost too'), 'critical'),
  ];
  const order = ['lost', 'lost too', 'kept', 'harmless', 'unclear', 'kept', 'not here'];
  expect(bySeverity(findings).map(({ verdict }) => verdict.because)).toEqual(order);
  const report = reportOf(findings);
  const json = JSON.parse(jsonOf(report));
  expect(json.findings.map(({ because }: { readonly because: string }) => because)).toEqual(order);
  expect(json.severities).toEqual({ critical: 2, warning: 1, note: 1 });
  const rows = markdownOf(report)
    .split('\n')
    .filter((line) => line.startsWith('| T8'));
  expect(rows.map((row) => row.split(' | ').at(-1)?.replace(/ \|$/, ''))).toEqual(order);
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
    summary: { pass: 0, fail: 2, inconclusive: 0, skipped: 0, notApplicable: 0 },
    spentRaw: '2',
    findings: [
      {
        ...PROBE,
        verdict: 'fail',
        severity: 'critical',
        because: 'It was granted.',
        spentRaw: '2',
        exchanges: finding.exchanges,
      },
      { spentRaw: '0' },
    ],
  });
});
