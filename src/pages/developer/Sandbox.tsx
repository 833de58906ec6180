import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { request } from '../../messages/request.ts';
import type { SandboxTabView, SandboxView, TestMoneyView } from '../../messages/sandbox.ts';
import { DEVNET } from '../../nano/network.ts';
import { useAction } from '../../ui/action.ts';
import { FullAccount } from '../../ui/components/Account.tsx';
import { Amount } from '../../ui/components/Amount.tsx';
import { Button } from '../../ui/components/Button.tsx';
import { SelectField } from '../../ui/components/Choice.tsx';
import { CopyButton } from '../../ui/components/CopyButton.tsx';
import { ExactAmount } from '../../ui/components/ExactAmount.tsx';
import { Switch } from '../../ui/components/Field.tsx';
import { Loading } from '../../ui/components/Loading.tsx';
import { NetworkBanner } from '../../ui/components/NetworkBanner.tsx';
import { FaultLine, Notice } from '../../ui/components/Notice.tsx';
import { Screen } from '../../ui/components/Screen.tsx';
import { shortXno } from '../../ui/format.ts';
import { sentenceOf, t } from '../../ui/i18n.ts';
import { invalidate, useQuery } from '../../ui/invalidations.ts';

/** The tabs that pay with test money, and the balance of each test network. */
export function Sandbox() {
  const sandbox = useQuery('sandbox.read', {});
  useEffect(() => {
    // The background does not report tabs that open and close.
    addEventListener('focus', invalidate);
    return () => removeEventListener('focus', invalidate);
  }, []);
  return (
    <Screen title={t('developer_sandbox')}>
      <p class="lead">{t('developer_sandboxLead')}</p>
      <p class="hint">{t('developer_sandboxHint')}</p>
      {sandbox.kind === 'waiting' && <Loading />}
      {sandbox.kind === 'failed' && <FaultLine fault={sandbox.fault} />}
      {sandbox.kind === 'given' && (
        <>
          {sandbox.value.whole !== null && (
            <Notice tone="warn">{t('developer_sandboxWhole', { network: sandbox.value.whole.label })}</Notice>
          )}
          {sandbox.value.money.map((money) => (
            <Money key={money.network.id} money={money} />
          ))}
          <Tabs sandbox={sandbox.value} />
        </>
      )}
    </Screen>
  );
}

/** The balance on one test network, with a button that requests more from its faucet. */
function Money({ money }: { readonly money: TestMoneyView }) {
  const { network, account, balance, incoming, trouble } = money;
  const action = useAction();
  return (
    <section class="card" aria-label={network.label} data-testid="test-money">
      <NetworkBanner network={network} />
      <p>
        {balance === null ? (
          t('developer_balanceUnknown')
        ) : (
          <Amount raw={balance} use="held" large testId="test-balance" />
        )}
      </p>
      {balance !== null && <ExactAmount raw={balance} />}
      {incoming !== '0' && <p class="hint">{t('developer_incoming', { amount: shortXno(incoming) })}</p>}
      <FullAccount account={account} />
      {trouble !== null && <Notice tone="bad">{sentenceOf(trouble)}</Notice>}
      <FaultLine fault={action.fault.value} />
      <div class="developer-buttons">
        <Button
          look="primary"
          icon="receive"
          busy={action.busy.value}
          testId="faucet"
          onClick={() => void action.run(() => request('sandbox.faucet', { network: network.id }))}
        >
          {t('ui_sandboxFaucet')}
        </Button>
        <CopyButton text={account} label={t('developer_copyAccount')} />
      </div>
    </section>
  );
}

function Tabs({ sandbox }: { readonly sandbox: SandboxView }) {
  const { tabs, networks, whole } = sandbox;
  const wanted = useSignal(DEVNET.id);
  return (
    <section class="card" aria-labelledby="tabs-title">
      <h2 id="tabs-title">{t('developer_tabs')}</h2>
      {networks.length > 1 && (
        <SelectField
          label={t('developer_sandboxNetwork')}
          value={wanted.value}
          options={networks.map(({ id, label }) => ({ value: id, name: `${label} (${id})` }))}
          onChange={(id) => {
            wanted.value = id;
          }}
        />
      )}
      {tabs.length === 0 && <p class="hint">{t('developer_noTabs')}</p>}
      {tabs.map((tab) => (
        <TabRow key={tab.id} tab={tab} wanted={wanted.value} off={whole !== null && tab.network === null} />
      ))}
    </section>
  );
}

interface TabRowProps {
  readonly tab: SandboxTabView;
  /** The network that the tab is switched to. */
  readonly wanted: string;
  readonly off: boolean;
}

function TabRow({ tab, wanted, off }: TabRowProps) {
  const action = useAction();
  const { id, title, site, network } = tab;
  if (off) {
    return (
      <p>
        <bdi>{title}</bdi> <bdi class="hint">{site}</bdi>
      </p>
    );
  }
  return (
    <>
      <Switch
        label={title === '' ? site : title}
        hint={network === null ? site : t('developer_tabPays', { site, network })}
        on={network !== null}
        testId={`sandbox-tab-${id}`}
        onChange={(on) =>
          void action.run(() =>
            on
              ? request('sandbox.enter', { tab: id, network: wanted })
              : request('sandbox.leave', { tab: id }),
          )
        }
      />
      <FaultLine fault={action.fault.value} />
    </>
  );
}
