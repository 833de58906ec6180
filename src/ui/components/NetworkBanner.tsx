import type { NetworkView } from '../../messages/network.ts';
import { t } from '../i18n.ts';

/** Says that the money is test money. Renders nothing on a network with real money. */
export function NetworkBanner({ network }: { readonly network: Pick<NetworkView, 'label' | 'testMoney'> }) {
  if (!network.testMoney) return null;
  return (
    <div class="network-banner" role="note" data-testid="network-banner">
      {t('ui_testMoney', { network: network.label })}
    </div>
  );
}
