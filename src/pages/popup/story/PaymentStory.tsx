import type { PaymentView } from '../../../messages/payment.ts';
import { mechanismName } from '../../../ui/approval/mechanism.ts';
import { Account } from '../../../ui/components/Account.tsx';
import { Amount } from '../../../ui/components/Amount.tsx';
import { AskedBy } from '../../../ui/components/AskedBy.tsx';
import { Fact } from '../../../ui/components/Fact.tsx';
import { LongUrl } from '../../../ui/components/LongUrl.tsx';
import { Notice } from '../../../ui/components/Notice.tsx';
import { PrivateWindow } from '../../../ui/components/PrivateWindow.tsx';
import { SiteName } from '../../../ui/components/SiteName.tsx';
import { shortXno } from '../../../ui/format.ts';
import { sentenceOf, t } from '../../../ui/i18n.ts';
import { moment, timeOfDay } from '../../../ui/time.ts';
import { BoughtLink } from '../BoughtLink.tsx';
import { boughtUrl } from '../bought.ts';
import { go, type Route } from '../route.ts';
import { isSentAgain, shownStatusOf } from '../sent-again.ts';
import { HandedOverCard } from './HandedOverCard.tsx';
import { Redeliver } from './Redeliver.tsx';
import { timelineOf } from './timeline.ts';

interface PaymentStoryProps {
  readonly payment: PaymentView;
  /** The screen that the story was opened from. */
  readonly from: Route;
}

/** What has become of a payment, its states one by one, and what was paid for. */
export function PaymentStory({ payment, from }: PaymentStoryProps) {
  const { key, tone } = shownStatusOf(payment);
  const { site } = payment;
  return (
    <>
      <p class={`state state-${tone}`} role="status" data-testid="payment-state" data-state={payment.state}>
        {t(key)}
      </p>
      {payment.waitsFor !== null && <Notice tone="warn">{sentenceOf(payment.waitsFor)}</Notice>}
      {payment.isForgotten && <Notice tone="info">{t('fault_privateForgotten')}</Notice>}
      {payment.fault !== null && <Notice tone="warn">{sentenceOf(payment.fault)}</Notice>}
      {payment.handedOver !== null && <HandedOverCard id={payment.id} state={payment.handedOver} />}
      {payment.pending !== null && <PendingNotice pending={payment.pending} />}
      {payment.byPost && <Notice tone="info">{t('popup_byPost')}</Notice>}
      {payment.canDeliver && !isSentAgain(payment) && <Redeliver payment={payment} />}
      {payment.credit !== null && (
        <div data-testid="credit" data-raw={payment.credit}>
          <Notice tone="info">{t('popup_credit', { amount: shortXno(payment.credit) })}</Notice>
        </div>
      )}
      <section aria-labelledby="story-title">
        <h2 id="story-title">{t('popup_story')}</h2>
        <ol class="story">
          {timelineOf(payment).map(({ at, key, tone }, index) => (
            <li key={`${index} ${key}`} class={`story-${tone}`} data-testid="step" data-key={key}>
              <span>{t(key)}</span>
              <time dateTime={new Date(at).toISOString()} title={moment(at)}>
                {timeOfDay(at)}
              </time>
            </li>
          ))}
        </ol>
      </section>
      <dl class="facts">
        <Fact name={t('approve_site')}>
          {site === null ? <PrivateWindow /> : <SiteName site={site} />}
          {site !== null && (
            <div class="inline-actions">
              <button
                type="button"
                class="link"
                data-testid="all-of-site"
                onClick={() => go({ name: 'site', site, from: { name: 'story', id: payment.id, from } })}
              >
                {t('popup_allOfSite')}
              </button>
            </div>
          )}
          {payment.askedBy !== null && <AskedBy site={payment.askedBy} />}
          {payment.isPrivate && <p class="hint">{t('popup_privateText')}</p>}
        </Fact>
        {payment.url !== null && (
          <Fact name={t('approve_for')}>
            {payment.title !== null && (
              <q data-testid="bought-title">
                <bdi dir="auto">{payment.title}</bdi>
              </q>
            )}
            <p>
              <span class="code">{payment.method}</span> <LongUrl url={payment.url} />
            </p>
            {boughtUrl(payment) !== null && (
              <>
                <div class="inline-actions">
                  <BoughtLink payment={payment}>
                    {t(payment.state === 'settled' ? 'popup_openAgain' : 'popup_open')}
                  </BoughtLink>
                </div>
                {payment.state === 'settled' && <p class="hint">{t('popup_openAgainHint')}</p>}
              </>
            )}
          </Fact>
        )}
        {payment.description !== null && (
          <Fact name={t('approve_description')}>
            <q>
              <bdi dir="auto">{payment.description}</bdi>
            </q>
          </Fact>
        )}
        <Fact name={t('approve_payTo')}>
          <Account account={payment.payTo} />
        </Fact>
        <Fact name={t('popup_approval')}>
          {t(payment.approval === 'once' ? 'popup_approval_once' : 'popup_approval_budget')},{' '}
          {moment(payment.at)}
        </Fact>
        <Fact name={t('approve_way')}>{mechanismName(payment.mechanism)}</Fact>
        {payment.refunds.length > 0 && (
          <Fact name={t('popup_refunds')}>
            <Refunds refunds={payment.refunds} />
          </Fact>
        )}
        {payment.status !== null && (
          <Fact name={t('popup_httpStatus')}>
            <span data-testid="http-status">
              {t('popup_httpStatusValue', { status: String(payment.status) })}
            </span>
          </Fact>
        )}
        {payment.serverSaid !== null && (
          <Fact name={t('popup_serverSaid')}>
            <q>
              <bdi dir="auto">{payment.serverSaid}</bdi>
            </q>
          </Fact>
        )}
      </dl>
    </>
  );
}

/** What came back from the payee, and what of it was taken off what the site has spent. */
function Refunds({ refunds }: Pick<PaymentView, 'refunds'>) {
  const counted = refunds.reduce((sum, refund) => sum + BigInt(refund.counted), 0n).toString();
  return (
    <>
      {refunds.map(({ id, at, amount }) => (
        <p key={id} data-testid="refund">
          <Amount raw={amount} sign="+" />, {moment(at)}
        </p>
      ))}
      <p class="hint" data-testid="refund-counted" data-raw={counted}>
        {t('popup_refundCounted', { amount: shortXno(counted) })}
      </p>
    </>
  );
}

/** Explains that the server has taken the payment, and when it wants to be asked again. */
function PendingNotice({
  pending: { notBefore },
}: {
  readonly pending: NonNullable<PaymentView['pending']>;
}) {
  return (
    <Notice tone="info">
      {t('popup_pendingText')}
      {notBefore !== null && <p>{t('ui_notBefore', { time: timeOfDay(notBefore) })}</p>}
    </Notice>
  );
}
