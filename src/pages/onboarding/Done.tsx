import type { PlainMessageKey } from '../../fault.ts';
import { request } from '../../messages/request.ts';
import { useAction } from '../../ui/action.ts';
import { Amount } from '../../ui/components/Amount.tsx';
import { Button } from '../../ui/components/Button.tsx';
import { GetXno } from '../../ui/components/GetXno.tsx';
import { NextPayment } from '../../ui/components/NextPayment.tsx';
import { FaultLine } from '../../ui/components/Notice.tsx';
import { Receive } from '../../ui/components/Receive.tsx';
import { Screen } from '../../ui/components/Screen.tsx';
import { SiteAccess } from '../../ui/components/SiteAccess.tsx';
import { t } from '../../ui/i18n.ts';
import { useQuery } from '../../ui/invalidations.ts';
import { shortStart, shownSite } from '../../ui/site.ts';
import type { Way } from './step.ts';

const TEXTS: Readonly<Record<Way, PlainMessageKey>> = {
  create: 'onboarding_doneText',
  import: 'onboarding_doneText',
  restore: 'onboarding_restoredText',
  unlock: 'onboarding_unlockedText',
  recover: 'forgot_doneText',
};

/** The last step. A new purse shows its address; a restored one says that it is back. */
export function Done({ way }: { readonly way: Way }) {
  const purse = useQuery('purse.state', {});
  const early = useQuery('purse.early', {});
  const site = early.kind === 'given' ? (early.value?.site ?? null) : null;
  const continuing = useAction();
  const goOn = async () => {
    await request('purse.continue', {});
    window.close();
  };
  const open = purse.kind === 'given' && purse.value.kind === 'open' ? purse.value : null;
  return (
    <Screen title={t('onboarding_doneTitle')}>
      <p class="lead">{t(TEXTS[way])}</p>
      <SiteAccess />
      {open !== null && (
        <section class="card" aria-labelledby="receive-title">
          <div class="section-head">
            <h2 id="receive-title">{t('ui_address')}</h2>
            {open.balance !== null && <Amount raw={open.balance} use="held" testId="balance" />}
          </div>
          <Receive account={open.account} />
          <NextPayment />
          <GetXno />
        </section>
      )}
      {(way === 'create' || way === 'import') && (
        <section aria-labelledby="how-title">
          <h2 id="how-title">{t('onboarding_how')}</h2>
          <ol class="how">
            <li>{t('onboarding_how1')}</li>
            <li>{t('onboarding_how2')}</li>
            <li>{t('onboarding_how3')}</li>
          </ol>
        </section>
      )}
      <FaultLine fault={continuing.fault.value} />
      <div class="forward">
        {site !== null && (
          <Button
            look="primary"
            busy={continuing.busy.value}
            testId="continue"
            onClick={() => void continuing.run(goOn)}
          >
            {t('onboarding_continueTo', { site: hostIn(site) })}
          </Button>
        )}
        <Button look={site === null ? 'primary' : 'plain'} onClick={() => window.close()} testId="finish">
          {t('onboarding_close')}
        </Button>
      </div>
    </Screen>
  );
}

/** Returns the host of a site for a button. */
function hostIn(site: string): string {
  const { start, end } = shownSite(site);
  return `${shortStart(start)}${end}`;
}
