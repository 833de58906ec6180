import { t } from '../../ui/i18n.ts';
import { ActivityRow } from './ActivityRow.tsx';
import { undelivered } from './activity-list.ts';
import type { Route } from './route.ts';
import { isSentAgain } from './sent-again.ts';
import { Redeliver } from './story/Redeliver.tsx';

/** What is paid and not delivered, each with a button that tries again without paying. Renders nothing without any. */
export function Undelivered({ from }: { readonly from: Route }) {
  const items = undelivered.items.value;
  if (items.length === 0) return null;
  return (
    <section aria-labelledby="undelivered-title" data-testid="undelivered">
      <h2 class="day" id="undelivered-title">
        {t('popup_undelivered')}
      </h2>
      <ul class="rows">
        {items.map((item) => (
          <ActivityRow key={item.id} item={item} from={from}>
            {!isSentAgain(item) && <Redeliver payment={item} isShort />}
          </ActivityRow>
        ))}
      </ul>
    </section>
  );
}
