import type { RawString } from '../../messages/fields.ts';
import { SIGNS } from '../format.ts';
import { t } from '../i18n.ts';
import { useQuery } from '../invalidations.ts';
import { worthOf } from '../value.ts';
import { RateAge } from './RateAge.tsx';

interface ValueProps {
  readonly raw: RawString;
  /** Test money has no value. */
  readonly testMoney: boolean;
  readonly testId?: string;
}

/**
 * What an amount is about worth in the user's currency, with the age of a rate that a source told; nothing where the user has
 * chosen no currency.
 */
export function Value({ testMoney, ...props }: ValueProps) {
  return testMoney ? null : <ValueLine {...props} />;
}

function ValueLine({ raw, testId }: Omit<ValueProps, 'testMoney'>) {
  const settings = useQuery('settings.read', {});
  if (settings.kind !== 'given' || settings.value.currency === null) return null;
  const { currency, rateSource } = settings.value;
  const worth = worthOf(raw, currency);
  return (
    <p class="hint" data-testid={testId}>
      {worth.relation === 'below' ? SIGNS.below + worth.text : t('ui_value', { value: worth.text })}
      {rateSource !== null && (
        <>
          {' '}
          (<RateAge at={rateSource.at} />)
        </>
      )}
    </p>
  );
}
