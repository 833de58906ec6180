import { useEffect } from 'preact/hooks';
import { ApprovalQueue } from '../../ui/approval/ApprovalQueue.tsx';
import { FollowedPayments } from '../../ui/approval/Followed.tsx';
import { followed, unfollow, unfollowAsked } from '../../ui/approval/followed-payments.ts';
import { Loading } from '../../ui/components/Loading.tsx';
import { FaultLine } from '../../ui/components/Notice.tsx';
import { PaidPages } from '../../ui/components/PaidPages.tsx';
import { Unlock } from '../../ui/components/Unlock.tsx';
import { t } from '../../ui/i18n.ts';
import { useQuery } from '../../ui/invalidations.ts';

const close = () => window.close();

/** The window for questions, used where the toolbar popup cannot open. It closes when no question waits. */
export function Approve() {
  const purse = useQuery('purse.state', {});
  if (purse.kind === 'waiting') return <Loading />;
  if (purse.kind === 'failed') {
    return (
      <main class="screen">
        <h1 class="unseen">{t('approve_title')}</h1>
        <FaultLine fault={purse.fault} />
      </main>
    );
  }
  switch (purse.value.kind) {
    case 'empty':
      return <Nothing />;
    case 'locked':
      return purse.value.waiting === 0 ? <Nothing /> : <Unlock purse={purse.value} />;
    case 'open':
      return <Questions />;
  }
}

function Questions() {
  const approvals = useQuery('approval.list', {});
  const toLoad = useQuery('page.toLoad', {});
  // `ApprovalQueue` follows them.
  const underway = useQuery('approval.underway', {});
  const waits = toLoad.kind === 'given' && toLoad.value.length > 0;
  switch (approvals.kind) {
    case 'waiting':
      return <Loading />;
    case 'failed':
      return <FaultLine fault={approvals.fault} />;
    case 'given':
      return (
        <ApprovalQueue approvals={approvals.value} onDone={close}>
          {followed.value.length > 0 ? (
            <FollowedPayments onOver={unfollow} onAskedAgain={unfollowAsked} />
          ) : toLoad.kind === 'waiting' || underway.kind === 'waiting' ? (
            <Loading />
          ) : waits ? (
            <main class="screen">
              <PaidPages />
            </main>
          ) : (
            <Nothing />
          )}
        </ApprovalQueue>
      );
  }
}

/** How long the window stays open without a question (ms), because a page may repeat its request. */
const STAYS = 2_000;

/** Shown without a question, until the window closes. */
function Nothing() {
  useEffect(() => {
    const timer = setTimeout(close, STAYS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <main class="unlock">
      <h1>{t('approve_none')}</h1>
    </main>
  );
}
