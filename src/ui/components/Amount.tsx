import type { RawString } from '../../messages/views.ts';
import { exactXno, SIGNS, shownAmount } from '../format.ts';
import { t } from '../i18n.ts';

interface AmountProps {
  readonly raw: RawString;
  /** Before the number: money that came or went. */
  readonly sign?: '+' | '−';
  readonly large?: boolean;
  readonly testId?: string;
}

/** An amount of XNO, short enough to read; the exact one waits under the pointer. */
export function Amount({ raw, sign, large = false, testId }: AmountProps) {
  const { whole, decimals, relation } = shownAmount(raw);
  return (
    <span
      class={large ? 'amount amount-large' : 'amount'}
      data-raw={raw}
      data-testid={testId}
      title={relation === 'exact' ? undefined : `${exactXno(raw)} ${t('ui_xno')}`}
    >
      {SIGNS[relation]}
      {sign}
      {whole}
      <span class="decimals">{decimals}</span> <span class="unit">{t('ui_xno')}</span>
    </span>
  );
}
