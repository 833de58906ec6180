import type { Challenge } from './challenge.ts';
import { Holds } from './holds.ts';
import { ChallengeLifecycle } from './lifecycle.ts';
import { OpenChallenges } from './open-challenges.ts';
import { Patience } from './patience.ts';
import { memoryStore } from './samples.fixture.ts';

/** An event that a lifecycle reported, and the challenge that it is about. */
export type Reported = readonly [event: string, about: Pick<Challenge, 'id'>];

/** A lifecycle over an empty store, with the events that it reported. */
export function lifecycleWith(options: { readonly awaitsReload?: (id: string) => boolean } = {}) {
  const reported: Reported[] = [];
  const told = (event: string) => (about: Pick<Challenge, 'id'>) => void reported.push([event, about]);
  const open = new OpenChallenges(memoryStore());
  const holds = new Holds();
  const lifecycle = new ChallengeLifecycle({
    open,
    holds,
    patience: new Patience(() => Date.now()),
    events: () => ({
      onChallenge: told('challenge'),
      onUnheld: told('unheld'),
      onOverLimit: told('over limit'),
      onManual: told('manual'),
      onUnpriced: told('unpriced'),
      onWithdrawn: told('withdrawn'),
    }),
    awaitsReload: options.awaitsReload ?? (() => false),
  });
  return { lifecycle, reported, open, holds };
}
