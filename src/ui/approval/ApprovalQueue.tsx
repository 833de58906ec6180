import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { Fault } from '../../fault.ts';
import type { ApprovalView } from '../../messages/approval.ts';
import { request } from '../../messages/request.ts';
import { useAction } from '../action.ts';
import { useQuery } from '../invalidations.ts';
import { Approval } from './Approval.tsx';
import type { UserDecision } from './DecisionButtons.tsx';
import { FollowedLines, FollowedPayments } from './Followed.tsx';
import { follow, followed, followUnderway, unfollow, unfollowAsked } from './followed-payments.ts';
import { TooLate } from './TooLate.tsx';

interface ApprovalQueueProps {
  readonly approvals: readonly ApprovalView[];
  /** Called when nothing is left to show of the questions that were answered on this page. */
  readonly onDone: () => void;
  /** Shown while there is no question. Payments that the user agreed to elsewhere (see `followed`) are told of here, too. */
  readonly children: ComponentChildren;
}

/** A question that was answered too late, and the reason. */
interface LateAnswer {
  readonly approval: ApprovalView;
  readonly fault: Fault;
}

/**
 * The waiting questions, one at a time in the order of arrival, and what becomes of the payments that the user agreed to.
 * Each question is answered at most once from this page. An answer that came too late is reported as having had no effect.
 */
export function ApprovalQueue({ approvals, onDone, children }: ApprovalQueueProps) {
  /** The answered questions, each with its request. */
  const answered = useSignal<ReadonlyMap<string, string>>(new Map());
  const tooLate = useSignal<LateAnswer | null>(null);
  const tries = useSignal(0);
  const action = useAction();
  const underway = useQuery('approval.underway', {});
  useEffect(() => {
    if (underway.kind === 'given') followUnderway(underway.value);
  }, [underway]);
  const latest = useRef(approvals);
  latest.current = approvals;
  const open = approvals.filter(({ id }) => !answered.value.has(id));
  const [first, ...rest] = open;
  const doneIfEmpty = () => {
    const isDone = latest.current.every(({ id }) => answered.peek().has(id));
    if (isDone && followed.peek().length === 0) onDone();
  };
  const lines = {
    onOver: (exchange: string) => {
      const isOwn = followed.peek().some((one) => one.exchange === exchange && one.isOwn);
      unfollow(exchange);
      if (isOwn) doneIfEmpty();
    },
    // Under equal terms the new question has the name of the answered one.
    onAskedAgain: (exchange: string) => {
      unfollowAsked(exchange);
      answered.value = new Map([...answered.peek()].filter(([, request]) => request !== exchange));
    },
  };

  const onAnswer = async (asked: ApprovalView, answer: UserDecision) => {
    const sent = await action.run(async () => {
      const { exchange } = await request('approval.answer', { id: asked.id, answer });
      if (answer.kind !== 'once' && answer.kind !== 'budget') return;
      const { price, site } = asked;
      follow({ exchange, price, site, isOwn: true });
    });
    const fault = action.fault.peek();
    const isGone = fault?.key === 'fault_approvalGone' || fault?.key === 'fault_requestGone';
    if (!sent && !isGone) {
      tries.value += 1;
      return;
    }
    // The question comes again under its name, with the fresh price.
    if (answer.kind === 'renew' && sent) return;
    answered.value = new Map([...answered.value, [asked.id, asked.exchange]]);
    if (!sent && fault !== null) {
      action.clear();
      tooLate.value = { approval: asked, fault };
    } else {
      doneIfEmpty();
    }
  };

  if (tooLate.value !== null) {
    const { approval, fault } = tooLate.value;
    return (
      <TooLate
        approval={approval}
        fault={fault}
        onClose={() => {
          tooLate.value = null;
          doneIfEmpty();
        }}
      />
    );
  }
  if (first === undefined) {
    if (followed.value.some(({ isOwn }) => isOwn)) return <FollowedPayments {...lines} />;
    // The invalidation can arrive before the response to the answer, which tells what to follow.
    return approvals.length === 0 && !action.busy.value ? children : null;
  }
  return (
    <Approval
      key={`${first.id} ${tries.value}`}
      approval={first}
      others={rest.map(({ site }) => site)}
      sending={action.busy.value}
      fault={action.fault.value}
      onAnswer={(answer) => void onAnswer(first, answer)}
    >
      <FollowedLines {...lines} />
    </Approval>
  );
}
