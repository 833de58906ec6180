import { useSignal } from '@preact/signals';
import type { PlainMessageKey } from '../../fault.ts';
import type { PageInput } from '../../messages/contract.ts';
import type { OpenPurseView } from '../../messages/purse.ts';
import { request } from '../../messages/request.ts';
import type { WorkEngineView, WorkView } from '../../messages/work.ts';
import { useAction } from '../../ui/action.ts';
import { Button } from '../../ui/components/Button.tsx';
import { TextArea, TextField } from '../../ui/components/Field.tsx';
import { Loading } from '../../ui/components/Loading.tsx';
import { FaultLine } from '../../ui/components/Notice.tsx';
import { Screen } from '../../ui/components/Screen.tsx';
import { engineName, WorkLine } from '../../ui/components/WorkLine.tsx';
import { t } from '../../ui/i18n.ts';
import { useQuery } from '../../ui/invalidations.ts';
import { go } from './route.ts';
import { SettingForm } from './settings/SettingForm.tsx';
import './work.css';

type Rules = PageInput<'work.rules'>;

/** The work engines with their speed, and the limits on what they may use of this device. */
export function Work({ purse }: { readonly purse: OpenPurseView }) {
  const work = useQuery('work.read', {});
  return (
    <Screen title={t('popup_workTitle')} onBack={() => go({ name: 'settings' })}>
      <p class="hint">{t('popup_workText')}</p>
      <WorkLine work={purse.work} />
      {work.kind === 'waiting' && <Loading />}
      {work.kind === 'failed' && <FaultLine fault={work.fault} />}
      {work.kind === 'given' && (
        <>
          <Engines work={work.value} />
          <Ahead work={work.value} />
          <Workers work={work.value} />
          <Servers work={work.value} />
        </>
      )}
    </Screen>
  );
}

const STATES: Readonly<Record<WorkEngineView['state'], PlainMessageKey>> = {
  works: 'popup_engineWorks',
  untried: 'popup_engineUntried',
  unavailable: 'popup_engineUnavailable',
  retired: 'popup_engineRetired',
};

function Engines({ work: { engines } }: { readonly work: WorkView }) {
  const action = useAction();
  return (
    <section class="card" aria-labelledby="engines-title">
      <h2 id="engines-title">{t('popup_engines')}</h2>
      <ul class="engines">
        {engines.map((engine) => (
          <li key={engine.name} data-testid="engine" data-engine={engine.name} data-state={engine.state}>
            <div class="engine-head">
              <strong>{engineName(engine.name)}</strong>
              {engine.leads && engine.state === 'works' && <span class="chip">{t('popup_engineLeads')}</span>}
              {engine.rate !== null && engine.state === 'works' && (
                <span class="engine-rate">{t('popup_engineRate', { rate: millions(engine.rate) })}</span>
              )}
            </div>
            <p class={engine.state === 'retired' ? 'engine-retired' : 'hint'}>{t(STATES[engine.state])}</p>
          </li>
        ))}
      </ul>
      <Button
        busy={action.busy.value}
        testId="work-test"
        onClick={() => void action.run(() => request('work.test', {}))}
      >
        {t(action.busy.value ? 'popup_workTesting' : 'popup_workTest')}
      </Button>
      <FaultLine fault={action.fault.value} />
    </section>
  );
}

/** Returns million hashes per second with two significant digits. */
const millions = (rate: number): string =>
  new Intl.NumberFormat(undefined, { maximumSignificantDigits: 2 }).format(rate / 1e6);

const AHEAD: readonly (readonly [Rules['ahead'], PlainMessageKey])[] = [
  ['always', 'popup_aheadAlways'],
  ['battery', 'popup_aheadBattery'],
  ['plugged', 'popup_aheadPlugged'],
  ['never', 'popup_aheadNever'],
];

function Ahead({ work }: { readonly work: WorkView }) {
  const action = useAction();
  return (
    <section class="card" aria-labelledby="ahead-title">
      <h2 id="ahead-title">{t('popup_ahead')}</h2>
      <p class="hint">{t('popup_aheadText')}</p>
      <div role="radiogroup" aria-labelledby="ahead-title">
        {AHEAD.map(([ahead, name]) => (
          <div class="choice" key={ahead}>
            <label>
              <input
                type="radio"
                name="ahead"
                checked={work.ahead === ahead}
                data-testid={`ahead-${ahead}`}
                onChange={() => void action.run(() => request('work.rules', { ...rulesOf(work), ahead }))}
              />
              <span>{t(name)}</span>
            </label>
          </div>
        ))}
      </div>
      <FaultLine fault={action.fault.value} />
    </section>
  );
}

function Workers({ work }: { readonly work: WorkView }) {
  const text = useSignal(work.workers === null ? '' : String(work.workers));
  const typed = text.value.trim();
  const workers = typed === '' ? null : Number(typed);
  const isValid = typed === '' || (/^[1-9][0-9]?$/.test(typed) && Number(typed) <= work.cores);
  const isNew = isValid && workers !== work.workers;
  return (
    <section class="card" aria-labelledby="workers-title">
      <h2 id="workers-title">{t('popup_workers')}</h2>
      <SettingForm
        save={isNew ? () => request('work.rules', { ...rulesOf(work), workers }) : null}
        field={
          <TextField
            label={t('popup_workersMost')}
            hint={t(isValid ? 'popup_workersHint' : 'popup_workersFault', { cores: String(work.cores) })}
            numeric
            value={text.value}
            testId="workers"
            onInput={(value) => {
              text.value = value;
            }}
          />
        }
      />
    </section>
  );
}

function Servers({ work }: { readonly work: WorkView }) {
  const text = useSignal(work.servers.join('\n'));
  const servers = text.value
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const isNew = servers.join('\n') !== work.servers.join('\n');
  return (
    <section class="card" aria-labelledby="servers-title">
      <h2 id="servers-title">{t('popup_workServers')}</h2>
      <SettingForm
        save={isNew ? () => request('work.rules', { ...rulesOf(work), servers }) : null}
        saveTestId="work-servers-save"
      >
        <p class="hint">{t('popup_workServersText')}</p>
        <TextArea
          label={t('popup_workServersList')}
          hint={t('popup_workServersHint')}
          rows={3}
          value={text.value}
          testId="work-servers"
          onInput={(value) => {
            text.value = value;
          }}
        />
      </SettingForm>
    </section>
  );
}

const rulesOf = ({ workers, ahead, servers }: WorkView): Rules => ({ workers, ahead, servers: [...servers] });
