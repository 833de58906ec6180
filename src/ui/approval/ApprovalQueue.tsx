import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useRef } from 'preact/hooks';
import type { Fault } from '../../fault.ts';
import { request } from '../../messages/request.ts';
import type { ApprovalView } from '../../messages/views.ts';
import { useAction } from '../action.ts';
import { Approval } from './Approval.tsx';
import { Gone } from './Gone.tsx';

interface ApprovalQueueProps {
  readonly approvals: readonly ApprovalView[];
  /** Called when the last question has been answered here. */
  readonly onDone: () => void;
  /** What stands here while nothing is asked. */
  readonly children: ComponentChildren;
}

/** What the user answered too late, and why it did nothing. */
interface TooLate {
  readonly approval: ApprovalView;
  readonly fault: Fault;
}

/**
 * The waiting questions, one at a time in the order they came. Each is answered at most once from here. An answer that
 * came too late is said to have done nothing.
 */
export function ApprovalQueue({ approvals, onDone, children }: ApprovalQueueProps) {
  const answered = useSignal<ReadonlySet<string>>(new Set());
  const tooLate = useSignal<TooLate | null>(null);
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
      <Gone
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
      more={rest.length}
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
        answered.value = new Set([...answered.value, first.id]);
        if (!sent && fault !== null) {
          action.clear();
          tooLate.value = { approval: first, fault };
        } else if (isDone()) {
          // The background may have told that nothing waits any more, and this be gone from the page, before its answer came.
          onDone();
        }
      }}
    />
  );
}
