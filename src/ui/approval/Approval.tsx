import { useSignal } from '@preact/signals';
import type { Fault } from '../../fault.ts';
import type { ApprovalView } from '../../messages/approval.ts';
import { warningOf } from '../budget-words.ts';
import { ClockSkew } from '../components/ClockSkew.tsx';
import { Countdown } from '../components/Countdown.tsx';
import { NetworkBanner } from '../components/NetworkBanner.tsx';
import { FaultLine, Notice } from '../components/Notice.tsx';
import { Receive } from '../components/Receive.tsx';
import { Screen } from '../components/Screen.tsx';
import { UsedNotice } from '../components/UsedNotice.tsx';
import { WorkLine } from '../components/WorkLine.tsx';
import { enoughXno } from '../format.ts';
import { sentenceOf, t } from '../i18n.ts';
import { nameWarning } from '../look-alike.ts';
import { useNow } from '../now.ts';
import { shortStart, shownSite } from '../site.ts';
import { lasting } from '../time.ts';
import './approval.css';
import { BudgetForm, useBudgetDraft } from './BudgetForm.tsx';
import { type Choice, DecisionButtons, type UserDecision } from './DecisionButtons.tsx';
import { Facts, Headline } from './Facts.tsx';
import { OtherQuestions } from './OtherQuestions.tsx';
import { Manual, Whom } from './Sites.tsx';

interface ApprovalProps {
  readonly approval: ApprovalView;
  /** The sites of the questions after this one, one for each. */
  readonly others: readonly string[];
  readonly sending: boolean;
  readonly fault: Fault | null;
  readonly onAnswer: (answer: UserDecision) => void;
}

