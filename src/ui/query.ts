import { type ReadonlySignal, signal } from '@preact/signals';
import { Fault } from '../fault.ts';

/** What a page knows of an answer that it asked the background for. */
export type QueryState<T> =
  | { readonly kind: 'waiting' }
  | { readonly kind: 'given'; readonly value: T }
  | { readonly kind: 'failed'; readonly fault: Fault };

export interface Query<T> {
  readonly answer: ReadonlySignal<QueryState<T>>;
  stop(): void;
}

/**
 * Asks, and asks again at every new revision. However fast the revisions come, one question is under way at a time
 * and the last one asked has seen the last revision.
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

/** Any failure as a fault that a page can say. */
export function faultOf(error: unknown): Fault {
  return error instanceof Fault ? error : new Fault('fault_unexpected', [], { cause: error });
}

async function answerOf<T>(load: () => Promise<T>): Promise<QueryState<T>> {
  try {
    return { kind: 'given', value: await load() };
  } catch (error) {
    return { kind: 'failed', fault: faultOf(error) };
  }
}
