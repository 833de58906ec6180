import type { ApprovalView } from '../../messages/approval.ts';
import { Account } from '../components/Account.tsx';
import { ClockSkew } from '../components/ClockSkew.tsx';
import { Notice } from '../components/Notice.tsx';
import { shortXno } from '../format.ts';
import { sentenceOf, t } from '../i18n.ts';
import { nameWarning } from '../look-alike.ts';
import { lasting } from '../time.ts';

/** The reasons that mean danger: the money may be lost, paid twice, or spent by another site. All others are usual. */
const DANGEROUS: ReadonlySet<ApprovalView['reason']> = new Set<ApprovalView['reason']>([
  'reason_priceRise',
  'reason_priceChanged',
  'reason_payeeChanged',
  'reason_undeliveredBefore',
  'reason_justPaid',
  'reason_owed',
  'reason_crossSite',
]);

/** The reasons that name the earlier price and this one. */
const SAYS_PRICES: ReadonlySet<ApprovalView['reason']> = new Set<ApprovalView['reason']>([
  'reason_priceRise',
  'reason_priceChanged',
]);

/** Warnings that only say what the user will have to do. */
const USUAL: ReadonlySet<string> = new Set([
  'warning_loadAgain',
  'warning_reloads',
  'warning_sendAgain',
  'warning_confirm',
]);

/** Whether the reason why the user is asked is a warning, and not a plain fact. */
export const isDangerous = ({ reason }: Pick<ApprovalView, 'reason'>): boolean => DANGEROUS.has(reason);

/** Everything about a question that is not usual, the dangerous first. It stands above the words of the site. */
export function Cautions({ approval }: { readonly approval: ApprovalView }) {
  const names = [approval.site, approval.askedBy ?? approval.site].map(nameWarning);
  const warnings = approval.warnings.filter((key) => !USUAL.has(key));
  const duties = approval.warnings.filter((key) => USUAL.has(key));
  return (
    <>
      {isDangerous(approval) && <Danger approval={approval} />}
      {approval.lowerPrice !== null && !SAYS_PRICES.has(approval.reason) && (
        <div data-testid="approval-price-rise">
          <Notice tone="warn">
            {t('reason_priceRise', { before: shortXno(approval.lowerPrice), now: shortXno(approval.price) })}
          </Notice>
        </div>
      )}
      {[...new Set([...names.filter((key) => key !== null), ...warnings])].map((warning) => (
        <Notice key={warning} tone="warn">
          {t(warning)}
        </Notice>
      ))}
      {approval.harderWork !== null && <HarderWork {...approval.harderWork} />}
      {approval.isPrivate && <PrivateWindow />}
      {duties.map((duty) => (
        <Notice key={duty} tone="info">
          {t(duty)}
        </Notice>
      ))}
      {approval.clockSkew !== null && (
        <Notice tone="info">
          <ClockSkew ms={approval.clockSkew} />
        </Notice>
      )}
    </>
  );
}

/** A dangerous reason with its numbers; a changed recipient with both accounts. */
function Danger({ approval }: { readonly approval: ApprovalView }) {
  const { reason: key, args, otherPayTo, payTo } = approval;
  return (
    <div data-testid="approval-reason">
      <Notice tone="warn">
        <p>{sentenceOf({ key, args })}</p>
        {key === 'reason_payeeChanged' && otherPayTo !== null && (
          <dl class="facts">
            <dt>{t('approve_payeeBefore')}</dt>
            <dd>
              <Account account={otherPayTo} testId="approval-payee-before" />
            </dd>
            <dt>{t('approve_payeeNow')}</dt>
            <dd>
              <Account account={payTo} />
            </dd>
          </dl>
        )}
      </Notice>
    </div>
  );
}

/** Says how much more work the site wants than the network, and how long that takes. */
function HarderWork({ times, workTime }: NonNullable<ApprovalView['harderWork']>) {
  const words = { times: String(times) };
  return (
    <div data-testid="approval-harder-work" data-times={times}>
      <Notice tone="warn">
        {workTime === null
          ? t('approve_harderWorkUnknown', words)
          : t('approve_harderWork', { ...words, time: lasting(workTime) })}
      </Notice>
    </div>
  );
}

/** Explains what is stored of a payment in a private window, and why fewer answers are offered. */
function PrivateWindow() {
  return (
    <Notice tone="info">
      <strong data-testid="approval-private">{t('ui_privateWindow')}</strong>
      <p>{t('approve_privateText')}</p>
    </Notice>
  );
}