/** One question to the user: whether to pay an offer. */
export function Approval({ approval, others, sending, fault, onAnswer }: ApprovalProps) {
  const writingBudget = useSignal(false);
  const choosingWhom = useSignal(false);
  const leavingToPage = useSignal(false);
  const draft = useBudgetDraft(approval);
  const now = useNow(500).value;
  const expired = approval.hasRunOut || now >= approval.answerBy;
  const used = warningOf(approval.budget === null ? [] : [approval.budget], approval.cap);
  const payable = approval.missing === null && approval.obstacle === null && !expired;

  const { site, askers, manualSite } = approval;
  const hasForeignHand = approval.askedBy !== null;
  const never: Choice = {
    name: t('approve_never'),
    look: 'quiet',
    testId: 'approve-never',
    choose: () => {
      if (hasForeignHand) choosingWhom.value = true;
      else onAnswer({ kind: 'never', site });
    },
  };
  const leave: Choice = {
    name: t('approve_manual'),
    look: 'quiet',
    testId: 'approve-manual',
    choose: () => {
      leavingToPage.value = true;
    },
  };
  const refusals: readonly Choice[] = [
    {
      name: t('approve_decline'),
      look: 'plain',
      testId: 'approve-decline',
      choose: () => onAnswer({ kind: 'decline' }),
    },
    ...(approval.isPrivate ? [] : [never]),
    ...(manualSite === null ? [] : [leave]),
  ];
  const renew: Choice = {
    name: t('approve_renew'),
    look: 'primary',
    testId: 'approve-renew',
    choose: () => onAnswer({ kind: 'renew' }),
  };
  const once: Choice = {
    name: t(approval.reloadsPage ? 'approve_onceReload' : 'approve_once'),
    look: 'primary',
    testId: 'approve-once',
    choose: () => onAnswer({ kind: 'once' }),
  };
  const setBudget: Choice = {
    name: t('approve_setBudget'),
    look: 'plain',
    testId: 'approve-budget',
    choose: () => {
      writingBudget.value = true;
    },
  };
  const payments = approval.canBudget ? [once, setBudget] : [once];
  const { chosen } = draft;
  const budget: readonly Choice[] = [
    {
      name: t('approve_budgetPay'),
      look: 'primary',
      testId: 'approve-budget-confirm',
      choose: chosen && (() => onAnswer({ kind: 'budget', ...chosen })),
    },
    {
      name: t('ui_back'),
      look: 'plain',
      testId: 'approve-budget-back',
      choose: () => {
        writingBudget.value = false;
      },
    },
  ];
  const whom: readonly Choice[] = [
    ...askers.map(
      (asker, nth): Choice => ({
        name: t('approve_neverBlock', { site: nameIn(asker) }),
        look: nth === 0 ? 'primary' : 'plain',
        testId: nth === 0 ? 'approve-never-asker' : `approve-never-asker-${nth + 1}`,
        choose: () => onAnswer({ kind: 'never', site: asker }),
      }),
    ),
    {
      name: t('approve_neverBlock', { site: nameIn(site) }),
      look: 'plain',
      testId: 'approve-never-site',
      choose: () => onAnswer({ kind: 'never', site }),
    },
    {
      name: t('ui_back'),
      look: 'quiet',
      testId: 'approve-never-back',
      choose: () => {
        choosingWhom.value = false;
      },
    },
  ];
  const manual: readonly Choice[] = [
    {
      name: t('approve_manualConfirm'),
      look: 'primary',
      testId: 'approve-manual-confirm',
      choose: () => onAnswer({ kind: 'manual' }),
    },
    {
      name: t('ui_back'),
      look: 'plain',
      testId: 'approve-manual-back',
      choose: () => {
        leavingToPage.value = false;
      },
    },
  ];
  const stage = choosingWhom.value
    ? 'whom'
    : leavingToPage.value
      ? 'manual'
      : approval.hasRunOut
        ? 'renew'
        : !payable
          ? 'refuse'
          : writingBudget.value
            ? 'budget'
            : 'pay';
  const choices = {
    whom,
    manual,
    renew: [renew, ...refusals],
    refuse: refusals,
    pay: [...payments, ...refusals],
    budget,
  }[stage];

  return (
    <div class="approval" data-approval={approval.id}>
      <header>
        <NetworkBanner network={approval.network} />
      </header>
      <Screen title={t('approve_title')} aside={<Countdown until={approval.answerBy} />}>
        <OtherQuestions sites={others} />
        <FaultLine fault={fault} />
        <Headline approval={approval} />
        {[...nameWarnings(approval), ...approval.warnings].map((warning) => (
          <Notice key={warning} tone="warn">
            {t(warning)}
          </Notice>
        ))}
        {approval.harderWork !== null && <HarderWork {...approval.harderWork} />}
        {approval.isPrivate && <PrivateWindow />}
        {used !== null && <UsedNotice warning={used} />}
        {approval.obstacle !== null && (
          <div data-testid="approval-obstacle">
            <Notice tone="warn">{sentenceOf(approval.obstacle)}</Notice>
          </div>
        )}
        {expired && (
          <Notice tone="info">{t(approval.hasRunOut ? 'approve_ranOut' : 'approve_expired')}</Notice>
        )}
        {approval.clockSkew !== null && (
          <Notice tone="info">
            <ClockSkew ms={approval.clockSkew} />
          </Notice>
        )}
        {approval.missing !== null && <Missing approval={approval} missing={approval.missing} />}
        {stage === 'budget' && <BudgetForm draft={draft} />}
        {stage === 'whom' ? (
          <Whom approval={approval} />
        ) : stage === 'manual' && manualSite !== null ? (
          <Manual site={manualSite} />
        ) : (
          <Facts approval={approval} />
        )}
        {stage === 'pay' && approval.harderWork === null && <UsualWork work={approval.work} />}
      </Screen>
      <DecisionButtons key={stage} choices={choices} sending={sending} />
    </div>
  );
}

/** Returns the host of a site for a button. */
function nameIn(site: string): string {
  const { start, end } = shownSite(site);
  return `${shortStart(start)}${end}`;
}

/** Returns the warnings about the names of the site and of the site that asked. */
function nameWarnings({ site, askedBy }: ApprovalView) {
  const found = [site, askedBy ?? site].map(nameWarning).filter((warning) => warning !== null);
  return new Set(found);
}

/** The work of a send, which is searched for ahead of need. */
function UsualWork({ work }: Pick<ApprovalView, 'work'>) {
  return (
    <>
      {work !== 'ready' && <p class="hint">{t('approve_working')}</p>}
      <WorkLine work={work} />
    </>
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

/** The missing amount and the address to send it to. */
function Missing({ approval, missing }: { readonly approval: ApprovalView; readonly missing: string }) {
  return (
    <section class="missing" data-testid="approval-missing" data-raw={missing}>
      <Notice tone="warn">
        <strong>{t('approve_missingTitle', { amount: enoughXno(missing) })}</strong>
        <p>{t('approve_missingText')}</p>
      </Notice>
      <Receive account={approval.account} />
    </section>
  );
}
