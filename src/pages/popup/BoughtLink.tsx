import type { ComponentChildren } from 'preact';
import type { PaymentView } from '../../messages/payment.ts';
import { request } from '../../messages/request.ts';
import { useAction } from '../../ui/action.ts';
import { FaultLine } from '../../ui/components/Notice.tsx';
import { t } from '../../ui/i18n.ts';
import { boughtUrl } from './bought.ts';

interface BoughtLinkProps {
  readonly payment: PaymentView;
  readonly children: ComponentChildren;
  readonly look?: string;
  /** The accessible name, where `children` say too little. */
  readonly label?: string;
}

/**
 * A link that opens what was bought in a new tab, with the kept proof. The background opens the tab: requests of this page
 * itself are never paid for. Whatever the server answers, nothing is paid again without a question: no budget pays for a page
 * that an extension opens. Renders nothing where there is no address to open.
 */
export function BoughtLink({ payment, children, look, label }: BoughtLinkProps) {
  const action = useAction();
  const url = boughtUrl(payment);
  if (url === null) return null;
  return (
    <>
      <a
        class={look}
        href={url}
        target="_blank"
        rel="noreferrer noopener"
        aria-label={label}
        title={t('popup_open')}
        data-testid="bought-link"
        onClick={(event) => {
          event.preventDefault();
          void action.run(() => request('payment.open', { id: payment.id }));
        }}
      >
        {children}
      </a>
      <FaultLine fault={action.fault.value} />
    </>
  );
}
