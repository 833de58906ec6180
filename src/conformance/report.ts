import type { PlainMessageKey } from '../fault.ts';
import { addRaw, formatXno, type Raw, ZERO } from '../nano/amount.ts';
import { cleanText } from '../protocol/wire/clean-text.ts';
import type { Exchange } from './exchange.ts';
import type { HttpRequest, Say } from './ports.ts';
import { type Finding, SEVERITIES, type Severity, type Verdict } from './probe.ts';
import { listOf, sentence } from './sentence.ts';

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

const VERDICT_NAMES: Readonly<Record<Verdict['kind'], PlainMessageKey>> = {
  pass: 'developer_verdict_pass',
  fail: 'developer_verdict_fail',
  inconclusive: 'developer_verdict_inconclusive',
  skipped: 'developer_verdict_skipped',
  notApplicable: 'developer_verdict_notApplicable',
};
const SEVERITY_NAMES: Readonly<Record<Severity, PlainMessageKey>> = {
  critical: 'developer_severity_critical',
  warning: 'developer_severity_warning',
  note: 'developer_severity_note',
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

/** The run in one line: "Pass: 18 · Fail: 2 (Critical: 1, Note: 1) · Inconclusive: 4". What does not apply is left out. */
export function summaryOf(findings: readonly Finding[], say: Say): string {
  const counts = countOf(findings);
  const severities = severitiesOf(findings);
  const each = SEVERITIES.filter((severity) => severities[severity] > 0).map((severity) =>
    sentence('report_count', { name: sentence(SEVERITY_NAMES[severity]), count: `${severities[severity]}` }),
  );
  return ORDER.filter((kind) => kind !== 'notApplicable' && (counts[kind] > 0 || kind === 'pass'))
    .map((kind) => {
      const words = { name: sentence(VERDICT_NAMES[kind]), count: `${counts[kind]}` };
      if (kind !== 'fail') return say(sentence('report_count', words));
      return say(sentence('report_countOfEach', { ...words, each: listOf(each) }));
    })
    .join(' · ');
}

/** What the run cost (raw). */
export const spentIn = (findings: readonly Finding[]): Raw =>
  findings.reduce((sum, { spent }) => addRaw(sum, spent), ZERO);

/** The report for people: a table of findings, the severest failure first, and what was sent and came back for every one that is not a pass. */
export function markdownOf(report: Report, say: Say): string {
  const { url, method, at, stopped } = report;
  const findings = bySeverity(report.findings);
  const name = (key: PlainMessageKey) => plain(say(sentence(key)));
  const row = (...cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const rows = findings.map((finding) => {
    const { probe, mechanism, verdict } = finding;
    const because = plain(say(verdict.because));
    return row(probe.id, name(probe.title), mechanism ?? '', verdictOf(finding, say), because);
  });
  const details = findings
    .filter(
      ({ verdict, exchanges }) =>
        verdict.kind === 'fail' || (verdict.kind === 'inconclusive' && exchanges.length > 0),
    )
    .map((finding) => detailOf(finding, say));
  const spent = say(sentence('developer_spent', { amount: formatXno(spentIn(findings)) }));
  return [
    `# ${plain(say(sentence('report_title', { request: `${method} ${url}` })))}`,
    '',
    `**${summaryOf(findings, say)}**${stopped ? ` ${name('developer_stopped')}` : ''}`,
    '',
    `${new Date(at).toISOString()} · ${spent} ${name('report_testedBy')}`,
    '',
    row(...HEAD.map(name)),
    row(...HEAD.map(() => '---')),
    ...rows,
    ...details.flat(),
    '',
  ].join('\n');
}

/** The head of the table. */
const HEAD: readonly PlainMessageKey[] = [
  'report_probe',
  'report_requirement',
  'report_mechanism',
  'report_verdict',
  'report_because',
];

/** The verdict, with how much a failure matters. */
export function verdictOf({ verdict, severity }: Finding, say: Say): string {
  const name = say(sentence(VERDICT_NAMES[verdict.kind]));
  return severity === null ? name : `${name} · ${say(sentence(SEVERITY_NAMES[severity]))}`;
}

/** The report for programs, the severest failure first. Amounts in raw, as text; sentences with their key. */
export function jsonOf(report: Report, say: Say): string {
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
        title: say(sentence(title)),
        rule: say(sentence(rule)),
        source,
        mechanism,
        verdict: verdict.kind,
        severity,
        because: say(verdict.because),
        becauseKey: verdict.because.key,
        spentRaw: spent.toString(),
        exchanges,
      }),
    ),
  };
  return `${JSON.stringify(whole, null, 2)}\n`;
}

const MOST_VALUE = 400;

function detailOf(finding: Finding, say: Say): readonly string[] {
  const { probe, mechanism, verdict, exchanges } = finding;
  const title = plain(say(sentence(probe.title)));
  return [
    '',
    `## ${probe.id} ${title}${mechanism === null ? '' : ` (${mechanism})`}: ${verdictOf(finding, say)}`,
    '',
    `${plain(say(sentence(probe.rule)))} *${probe.source}.*`,
    '',
    plain(say(verdict.because)),
    ...exchanges.flatMap((exchange) => exchangeLines(exchange, say)),
  ];
}

function exchangeLines({ sent, received }: Exchange, say: Say): readonly string[] {
  const answer =
    received === null
      ? [say(sentence('developer_noAnswer'))]
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

/** A sentence as text: one line, neither a bar of a table nor a mark-up of its own. Its words are clean already. */
const plain = (text: string): string => text.replace(/\s+/g, ' ').replace(/[\\|<>[\]`*_]/g, '\\$&');
