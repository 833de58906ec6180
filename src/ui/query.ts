import { type ReadonlySignal, signal } from '@preact/signals';
import { type Fault, faultOf } from '../fault.ts';

/** The state of a request to the background. */
export type QueryState<T> =
  | { readonly kind: 'waiting' }
  | { readonly kind: 'given'; readonly value: T }
  | { readonly kind: 'failed'; readonly fault: Fault };

export interface Query<T> {
  readonly answer: ReadonlySignal<QueryState<T>>;
  stop(): void;
}

/**
 * Loads a value, and loads it again at every new revision. One load runs at a time, and the last load starts after the
 * last revision.
 */
export function query<T>(load: () => Promise<T>, revision: ReadonlySignal<number>): Query<T> {
  const answer = signal<QueryState<T>>({ kind: 'waiting' });
  let asking = false;
  let stale = false;
  let stopped = false;

  const askAgain = async () => {
    stale = true;
    if (asking) return;
    asking = true;
    while (stale && !stopped) {
      stale = false;
      const next = await answerOf(load);
      if (!stopped) answer.value = next;
    }
    asking = false;
  };
  const unsubscribe = revision.subscribe(() => void askAgain());
  return {
    answer,
    stop() {
      stopped = true;
      unsubscribe();
    },
  };
}

async function answerOf<T>(load: () => Promise<T>): Promise<QueryState<T>> {
  try {
    return { kind: 'given', value: await load() };
  } catch (error) {
    return { kind: 'failed', fault: faultOf(error) };
  }
}
