import { useSignal } from '@preact/signals';
import browser from 'webextension-polyfill';
import type { ExchangeState, ExchangeView } from '../../messages/exchange.ts';
import { request } from '../../messages/request.ts';
import { useAction } from '../../ui/action.ts';
import { Amount } from '../../ui/components/Amount.tsx';
import { Button } from '../../ui/components/Button.tsx';
import { SelectField } from '../../ui/components/Choice.tsx';
import { TextField } from '../../ui/components/Field.tsx';
import { FaultLine } from '../../ui/components/Notice.tsx';
import { kindWord, stateWords, whyWords } from '../../ui/exchange-words.ts';
import { t } from '../../ui/i18n.ts';
import { invalidate, useQuery } from '../../ui/invalidations.ts';
import { saveFile, today } from '../../ui/save-file.ts';
import { shownUrl } from '../../ui/site.ts';
import { timeOfDay } from '../../ui/time.ts';
import { Exchange } from './Exchange.tsx';
import { archiveOf, harOf } from './har.ts';

const EVERY_STATE = 'all';
const STATES: readonly ExchangeState[] = [
  'seen',
  'asking',
  'paying',
  'pending',
  'paid',
  'refused',
  'unanswered',
  'failed',
  'left',
];

/** The panel: every exchange of a tab since it opened or the purse was last locked. */
export function Panel({ tabId }: { readonly tabId: number | null }) {
  return (
    <main class="panel-main">
      <h1 class="unseen">{t('devtools_title')}</h1>
      {tabId === null ? <p class="panel-none">{t('devtools_noTab')}</p> : <Exchanges tabId={tabId} />}
    </main>
  );
}

function Exchanges({ tabId }: { readonly tabId: number }) {
  const exchanges = useQuery('exchange.list', { tabId });
  const words = useSignal('');
  const state = useSignal<ExchangeState | typeof EVERY_STATE>(EVERY_STATE);
  const chosen = useSignal<string | null>(null);
  const action = useAction();
  const all = exchanges.kind === 'given' ? exchanges.value : [];
  const shown = all.filter(
    (one) => (state.value === EVERY_STATE || one.state === state.value) && holds(one, words.value),
  );
  const open = all.find(({ id }) => id === chosen.value);

  const clear = () =>
    action.run(async () => {
      await request('exchange.clear', { tabId });
      invalidate();
    });
  const save = (kind: 'har' | 'json') =>
    action.run(async () => {
      const stories = await Promise.all(shown.map(({ id }) => request('exchange.read', { id })));
      const { version } = browser.runtime.getManifest();
      const file = kind === 'har' ? harOf(stories, version) : archiveOf(stories, version);
      saveFile(`402-${today()}.${kind}`, 'application/json', [JSON.stringify(file, null, 2)]);
    });

  return (
    <>
      <div class="panel-bar">
        <TextField
          label={t('devtools_filter')}
          value={words.value}
          testId="filter"
          onInput={(value) => {
            words.value = value;
          }}
        />
        <SelectField
          label={t('devtools_state')}
          value={state.value}
          options={[
            { value: EVERY_STATE, name: t('devtools_stateAll') },
            ...STATES.map((one) => ({ value: one, name: stateWords(one) })),
          ]}
          testId="state"
          onChange={(value) => {
            state.value = value;
          }}
        />
        <span class="panel-space" />
        <Button off={shown.length === 0} testId="save-har" onClick={() => void save('har')}>
          {t('devtools_saveHar')}
        </Button>
        <Button off={shown.length === 0} testId="save-json" onClick={() => void save('json')}>
          {t('devtools_saveJson')}
        </Button>
        <Button off={all.length === 0} testId="clear" onClick={() => void clear()}>
          {t('devtools_clear')}
        </Button>
      </div>
      <FaultLine fault={exchanges.kind === 'failed' ? exchanges.fault : action.fault.value} />
      <p role="status" class="unseen">
        {t('devtools_count', { shown: String(shown.length), total: String(all.length) })}
      </p>
      {all.length === 0 && exchanges.kind === 'given' && <p class="panel-none">{t('devtools_none')}</p>}
      {all.length > 0 && (
        <div class="panel-panes">
          <ul class="panel-list" aria-label={t('devtools_title')}>
            {shown.map((one) => (
              <Row
                key={one.id}
                exchange={one}
                isOpen={one.id === open?.id}
                onOpen={() => {
                  chosen.value = one.id;
                }}
              />
            ))}
            {shown.length === 0 && <li class="panel-none">{t('devtools_noneShown')}</li>}
          </ul>
          {open === undefined ? (
            <p class="panel-none">{t('devtools_choose')}</p>
          ) : (
            <Exchange key={open.id} id={open.id} />
          )}
        </div>
      )}
    </>
  );
}

interface RowProps {
  readonly exchange: ExchangeView;
  readonly isOpen: boolean;
  readonly onOpen: () => void;
}

function Row({ exchange, isOpen, onOpen }: RowProps) {
  const { state, method, url, kind, at, amount, status } = exchange;
  const { where, what } = shownUrl(url);
  const why = whyWords(exchange);
  return (
    <li>
      <button
        type="button"
        class="panel-row"
        aria-current={isOpen ? 'true' : undefined}
        data-testid="exchange"
        data-state={state}
        onClick={onOpen}
      >
        <span class="panel-row-line">
          <span class="code">{method}</span>
          <bdi dir="ltr" class="code panel-url" title={url.length > 200 ? undefined : url}>
            {what} <span class="panel-where">{where}</span>
          </bdi>
          {amount !== null && <Amount raw={amount} />}
        </span>
        <span class="panel-row-line hint">
          <span class={`panel-state panel-state-${state}`}>
            {stateWords(state)}
            {status !== null && ` · ${status}`}
          </span>
          <span class="panel-why">{why}</span>
          <span>
            {kindWord(kind)} · {timeOfDay(at)}
          </span>
        </span>
      </button>
    </li>
  );
}

/** Tells whether a row contains every word of the filter. */
function holds(exchange: ExchangeView, words: string): boolean {
  const { method, url, kind, state, mechanism, status } = exchange;
  const fields = [
    method,
    url,
    kind,
    kindWord(kind),
    state,
    stateWords(state),
    mechanism,
    status,
    whyWords(exchange),
  ];
  const text = fields.join(' ').toLowerCase();
  return words
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}
