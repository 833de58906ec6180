import type { Fault } from '../../fault.ts';
import { FaultLine } from '../../ui/components/Notice.tsx';
import { Screen } from '../../ui/components/Screen.tsx';
import { t } from '../../ui/i18n.ts';
import { WayCard } from './WayCard.tsx';
import { WaysBack } from './WaysBack.tsx';

interface WelcomeProps {
  readonly onCreate: () => void;
  readonly onImport: () => void;
  readonly onRestore: () => void;
  readonly fault: Fault | null;
}

/** The first step: a new purse, or an existing one from its phrase, its seed or a backup file. */
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
        <WaysBack onImport={onImport} onRestore={onRestore} />
        <WayCard
          icon="play"
          title={t('onboarding_practice')}
          text={t('onboarding_practiceText')}
          testId="practice"
          onClick={() => location.assign('/src/practice/index.html')}
        />
      </div>
    </Screen>
  );
}
