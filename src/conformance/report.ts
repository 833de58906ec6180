import { addRaw, formatXno, type Raw, ZERO } from '../nano/amount.ts';
import { cleanText } from '../protocol/wire/clean-text.ts';
import type { Exchange } from './exchange.ts';
import type { HttpRequest } from './ports.ts';
import { type Finding, SEVERITIES, type Severity, type Verdict } from './probe.ts';

/** A run that is over, or was stopped. */
export interface Report {
  readonly url: string;
  readonly method: string;
  /** When it ended (ms). */
  readonly at: number;
  readonly findings: readonly Finding[];
  /** Whether it was stopped before its end. */
  readonly stopped: boolean;
}

const WORDS: Readonly<Record<Verdict['kind'], string>> = {
  pass: 'pass',
  fail: 'fail',
  inconclusive: 'inconclusive',
  skipped: 'skipped',
  notApplicable: 'not applicable',
};
const ORDER: readonly Verdict['kind'][] = ['pass', 'fail', 'inconclusive', 'skipped', 'notApplicable'];
/** What a reader has to look at first comes first. */
const URGENCY: readonly Verdict['kind'][] = ['fail', 'inconclusive', 'pass', 'skipped', 'notApplicable'];

/** The findings with the failures first, the severest of them on top; else in the order of the probes. */
export function bySeverity(findings: readonly Finding[]): readonly Finding[] {
  const rank = ({ verdict, severity }: Finding) =>
    severity === null ? SEVERITIES.length + URGENCY.indexOf(verdict.kind) : SEVERITIES.indexOf(severity);
  return [...findings].sort((a, b) => rank(a) - rank(b));
}

/** How many failures there are of each severity. */
export function severitiesOf(findings: readonly Finding[]): Readonly<Record<Severity, number>> {
  const count = { critical: 0, warning: 0, note: 0 };
  for (const { severity } of findings) if (severity !== null) count[severity] += 1;
  return count;
}

/** How often each verdict was found. */
export function countOf(findings: readonly Finding[]): Readonly<Record<Verdict['kind'], number>> {
  const count = { pass: 0, fail: 0, inconclusive: 0, skipped: 0, notApplicable: 0 };
  for (const { verdict } of findings) count[verdict.kind] += 1;
  return count;
}

/** The run in one line: “18 pass · 2 fail (1 critical, 1 note) · 4 inconclusive”. What does not apply is left out. */
export function summaryOf(findings: readonly Finding[]): string {
  const count = countOf(findings);
  const severities = severitiesOf(findings);
  const severe = SEVERITIES.filter((severity) => severities[severity] > 0)
    .map((severity) => `${severities[severity]} ${severity}`)
    .join(', ');
  return ORDER.filter((kind) => kind !== 'notApplicable' && (count[kind] > 0 || kind === 'pass'))
    .map((kind) => `${count[kind]} ${WORDS[kind]}${kind === 'fail' ? ` (${severe})` : ''}`)
    .join(' · ');
}

/** What the run cost (raw). */
export const spentIn = (findings: readonly Finding[]): Raw =>
  findings.reduce((sum, { spent }) => addRaw(sum, spent), ZERO);

/** The report for people: a table of findings, the severest failure first, and what was sent and came back for every one that is not a pass. */
export function markdownOf(report: Report): string {
  const { url, method, at, stopped } = report;
  const findings = bySeverity(report.findings);
  const rows = findings.map(
    (finding) =>
      `| ${finding.probe.id} | ${plain(finding.probe.title)} | ${finding.mechanism ?? ''} | ${wordsFor(finding)} | ${plain(finding.verdict.because)} |`,
  );
  const details = findings
    .filter(
      ({ verdict, exchanges }) =>
        verdict.kind === 'fail' || (verdict.kind === 'inconclusive' && exchanges.length > 0),
    )
    .map(detailOf);
  return [
    `# 402 conformance: ${method} ${plain(url)}`,
    '',
    `**${summaryOf(findings)}**${stopped ? ' (stopped before its end)' : ''}`,
    '',
    `${new Date(at).toISOString()} · spent ${formatXno(spentIn(findings))} XNO · probed by Nano Purse`,
    '',
    '| probe | what is asked | mechanism | verdict | because |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
    ...details.flat(),
    '',
  ].join('\n');
}

/** The verdict, with how much a failure matters. */
const wordsFor = ({ verdict, severity }: Finding): string =>
  severity === null ? WORDS[verdict.kind] : `${WORDS[verdict.kind]}: ${severity}`;

/** The report for programs, the severest failure first. Amounts in raw, as text. */
export function jsonOf(report: Report): string {
  const { url, method, at, findings, stopped } = report;
  const whole = {
    url,
    method,
    at: new Date(at).toISOString(),
    stopped,
    summary: countOf(findings),
    severities: severitiesOf(findings),
    spentRaw: spentIn(findings).toString(),
    findings: bySeverity(findings).map(
      ({ probe: { id, title, rule, source }, mechanism, verdict, severity, exchanges, spent }) => ({
        id,
        title,
        rule,
        source,
        mechanism,
        verdict: verdict.kind,
        severity,
        because: verdict.because,
        spentRaw: spent.toString(),
        exchanges,
      }),
    ),
  };
  return `${JSON.stringify(whole, null, 2)}\n`;
}

const MOST_VALUE = 400;

function detailOf(finding: Finding): readonly string[] {
  const { probe, mechanism, verdict, exchanges } = finding;
  return [
    '',
    `## ${probe.id} ${probe.title}${mechanism === null ? '' : ` (${mechanism})`}: ${wordsFor(finding)}`,
    '',
    `${probe.rule} *${probe.source}.*`,
    '',
    plain(verdict.because),
    ...exchanges.flatMap(exchangeLines),
  ];
}

function exchangeLines({ sent, received }: Exchange): readonly string[] {
  const answer =
    received === null
      ? ['(no answer)']
      : [
          `${received.status}`,
          ...['payment-response', 'payment-required', 'cache-control'].flatMap((name) => {
            const value = received.headers[name];
            return value === undefined ? [] : [`${name}: ${code(value)}`];
          }),
          ...(received.body === '' ? [] : [code(received.body)]),
        ];
  return ['', '```', ...requestLines(sent), '', ...answer, '```'];
}

const requestLines = ({ method, url, headers, body }: HttpRequest): readonly string[] => [
  `${method} ${code(url)}`,
  ...Object.entries(headers).map(([name, value]) => `${name}: ${code(value)}`),
  ...(body === null ? [] : [code(body)]),
];

/** A text inside a fence that it cannot close. */
const code = (text: string): string => cleanText(text, MOST_VALUE).replaceAll('```', '` ` `');

/** A text as text: neither a bar of a table nor a mark-up of its own. */
const plain = (text: string): string => cleanText(text, MOST_VALUE).replace(/[\\|<>[\]`*_]/g, '\\$&');
