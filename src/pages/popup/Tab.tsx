import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { ExchangeState, ExchangeView } from '../../messages/exchange.ts';
import { Amount } from '../../ui/components/Amount.tsx';
import { Icon, type IconName } from '../../ui/components/Icon.tsx';
import { Loading } from '../../ui/components/Loading.tsx';
import { FaultLine } from '../../ui/components/Notice.tsx';
import { Screen, type ScrollPosition } from '../../ui/components/Screen.tsx';
import { SiteName } from '../../ui/components/SiteName.tsx';
import { kindWord, stateWords, whyWords } from '../../ui/exchange-words.ts';
import { t } from '../../ui/i18n.ts';
import { useQuery } from '../../ui/invalidations.ts';
import { shownUrl } from '../../ui/site.ts';
import { ago } from '../../ui/time.ts';
import { activePage } from './active-site.ts';
import { ManualSite } from './ManualSite.tsx';
import { go } from './route.ts';

const scroll: ScrollPosition = { top: 0 };

/** The exchanges of the active tab, with the reason for each that was not paid, and whether its page handles its own 402s. */
export function Tab({ tabId }: { readonly tabId: number }) {
  const exchanges = useQuery('exchange.list', { tabId });
  /** The site in the tab, where something of it may be stored. */
  const site = useSignal<string | null>(null);
  useEffect(() => {
    void activePage().then((page) => {
      site.value = page === null || page.isPrivate || page.tabId !== tabId ? null : page.site;
    });
  }, [site, tabId]);
  return (
    <Screen title={t('popup_tab')} onBack={() => go({ name: 'home' })} scroll={scroll}>
      {exchanges.kind === 'waiting' && <Loading />}
      {exchanges.kind === 'failed' && <FaultLine fault={exchanges.fault} />}
      {exchanges.kind === 'given' && (
        <>
          <p class="hint">{t(exchanges.value.length === 0 ? 'popup_tabNone' : 'popup_tabText')}</p>
          <ul class="rows">
            {exchanges.value.toReversed().map((exchange) => (
              <Row key={exchange.id} exchange={exchange} tabId={tabId} />
            ))}
          </ul>
          {exchanges.value.length > 0 && <p class="hint">{t('popup_tabDevtools')}</p>}
          {site.value !== null && <ManualSite site={site.value} />}
        </>
      )}
    </Screen>
  );
}

/** One exchange. A click opens the story of its payment. */
function Row({ exchange, tabId }: { readonly exchange: ExchangeView; readonly tabId: number }) {
  const { payment, state } = exchange;
  const attributes = { class: 'row', 'data-testid': 'tab-exchange', 'data-state': state };
  return (
    <li>
      {payment === null ? (
        <div {...attributes}>
          <Words exchange={exchange} />
        </div>
      ) : (
        <button
          type="button"
          {...attributes}
          onClick={() => go({ name: 'story', id: payment, from: { name: 'tab', tabId } })}
        >
          <Words exchange={exchange} />
        </button>
      )}
    </li>
  );
}

function Words({ exchange }: { readonly exchange: ExchangeView }) {
  const { state, site, kind, method, url, amount, at } = exchange;
  const [tone, icon] = LOOKS[state];
  const why = whyWords(exchange);
  return (
    <>
      <span class={`disc disc-${tone}`}>
        <Icon name={icon} />
      </span>
      <span class="row-words">
        <span class="row-title">
          <SiteName site={site} />
        </span>
        <bdi dir="ltr" class="row-sub code" title={url.length > 200 ? undefined : url}>
          {method === 'GET' ? '' : `${method} `}
          {shownUrl(url).what}
        </bdi>
        <span class="row-sub">
          {stateWords(state)} · {kindWord(kind)} · {ago(at, Date.now())}
        </span>
        {why !== '' && <span class="row-why">{why}</span>}
      </span>
      {amount !== null && <Amount raw={amount} />}
    </>
  );
}

const LOOKS: Readonly<Record<ExchangeState, readonly [tone: string, icon: IconName]>> = {
  seen: ['busy', 'clock'],
  asking: ['busy', 'clock'],
  paying: ['busy', 'clock'],
  pending: ['busy', 'clock'],
  paid: ['good', 'check'],
  refused: ['bad', 'warning'],
  unanswered: ['bad', 'warning'],
  failed: ['bad', 'warning'],
  left: ['quiet', 'cross'],
};
