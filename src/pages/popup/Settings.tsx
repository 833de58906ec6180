import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import browser from 'webextension-polyfill';
import { request } from '../../messages/request.ts';
import type { NetworkView, SettingsView } from '../../messages/views.ts';
import { useAction } from '../../ui/action.ts';
import { Button, IconButton } from '../../ui/components/Button.tsx';
import { TextField } from '../../ui/components/Field.tsx';
import { Icon, type IconName } from '../../ui/components/Icon.tsx';
import { Loading } from '../../ui/components/Loading.tsx';
import { FaultLine, StatusLine } from '../../ui/components/Notice.tsx';
import { Screen } from '../../ui/components/Screen.tsx';
import { SiteName } from '../../ui/components/SiteName.tsx';
import { t } from '../../ui/i18n.ts';
import { useQuery } from '../../ui/invalidations.ts';
import { BlockTakers } from './BlockTakers.tsx';
import { GlobalCap } from './GlobalCap.tsx';
import { LeastReceived } from './LeastReceived.tsx';
import { Preference } from './Preference.tsx';
import { go } from './place.ts';
import { SandboxEntrance } from './TabSandbox.tsx';
import { WarmFloat } from './WarmFloat.tsx';

/** What the user can set. */
export function Settings() {
  const settings = useQuery('settings.read', {});
  return (
    <Screen title={t('popup_settings')}>
      {settings.kind === 'waiting' && <Loading />}
      {settings.kind === 'failed' && <FaultLine fault={settings.fault} />}
      {settings.kind === 'given' && (
        <>
          <Networks settings={settings.value} />
          <Section title={t('budget_allSites')} id="cap">
            <GlobalCap cap={settings.value.cap} />
          </Section>
          <Section title={t('popup_securityTitle')} id="security">
            <AutoLock minutes={settings.value.autoLockMinutes} />
            <OpenRow icon="key" name={t('popup_backup')} onClick={() => go({ name: 'backup' })} />
          </Section>
          <Section title={t('popup_representative')} id="representative">
            <Representative account={settings.value.representative ?? ''} />
          </Section>
          <Section title={t('popup_receivedTitle')} id="received">
            <LeastReceived leastReceived={settings.value.leastReceived} />
          </Section>
          <Section title={t('popup_preference')} id="preference">
            <Preference order={settings.value.preference} />
          </Section>
          <Section title={t('popup_float')} id="float">
            <WarmFloat float={settings.value.float} />
          </Section>
          <Section title={t('popup_workTitle')} id="work">
            <OpenRow icon="gauge" name={t('popup_workOpen')} onClick={() => go({ name: 'work' })} />
          </Section>
          <Section title={t('popup_developerTitle')} id="developer">
            <SandboxEntrance />
            <OpenRow icon="code" name={t('popup_developerOpen')} onClick={() => void openBench()} />
          </Section>
          <Section title={t('popup_sitesTitle')} id="sites">
            <Blocked sites={settings.value.blockedSites} />
            <BlockTakers sites={settings.value.blockTakers} />
            <OpenRow icon="list" name={t('popup_log')} onClick={() => go({ name: 'log' })} />
          </Section>
        </>
      )}
    </Screen>
  );
}

/** The developer's bench needs more room than a popup has. */
async function openBench(): Promise<void> {
  await browser.tabs.create({ url: browser.runtime.getURL('src/pages/developer/index.html') });
  window.close();
}

function Networks({ settings }: { readonly settings: SettingsView }) {
  const action = useAction();
  return (
    <Section title={t('popup_networkTitle')} id="network">
      <div role="radiogroup" aria-label={t('popup_networkUse')}>
        {settings.networks.map((network) => (
          <NetworkChoice
            key={network.id}
            network={network}
            chosen={network.id === settings.activeNetwork}
            onChoose={() => void action.run(() => request('network.use', { id: network.id }))}
          />
        ))}
      </div>
      <FaultLine fault={action.fault.value} />
      <Button icon="plus" look="quiet" onClick={() => go({ name: 'network', network: null })}>
        {t('popup_networkAdd')}
      </Button>
    </Section>
  );
}

interface NetworkChoiceProps {
  readonly network: NetworkView;
  readonly chosen: boolean;
  readonly onChoose: () => void;
}

