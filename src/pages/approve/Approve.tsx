import { useEffect } from 'preact/hooks';
import { ApprovalQueue } from '../../ui/approval/ApprovalQueue.tsx';
import { Loading } from '../../ui/components/Loading.tsx';
import { FaultLine } from '../../ui/components/Notice.tsx';
import { ToLoad } from '../../ui/components/ToLoad.tsx';
import { Unlock } from '../../ui/components/Unlock.tsx';
import { t } from '../../ui/i18n.ts';
import { useQuery } from '../../ui/invalidations.ts';

const close = () => window.close();

/** The purse's own window for questions, where the toolbar popup cannot open. It goes when nothing waits any more. */
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
  const waits = toLoad.kind === 'given' && toLoad.value.length > 0;
  switch (approvals.kind) {
    case 'waiting':
      return <Loading />;
    case 'failed':
      return <FaultLine fault={approvals.fault} />;
    case 'given':
      return (
        <ApprovalQueue approvals={approvals.value} onDone={close}>
          {toLoad.kind === 'waiting' ? (
            <Loading />
          ) : waits ? (
            <main class="screen">
              <ToLoad />
            </main>
          ) : (
            <Nothing />
          )}
        </ApprovalQueue>
      );
  }
}

/** How long the window stays when nothing waits any more (ms): a page may send its request again. */
const STAYS = 2_000;

/** Nothing waits: the window has done its work. */
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
