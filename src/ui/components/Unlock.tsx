import { useSignal } from '@preact/signals';
import { ask } from '../../messages/ask.ts';
import type { LockedPurseView } from '../../messages/views.ts';
import { useAction } from '../action.ts';
import { lookAgain } from '../changes.ts';
import { t } from '../i18n.ts';
import { useNow } from '../now.ts';
import { clock } from '../time.ts';
import { Button } from './Button.tsx';
import { PasswordField } from './Field.tsx';
import { Mark } from './Mark.tsx';
import { NetworkBanner } from './NetworkBanner.tsx';
import { FaultLine } from './Notice.tsx';
import { Waiting } from './Waiting.tsx';

/** The locked purse: a password, how long to wait after too many wrong ones, and what waits for an answer. */
export function Unlock({ purse }: { readonly purse: LockedPurseView }) {
  const password = useSignal('');
  const action = useAction();
  const now = useNow(250);
  const wait = (purse.retryAt ?? 0) - now.value;
  const fault = action.fault.value;
  const waited = fault?.key === 'fault_tooManyTries' && wait <= 0;

  const unlock = async () => {
    const given = password.value;
    if (wait > 0 || given === '') return;
    const opened = await action.run(() => ask('vault.unlock', { password: given }));
    if (opened) password.value = '';
    else lookAgain();
  };
  return (
    <>
      <header>
        <NetworkBanner network={purse.network} />
      </header>
      <main class="unlock">
        <Mark />
        <h1>{t('ui_unlockTitle')}</h1>
        <Waiting />
        <form
          onSubmit={(event) => {
            event.preventDefault();
            void unlock();
          }}
        >
          <PasswordField
            label={t('ui_password')}
            kind="current-password"
            value={password.value}
            first
            testId="unlock-password"
            onInput={(text) => {
              password.value = text;
            }}
          />
          <FaultLine fault={waited ? null : fault} />
          <Button look="primary" submit off={wait > 0} busy={action.busy.value} testId="unlock">
            {wait > 0 ? t('ui_retryIn', clock(wait)) : t(action.busy.value ? 'ui_unlocking' : 'ui_unlock')}
          </Button>
        </form>
      </main>
    </>
  );
}