function NetworkChoice({ network, chosen, onChoose }: NetworkChoiceProps) {
  return (
    <div class="choice">
      <label>
        <input type="radio" name="network" checked={chosen} onChange={onChoose} />
        <span>
          <span class="choice-name">
            {network.label}
            {network.testMoney && <span class="chip chip-warn">{t('popup_networkTestChip')}</span>}
          </span>
          <span class="hint code">{network.id}</span>
        </span>
      </label>
      <IconButton
        icon="forward"
        label={t('popup_networkEdit', { network: network.label })}
        onClick={() => go({ name: 'network', network })}
      />
    </div>
  );
}

const MOST_MINUTES = 1440;

function AutoLock({ minutes }: { readonly minutes: number }) {
  const text = useSignal(String(minutes));
  const said = useSignal<string | null>(null);
  const action = useAction();
  const wanted = /^[1-9][0-9]{0,3}$/.test(text.value) ? Number(text.value) : null;
  const valid = wanted !== null && wanted <= MOST_MINUTES;
  const save = async () => {
    if (wanted === null || !valid) return;
    if (await action.run(() => request('settings.autoLock', { minutes: wanted }))) said.value = t('ui_saved');
  };
  return (
    <form
      class="setting"
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <div class="field-line">
        <TextField
          label={t('popup_autoLock')}
          hint={valid ? t('popup_autoLockHint') : t('popup_autoLockFault')}
          numeric
          value={text.value}
          testId="auto-lock"
          onInput={(value) => {
            text.value = value;
            said.value = null;
          }}
        />
        <Button submit off={!valid || wanted === minutes} busy={action.busy.value}>
          {t('ui_save')}
        </Button>
      </div>
      <FaultLine fault={action.fault.value} />
      <StatusLine text={said.value} />
    </form>
  );
}

function Representative({ account }: { readonly account: string }) {
  const text = useSignal(account);
  const said = useSignal<string | null>(null);
  const action = useAction();
  const save = async () => {
    const wanted = text.value.trim();
    if (await action.run(() => request('settings.representative', { account: wanted })))
      said.value = t('ui_saved');
  };
  return (
    <form
      class="setting"
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <TextField
        label={t('popup_representativeAddress')}
        hint={t('popup_representativeHint')}
        code
        value={text.value}
        testId="representative"
        onInput={(value) => {
          text.value = value;
          said.value = null;
        }}
      />
      <FaultLine fault={action.fault.value} />
      <StatusLine text={said.value} />
      <Button submit off={text.value.trim() === account || text.value.trim() === ''} busy={action.busy.value}>
        {t('ui_save')}
      </Button>
    </form>
  );
}

function Blocked({ sites }: { readonly sites: readonly string[] }) {
  const action = useAction();
  return (
    <div class="setting">
      <h3>{t('popup_blocked')}</h3>
      {sites.length === 0 ? (
        <p class="hint">{t('popup_blockedNone')}</p>
      ) : (
        <ul class="blocked">
          {sites.map((site) => (
            <li key={site}>
              <SiteName site={site} />
              <button
                type="button"
                class="link"
                aria-label={t('popup_unblockSite', { site })}
                onClick={() => void action.run(() => request('settings.unblock', { site }))}
              >
                {t('popup_unblock')}
              </button>
            </li>
          ))}
        </ul>
      )}
      <FaultLine fault={action.fault.value} />
    </div>
  );
}

interface SectionProps {
  readonly title: string;
  readonly id: string;
  readonly children: ComponentChildren;
}

function Section({ title, id, children }: SectionProps) {
  return (
    <section class="card" aria-labelledby={`${id}-title`}>
      <h2 id={`${id}-title`}>{title}</h2>
      {children}
    </section>
  );
}

interface OpenRowProps {
  readonly icon: IconName;
  readonly name: string;
  readonly onClick: () => void;
}

/** A line that leads to a screen of its own. */
function OpenRow({ icon, name, onClick }: OpenRowProps) {
  return (
    <button type="button" class="open-row" onClick={onClick}>
      <Icon name={icon} />
      <span>{name}</span>
      <Icon name="forward" />
    </button>
  );
}
