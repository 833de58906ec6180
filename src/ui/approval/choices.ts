import type { ApprovalView } from '../../messages/approval.ts';
import { shortXno } from '../format.ts';
import { t } from '../i18n.ts';
import { shortStart, shownSite } from '../site.ts';
import type { BudgetDraft } from './BudgetChoice.tsx';
import type { Choice, UserDecision } from './DecisionButtons.tsx';

/** A step beside the question itself: which site to block, or whether to leave the site to its pages. */
export type Aside = 'whom' | 'manual';

/** What the choices of a question belong to. `refuse`: it cannot be paid. `renew`: its offer ran out. */
export type Stage = Aside | 'pay' | 'refuse' | 'renew';

interface Choices {
  /** In the foot, always in sight. */
  readonly foot: readonly Choice[];
  /** At the end of what scrolls: what is wanted rarely. */
  readonly more: readonly Choice[];
}

interface ChoiceContext {
  readonly approval: ApprovalView;
  readonly draft: BudgetDraft;
  readonly answer: (decision: UserDecision) => void;
  /** Shows the step beside the question, or the question itself (null). */
  readonly turn: (aside: Aside | null) => void;
}

/** Returns the choices of a question at a stage. */
export function choicesOf(stage: Stage, context: ChoiceContext): Choices {
  switch (stage) {
    case 'whom':
      return { foot: whom(context), more: [] };
    case 'manual':
      return { foot: manual(context), more: [] };
    case 'pay':
      return { foot: [pay(context), decline(context)], more: rarely(context) };
    case 'renew':
      return { foot: [renew(context), decline(context)], more: rarely(context) };
    case 'refuse':
      return { foot: [decline(context)], more: rarely(context) };
  }
}

/** Pays, with a budget for the site where its switch is on. */
function pay({ approval, draft, answer }: ChoiceContext): Choice {
  const { chosen } = draft;
  const decision: UserDecision | null = !draft.on
    ? { kind: 'once' }
    : chosen && { kind: 'budget', ...chosen };
  const amount = shortXno(approval.price);
  return {
    name: approval.reloadsPage ? t('approve_payReload', { amount }) : t('approve_pay', { amount }),
    look: 'primary',
    testId: 'approve-pay',
    choose: decision && (() => answer(decision)),
  };
}

const decline = ({ answer }: ChoiceContext): Choice => ({
  name: t('approve_decline'),
  look: 'plain',
  testId: 'approve-decline',
  choose: () => answer({ kind: 'decline' }),
});

const renew = ({ answer }: ChoiceContext): Choice => ({
  name: t('approve_renew'),
  look: 'primary',
  testId: 'approve-renew',
  choose: () => answer({ kind: 'renew' }),
});

/** Blocks the site, or leaves it to its pages. */
function rarely({ approval, answer, turn }: ChoiceContext): readonly Choice[] {
  const { site, askedBy, isPrivate, manualSite } = approval;
  const never: Choice = {
    name: t('approve_never'),
    look: 'quiet',
    testId: 'approve-never',
    choose: () => (askedBy === null ? answer({ kind: 'never', site }) : turn('whom')),
  };
  const leave: Choice = {
    name: t('approve_manual'),
    look: 'quiet',
    testId: 'approve-manual',
    choose: () => turn('manual'),
  };
  return [...(isPrivate ? [] : [never]), ...(manualSite === null ? [] : [leave])];
}

/** One choice for each site that can be blocked. */
function whom({ approval: { site, askers }, answer, turn }: ChoiceContext): readonly Choice[] {
  return [
    ...askers.map(
      (asker, nth): Choice => ({
        name: t('approve_neverBlock', { site: nameIn(asker) }),
        look: nth === 0 ? 'primary' : 'plain',
        testId: nth === 0 ? 'approve-never-asker' : `approve-never-asker-${nth + 1}`,
        choose: () => answer({ kind: 'never', site: asker }),
      }),
    ),
    {
      name: t('approve_neverBlock', { site: nameIn(site) }),
      look: 'plain',
      testId: 'approve-never-site',
      choose: () => answer({ kind: 'never', site }),
    },
    back('approve-never-back', 'quiet', turn),
  ];
}

function manual({ answer, turn }: ChoiceContext): readonly Choice[] {
  return [
    {
      name: t('approve_manualConfirm'),
      look: 'primary',
      testId: 'approve-manual-confirm',
      choose: () => answer({ kind: 'manual' }),
    },
    back('approve-manual-back', 'plain', turn),
  ];
}

const back = (testId: string, look: Choice['look'], turn: ChoiceContext['turn']): Choice => ({
  name: t('ui_back'),
  look,
  testId,
  choose: () => turn(null),
});

/** Returns the host of a site for a button. */
function nameIn(site: string): string {
  const { start, end } = shownSite(site);
  return `${shortStart(start)}${end}`;
}
