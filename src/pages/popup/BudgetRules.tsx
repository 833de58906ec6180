import { calendarDay, daysAfter } from '../../policy/spending-windows.ts';
import { Account } from '../../ui/components/Account.tsx';
import { AmountField } from '../../ui/components/AmountField.tsx';
import { DateField, SelectField } from '../../ui/components/Choice.tsx';
import { Switch, TextArea, TextField } from '../../ui/components/Field.tsx';
import { t } from '../../ui/i18n.ts';
import { type BudgetDraft, LASTS } from './budget-draft.ts';

interface BudgetRulesProps {
  readonly draft: BudgetDraft;
  /** The known payee of the site; null before its first payment. */
  readonly payTo: string | null;
  readonly onChange: (part: Partial<BudgetDraft>) => void;
}

/** The rarely used rules of a budget: further limits, a period, the payee, the price and the initiators. */
export function BudgetRules({ draft, payTo, onChange }: BudgetRulesProps) {
  return (
    <details class="rules" open={isUsed(draft)}>
      <summary data-testid="budget-more">{t('popup_moreRules')}</summary>
      <div class="columns">
        <AmountField
          label={t('popup_perHour')}
          value={draft.perHour}
          testId="budget-per-hour"
          onInput={(perHour) => onChange({ perHour })}
        />
        <AmountField
          label={t('popup_perMonth')}
          value={draft.perMonth}
          testId="budget-per-month"
          onInput={(perMonth) => onChange({ perMonth })}
        />
      </div>
      <SelectField
        label={t('popup_lasts')}
        value={draft.lasts}
        options={LASTS.map((value) => ({ value, name: t(LASTING[value]) }))}
        testId="budget-lasts"
        onChange={(lasts) => onChange({ lasts })}
      />
      <div class="columns">
        <AmountField
          label={t('popup_total')}
          value={draft.total}
          testId="budget-total"
          onInput={(total) => onChange({ total })}
        />
        {draft.lasts !== 'always' && (
          <DateField
            label={t(draft.lasts === 'never' ? 'popup_endsOn' : 'popup_renewsOn')}
            value={draft.until}
            min={daysAfter(calendarDay(Date.now()), 1)}
            testId="budget-until"
            onInput={(until) => onChange({ until })}
          />
        )}
      </div>
      <Switch
        label={t('popup_pinned')}
        on={draft.pinned}
        testId="budget-pinned"
        onChange={(pinned) => onChange({ pinned })}
      />
      {draft.pinned && payTo !== null && (
        <p>
          <Account account={payTo} testId="budget-payee" />
        </p>
      )}
      <TextField
        label={t('popup_priceRise')}
        hint={t('popup_priceRiseHint')}
        numeric
        value={draft.priceRise}
        testId="budget-price-rise"
        onInput={(priceRise) => onChange({ priceRise })}
      />
      <TextArea
        label={t('popup_initiators')}
        hint={t('popup_initiatorsHint')}
        rows={2}
        value={draft.initiators}
        testId="budget-initiators"
        onInput={(initiators) => onChange({ initiators })}
      />
    </details>
  );
}

const LASTING = {
  always: 'popup_lastsAlways',
  never: 'popup_lastsOnce',
  week: 'popup_lastsWeek',
  month: 'popup_lastsMonth',
} as const;

/** Tells whether a rule is set here. Then the section starts open. */
function isUsed({ perHour, perMonth, total, lasts, pinned, priceRise, initiators }: BudgetDraft): boolean {
  const limits = perHour + perMonth + total + initiators;
  return limits !== '' || lasts !== 'always' || !pinned || priceRise !== '0';
}
