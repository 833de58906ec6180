import { EraseForm } from '../../../ui/components/EraseForm.tsx';
import { Screen } from '../../../ui/components/Screen.tsx';
import { t } from '../../../ui/i18n.ts';
import { openPage } from '../../../ui/open-page.ts';
import { go } from '../route.ts';

/** Deletes the purse from this browser, and opens the page that sets up another one. */
export function ErasePurse() {
  return (
    <Screen title={t('erase_title')} onBack={() => go({ name: 'settings' })}>
      <EraseForm
        proof="password"
        onDone={() => {
          go({ name: 'home' });
          void openPage('onboarding');
        }}
      />
    </Screen>
  );
}
