import type { RawString } from '../../messages/fields.ts';
import { exactXno, SIGNS, shownAmount } from '../format.ts';
import { t } from '../i18n.ts';

interface AmountProps {
  readonly raw: RawString;
  /** Set before the number, for money that came in or went out. */
  readonly sign?: '+' | '−' | undefined;
  readonly large?: boolean;
  readonly testId?: string;
}

/** An amount of XNO with six decimals at most, with its sign in front in every direction of text. The tooltip holds the exact amount. */
export function Amount({ raw, sign, large = false, testId }: AmountProps) {
  const { whole, decimals, relation } = shownAmount(raw);
  return (
    <span
      class={classOf(large, whole.length + decimals.length)}
      dir="ltr"
      data-raw={raw}
      data-testid={testId}
      title={relation === 'exact' ? undefined : `${exactXno(raw)} ${t('ui_xno')}`}
    >
      {relation !== 'exact' && <span class="relation">{SIGNS[relation]}</span>}
      {sign}
      {whole}
      {decimals} <span class="unit">{t('ui_xno')}</span>
    </span>
  );
}

const LONG = 12;

function classOf(large: boolean, digits: number): string {
  if (!large) return 'amount';
  return digits > LONG ? 'amount amount-large amount-long' : 'amount amount-large';
}
