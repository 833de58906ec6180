import type { RecipientView } from '../../../messages/send.ts';
import { shortAccount } from '../../../ui/format.ts';
import { t } from '../../../ui/i18n.ts';

interface RecipientsProps {
  readonly recipients: readonly RecipientView[];
  readonly onChoose: (account: string) => void;
}

/** The accounts that were paid last, and those with a name, each to be chosen again. */
export function Recipients({ recipients, onChoose }: RecipientsProps) {
  if (recipients.length === 0) return null;
  return (
    <section aria-labelledby="recipients-title">
      <h2 id="recipients-title">{t('popup_recipients')}</h2>
      <ul class="rows recipients">
        {recipients.map(({ account, name }) => (
          <li key={account}>
            <button
              type="button"
              class="row"
              data-testid="recipient"
              data-account={account}
              onClick={() => onChoose(account)}
            >
              <span class="row-words">
                {name !== null && (
                  <span class="row-title">
                    <bdi dir="auto">{name}</bdi>
                  </span>
                )}
                <span class={name === null ? 'row-title code' : 'row-sub code'}>{shortAccount(account)}</span>
              </span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
