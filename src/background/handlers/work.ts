import * as v from 'valibot';
import { Fault } from '../../fault.ts';
import type { PageHandlers } from '../../messages/router.ts';
import type { StoredSettings } from '../../storage/settings.ts';
import { WorkRulesSchema } from '../../work/rules.ts';
import type { Work } from '../work.ts';

/** How long the self-test times each engine (ms). */
const TEST = 3_000;

export interface WorkAnswerParts {
  readonly work: Work;
  readonly settings: StoredSettings;
  readonly changed: () => void;
}

type WorkQuestion = 'work.read' | 'work.progress' | 'work.rules' | 'work.test';

/** What the background does for each question about the proof of work. */
export const workAnswers = ({
  work,
  settings,
  changed,
}: WorkAnswerParts): Pick<PageHandlers, WorkQuestion> => ({
  'work.read': async () => ({
    engines: await work.engines.standings(),
    cores: navigator.hardwareConcurrency,
    ...(await settings.read('work')),
  }),
  'work.progress': () => work.scheduler.progress(),
  'work.rules': async (rules) => {
    const read = v.safeParse(WorkRulesSchema, rules);
    if (!read.success) throw new Fault('fault_badWorkServer', [String(read.issues[0].input)]);
    await settings.write('work', read.output);
    await work.newRules();
    changed();
    return null;
  },
  'work.test': async () => {
    await work.test(TEST);
    return null;
  },
});
