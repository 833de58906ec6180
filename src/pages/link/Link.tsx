import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import type { RawString } from '../../messages/fields.ts';
import type { LinkOrderView } from '../../messages/link.ts';
import { request } from '../../messages/request.ts';
import { useAction } from '../../ui/action.ts';
import { Button } from '../../ui/components/Button.tsx';
import { Loading } from '../../ui/components/Loading.tsx';
import { FaultLine, Notice } from '../../ui/components/Notice.tsx';
import { Screen } from '../../ui/components/Screen.tsx';
import { Unlock } from '../../ui/components/Unlock.tsx';
import { t } from '../../ui/i18n.ts';
import { invalidate, useQuery } from '../../ui/invalidations.ts';
import { Sent } from '../../ui/send/Sent.tsx';
import { LinkOrder } from './LinkOrder.tsx';
import { RefusedLink } from './RefusedLink.tsx';

const close = () => window.close();

/** The window of a payment link: why it is refused, or whether to send what it asks for. */
export function Link({ id }: { readonly id: string }) {
  const purse = useQuery('purse.state', {});
  const link = useQuery('link.read', { id });
  const sent = useSignal<{ readonly amount: RawString; readonly blockHash: string } | null>(null);
  const sending = useAction();
  // The question is gone from the background as soon as it is answered.
  const order = useRef<LinkOrderView | null>(null);

  if (sent.value !== null) {
    return (
      <Screen title={t('popup_sentTitle')} key="sent">
        <Sent {...sent.value} />
        <Button look="primary" onClick={close} testId="link-close">
          {t('ui_close')}
        </Button>
      </Screen>
    );
  }
  if (purse.kind === 'waiting' || link.kind === 'waiting') return <Loading />;
  if (purse.kind === 'failed' || link.kind === 'failed') {
    return (
      <main class="screen">
        <h1 class="unseen">{t('appName')}</h1>
        {purse.kind === 'failed' && <FaultLine fault={purse.fault} />}
        {link.kind === 'failed' && <FaultLine fault={link.fault} />}
      </main>
    );
  }
  if (link.value?.kind === 'refused') return <RefusedLink link={link.value} onClose={() => decline(id)} />;
  if (link.value !== null) order.current = link.value;
  const isAnswered = link.value === null;
  if (order.current === null || (isAnswered && !sending.busy.value && sending.fault.value === null))
    return <Gone />;
  if (purse.value.kind === 'empty') return <NoPurse />;
  if (purse.value.kind === 'locked') return <Unlock purse={purse.value} />;
  return (
    <LinkOrder
      order={order.current}
      sending={sending.busy.value}
      fault={sending.fault.value}
      isAnswered={isAnswered}
      onSend={(amount, typed) =>
        void sending
          .run(async () => {
            const { blockHash } = await request('link.send', { id, amount: typed ? amount : null });
            sent.value = { amount, blockHash };
          })
          .then(invalidate)
      }
      onDecline={() => decline(id)}
    />
  );
}

/** Forgets the link and closes its window. */
function decline(id: string): void {
  request('link.decline', { id }).catch(console.error).finally(close);
}

/** Shown for a link that was answered before, or that the browser has forgotten at its end. */
function Gone() {
  return (
    <Screen title={t('link_title')} key="gone">
      <Notice tone="info">{t('link_gone')}</Notice>
      <Button look="primary" onClick={close} testId="link-close">
        {t('ui_close')}
      </Button>
    </Screen>
  );
}

function NoPurse() {
  return (
    <main class="unlock">
      <h1>{t('ui_emptyTitle')}</h1>
      <p>{t('ui_emptyText')}</p>
    </main>
  );
}
