import { useEffect } from 'preact/hooks';
import type { ExchangeStory } from '../../messages/exchange.ts';
import type { RawString } from '../../messages/fields.ts';
import { request } from '../../messages/request.ts';
import { useAction } from '../action.ts';
import { Amount } from '../components/Amount.tsx';
import { Button } from '../components/Button.tsx';
import { FaultLine, Notice } from '../components/Notice.tsx';
import { PaidPage } from '../components/PaidPages.tsx';
import { Screen } from '../components/Screen.tsx';
import { SiteName } from '../components/SiteName.tsx';
import { whyWords } from '../exchange-words.ts';
import { shortXno } from '../format.ts';
import { t } from '../i18n.ts';
import { useQuery } from '../invalidations.ts';
import { useNow } from '../now.ts';
import { clock } from '../time.ts';
import './approval.css';
import './outcome.css';
import { type FollowedPayment, followed } from './followed-payments.ts';
import { type Phase, phaseOf } from './phase.ts';

interface FollowedPaymentsProps {
  /** Whether the page itself tells of what was paid and not delivered. @default false */
  readonly tellsOfUndelivered?: boolean;
  /** Called when the user has seen the end of one, or it was shown long enough. */
  readonly onOver: (exchange: string) => void;
  /** Called when the user is asked about its request again: the offer ran out before it could be paid. */
  readonly onAskedAgain: (exchange: string) => void;
}

/** The screen after the last question: what becomes of the payments. */
export function FollowedPayments(props: FollowedPaymentsProps) {
  return (
    <div class="approval" data-testid="followed">
      <Screen title={t('approve_title')} titleUnseen>
        <FollowedLines {...props} />
      </Screen>
    </div>
  );
}

/** The same above the next question. */
export function FollowedLines({ tellsOfUndelivered = false, onOver, onAskedAgain }: FollowedPaymentsProps) {
  return (
    <>
      {followed.value.map((payment) => (
        <Followed
          key={payment.exchange}
          payment={payment}
          tellsOfUndelivered={tellsOfUndelivered}
          onOver={() => onOver(payment.exchange)}
          onAskedAgain={() => onAskedAgain(payment.exchange)}
        />
      ))}
    </>
  );
}

/** How long the words of a payment that came to its good end stay (ms). */
const STAYS = 1_500;

interface FollowedProps {
  readonly payment: FollowedPayment;
  readonly tellsOfUndelivered: boolean;
  readonly onOver: () => void;
  readonly onAskedAgain: () => void;
}

function Followed({ payment, tellsOfUndelivered, onOver, onAskedAgain }: FollowedProps) {
  const cancelling = useAction();
  const read = useQuery('exchange.read', { id: payment.exchange });
  const toLoad = useQuery('page.toLoad', {});
  const phase = read.kind === 'given' ? phaseOf(read.value) : 'paying';
  // A closed tab takes the record of its requests with it: there is nothing left to follow. A killed worker fails otherwise.
  const isUnknown = read.kind === 'failed' && read.fault.key === 'fault_unknownExchange';
  const isGone = isUnknown || (tellsOfUndelivered && phase === 'undelivered');
  const isAskedAgain = read.kind === 'given' && read.value.state === 'asking';
  useEffect(() => {
    if (isAskedAgain) onAskedAgain();
  }, [isAskedAgain]);
  useEffect(() => {
    if (phase !== 'paid' && !isGone) return undefined;
    const timer = setTimeout(onOver, isGone ? 0 : STAYS);
    return () => clearTimeout(timer);
  }, [phase, isGone]);
  if (isGone) return null;

  const page = toLoad.kind === 'given' ? toLoad.value.find(({ id }) => id === payment.exchange) : undefined;
  if (page !== undefined && (phase === 'paying' || phase === 'preparing'))
    return tellsOfUndelivered ? null : <PaidPage one={page} />;
  const cancel = async () => {
    const { exchange } = payment;
    if (await cancelling.run(() => request('approval.cancel', { exchange }))) onOver();
  };
  return (
    <section class={`outcome outcome-${phase}`} data-testid="outcome" data-phase={phase}>
      {phase === 'preparing' ? (
        <Preparing payment={payment} isCancelling={cancelling.busy.value} onCancel={() => void cancel()} />
      ) : (
        <>
          <SiteName site={payment.site} />
          <div role="status">
            <h2>{titleOf(phase, payment.price)}</h2>
          </div>
        </>
      )}
      {/* It stays when the payment goes on: then the answer came too late. */}
      <FaultLine fault={cancelling.fault.value} />
      {read.kind === 'given' && <WhatToDo phase={phase} story={read.value} onOver={onOver} />}
    </section>
  );
}

