import type { PlainMessageKey } from '../../fault.ts';
import type { WorkProgressView, WorkState } from '../../messages/views.ts';
import { t } from '../i18n.ts';
import { useQuery } from '../invalidations.ts';
import { useNow } from '../now.ts';
import { lasting } from '../time.ts';
import './work-line.css';

const SENTENCES: Readonly<Record<Exclude<WorkState, 'none'>, PlainMessageKey>> = {
  ready: 'popup_workReady',
  working: 'popup_workWorking',
  resting: 'popup_workResting',
};

const ENGINES: Readonly<Record<string, PlainMessageKey>> = { gpu: 'ui_engineGpu', cpu: 'ui_engineCpu' };

/** An engine as people call it; a work server by its host. */
export function engineName(name: string): string {
  const key = ENGINES[name];
  if (key !== undefined) return t(key);
  return URL.canParse(name) ? new URL(name).host : name;
}

/** How far the proof of work for the next payment is. */
export function WorkLine({ work }: { readonly work: WorkState }) {
  return (
    <div data-testid="work" data-work={work}>
      <p class={`work work-${work}`}>{work !== 'none' && t(SENTENCES[work])}</p>
      {work === 'working' && <Progress />}
    </div>
  );
}

/** The search that is running, and how long it has yet to go. */
function Progress() {
  const search = useQuery('work.progress', {});
  return search.kind === 'given' && search.value !== null ? <Search search={search.value} /> : null;
}

/**
 * A search remembers nothing: however long it has gone on, it has the same time left on average. What grows is the share
 * of searches that would be over by now, and that is what the bar shows.
 */
function Search({ search: { engines, since, meanMs } }: { readonly search: WorkProgressView }) {
  const elapsed = useNow(500).value - since;
  const who = new Intl.ListFormat(undefined).format(engines.map(engineName));
  if (meanMs === null) return <p class="hint">{t('ui_workOn', { engines: who })}</p>;
  return (
    <>
      <progress
        class="work-bar"
        max={1}
        value={1 - Math.exp(-Math.max(0, elapsed) / meanMs)}
        aria-label={t('ui_workChance')}
      />
      <p class="hint" data-testid="work-left" data-mean={Math.round(meanMs)}>
        {t('ui_workLeft', { engines: who, average: lasting(meanMs), bound: lasting(3 * meanMs) })}
      </p>
    </>
  );
}
