import type { ExplainedEntry } from '../../protocol/explain/offer.ts';
import { mechanismName } from '../../ui/approval/mechanism.ts';
import { FullAccount } from '../../ui/components/Account.tsx';
import { Fact } from '../../ui/components/Fact.tsx';
import { exactXno } from '../../ui/format.ts';
import { t } from '../../ui/i18n.ts';
import { clock, moment } from '../../ui/time.ts';
import { Findings } from './Findings.tsx';
import { JsonTree } from './JsonTree.tsx';
import { Verdict } from './Verdict.tsx';
import './wire.css';

interface EntryCardProps {
  readonly entry: ExplainedEntry;
  /** The time against which expiry is shown (ms). */
  readonly now: number;
  /** The title; by default the index in `accepts`. */
  readonly title?: string;
}

/** One entry of an offer: its verdict and rule, its terms, and its verbatim JSON. */
export function EntryCard({
  entry,
  now,
  title = t('ui_wireEntry', { index: String(entry.index) }),
}: EntryCardProps) {
  const { payable, code, rule, mechanism } = entry;
  // What is written for another chain is no amount of raw, and no way to pay Nano.
  const isNano = code !== 'IGNORE_NOT_NANO';
  return (
    <section class="card wire-entry" data-entry={entry.index}>
      <h3>{title}</h3>
      <Verdict
        good={payable}
        label={t(payable ? 'ui_wirePayable' : 'ui_wireNotPaid')}
        code={code}
        rule={rule}
      />
      <dl class="facts">
        {isNano && mechanism !== null && (
          <Fact name={t('ui_wireMechanism')}>
            <span class="code">{mechanism}</span> · {mechanismName(mechanism)}
          </Fact>
        )}
        {entry.network !== null && (
          <Fact name={t('ui_wireNetwork')} code>
            <bdi>{entry.network}</bdi>
          </Fact>
        )}
        {isNano && entry.amount !== null && (
          <Money name={t('ui_wireAmount')} raw={entry.amount} testId="wire-amount" />
        )}
        {entry.parts !== null && (
          <>
            <Money name={t('ui_wirePrice')} raw={entry.parts.resource} testId="wire-price" />
            <Money name={t('ui_wireTag')} raw={entry.parts.tag} testId="wire-tag" />
          </>
        )}
        {entry.payTo !== null && (
          <Fact name={t('ui_wirePayTo')}>
            <FullAccount account={entry.payTo} />
          </Fact>
        )}
        {entry.expiresAt !== null && (
          <Fact name={t('ui_wireExpires')} testId="wire-expires">
            {expiry(entry.expiresAt, now)}
          </Fact>
        )}
      </dl>
      <Findings findings={entry.findings} />
      <JsonTree name={t('ui_wireAsItCame')} value={entry.json} open={0} />
    </section>
  );
}

function Money({
  name,
  raw,
  testId,
}: {
  readonly name: string;
  readonly raw: string;
  readonly testId: string;
}) {
  return (
    <>
      <dt>{name}</dt>
      <dd data-testid={testId} data-raw={raw}>
        <span class="code">{exactXno(raw)}</span> {t('ui_xno')}
        <br />
        <span class="hint code">{t('ui_raw', { amount: raw })}</span>
      </dd>
    </>
  );
}

function expiry(at: number, now: number): string {
  const when = moment(at);
  return at > now
    ? t('ui_wireExpiresIn', { date: when, time: clock(at - now) })
    : t('ui_wireExpired', { date: when, time: clock(now - at) });
}
