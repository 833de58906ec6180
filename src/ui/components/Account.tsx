import { useSignal } from '@preact/signals';
import { useAccountName } from '../account-names.ts';
import { shortAccount } from '../format.ts';
import { t } from '../i18n.ts';

/**
 * An account, shortened to its two ends until its button is pressed. The user's name for it stands before it, never in its
 * place: only the address can be compared.
 */
export function Account({ account, testId }: { readonly account: string; readonly testId?: string }) {
  const whole = useSignal(false);
  return (
    <span data-account={account} data-testid={testId}>
      <AccountName account={account} />
      {whole.value ? <FullAccount account={account} /> : <span class="code">{shortAccount(account)}</span>}{' '}
      <button
        type="button"
        class="link"
        aria-expanded={whole.value}
        onClick={() => {
          whole.value = !whole.value;
        }}
      >
        {t(whole.value ? 'ui_showLess' : 'ui_showFull')}
      </button>
    </span>
  );
}

function AccountName({ account }: { readonly account: string }) {
  const name = useAccountName(account);
  if (name === null) return null;
  return (
    <>
      <bdi class="account-name" dir="auto" data-testid="account-name">
        {name}
      </bdi>{' '}
    </>
  );
}

const ENDS = 12;

/** A whole account, with both ends in bold for comparison. */
export function FullAccount({ account, testId }: { readonly account: string; readonly testId?: string }) {
  return (
    <span class="code full-account" data-account={account} data-testid={testId}>
      <b>{account.slice(0, ENDS)}</b>
      {account.slice(ENDS, -ENDS)}
      <b>{account.slice(-ENDS)}</b>
    </span>
  );
}
