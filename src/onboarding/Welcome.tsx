import type { Fault } from '../fault.ts';
import { FaultLine } from '../ui/components/Notice.tsx';
import { Screen } from '../ui/components/Screen.tsx';
import { t } from '../ui/i18n.ts';
import { WayCard } from './WayCard.tsx';

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
