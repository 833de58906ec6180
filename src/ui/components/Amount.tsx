import type { RawString } from '../../messages/fields.ts';
import { type AmountUse, exactXno, SIGNS, shownAmount, shownBeside } from '../format.ts';
import { localNumber, t } from '../i18n.ts';

interface AmountProps {
  readonly raw: RawString;
  /** Set before the number, for money that came in or went out. */
  readonly sign?: '+' | '−' | undefined;
  /** Whether it moves (the default), or is money that can be spent. */
  readonly use?: AmountUse;
  /** The price beside it (raw), for money that can be spent: where it is too little, it reads as less than the price. */
  readonly beside?: RawString;
  readonly large?: boolean;
  readonly testId?: string;
}

/**
 * An amount of XNO with six decimals at most, with its sign in front in every direction of text. Where it has more, its tooltip holds the exact one. A large amount has an
 * `ExactAmount` below it, which needs no mouse.
 */
export function Amount({ raw, sign, use, beside, large = false, testId }: AmountProps) {
  const { whole, decimals, relation } =
    beside === undefined ? shownAmount(raw, use) : shownBeside(raw, beside);
  return (
    <span
      class={classOf(large, whole.length + decimals.length)}
      dir="ltr"
      data-raw={raw}
      data-testid={testId}
      title={relation === 'exact' ? undefined : `${localNumber(exactXno(raw))} ${t('ui_xno')}`}
    >
      {SIGNS[relation] !== '' && <span class="relation">{SIGNS[relation]}</span>}
      {sign}
      {whole}
      {decimals.replace('.', t('ui_decimalSign'))} <span class="unit">{t('ui_xno')}</span>
    </span>
  );
}

const LONG = 12;

function classOf(large: boolean, digits: number): string {
  if (!large) return 'amount';
  return digits > LONG ? 'amount amount-large amount-long' : 'amount amount-large';
}
