import type { ComponentChildren } from 'preact';
import type { SettingsView } from '../../../messages/settings.ts';
import { Icon, type IconName } from '../../../ui/components/Icon.tsx';
import { Loading } from '../../../ui/components/Loading.tsx';
import { FaultLine } from '../../../ui/components/Notice.tsx';
import { Screen } from '../../../ui/components/Screen.tsx';
import { t } from '../../../ui/i18n.ts';
import { useQuery } from '../../../ui/invalidations.ts';
import { openPage } from '../../../ui/open-page.ts';
import { go } from '../route.ts';
import { SandboxEntrance } from '../TabSandbox.tsx';
import { Appearance } from './Appearance.tsx';
import { AutoLock } from './AutoLock.tsx';
import { BlockedSites } from './BlockedSites.tsx';
import { CurrencyRate } from './CurrencyRate.tsx';
import { GlobalCap } from './GlobalCap.tsx';
import { LeastReceived } from './LeastReceived.tsx';
import { ManualSites } from './ManualSites.tsx';
import { MechanismPreference } from './MechanismPreference.tsx';
import { Networks } from './Networks.tsx';
import { Notifications } from './Notifications.tsx';
import { OpenLinks } from './OpenLinks.tsx';
import { Pocket } from './Pocket.tsx';
import { PocketCloses } from './PocketCloses.tsx';
import { Representative } from './Representative.tsx';

/** Every setting, section by section. */
export function Settings() {
  const settings = useQuery('settings.read', {});
  return (
    <Screen title={t('popup_settings')}>
      {settings.kind === 'waiting' && <Loading />}
      {settings.kind === 'failed' && <FaultLine fault={settings.fault} />}
      {settings.kind === 'given' && <Sections settings={settings.value} />}
    </Screen>
  );
}

function Sections({ settings }: { readonly settings: SettingsView }) {
  return (
    <>
      <Section title={t('popup_networkTitle')} id="network">
        <Networks networks={settings.networks} activeNetwork={settings.activeNetwork} />
      </Section>
      <Section title={t('budget_allSites')} id="cap">
        <GlobalCap cap={settings.cap} />
      </Section>
      <Section title={t('popup_securityTitle')} id="security">
        <AutoLock minutes={settings.autoLockMinutes} />
        <PocketCloses settings={settings} />
        <OpenRow
          icon="key"
          name={t('popup_backup')}
          testId="open-backup"
          onClick={() => go({ name: 'backup' })}
        />
        <OpenRow
          icon="lock"
          name={t('popup_password')}
          testId="open-password"
          onClick={() => go({ name: 'password' })}
        />
        <OpenRow
          icon="cross"
          name={t('erase_title')}
          testId="open-erase"
          onClick={() => go({ name: 'erase' })}
        />
      </Section>
      <Section title={t('popup_appearanceTitle')} id="appearance">
        <Appearance theme={settings.theme} />
      </Section>
      <Section title={t('popup_representative')} id="representative">
        <Representative account={settings.representative} />
      </Section>
      <Section title={t('popup_receivedTitle')} id="received">
        <LeastReceived leastReceived={settings.leastReceived} />
      </Section>
      <Section title={t('popup_currencyTitle')} id="currency">
        <CurrencyRate currency={settings.currency} rateSource={settings.rateSource} />
      </Section>
      <Section title={t('popup_linksTitle')} id="links">
        <OpenLinks opensLinks={settings.opensLinks} />
      </Section>
      <Section title={t('popup_notificationsTitle')} id="notifications">
        <Notifications notifies={settings.notifies} />
      </Section>
      <Section title={t('popup_preference')} id="preference">
        <MechanismPreference order={settings.preference} />
      </Section>
      <Section title={t('popup_pocket')} id="pocket">
        <Pocket pocket={settings.pocket} />
      </Section>
      <Section title={t('popup_workTitle')} id="work">
        <OpenRow
          icon="gauge"
          name={t('popup_workOpen')}
          testId="open-work"
          onClick={() => go({ name: 'work' })}
        />
      </Section>
      <Section title={t('popup_developerTitle')} id="developer">
        <SandboxEntrance />
        <OpenRow icon="code" name={t('popup_developerOpen')} onClick={() => void openPage('developer')} />
      </Section>
      <Section title={t('appName')} id="about">
        <OpenRow
          icon="info"
          name={t('popup_about')}
          testId="open-about"
          onClick={() => go({ name: 'about' })}
        />
      </Section>
      <Section title={t('popup_sitesTitle')} id="sites">
        <BlockedSites sites={settings.blockedSites} />
        <ManualSites sites={settings.manualSites} />
        <OpenRow icon="list" name={t('popup_log')} testId="open-log" onClick={() => go({ name: 'log' })} />
      </Section>
    </>
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
  readonly testId?: string;
  readonly onClick: () => void;
}

/** A row that opens a screen of its own. */
function OpenRow({ icon, name, testId, onClick }: OpenRowProps) {
  return (
    <button type="button" class="open-row" data-testid={testId} onClick={onClick}>
      <Icon name={icon} />
      <span>{name}</span>
      <Icon name="forward" />
    </button>
  );
}
