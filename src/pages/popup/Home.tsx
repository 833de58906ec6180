import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { FaultKey, PlainMessageKey } from '../../fault.ts';
import type { OpenPurseView, PocketView } from '../../messages/purse.ts';
import { request } from '../../messages/request.ts';
import { useAction } from '../../ui/action.ts';
import { FollowedLines } from '../../ui/approval/Followed.tsx';
import { unfollow, unfollowAsked } from '../../ui/approval/followed-payments.ts';
import { Amount } from '../../ui/components/Amount.tsx';
import { Button } from '../../ui/components/Button.tsx';
import { ExactAmount } from '../../ui/components/ExactAmount.tsx';
import { GetXno } from '../../ui/components/GetXno.tsx';
import { NextPayment } from '../../ui/components/NextPayment.tsx';
import { FaultLine, Notice } from '../../ui/components/Notice.tsx';
import { PaidPages } from '../../ui/components/PaidPages.tsx';
import { Receive } from '../../ui/components/Receive.tsx';
import { Screen } from '../../ui/components/Screen.tsx';
import { SiteAccess } from '../../ui/components/SiteAccess.tsx';
import { Value } from '../../ui/components/Value.tsx';
import { WorkLine } from '../../ui/components/WorkLine.tsx';
import { shortXno, shownAmount } from '../../ui/format.ts';
import { sentenceOf, t } from '../../ui/i18n.ts';
import { ActivityRow } from './ActivityRow.tsx';
import { type ActivePage, activePage } from './active-site.ts';
import { activity } from './activity-list.ts';
import { OwedPayments } from './OwedPayments.tsx';
import { go } from './route.ts';
import { SiteBudget } from './SiteBudget.tsx';
import { SmallReceivesRow } from './SmallReceives.tsx';
import { TabRow } from './TabRow.tsx';
import { UsedBudget } from './UsedBudget.tsx';
import { WayBackCard } from './WayBackCard.tsx';

const RECENT = 4;

/** The titles of troubles that do not hide the balance. */
const TROUBLES: Readonly<Partial<Record<FaultKey, PlainMessageKey>>> = {
  fault_nodeRefused: 'popup_refusedTitle',
  fault_sourceUnproven: 'popup_unreceivedTitle',
};

