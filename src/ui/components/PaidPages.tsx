import type { ToLoadView } from '../../messages/payment.ts';
import { request } from '../../messages/request.ts';
import { useAction } from '../action.ts';
import { t } from '../i18n.ts';
import { useQuery } from '../invalidations.ts';
import { Button } from './Button.tsx';
import { LongUrl } from './LongUrl.tsx';
import { FaultLine, Notice } from './Notice.tsx';

/** The paid pages whose content has not arrived, each with a button that loads it, or with what to do in the page. */
export function PaidPages() {
  const waiting = useQuery('page.toLoad', {});
  if (waiting.kind === 'failed') return <FaultLine fault={waiting.fault} />;
  if (waiting.kind === 'waiting') return null;
  return (
    <>
      {waiting.value.map((one) => (
        <PaidPage key={one.id} one={one} />
      ))}
    </>
  );
}

/** One paid page whose content has not arrived. */
export function PaidPage({ one: { id, url, byReload } }: { readonly one: ToLoadView }) {
  const action = useAction();
  return (
    <Notice tone="good">
      <strong>{t('load_title')}</strong>
      <LongUrl url={url} />
      <p>{t(byReload ? 'load_text' : 'load_sendAgain')}</p>
      {byReload && (
        <Button
          look="primary"
          busy={action.busy.value}
          testId="load-page"
          onClick={() => void action.run(() => request('page.load', { id }))}
        >
          {t('load_button')}
        </Button>
      )}
      <FaultLine fault={action.fault.value} />
    </Notice>
  );
}
