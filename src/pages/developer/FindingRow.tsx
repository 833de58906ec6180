import type { Exchange } from '../../conformance/exchange.ts';
import type { Finding } from '../../conformance/probe.ts';
import { verdictOf } from '../../conformance/report.ts';
import { testCodeOf } from '../../conformance/test-code.ts';
import { cleanText } from '../../protocol/wire/clean-text.ts';
import { CopyButton } from '../../ui/components/CopyButton.tsx';
import { sentenceOf, t } from '../../ui/i18n.ts';

/** The verdict of one probe, with its severity, its rule and source, the request and the response. */
export function FindingRow({ finding }: { readonly finding: Finding }) {
  const { probe, mechanism, verdict, severity, exchanges } = finding;
  const code = testCodeOf(finding, sentenceOf);
  return (
    <details
      class="developer-finding"
      data-probe={probe.id}
      data-verdict={verdict.kind}
      data-severity={severity}
    >
      <summary>
        <span class="code">{probe.id}</span> {t(probe.title)}
        {mechanism !== null && <span class="hint code"> {mechanism}</span>}{' '}
        <strong class={`developer-verdict-${severity ?? verdict.kind}`}>
          {verdictOf(finding, sentenceOf)}
        </strong>
      </summary>
      <p>{sentenceOf(verdict.because)}</p>
      <p class="hint">
        {t(probe.rule)} ({probe.source})
      </p>
      {code !== null && <CopyButton text={code} label={t('developer_copyTest')} />}
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
