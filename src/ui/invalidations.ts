import { type ReadonlySignal, signal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import type { PageInput, PageQuestion, PageReplies } from '../messages/contract.ts';
import { ask, onChanged } from '../messages/request.ts';
import { type Answer, liveAnswer } from './query.ts';

const revision = signal(0);
onChanged(() => {
  revision.value += 1;
});

/** Goes up each time the background says that something a page shows may have changed. */
export const changes: ReadonlySignal<number> = revision;

/** Asks for everything on the page again, after something that the background has no reason to tell about. */
export function lookAgain(): void {
  revision.value += 1;
}

/** What the background answers to a question, kept fresh while the component lives. The input is that of the start. */
export function useAnswer<Q extends PageQuestion>(question: Q, input: PageInput<Q>): Answer<PageReplies[Q]> {
  const live = useMemo(() => liveAnswer(() => ask(question, input), changes), [question]);
  useEffect(() => live.stop, [live]);
  return live.answer.value;
}
