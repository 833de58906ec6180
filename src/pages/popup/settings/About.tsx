import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import browser from 'webextension-polyfill';
import { Fact } from '../../../ui/components/Fact.tsx';
import { Screen } from '../../../ui/components/Screen.tsx';
import { t } from '../../../ui/i18n.ts';
import { go } from '../route.ts';

/** The commit that this was built from (see `scripts/commit.ts`). The build puts it in. */
declare const __COMMIT__: string;

/** Which version this is, and the keyboard shortcut that opens it. */
export function About() {
  const shortcut = useSignal<string | null>(null);
  useEffect(() => {
    void browser.commands.getAll().then((commands) => {
      shortcut.value = commands.find(({ name }) => name === '_execute_action')?.shortcut || null;
    });
  }, [shortcut]);
  return (
    <Screen title={t('popup_about')} onBack={() => go({ name: 'settings' })}>
      <dl class="facts">
        <Fact name={t('popup_aboutVersion')} testId="version">
          {browser.runtime.getManifest().version}
        </Fact>
        <Fact name={t('popup_aboutCommit')} code testId="commit">
          {__COMMIT__}
        </Fact>
        <Fact name={t('popup_aboutShortcut')} testId="shortcut">
          {shortcut.value ?? t('popup_aboutNoShortcut')}
        </Fact>
      </dl>
      <p class="hint">{t('popup_aboutShortcutHint')}</p>
      <p class="hint">{t('popup_aboutText')}</p>
    </Screen>
  );
}