function titleOf(phase: Phase, price: RawString): string {
  const amount = shortXno(price);
  switch (phase) {
    case 'preparing':
    case 'paying':
      return t('approve_paying', { amount });
    case 'paid':
      return t('approve_paid', { amount });
    case 'delayed':
      return t('approve_delayed');
    case 'undelivered':
      return t('approve_undelivered');
    case 'unfinished':
      return t('approve_unfinished');
    case 'unpaid':
      return t('approve_unpaid');
  }
}

interface PreparingProps {
  readonly payment: FollowedPayment;
  readonly isCancelling: boolean;
  readonly onCancel: () => void;
}

/** The proof of work that the payment still needs, with the time for it. Without a search it is about to be paid. */
function Preparing({ payment: { site, price }, isCancelling, onCancel }: PreparingProps) {
  const search = useQuery('work.progress', {});
  if (search.kind !== 'given' || search.value === null) {
    return (
      <>
        <SiteName site={site} />
        <h2>{titleOf('preparing', price)}</h2>
      </>
    );
  }
  const { since, meanMs } = search.value;
  return (
    <>
      <p>
        <SiteName site={site} /> <Amount raw={price} testId="outcome-price" />
      </p>
      {meanMs === null ? <h2>{t('approve_preparingOn')}</h2> : <Search since={since} meanMs={meanMs} />}
      <Button busy={isCancelling} testId="outcome-cancel" onClick={onCancel}>
        {t('ui_cancel')}
      </Button>
    </>
  );
}

/** How long the search takes on average, and how far it has come. */
function Search({ since, meanMs }: { readonly since: number; readonly meanMs: number }) {
  const now = useNow(500).value;
  // A search has no memory: the bar shows the share of searches that would have ended by now.
  const share = 1 - Math.exp(-Math.max(0, now - since) / meanMs);
  return (
    <div data-testid="outcome-preparing" data-mean={Math.round(meanMs)}>
      <h2>{t('approve_preparing', { time: clock(meanMs) })}</h2>
      <progress class="work-bar" max={1} value={share} aria-label={t('approve_preparingBar')} />
    </div>
  );
}

interface WhatToDoProps {
  readonly phase: Phase;
  readonly story: ExchangeStory;
  readonly onOver: () => void;
}

/** Why a payment did not come to its good end, and what the user can do. */
function WhatToDo({ phase, story, onOver }: WhatToDoProps) {
  switch (phase) {
    case 'preparing':
    case 'paying':
    case 'paid':
      return null;
    case 'delayed':
      return (
        <>
          <p>{whyWords(story)}</p>
          <p>{t('approve_delayedText')}</p>
          <Close onClick={onOver} />
        </>
      );
    case 'undelivered':
      return (
        <>
          {story.paid?.serverSaid && <Notice tone="warn">{story.paid.serverSaid}</Notice>}
          <p>{t('approve_undeliveredText')}</p>
          {story.paid?.canDeliver && <Retry id={story.paid.id} />}
          <Close onClick={onOver} />
        </>
      );
    case 'unfinished':
    case 'unpaid':
      return (
        <>
          <Notice tone="warn">{whyWords(story)}</Notice>
          <p>{t(phase === 'unpaid' ? 'approve_unpaidText' : 'approve_unfinishedText')}</p>
          <Close onClick={onOver} />
        </>
      );
  }
}

/** Presents the kept proof once more, which costs nothing. */
function Retry({ id }: { readonly id: string }) {
  const action = useAction();
  return (
    <>
      <Button
        look="primary"
        busy={action.busy.value}
        testId="outcome-retry"
        onClick={() => void action.run(() => request('payment.deliver', { id }))}
      >
        {t('popup_deliver')}
      </Button>
      <FaultLine fault={action.fault.value} />
    </>
  );
}

const Close = ({ onClick }: { readonly onClick: () => void }) => (
  <Button onClick={onClick} testId="outcome-close">
    {t('ui_close')}
  </Button>
);
