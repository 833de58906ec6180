import { signal } from '@preact/signals';
import { useEffect, useId } from 'preact/hooks';
import { Screen, type ScrollPosition } from '../../ui/components/Screen.tsx';
import { t } from '../../ui/i18n.ts';
import { ActivityDays } from './ActivityDays.tsx';
import { activity, filteredActivity, forgetFiltered, undelivered } from './activity-list.ts';
import { ExportActivity } from './ExportActivity.tsx';
import { FilteredList } from './FilteredList.tsx';
import { MoreRows } from './MoreRows.tsx';
import { SmallReceivesRow } from './SmallReceives.tsx';
import { Totals } from './Totals.tsx';
import { Undelivered } from './Undelivered.tsx';

const scroll: ScrollPosition = { top: 0 };
const HERE = { name: 'activity' } as const;

/** What stands in the search field. It stays while a story is open. */
const typed = signal('');
/** What is searched: the text of the field after a pause. */
const searched = signal('');
/** How long the user has to pause for a search to begin (ms). */
const PAUSE = 200;

/** The whole activity, newest first, by day; or what a search finds in it. */
export function Activity() {
  useEffect(() => {
    const timer = setTimeout(() => {
      searched.value = typed.value.trim();
      if (searched.value === '') forgetFiltered();
    }, PAUSE);
    return () => clearTimeout(timer);
  }, [typed.value]);
  const isSearch = typed.value.trim() !== '' && searched.value !== '';
  return (
    <Screen title={t('popup_activity')} scroll={scroll}>
      <Search text={typed.value} onInput={(text) => (typed.value = text)} />
      {isSearch ? (
        <FilteredList
          list={filteredActivity({ search: searched.value })}
          from={HERE}
          none={t('popup_nothingFound')}
        />
      ) : (
        <Everything />
      )}
    </Screen>
  );
}

interface SearchProps {
  readonly text: string;
  readonly onInput: (text: string) => void;
}

function Search({ text, onInput }: SearchProps) {
  const id = useId();
  return (
    <div class="field">
      <label class="unseen" for={id}>
        {t('popup_search')}
      </label>
      <input
        id={id}
        type="search"
        maxLength={200}
        placeholder={t('popup_search')}
        autoComplete="off"
        spellcheck={false}
        value={text}
        data-testid="activity-search"
        onInput={(event) => onInput(event.currentTarget.value)}
      />
    </div>
  );
}

function Everything() {
  const onTop = new Set(undelivered.items.value.map(({ id }) => id));
  const items = activity.items.value.filter(({ id }) => !onTop.has(id));
  const isEmpty = activity.items.value.length === 0;
  return (
    <>
      {isEmpty && activity.loading.value.kind === 'idle' && <p class="hint">{t('popup_nothingYet')}</p>}
      {!isEmpty && <Totals site={null} />}
      <Undelivered from={HERE} />
      <ActivityDays items={items} from={HERE} />
      <ul class="rows">
        <SmallReceivesRow from={HERE} />
      </ul>
      <MoreRows list={activity} />
      {!isEmpty && <ExportActivity />}
    </>
  );
}
