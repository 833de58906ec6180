import { request } from '../../messages/request.ts';
import { useAction } from '../../ui/action.ts';
import { Amount } from '../../ui/components/Amount.tsx';
import { Button } from '../../ui/components/Button.tsx';
import { FaultLine, Notice } from '../../ui/components/Notice.tsx';
import { SiteName } from '../../ui/components/SiteName.tsx';
import { t } from '../../ui/i18n.ts';
import { useQuery } from '../../ui/invalidations.ts';
import type { ActivePage } from './active-site.ts';
import { focusHeading } from './focus-heading.ts';
import { type WayBack, wayBackOf } from './way-back.ts';

/** The way back from a decline or a block in the active tab. Renders nothing where there is nothing to take back. */
export function WayBackCard({ page: { tabId, site } }: { readonly page: ActivePage }) {
  const exchanges = useQuery('exchange.list', { tabId });
  const settings = useQuery('settings.read', {});
  if (exchanges.kind !== 'given' || settings.kind !== 'given') return null;
  const wayBack = wayBackOf(site, exchanges.value, settings.value.blockedSites);
  if (wayBack === null) return null;
  return wayBack.kind === 'declined' ? <Declined {...wayBack} /> : <Blocked {...wayBack} />;
}

function Declined({ exchange: { id, site, amount, why } }: Extract<WayBack, { readonly kind: 'declined' }>) {
  const action = useAction();
  const askAgain = async () => {
    await request('exchange.askAgain', { id });
    focusHeading();
  };
  return (
    <div data-testid="declined">
      <Notice tone="info">
        <strong>{t(why?.key === 'fault_cancelled' ? 'popup_cancelledTitle' : 'popup_declinedTitle')}</strong>
        <p>
          <SiteName site={site} /> {amount !== null && <Amount raw={amount} />}
        </p>
        <p class="hint">{t('popup_askAgainHint')}</p>
        <Button busy={action.busy.value} testId="pay-after-all" onClick={() => void action.run(askAgain)}>
          {t('popup_payAfterAll')}
        </Button>
        <FaultLine fault={action.fault.value} />
      </Notice>
    </div>
  );
}

function Blocked({ site, exchange }: Extract<WayBack, { readonly kind: 'blocked' }>) {
  const action = useAction();
  const unblock = async () => {
    await request('settings.unblock', { site });
    if (exchange !== null) await request('exchange.askAgain', { id: exchange.id });
    focusHeading();
  };
  return (
    <div data-testid="site-blocked">
      <Notice tone="info">
        <strong>{t('popup_blockedTitle')}</strong>
        <p>
          <SiteName site={site} />
        </p>
        {exchange !== null && <p class="hint">{t('popup_askAgainHint')}</p>}
        <Button busy={action.busy.value} testId="unblock" onClick={() => void action.run(unblock)}>
          {t(exchange === null ? 'popup_unblock' : 'popup_undo')}
        </Button>
        <FaultLine fault={action.fault.value} />
      </Notice>
    </div>
  );
}
