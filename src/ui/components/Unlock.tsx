import type { LockedPurseView } from '../../messages/purse.ts';
import { t } from '../i18n.ts';
import { openPage } from '../open-page.ts';
import { Button } from './Button.tsx';
import { LockedPocket } from './LockedPocket.tsx';
import { Mark } from './Mark.tsx';
import { NetworkBanner } from './NetworkBanner.tsx';
import { SeedAccount, UnlockForm } from './UnlockForm.tsx';
import { WaitingPayments } from './WaitingPayments.tsx';

/** The screen of a locked purse: the state of its seed, the payments that wait, and the password form. */
export function Unlock({ purse }: { readonly purse: LockedPurseView }) {
  return (
    <>
      <header>
        <NetworkBanner network={purse.network} />
      </header>
      <main class="unlock">
        <Mark />
        <SeedHead seed={purse.seed} />
        {purse.pocket !== null && <LockedPocket pocket={purse.pocket} />}
        <WaitingPayments />
        <UnlockForm purse={purse} />
        {purse.seed.kind === 'lost' ? (
          <Button onClick={() => void openPage('onboarding')} testId="other-ways">
            {t('ui_lostOtherWays')}
          </Button>
        ) : (
          <Button look="quiet" onClick={() => void openPage('onboarding', '#forgot')} testId="forgot">
            {t('ui_forgot')}
          </Button>
        )}
      </main>
    </>
  );
}

/** The title of the locked purse, which says whether the sealed seed is kept, lost, or has two different copies. */
function SeedHead({ seed }: Pick<LockedPurseView, 'seed'>) {
  switch (seed.kind) {
    case 'kept':
      return <h1>{t('ui_unlockTitle')}</h1>;
    case 'lost':
      return (
        <>
          <h1>{t('ui_lostTitle')}</h1>
          <p>{t('ui_lostText')}</p>
          <div class="unlock-account">
            <SeedAccount account={seed.account} />
          </div>
        </>
      );
    case 'differ':
      return (
        <>
          <h1>{t('ui_differTitle')}</h1>
          <p>{t('ui_differText')}</p>
        </>
      );
  }
}
