import { useSignal } from '@preact/signals';
import type { LockedPurseView } from '../../messages/purse.ts';
import { request } from '../../messages/request.ts';
import { useAction } from '../action.ts';
import { t } from '../i18n.ts';
import { invalidate } from '../invalidations.ts';
import { useNow } from '../now.ts';
import { clock } from '../time.ts';
import { FullAccount } from './Account.tsx';
import { Button } from './Button.tsx';
import { ChoiceCard, ChoiceCards } from './ChoiceCard.tsx';
import { PasswordField } from './Field.tsx';
import { FaultLine } from './Notice.tsx';

interface UnlockFormProps {
  readonly purse: LockedPurseView;
  readonly onDone?: () => void;
}

/** The password form of a locked purse. Where two copies of the seed differ, it asks first which one to open. */
export function UnlockForm({ purse, onDone }: UnlockFormProps) {
  const password = useSignal('');
  const which = useSignal<'first' | 'second' | null>(null);
  const action = useAction();
  const now = useNow(250);
  const wait = (purse.retryAt ?? 0) - now.value;
  const fault = action.fault.value;
  const waited = fault?.key === 'fault_tooManyTries' && wait <= 0;
  const { seed } = purse;
  const isUndecided = seed.kind === 'differ' && which.value === null;

  const unlock = async () => {
    const given = password.value;
    if (wait > 0 || given === '' || isUndecided) return;
    const choice = which.value === null ? {} : { which: which.value };
    const opened = await action.run(() => request('vault.unlock', { password: given, ...choice }));
    if (!opened) return invalidate();
    password.value = '';
    onDone?.();
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void unlock();
      }}
    >
      {seed.kind === 'differ' && (
        <ChoiceCards legend={t('ui_differChoose')}>
          {(['first', 'second'] as const).map((place) => (
            <ChoiceCard
              key={place}
              group="copy"
              title={t(place === 'first' ? 'ui_differFirst' : 'ui_differSecond')}
              checked={which.value === place}
              testId={`copy-${place}`}
              onChoose={() => {
                which.value = place;
              }}
            >
              <SeedAccount account={seed[place]} />
            </ChoiceCard>
          ))}
        </ChoiceCards>
      )}
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
      <Button look="primary" submit off={wait > 0 || isUndecided} busy={action.busy.value} testId="unlock">
        {wait > 0
          ? t('ui_retryIn', { time: clock(wait) })
          : t(action.busy.value ? 'ui_unlocking' : 'ui_unlock')}
      </Button>
    </form>
  );
}

/** The first account of a sealed seed, by which its owner recognizes it. Renders nothing where it was not recorded. */
export function SeedAccount({ account }: { readonly account: string | null }) {
  if (account === null) return null;
  return (
    <>
      <span class="hint">{t('onboarding_firstAddress')}</span>
      <FullAccount account={account} testId="seed-account" />
    </>
  );
}
