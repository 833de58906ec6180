import type { RawString } from '../../messages/fields.ts';
import { SIGNS } from '../format.ts';
import { t } from '../i18n.ts';
import { useQuery } from '../invalidations.ts';
import { worthOf } from '../value.ts';

interface ValueProps {
  readonly raw: RawString;
  /** Test money has no value. */
  readonly testMoney: boolean;
  readonly testId?: string;
}

/** What an amount is about worth in the user's currency, at the rate that they typed; nothing where they typed none. */
export function Value({ testMoney, ...props }: ValueProps) {
  return testMoney ? null : <ValueLine {...props} />;
}

function ValueLine({ raw, testId }: Omit<ValueProps, 'testMoney'>) {
  const settings = useQuery('settings.read', {});
  const currency = settings.kind === 'given' ? settings.value.currency : null;
  if (currency === null) return null;
  const worth = worthOf(raw, currency);
  return (
    <p class="hint" data-testid={testId}>
      {worth.relation === 'below' ? SIGNS.below + worth.text : t('ui_value', { value: worth.text })}
    </p>
  );
}
