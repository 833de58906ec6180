import { expect, test } from 'vitest';
import messages from '../../public/_locales/en/messages.json' with { type: 'json' };
import { inEnglish } from '../../test/conformance/english.ts';
import type { Sentence } from '../fault.ts';
import { parseRaw, ZERO } from '../nano/amount.ts';
import {
  type Finding,
  fail,
  inconclusive,
  notApplicable,
  pass,
  type Severity,
  type Verdict,
} from './probe.ts';
import { bySeverity, jsonOf, markdownOf, type Report, summaryOf } from './report.ts';
import { BECAUSE, URL_ASKED } from './samples.fixture.ts';
import { sentence } from './sentence.ts';

const PROBE = {
  id: 'T8',
  title: 'probe_T8_title',
  rule: 'probe_T8_rule',
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

/** A sentence with these words of a server. */
const saying = (words: string): Sentence => sentence('probe_T31_other', { url: words });

const reportOf = (findings: readonly Finding[]): Report => ({
  url: URL_ASKED,
  method: 'GET',
  at: 0,
  findings,
  stopped: false,
});

test('the summary is one line, and leaves out what does not apply', () => {
  const kinds = ['pass', 'pass', 'fail', 'inconclusive', 'skipped', 'notApplicable'] as const;
  const findings = kinds.map((kind) => findingOf({ kind, because: BECAUSE }));
  expect(summaryOf(findings, inEnglish)).toBe(
    'Pass: 2 · Fail: 1 (Critical: 1) · Inconclusive: 1 · Skipped (needs payment): 1',
  );
  const failures = (['note', 'critical', 'note'] as const).map((severity) =>
    findingOf(fail(BECAUSE), severity),
  );
  expect(summaryOf(failures, inEnglish)).toBe('Pass: 0 · Fail: 3 (Critical: 1, Note: 2)');
  expect(summaryOf([], inEnglish)).toBe('Pass: 0');
});

test('the Markdown shows what was sent and what came back for what failed', () => {
  const text = markdownOf(reportOf([findingOf(fail(BECAUSE))]), inEnglish);
  expect(text).toContain('**Pass: 0 · Fail: 1 (Critical: 1)**');
  const cells = ['T8', 'Rejects client-made offers', 'nanoSession', 'Fail · Critical', inEnglish(BECAUSE)];
  expect(text).toContain(`| ${cells.join(' | ')} |`);
  expect(text).toContain('PAYMENT-SIGNATURE: abc');
  expect(text).toContain('payment-response: def');
});

test('every report has the severest failure first, and what is inconclusive before what passed', () => {
  const [kept, unclear, harmless] = [saying('kept'), saying('unclear'), saying('harmless')];
  const [lost, lostToo, loses, notHere] = [saying('lost'), saying('lost too'), saying('loses'), saying('no')];
  const findings = [
    findingOf(pass(kept)),
    findingOf(inconclusive(unclear)),
    findingOf(fail(harmless), 'note'),
    findingOf(notApplicable(notHere)),
    findingOf(fail(lost), 'critical'),
    findingOf(fail(loses), 'warning'),
    findingOf(fail(lostToo), 'critical'),
  ];
  const order = [lost, lostToo, loses, harmless, unclear, kept, notHere];
  expect(bySeverity(findings).map(({ verdict }) => verdict.because)).toEqual(order);
  const report = reportOf(findings);
  const json = JSON.parse(jsonOf(report, inEnglish));
  const inWords = order.map(inEnglish);
  expect(json.findings.map(({ because }: { readonly because: string }) => because)).toEqual(inWords);
  expect(json.severities).toEqual({ critical: 2, warning: 1, note: 1 });
  const rows = markdownOf(report, inEnglish)
    .split('\n')
    .filter((line) => line.startsWith('| T8'));
  expect(rows.map((row) => row.split(' | ').at(-1)?.replace(/ \|$/, ''))).toEqual(inWords);
});

test('nothing that a server says breaks out of its place in the Markdown', () => {
  const nasty = 'a | b\n\n# heading\n<img src=x> \u202E[link](x)';
  const text = markdownOf(reportOf([findingOf(fail(saying(nasty)))]), inEnglish);
  const row = text.split('\n').find((line) => line.startsWith('| T8'));
  expect(row).toContain('a \\| b # heading \\<img src=x\\> \\[link\\](x)');
  expect(text.match(/^```$/gm)).toHaveLength(2);
  expect(text).not.toContain(' <img');
  expect(text).not.toMatch(/^# (not a )?heading/m);
});

test('the JSON has everything, with amounts as text', () => {
  const finding = findingOf(fail(BECAUSE));
  const report = reportOf([finding, { ...finding, spent: ZERO }]);
  expect(JSON.parse(jsonOf(report, inEnglish))).toMatchObject({
    url: URL_ASKED,
    summary: { pass: 0, fail: 2, inconclusive: 0, skipped: 0, notApplicable: 0 },
    spentRaw: '2',
    findings: [
      {
        id: 'T8',
        title: messages.probe_T8_title.message,
        rule: messages.probe_T8_rule.message,
        source: 'Rev 5',
        verdict: 'fail',
        severity: 'critical',
        because: inEnglish(BECAUSE),
        becauseKey: BECAUSE.key,
        spentRaw: '2',
        exchanges: finding.exchanges,
      },
      { spentRaw: '0' },
    ],
  });
});
