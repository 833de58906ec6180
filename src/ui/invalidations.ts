import { type ReadonlySignal, signal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import type { PageInput, PageRequest, PageResponses } from '../messages/contract.ts';
import { onChanged, request } from '../messages/request.ts';
import { type QueryState, query } from './query.ts';

const revision = signal(0);
onChanged(() => {
  revision.value += 1;
});

/** A counter that goes up when the background reports that data may have changed. */
export const invalidations: ReadonlySignal<number> = revision;

/** Repeats every query of the page, after a change that the background does not report. */
export function invalidate(): void {
  revision.value += 1;
}

/**
 * Returns the response to a request, repeated at each invalidation while the component is mounted. The input is fixed
 * at mount.
 */
export function useQuery<Q extends PageRequest>(
  question: Q,
  input: PageInput<Q>,
): QueryState<PageResponses[Q]> {
  const live = useMemo(() => query(() => request(question, input), invalidations), [question]);
  useEffect(() => live.stop, [live]);
  return live.answer.value;
}
