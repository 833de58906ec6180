import type { LockedPurseView } from '../../messages/purse.ts';
import { Screen } from '../../ui/components/Screen.tsx';
import { SeedAccount, UnlockForm } from '../../ui/components/UnlockForm.tsx';
import { t } from '../../ui/i18n.ts';
import { WaysBack } from './WaysBack.tsx';

interface LostProps {
  readonly purse: LockedPurseView;
  readonly account: string | null;
  readonly onUnlocked: () => void;
  readonly onImport: () => void;
  readonly onRestore: () => void;
}

/** Shown when the data of a purse is lost or damaged. It offers the password, the recovery phrase and a backup file. */
export function Lost({ purse, account, onUnlocked, onImport, onRestore }: LostProps) {
  return (
    <Screen title={t('ui_lostTitle')}>
      <p class="lead">{t('ui_lostText')}</p>
      <div class="unlock-account">
        <SeedAccount account={account} />
      </div>
      <UnlockForm purse={purse} onDone={onUnlocked} />
      <h2>{t('onboarding_lostWays')}</h2>
      <div class="ways">
        <WaysBack onImport={onImport} onRestore={onRestore} />
      </div>
    </Screen>
  );
}
