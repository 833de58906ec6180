import { type ReadonlySignal, useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { type Fault, faultOf } from '../fault.ts';

/** The state of an asynchronous action: it runs once at a time and keeps its last fault. */
export interface Action {
  readonly busy: ReadonlySignal<boolean>;
  readonly fault: ReadonlySignal<Fault | null>;
  /** Runs `work` unless the action is running. Returns whether it succeeded. */
  run(work: () => Promise<unknown>): Promise<boolean>;
  /** Clears the last fault. */
  clear(): void;
}

/** Returns an action that lives as long as the component. */
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
