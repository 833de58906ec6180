import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { request } from '../../messages/request.ts';
import type { SandboxTabView, SandboxView } from '../../messages/sandbox.ts';
import { DEVNET } from '../../nano/network.ts';
import { useAction } from '../../ui/action.ts';
import { Button } from '../../ui/components/Button.tsx';
import { FaultLine } from '../../ui/components/Notice.tsx';
import { shortXno } from '../../ui/format.ts';
import { t } from '../../ui/i18n.ts';
import { useQuery } from '../../ui/invalidations.ts';
import { activeTab } from './active-site.ts';

/** Returns the active tab and its sandbox; null while unknown, or when the tab has no web page. */
function useActiveTab(): { readonly sandbox: SandboxView; readonly tab: SandboxTabView } | null {
  const sandbox = useQuery('sandbox.read', {});
  const active = useSignal<number | null>(null);
  useEffect(() => {
    void activeTab().then((tab) => {
      active.value = tab?.id ?? null;
    });
  }, [active]);
  if (sandbox.kind !== 'given') return null;
  const tab = sandbox.value.tabs.find(({ id }) => id === active.value);
  return tab === undefined ? null : { sandbox: sandbox.value, tab };
}

/** Says that the active tab pays with test money although the purse does not. Renders nothing for any other tab. */
export function SandboxBanner() {
  const known = useActiveTab();
  const action = useAction();
  if (known === null || known.tab.network === null) return null;
  const { sandbox, tab } = known;
  const { network } = tab;
  const money = sandbox.money.find((one) => one.network.id === network);
  return (
    <div class="network-banner tab-sandbox" role="note" data-testid="sandbox-banner">
      <span>{t('popup_sandboxTab', { network: money?.network.label ?? network ?? '' })}</span>
      {money?.balance != null && (
        <span>{t('popup_sandboxBalance', { amount: shortXno(money.balance, 'held') })}</span>
      )}
      <span class="tab-sandbox-ways">
        <button
          type="button"
          class="link"
          data-testid="sandbox-faucet"
          onClick={() => void action.run(() => request('sandbox.faucet', { network: network ?? '' }))}
        >
          {t('ui_sandboxFaucet')}
        </button>
        <button
          type="button"
          class="link"
          data-testid="sandbox-leave"
          onClick={() => void action.run(() => request('sandbox.leave', { tab: tab.id }))}
        >
          {t('popup_sandboxLeave')}
        </button>
      </span>
      <FaultLine fault={action.fault.value} />
    </div>
  );
}

/** A button that makes the active tab pay with test money. Renders nothing where it does already. */
export function SandboxEntrance() {
  const known = useActiveTab();
  const action = useAction();
  if (known === null || known.tab.network !== null || known.sandbox.whole !== null) return null;
  const { id } = known.tab;
  return (
    <div class="setting">
      <Button
        icon="flask"
        testId="sandbox-enter"
        onClick={() => void action.run(() => request('sandbox.enter', { tab: id, network: DEVNET.id }))}
      >
        {t('popup_sandboxEnter')}
      </Button>
      <p class="hint">{t('popup_sandboxHint')}</p>
      <FaultLine fault={action.fault.value} />
    </div>
  );
}
