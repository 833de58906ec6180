import type { ExchangeView } from '../../messages/exchange.ts';
import { Icon } from '../../ui/components/Icon.tsx';
import { stateWords, whyWords } from '../../ui/exchange-words.ts';
import { t, tCount } from '../../ui/i18n.ts';
import { useQuery } from '../../ui/invalidations.ts';
import { go } from './route.ts';

/** A row that opens the exchanges of the active tab, and says why its newest payment failed. Renders nothing without exchanges. */
export function TabRow({ tabId }: { readonly tabId: number }) {
  const exchanges = useQuery('exchange.list', { tabId });
  if (exchanges.kind !== 'given' || exchanges.value.length === 0) return null;
  const newest = exchanges.value.at(-1);
  return (
    <button type="button" class="open-row" data-testid="tab-row" onClick={() => go({ name: 'tab', tabId })}>
      <span class="tab-name">
        {t('popup_tab')}
        <span class="hint">{countOf(exchanges.value)}</span>
        {newest?.state === 'failed' && (
          <span class="hint" data-testid="tab-failed">
            {stateWords(newest.state)} · {whyWords(newest)}
          </span>
        )}
      </span>
      <Icon name="forward" />
    </button>
  );
}

function countOf(all: readonly ExchangeView[]): string {
  const asking = all.filter(({ state }) => state === 'asking').length;
  if (asking > 0) return tCount('popup_requestsAsking', all.length, { waiting: String(asking) });
  return tCount('popup_requests', all.length);
}
