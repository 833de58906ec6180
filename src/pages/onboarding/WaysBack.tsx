import { t } from '../../ui/i18n.ts';
import { WayCard } from './WayCard.tsx';

interface WaysBackProps {
  readonly onImport: () => void;
  readonly onRestore: () => void;
}

/** The two ways to restore a purse: its phrase or seed, and a backup file. */
export function WaysBack({ onImport, onRestore }: WaysBackProps) {
  return (
    <>
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
    </>
  );
}
