import type { NetworkView } from '../../../messages/network.ts';
import { request } from '../../../messages/request.ts';
import type { SettingsView } from '../../../messages/settings.ts';
import { useAction } from '../../../ui/action.ts';
import { Button, IconButton } from '../../../ui/components/Button.tsx';
import { FaultLine } from '../../../ui/components/Notice.tsx';
import { t } from '../../../ui/i18n.ts';
import { go } from '../route.ts';

/** The choice of the network in use, and the way to edit or add one. */
export function Networks({ networks, activeNetwork }: Pick<SettingsView, 'networks' | 'activeNetwork'>) {
  const action = useAction();
  return (
    <>
      <div role="radiogroup" aria-label={t('popup_networkUse')}>
        {networks.map((network) => (
          <NetworkChoice
            key={network.id}
            network={network}
            chosen={network.id === activeNetwork}
            onChoose={() => void action.run(() => request('network.use', { id: network.id }))}
          />
        ))}
      </div>
      <FaultLine fault={action.fault.value} />
      <Button
        icon="plus"
        look="quiet"
        testId="network-add"
        onClick={() => go({ name: 'network', network: null })}
      >
        {t('popup_networkAdd')}
      </Button>
    </>
  );
}

interface NetworkChoiceProps {
  readonly network: NetworkView;
  readonly chosen: boolean;
  readonly onChoose: () => void;
}

function NetworkChoice({ network, chosen, onChoose }: NetworkChoiceProps) {
  return (
    <div class="choice">
      <label>
        <input type="radio" name="network" checked={chosen} onChange={onChoose} />
        <span>
          <span class="choice-name">
            {network.label}
            {network.testMoney && <span class="chip chip-warn">{t('popup_networkTestChip')}</span>}
          </span>
          <span class="hint code">{network.id}</span>
        </span>
      </label>
      <IconButton
        icon="forward"
        label={t('popup_networkEdit', { network: network.label })}
        onClick={() => go({ name: 'network', network })}
      />
    </div>
  );
}
