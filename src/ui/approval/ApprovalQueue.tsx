import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useRef } from 'preact/hooks';
import type { Fault } from '../../fault.ts';
import type { ApprovalView } from '../../messages/approval.ts';
import { request } from '../../messages/request.ts';
import { useAction } from '../action.ts';
import { Approval } from './Approval.tsx';
import { TooLate } from './TooLate.tsx';

interface ApprovalQueueProps {
  readonly approvals: readonly ApprovalView[];
  /** Called when the last question was answered on this page. */
  readonly onDone: () => void;
  /** Shown while there is no question. */
  readonly children: ComponentChildren;
}

/** A question that was answered too late, and the reason. */
interface LateAnswer {
  readonly approval: ApprovalView;
  readonly fault: Fault;
}

/**
 * The waiting questions, one at a time in the order of arrival. Each is answered at most once from this page. An answer
 * that came too late is reported as having had no effect.
 */
export function ApprovalQueue({ approvals, onDone, children }: ApprovalQueueProps) {
  const answered = useSignal<ReadonlySet<string>>(new Set());
  const tooLate = useSignal<LateAnswer | null>(null);
  const tries = useSignal(0);
  const action = useAction();
  const open = approvals.filter(({ id }) => !answered.value.has(id));
  const [first, ...rest] = open;
  const latest = useRef(approvals);
  latest.current = approvals;
  const isDone = () => latest.current.every(({ id }) => answered.peek().has(id));

  if (tooLate.value !== null) {
    const { approval, fault } = tooLate.value;
    return (
      <TooLate
        approval={approval}
        fault={fault}
        onClose={() => {
          tooLate.value = null;
          if (isDone()) onDone();
        }}
      />
    );
  }
  if (first === undefined) return approvals.length === 0 ? children : null;

  return (
    <Approval
      key={`${first.id} ${tries.value}`}
      approval={first}
      others={rest.map(({ site }) => site)}
      sending={action.busy.value}
      fault={action.fault.value}
      onAnswer={async (answer) => {
        const sent = await action.run(() => request('approval.answer', { id: first.id, answer }));
        const fault = action.fault.peek();
        const isGone = fault?.key === 'fault_approvalGone' || fault?.key === 'fault_requestGone';
        if (!sent && !isGone) {
          tries.value += 1;
          return;
        }
        // The question comes again under its name, with the fresh price.
        if (answer.kind === 'renew' && sent) return;
        answered.value = new Set([...answered.value, first.id]);
        if (!sent && fault !== null) {
          action.clear();
          tooLate.value = { approval: first, fault };
        } else if (isDone()) {
          // The invalidation can arrive before the response: then the queue is empty already and this component unmounted.
          onDone();
        }
      }}
    />
  );
}
