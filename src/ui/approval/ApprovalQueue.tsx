import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { ask } from '../../messages/ask.ts';
import type { ApprovalView } from '../../messages/views.ts';
import { useAction } from '../action.ts';
import { Approval } from './Approval.tsx';

interface ApprovalQueueProps {
  readonly approvals: readonly ApprovalView[];
  /** Called when the last question has been answered here. */
  readonly onDone: () => void;
}

/** The waiting questions, one at a time in the order they came. Each is answered at most once from here. */
export function ApprovalQueue({ approvals, onDone }: ApprovalQueueProps) {
  const answered = useSignal<ReadonlySet<string>>(new Set());
  const tries = useSignal(0);
  const action = useAction();
  const open = approvals.filter(({ id }) => !answered.value.has(id));
  const [first, ...rest] = open;
  const latest = useRef(approvals);
  latest.current = approvals;
  if (first === undefined) return null;

  return (
    <Approval
      key={`${first.id} ${tries.value}`}
      approval={first}
      more={rest.length}
      sending={action.busy.value}
      fault={action.fault.value}
      onAnswer={async (answer) => {
        const sent = await action.run(() => ask('approval.answer', { id: first.id, answer }));
        if (sent || action.fault.peek()?.key === 'fault_approvalGone') {
          answered.value = new Set([...answered.value, first.id]);
          // The background may have told that nothing waits any more, and this be gone from the page, before its answer came.
          if (latest.current.every(({ id }) => answered.peek().has(id))) onDone();
        } else {
          tries.value += 1;
        }
      }}
    />
  );
}
