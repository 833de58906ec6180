import { type ReadonlySignal, useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import type { Fault } from '../fault.ts';
import { faultOf } from './query.ts';

/** Something a button does: one at a time, and its failure kept to be shown. */
export interface Action {
  readonly busy: ReadonlySignal<boolean>;
  readonly fault: ReadonlySignal<Fault | null>;
  /** Runs `work` unless one is under way; tells whether it went well. */
  run(work: () => Promise<unknown>): Promise<boolean>;
  /** Forgets the last failure. */
  clear(): void;
}

/** The state of one action of a component. */
export function useAction(): Action {
  const busy = useSignal(false);
  const fault = useSignal<Fault | null>(null);
  const action = useRef<Action>({
    busy,
    fault,
    async run(work) {
      if (busy.peek()) return false;
      busy.value = true;
      fault.value = null;
      try {
        await work();
        return true;
      } catch (error) {
        fault.value = faultOf(error);
        return false;
      } finally {
        busy.value = false;
      }
    },
    clear() {
      fault.value = null;
    },
  });
  return action.current;
}
