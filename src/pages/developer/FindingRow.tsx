import type { Exchange } from '../../conformance/exchange.ts';
import type { Finding, Severity, Verdict } from '../../conformance/probe.ts';
import type { PlainMessageKey } from '../../fault.ts';
import { cleanText } from '../../protocol/wire/clean-text.ts';
import { t } from '../../ui/i18n.ts';

const WORDS: Readonly<Record<Verdict['kind'], PlainMessageKey>> = {
  pass: 'developer_verdict_pass',
  fail: 'developer_verdict_fail',
  inconclusive: 'developer_verdict_inconclusive',
  skipped: 'developer_verdict_skipped',
  notApplicable: 'developer_verdict_notApplicable',
};

const SEVERITIES: Readonly<Record<Severity, PlainMessageKey>> = {
  critical: 'developer_severity_critical',
  warning: 'developer_severity_warning',
  note: 'developer_severity_note',
};

/** The verdict of one probe, with its severity, its rule and source, the request and the response. */
export function FindingRow({ finding }: { readonly finding: Finding }) {
  const { probe, mechanism, verdict, severity, exchanges } = finding;
  return (
    <details
      class="developer-finding"
      data-probe={probe.id}
      data-verdict={verdict.kind}
      data-severity={severity}
    >
      <summary>
        <span class="code">{probe.id}</span> {probe.title}
        {mechanism !== null && <span class="hint code"> {mechanism}</span>}{' '}
        <strong class={`developer-verdict-${severity ?? verdict.kind}`}>
          {t(WORDS[verdict.kind])}
          {severity !== null && ` · ${t(SEVERITIES[severity])}`}
        </strong>
      </summary>
      <p>{cleanText(verdict.because, MAX_CHARACTERS)}</p>
      <p class="hint">
        {probe.rule} ({probe.source})
      </p>
      {exchanges.map((exchange, index) => (
        <ExchangeView key={index} exchange={exchange} />
      ))}
    </details>
  );
}

const MAX_CHARACTERS = 600;

function ExchangeView({ exchange: { sent, received } }: { readonly exchange: Exchange }) {
  const lines = (headers: Readonly<Record<string, string>>) =>
    Object.entries(headers).map(([name, value]) => cleanText(`${name}: ${value}`, MAX_CHARACTERS));
  return (
    <dl class="facts">
      <dt>{t('developer_sent')}</dt>
      <dd>
        <pre class="code developer-raw" dir="ltr">
          {[`${sent.method} ${cleanText(sent.url, MAX_CHARACTERS)}`, ...lines(sent.headers)].join('\n')}
        </pre>
      </dd>
      <dt>{t('developer_cameBack')}</dt>
      <dd>
        <pre class="code developer-raw" dir="ltr">
          {received === null
            ? t('developer_noAnswer')
            : [
                String(received.status),
                ...lines(received.headers),
                cleanText(received.body, MAX_CHARACTERS),
              ].join('\n')}
        </pre>
      </dd>
    </dl>
  );
}
