import type { ExchangeStory } from '../../messages/exchange.ts';
import { Fact } from '../../ui/components/Fact.tsx';
import { kindWord } from '../../ui/exchange-words.ts';
import { t } from '../../ui/i18n.ts';
import { moment } from '../../ui/time.ts';

/** The request that was answered with 402, and who caused it. */
export function RequestFacts({ story }: { readonly story: ExchangeStory }) {
  const { method, url, kind, frameId, documentId, initiator, redirectedBy, topOrigin, at } = story;
  return (
    <dl class="facts">
      <Fact name={t('devtools_url')}>
        <bdi dir="ltr" class="code" data-testid="request">
          {method} {url}
        </bdi>
      </Fact>
      <Fact name={t('devtools_kind')}>
        {kindWord(kind)} <span class="hint code">{kind}</span>
      </Fact>
      <Fact name={t('devtools_initiator')}>
        <bdi class="code">{initiator ?? t('devtools_byUser')}</bdi>
      </Fact>
      {redirectedBy !== null && (
        <Fact name={t('devtools_redirectedBy')}>
          <bdi class="code">{redirectedBy}</bdi>
        </Fact>
      )}
      <Fact name={t('devtools_page')}>
        <bdi class="code">{topOrigin ?? '–'}</bdi>
      </Fact>
      <Fact name={t('devtools_frame')}>
        <span class="code">
          {frameId}
          {documentId !== null && ` · ${documentId}`}
        </span>
      </Fact>
      <Fact name={t('devtools_at')}>{moment(at)}</Fact>
    </dl>
  );
}
