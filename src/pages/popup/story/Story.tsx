import type { OpenPurseView } from '../../../messages/purse.ts';
import { Amount } from '../../../ui/components/Amount.tsx';
import { ExactAmount } from '../../../ui/components/ExactAmount.tsx';
import { Loading } from '../../../ui/components/Loading.tsx';
import { Screen } from '../../../ui/components/Screen.tsx';
import { t } from '../../../ui/i18n.ts';
import { activity, findActivity, undelivered } from '../activity-list.ts';
import { signOf, statusOf } from '../activity-status.ts';
import { go, type Route } from '../route.ts';
import { BlockFacts } from './BlockFacts.tsx';
import { PaymentStory } from './PaymentStory.tsx';
import { TransferStory } from './TransferStory.tsx';

interface StoryProps {
  readonly id: string;
  readonly from: Route;
  readonly purse: OpenPurseView;
}

/** The screen of one payment or transfer. */
export function Story({ id, from, purse }: StoryProps) {
  const item = findActivity(id);
  const back = () => go(from);
  if (item === undefined) {
    // Opened by a notification, the list is still being loaded.
    if (!activity.isLoaded || !undelivered.isLoaded) return <Loading />;
    return (
      <Screen title={t('popup_paymentTitle')} onBack={back}>
        <p>{t('popup_gone')}</p>
      </Screen>
    );
  }
  const title = t(item.kind === 'payment' ? 'popup_paymentTitle' : statusOf(item).key);
  return (
    <Screen title={title} onBack={back}>
      <div>
        <Amount raw={item.amount} large sign={signOf(item)} testId="story-amount" />
        <ExactAmount raw={item.amount} />
      </div>
      {item.kind === 'payment' ? (
        <PaymentStory payment={item} from={from} />
      ) : (
        <TransferStory transfer={item} />
      )}
      <BlockFacts item={item} purse={purse} />
    </Screen>
  );
}