/** The first screen: balance, receive and send, the budget of this site, and recent activity. */
export function Home({ purse }: { readonly purse: OpenPurseView }) {
  const receiving = useSignal(false);
  const page = useSignal<ActivePage | null>(null);
  const action = useAction();
  useEffect(() => {
    void action.run(async () => {
      page.value = await activePage();
    });
  }, []);
  const recent = activity.items.value.slice(0, RECENT);
  const unfunded = purse.balance === '0' && purse.incoming === '0' && recent.length === 0;

  return (
    <Screen title={t('appName')} titleUnseen>
      <section class="balance" aria-labelledby="balance-title">
        <h2 id="balance-title">{t('popup_balance')}</h2>
        {purse.balance === null ? (
          <p class="balance-unknown">{t('popup_balanceUnknown')}</p>
        ) : (
          <>
            <p>
              <Amount raw={purse.balance} use="held" large testId="balance" />
            </p>
            <Value raw={purse.balance} testMoney={purse.network.testMoney} testId="balance-value" />
            {shownAmount(purse.balance, 'held').relation !== 'exact' && <ExactAmount raw={purse.balance} />}
          </>
        )}
        {purse.pocket !== null && <PocketLine pocket={purse.pocket} />}
        {purse.incoming !== '0' && (
          <p class="incoming" data-testid="incoming" data-raw={purse.incoming}>
            {t('popup_incoming', { amount: shortXno(purse.incoming) })}
          </p>
        )}
        {/* An empty wallet has the work to receive prepared, and nothing to pay with. */}
        <WorkLine work={purse.work === 'ready' && purse.balance === '0' ? 'none' : purse.work} />
      </section>

      <SiteAccess />
      <FaultLine fault={action.fault.value} />
      <FollowedLines tellsOfUndelivered onOver={unfollow} onAskedAgain={unfollowAsked} />
      <PaidPages />
      <OwedPayments />
      <Trouble purse={purse} />
      {purse.paused ? <PausedAll /> : <UsedBudget />}

      <div class="columns">
        <Button
          icon="receive"
          expanded={receiving.value || unfunded}
          testId="receive"
          onClick={() => {
            receiving.value = !receiving.value;
          }}
        >
          {t('popup_receive')}
        </Button>
        <Button icon="send" testId="send" onClick={() => go({ name: 'send' })}>
          {t('popup_send')}
        </Button>
      </div>

      {(receiving.value || unfunded) && (
        <section class="card" aria-labelledby="receive-title">
          <h2 id="receive-title">{t(unfunded ? 'popup_fundTitle' : 'ui_receiveTitle')}</h2>
          <p class="hint">{t(unfunded ? 'popup_fundText' : 'ui_receiveText')}</p>
          <Receive account={purse.account} />
          {purse.balance === '0' && (
            <>
              <NextPayment />
              <GetXno />
            </>
          )}
        </section>
      )}

      {page.value !== null && <WayBackCard page={page.value} />}
      {page.value !== null && <SiteBudget page={page.value} />}
      {page.value !== null && <TabRow tabId={page.value.tabId} />}

      <section aria-labelledby="recent-title">
        <div class="section-head">
          <h2 id="recent-title">{t('popup_recent')}</h2>
          {recent.length > 0 && (
            <button type="button" class="link" onClick={() => go({ name: 'activity' })}>
              {t('popup_allActivity')}
            </button>
          )}
        </div>
        {recent.length === 0 ? (
          <p class="hint">{t('popup_nothingYet')}</p>
        ) : (
          <ul class="rows">
            {recent.map((item) => (
              <ActivityRow key={item.id} item={item} from={{ name: 'home' }} />
            ))}
            <SmallReceivesRow from={{ name: 'home' }} />
          </ul>
        )}
      </section>
    </Screen>
  );
}

/** Which part of the balance budgets can spend. */
function PocketLine({ pocket: { balance, level } }: { readonly pocket: PocketView }) {
  const words = { amount: balance === null ? '…' : shortXno(balance, 'held'), level: shortXno(level) };
  return (
    <p class="hint" data-testid="pocket-balance" data-raw={balance ?? undefined}>
      {t('popup_pocketLine', words)}
    </p>
  );
}

/** What keeps the purse from using its money, with a button to try again. */
function Trouble({ purse }: { readonly purse: OpenPurseView }) {
  const action = useAction();
  return (
    <div role="status" class="live" data-testid="trouble">
      {purse.seedCopyFault !== null && (
        <Notice tone="warn">
          <strong>{t('popup_seedCopyTitle')}</strong>
          <p>{sentenceOf({ key: purse.seedCopyFault, args: [] })}</p>
        </Notice>
      )}
      {purse.trouble !== null && (
        <Notice tone="bad">
          <strong>{t(TROUBLES[purse.trouble.key] ?? 'popup_troubleTitle')}</strong>
          <p>{sentenceOf(purse.trouble)}</p>
          {purse.trouble.key in TROUBLES && <p>{t('popup_triedAgain')}</p>}
          <Button
            busy={action.busy.value}
            onClick={() => void action.run(() => request('purse.refresh', {}))}
          >
            {t('popup_refresh')}
          </Button>
        </Notice>
      )}
      {purse.handedOverBlock !== null && (
        <Notice tone="warn">
          <strong>{t('popup_waits')}</strong>
          <p data-testid="cheque-out">{sentenceOf(purse.handedOverBlock)}</p>
        </Notice>
      )}
    </div>
  );
}

function PausedAll() {
  const action = useAction();
  return (
    <Notice tone="warn">
      <p>{t('popup_pausedAll')}</p>
      <Button
        busy={action.busy.value}
        onClick={() => void action.run(() => request('purse.pause', { paused: false }))}
      >
        {t('popup_resume')}
      </Button>
      <FaultLine fault={action.fault.value} />
    </Notice>
  );
}
