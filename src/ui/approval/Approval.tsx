import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import type { Fault } from '../../fault.ts';
import type { ApprovalView } from '../../messages/approval.ts';
import { warningOf } from '../budget-words.ts';
import { Countdown } from '../components/Countdown.tsx';
import { NetworkBanner } from '../components/NetworkBanner.tsx';
import { NextPayment } from '../components/NextPayment.tsx';
import { FaultLine, Notice } from '../components/Notice.tsx';
import { Receive } from '../components/Receive.tsx';
import { Screen } from '../components/Screen.tsx';
import { UsedNotice } from '../components/UsedNotice.tsx';
import { WorkLine } from '../components/WorkLine.tsx';
import { enoughXno } from '../format.ts';
import { sentenceOf, t } from '../i18n.ts';
import { useNow } from '../now.ts';
import './approval.css';
import './question.css';
import { BudgetChoice, useBudgetDraft } from './BudgetChoice.tsx';
import { Cautions } from './Cautions.tsx';
import { type Aside, choicesOf, type Stage } from './choices.ts';
import { ChoiceButtons, DecisionButtons, type UserDecision, useArming } from './DecisionButtons.tsx';
import { Details, PlainFacts } from './Details.tsx';
import { Head } from './Head.tsx';
import { OtherQuestions } from './OtherQuestions.tsx';
import { Manual, Whom } from './Sites.tsx';
import { SiteWords } from './SiteWords.tsx';

interface ApprovalProps {
  readonly approval: ApprovalView;
  /** The sites of the questions after this one, one for each. */
  readonly others: readonly string[];
  readonly sending: boolean;
  readonly fault: Fault | null;
  readonly onAnswer: (answer: UserDecision) => void;
  /** What became of the answers before this one. */
  readonly children: ComponentChildren;
}

/**
 * One question to the user: whether to pay an offer. Site, price and recipient stand above what scrolls and the buttons
 * below it, so that they are in sight together on the smallest window.
 */
export function Approval({ approval, others, sending, fault, onAnswer, children }: ApprovalProps) {
  const aside = useSignal<Aside | null>(null);
  const draft = useBudgetDraft(approval);
  const now = useNow(500).value;
  const expired = approval.hasRunOut || now >= approval.answerBy;
  const stage = aside.value ?? stageOf(approval, expired);
  const arming = useArming(stage);
  const choices = choicesOf(stage, {
    approval,
    draft,
    answer: onAnswer,
    turn: (to) => {
      aside.value = to;
    },
  });

  return (
    <div class="approval question" data-approval={approval.id}>
      <header>
        <NetworkBanner network={approval.network} />
      </header>
      {/* The heading of each stage takes the focus, which the buttons of the stage before had. */}
      <Screen
        key={`screen ${stage}`}
        title={t('approve_title')}
        aside={<Countdown until={approval.answerBy} />}
      >
        <Head approval={approval} />
        <div class="question-body">
          {children}
          <OtherQuestions sites={others} />
          <FaultLine fault={fault} />
          <Body approval={approval} stage={stage} expired={expired}>
            {stage === 'pay' && approval.canBudget && <BudgetChoice draft={draft} />}
          </Body>
          {choices.more.length > 0 && (
            <ChoiceButtons choices={choices.more} sending={sending} arming={arming} />
          )}
        </div>
      </Screen>
      <DecisionButtons key={`foot ${stage}`} choices={choices.foot} sending={sending} arming={arming} />
    </div>
  );
}

function stageOf(approval: ApprovalView, expired: boolean): Stage {
  if (approval.hasRunOut) return 'renew';
  return approval.missing === null && approval.obstacle === null && !expired ? 'pay' : 'refuse';
}

interface BodyProps {
  readonly approval: ApprovalView;
  readonly stage: Stage;
  readonly expired: boolean;
  /** The budget switch. */
  readonly children: ComponentChildren;
}

function Body({ approval, stage, expired, children }: BodyProps) {
  if (stage === 'whom') return <Whom approval={approval} />;
  if (stage === 'manual') return <Manual site={approval.manualSite ?? approval.site} />;
  const used = warningOf(approval.budget === null ? [] : [approval.budget], approval.cap);
  return (
    <>
      {approval.obstacle !== null && (
        <div data-testid="approval-obstacle">
          <Notice tone="warn">{sentenceOf(approval.obstacle)}</Notice>
        </div>
      )}
      {expired && <Notice tone="info">{t(approval.hasRunOut ? 'approve_ranOut' : 'approve_expired')}</Notice>}
      {approval.missing !== null && <Missing approval={approval} missing={approval.missing} />}
      <Cautions approval={approval} />
      {used !== null && <UsedNotice warning={used} />}
      {approval.description !== null && <SiteWords text={approval.description} />}
      {children}
      <PlainFacts approval={approval} />
      {stage === 'pay' && approval.harderWork === null && approval.work !== 'ready' && (
        <WorkLine work={approval.work} />
      )}
      <Details approval={approval} />
    </>
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
      <Receive account={approval.account} amount={missing} />
      {approval.balance === '0' && <NextPayment />}
    </section>
  );
}
