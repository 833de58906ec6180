import type { Fault } from '../fault.ts';
import { Icon, type IconName } from '../ui/components/Icon.tsx';
import { FaultLine } from '../ui/components/Notice.tsx';
import { Screen } from '../ui/components/Screen.tsx';
import { t } from '../ui/i18n.ts';

interface WelcomeProps {
  readonly onCreate: () => void;
  readonly onImport: () => void;
  readonly onRestore: () => void;
  readonly fault: Fault | null;
}

/** The first page: a new purse, or an old one, from its secret or as a whole. */
export function Welcome({ onCreate, onImport, onRestore, fault }: WelcomeProps) {
  return (
    <Screen title={t('onboarding_title')}>
      <p class="lead">{t('onboarding_lead')}</p>
      <FaultLine fault={fault} />
      <div class="ways">
        <WayCard
          icon="plus"
          title={t('onboarding_create')}
          text={t('onboarding_createText')}
          testId="create"
          onClick={onCreate}
        />
        <WayCard
          icon="key"
          title={t('onboarding_import')}
          text={t('onboarding_importText')}
          testId="import"
          onClick={onImport}
        />
        <WayCard
          icon="receive"
          title={t('onboarding_restore')}
          text={t('onboarding_restoreText')}
          testId="restore"
          onClick={onRestore}
        />
      </div>
    </Screen>
  );
}

interface WayCardProps {
  readonly icon: IconName;
  readonly title: string;
  readonly text: string;
  readonly testId: string;
  readonly onClick: () => void;
}

function WayCard({ icon, title, text, testId, onClick }: WayCardProps) {
  return (
    <button type="button" class="way" data-testid={testId} onClick={onClick}>
      <Icon name={icon} />
      <span class="way-title">{title}</span>
      <span class="hint">{text}</span>
    </button>
  );
}
