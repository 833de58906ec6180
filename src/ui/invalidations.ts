import { type ReadonlySignal, signal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import type { PageInput, PageRequest, PageResponses } from '../messages/contract.ts';
import { onChanged, request } from '../messages/request.ts';
import { type QueryState, query } from './query.ts';

const revision = signal(0);
onChanged(() => {
  revision.value += 1;
});

/** Goes up each time the background says that something a page shows may have changed. */
export const invalidations: ReadonlySignal<number> = revision;

/** Asks for everything on the page again, after something that the background has no reason to tell about. */
export function invalidate(): void {
  revision.value += 1;
}

/** What the background answers to a question, kept fresh while the component lives. The input is that of the start. */
export function useQuery<Q extends PageRequest>(
  question: Q,
  input: PageInput<Q>,
): QueryState<PageResponses[Q]> {
  const live = useMemo(() => query(() => request(question, input), invalidations), [question]);
  useEffect(() => live.stop, [live]);
  return live.answer.value;
}
