import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { Fault } from '../../fault.ts';
import type { BudgetView } from '../../messages/budget.ts';
import { readTypedSite } from '../../site.ts';
import { Button } from '../../ui/components/Button.tsx';
import { TextField } from '../../ui/components/Field.tsx';
import { SiteName } from '../../ui/components/SiteName.tsx';
import { useInPlace } from '../../ui/focus.ts';
import { t } from '../../ui/i18n.ts';
import { activePage } from './active-site.ts';
import { BudgetEditor } from './BudgetEditor.tsx';

interface NewBudgetProps {
  readonly budgets: readonly BudgetView[];
  /** The site for which the form is open at first; null where it is closed. */
  readonly site: string | null;
}

/** A button that opens the form for a new budget. The form starts with the site of the active tab. */
export function NewBudget({ budgets, site }: NewBudgetProps) {
  const form = useInPlace<HTMLDivElement>(site !== null);
  const offered = useSignal(site ?? '');
  const text = useSignal(site ?? '');
  const hasBudget = (one: string | undefined) => budgets.some((budget) => budget.site === one);
  useEffect(() => {
    void activePage().then((page) => {
      if (page !== null && !page.isPrivate) offered.value = page.site;
    }, console.error);
  }, []);

  const open = () => {
    text.value = hasBudget(offered.value) ? '' : offered.value;
    form.open();
  };
  const typed = readTypedSite(text.value);
  const isUnreadable = text.value !== '' && typed === undefined;
  const fault = hasBudget(typed)
    ? new Fault('fault_budgetExists')
    : isUnreadable
      ? new Fault('fault_badSite', [text.value])
      : null;
  return (
    <div class={form.isOpen.value ? 'card' : undefined}>
      <Button
        buttonRef={form.button}
        expanded={form.isOpen.value}
        testId="budget-new"
        onClick={form.isOpen.value ? form.close : open}
      >
        {t('popup_newBudget')}
      </Button>
      {form.isOpen.value && (
        <div class="card-form" ref={form.content}>
          <BudgetEditor budget={null} site={fault === null ? (typed ?? null) : null} onClose={form.close}>
            <TextField
              label={t('approve_site')}
              hint={t('popup_budgetSiteHint')}
              value={text.value}
              fault={fault}
              testId="budget-site"
              onInput={(value) => {
                text.value = value;
              }}
            />
            {typed !== undefined && typed !== text.value && (
              <p>
                <SiteName site={typed} testId="budget-site-read" />
              </p>
            )}
          </BudgetEditor>
        </div>
      )}
    </div>
  );
}
