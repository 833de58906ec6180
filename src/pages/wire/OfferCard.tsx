import type { ExplainedOffer } from '../../protocol/explain/offer.ts';
import { Fact } from '../../ui/components/Fact.tsx';
import { t } from '../../ui/i18n.ts';
import { Decoded, EncodingFacts } from './EncodingFacts.tsx';
import { EntryCard } from './EntryCard.tsx';
import { Findings } from './Findings.tsx';
import { JsonTree } from './JsonTree.tsx';
import { Verdict } from './Verdict.tsx';

/** A PAYMENT-REQUIRED header: its offer, and each of its entries. */
export function OfferCard({ explained, now }: { readonly explained: ExplainedOffer; readonly now: number }) {
  const { code, rule, resource, error, entries, extensions } = explained;
  const payable = entries.filter((entry) => entry.payable).length;
  return (
    <div class="wire" data-header={explained.header}>
      <section class="card">
        <Verdict
          good={payable > 0}
          label={
            code === null
              ? t('ui_wireOfCount', { payable: String(payable), total: String(entries.length) })
              : t('ui_wireUnreadable')
          }
          code={code}
          rule={rule}
        />
        <dl class="facts">
          {resource !== null && (
            <Fact name={t('ui_wireResource')} code>
              <bdi dir="ltr">{resource.url}</bdi>
            </Fact>
          )}
          {resource?.description !== undefined && (
            <Fact name={t('ui_wireDescription')}>
              <bdi>{resource.description}</bdi>
            </Fact>
          )}
          {error !== '' && (
            <Fact name={t('ui_wireError')}>
              <bdi>{error}</bdi>
            </Fact>
          )}
          <EncodingFacts encoding={explained.encoding} />
        </dl>
        <Findings findings={explained.findings} />
        {extensions !== null && <JsonTree name={t('ui_wireExtensions')} value={extensions} open={0} />}
        <Decoded encoding={explained.encoding} />
      </section>
      {entries.map((entry) => (
        <EntryCard key={entry.index} entry={entry} now={now} />
      ))}
    </div>
  );
}
