import { useSignal } from '@preact/signals';
import type { PurseView } from '../../messages/purse.ts';
import { request } from '../../messages/request.ts';
import { useAction } from '../action.ts';
import { shortXno } from '../format.ts';
import { t, tCount } from '../i18n.ts';
import { useQuery } from '../invalidations.ts';
import { Button } from './Button.tsx';
import { PasswordField, TextField } from './Field.tsx';
import { FaultLine, Notice } from './Notice.tsx';

interface EraseFormProps {
  /** What the user has to give: the password, or a typed word where it is forgotten. */
  readonly proof: 'password' | 'word';
  readonly onDone: () => void;
}

/** Deletes the purse from this browser, after it has said what is lost. */
export function EraseForm({ proof, onDone }: EraseFormProps) {
  const typed = useSignal('');
  const action = useAction();
  const isGiven =
    proof === 'password' ? typed.value !== '' : typed.value.trim().toLowerCase() === t('erase_word');
  const erase = async () => {
    const given = typed.value;
    const input =
      proof === 'password'
        ? ({ kind: 'password', password: given } as const)
        : ({ kind: 'forgotten' } as const);
    if (await action.run(() => request('vault.erase', input))) onDone();
  };
  const field = {
    value: typed.value,
    testId: 'erase-proof',
    onInput: (text: string) => {
      typed.value = text;
    },
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (isGiven) void erase();
      }}
    >
      <p>{t('erase_text')}</p>
      <Losses />
      {proof === 'password' ? (
        <PasswordField label={t('ui_password')} kind="current-password" {...field} />
      ) : (
        <TextField label={t('erase_typeWord', { word: t('erase_word') })} {...field} />
      )}
      <FaultLine fault={action.fault.value} />
      <Button look="danger" submit off={!isGiven} busy={action.busy.value} testId="erase">
        {t(action.busy.value ? 'erase_busy' : 'erase_button')}
      </Button>
    </form>
  );
}

/** The money and the undelivered payments of the purse. */
function Losses() {
  const purse = useQuery('purse.state', {});
  const undelivered = useQuery('vault.undelivered', {});
  const count = undelivered.kind === 'given' ? undelivered.value.count : 0;
  return (
    <Notice tone="bad">
      <p data-testid="erase-money">{moneyWords(purse.kind === 'given' ? purse.value : null)}</p>
      {count > 0 && <p data-testid="erase-undelivered">{tCount('erase_undelivered', count)}</p>}
    </Notice>
  );
}

function moneyWords(purse: PurseView | null): string {
  if (purse === null || purse.kind === 'empty') return t('erase_moneyUnknown');
  const held = purse.pocket?.balance ?? null;
  const pocket = held === null || held === '0' ? null : shortXno(held);
  if (purse.kind === 'locked') {
    return pocket === null ? t('erase_moneyUnknown') : t('erase_moneyLocked', { pocket });
  }
  if (purse.balance === null) return t('erase_moneyUnknown');
  const amount = shortXno(purse.balance);
  return pocket === null ? t('erase_money', { amount }) : t('erase_moneyPocket', { amount, pocket });
}
