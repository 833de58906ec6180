import type { PlainMessageKey } from '../../fault.ts';
import type { WorkProgressView, WorkState } from '../../messages/work.ts';
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

/** Returns the name of a work engine: that of a work server is its host. */
export function engineName(name: string): string {
  const key = ENGINES[name];
  if (key !== undefined) return t(key);
  return URL.canParse(name) ? new URL(name).host : name;
}

/** The state of the proof of work for the next payment. */
export function WorkLine({ work }: { readonly work: WorkState }) {
  return (
    <div data-testid="work" data-work={work}>
      <p class={`work work-${work}`}>{work !== 'none' && t(SENTENCES[work])}</p>
      {work === 'working' && <Progress />}
    </div>
  );
}

/** The running search, with the time that it is expected to need. */
function Progress() {
  const search = useQuery('work.progress', {});
  return search.kind === 'given' && search.value !== null ? <Search search={search.value} /> : null;
}

/**
 * A running search. A search has no memory: its expected remaining time stays the same however long it has run. The bar
 * therefore shows the share of searches that would have ended by now.
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
