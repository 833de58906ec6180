import type { NetworkView } from '../../messages/views.ts';
import { t } from '../i18n.ts';

/** Says on every page that the money is not real. Nothing on a network whose money is. */
export function NetworkBanner({ network }: { readonly network: Pick<NetworkView, 'label' | 'testMoney'> }) {
  if (!network.testMoney) return null;
  return (
    <div class="network-banner" role="note" data-testid="network-banner">
      {t('ui_testMoney', { network: network.label })}
    </div>
  );
}
