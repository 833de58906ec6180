import { useEffect } from 'preact/hooks';
import type { OpenPurseView } from '../../messages/purse.ts';
import { request } from '../../messages/request.ts';
import { useAction } from '../../ui/action.ts';
import { ApprovalQueue } from '../../ui/approval/ApprovalQueue.tsx';
import { Button, IconButton } from '../../ui/components/Button.tsx';
import { Loading } from '../../ui/components/Loading.tsx';
import { Mark } from '../../ui/components/Mark.tsx';
import { NetworkBanner } from '../../ui/components/NetworkBanner.tsx';
import { FaultLine, Notice } from '../../ui/components/Notice.tsx';
import { SiteName } from '../../ui/components/SiteName.tsx';
import { Unlock } from '../../ui/components/Unlock.tsx';
import { t } from '../../ui/i18n.ts';
import { invalidations, useQuery } from '../../ui/invalidations.ts';
import { closeIfPopup, isToolbarPopup, openPage } from '../../ui/open-page.ts';
import { refreshActivity } from './activity-list.ts';
import { Navigation } from './Navigation.tsx';
import { RouteScreen } from './RouteScreen.tsx';
import { currentRoute } from './route.ts';
import { SandboxBanner } from './TabSandbox.tsx';

/** The toolbar popup: setup or unlocking first, then a waiting question, then the purse. */
export function Popup() {
  const purse = useQuery('purse.state', {});
  if (purse.kind === 'waiting') return <Loading />;
  if (purse.kind === 'failed') {
    return (
      <main class="screen">
        <h1 class="unseen">{t('appName')}</h1>
        <FaultLine fault={purse.fault} />
      </main>
    );
  }
  switch (purse.value.kind) {
    case 'empty':
      return <Empty />;
    case 'locked':
      return <Unlock purse={purse.value} />;
    case 'open':
      return <Open purse={purse.value} />;
  }
}

/** Shown before a purse exists, with a button that opens onboarding. */
function Empty() {
  const early = useQuery('purse.early', {});
  return (
    <main class="unlock">
      <Mark />
      <h1>{t('ui_emptyTitle')}</h1>
      {early.kind === 'given' && early.value !== null && (
        <div data-testid="early">
          <Notice tone="info">
            <p>{t('popup_earlyText')}</p>
            <SiteName site={early.value.site} />
          </Notice>
        </div>
      )}
      <p>{t('ui_emptyText')}</p>
      <Button look="primary" onClick={() => void openPage('onboarding')} testId="begin">
        {t('ui_emptyBegin')}
      </Button>
    </main>
  );
}

/** The unlocked purse. */
function Open({ purse }: { readonly purse: OpenPurseView }) {
  const approvals = useQuery('approval.list', {});
  const refreshing = useAction();
  const locking = useAction();
  useEffect(() => {
    void refreshing.run(() => request('purse.refresh', {}));
    request('settings.refreshRate', {}).catch(console.error);
    return invalidations.subscribe(() => void refreshActivity());
  }, []);
  usePresence();

  const fault = locking.fault.value ?? refreshing.fault.value;
  if (approvals.kind === 'waiting') return <Loading />;
  return (
    <ApprovalQueue approvals={approvals.kind === 'given' ? approvals.value : []} onDone={closeIfPopup}>
      <header class="bar">
        <div class="bar-line">
          <Mark />
          <span class="bar-name">{t('appName')}</span>
          <span class="chip">{purse.network.label}</span>
          {isToolbarPopup() && (
            <IconButton
              icon="openTab"
              label={t('popup_openTab')}
              testId="open-tab"
              onClick={() => void openPage('popup')}
            />
          )}
          <IconButton
            icon="lock"
            label={t('popup_lock')}
            testId="lock"
            onClick={() => void locking.run(() => request('vault.lock', {}))}
          />
        </div>
        <NetworkBanner network={purse.network} />
        <SandboxBanner />
      </header>
      <FaultLine fault={approvals.kind === 'failed' ? approvals.fault : fault} />
      <RouteScreen route={currentRoute.value} purse={purse} />
      <Navigation route={currentRoute.value} />
    </ApprovalQueue>
  );
}

const TOUCH_EVERY = 30_000;

/** Reports user input to the background, so that the purse does not lock during use. */
function usePresence(): void {
  useEffect(() => {
    let toldAt = Date.now();
    const touch = () => {
      if (Date.now() - toldAt < TOUCH_EVERY) return;
      toldAt = Date.now();
      request('purse.touch', {}).catch(console.error);
    };
    document.addEventListener('pointerdown', touch);
    document.addEventListener('keydown', touch);
    return () => {
      document.removeEventListener('pointerdown', touch);
      document.removeEventListener('keydown', touch);
    };
  }, []);
}
