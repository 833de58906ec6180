import type { RawString } from '../../messages/fields.ts';
import { exactXno } from '../format.ts';
import { localNumber, t } from '../i18n.ts';

/** A line that opens to every digit of an amount, in XNO and in raw. It stands below each large amount. */
export function ExactAmount({ raw, testId }: { readonly raw: RawString; readonly testId?: string }) {
  return (
    <details class="exact" data-testid={testId}>
      <summary>{t('ui_exact')}</summary>
      <p class="code">
        {localNumber(exactXno(raw))} {t('ui_xno')}
      </p>
      <p class="code">{t('ui_raw', { amount: raw })}</p>
    </details>
  );
}
