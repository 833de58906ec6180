import { useSignal } from '@preact/signals';
import { useEffect, useId, useMemo } from 'preact/hooks';
import type { PageInput } from '../../messages/contract.ts';
import { Button } from '../components/Button.tsx';
import { t } from '../i18n.ts';
import { documentAttention, startArming } from './arming.ts';

export type Answer = PageInput<'approval.answer'>['answer'];

/** One way to answer. */
export interface Choice {
  readonly name: string;
  readonly look: 'primary' | 'plain' | 'quiet';
  readonly testId: string;
  /** What the choice does; null where it cannot be made as things stand. */
  readonly choose: (() => void) | null;
}

interface AnswersProps {
  readonly choices: readonly Choice[];
  readonly sending: boolean;
}

/**
 * The buttons that answer a question. They count only clicks and keys of the user's own, and only after the question
 * was before the user for half a second; whoever shows other choices mounts them anew, and the wait begins again.
 */
export function Answers({ choices, sending }: AnswersProps) {
  const hint = useId();
  const arming = useMemo(() => startArming(documentAttention), []);
  useEffect(() => arming.stop, [arming]);
  const armed = arming.armed.value;
  const pressed = useSignal<string | null>(null);
  return (
    <footer class={armed ? 'answers' : 'answers answers-arming'} data-armed={armed}>
      <p id={hint} class="unseen">
        {!armed && t('approve_arming')}
      </p>
      <div class="answer-buttons">
        {choices.map(({ name, look, testId, choose }) => (
          <Button
            key={testId}
            look={look}
            off={!armed || sending || choose === null}
            busy={sending && pressed.value === testId}
            describedBy={armed ? undefined : hint}
            testId={testId}
            onClick={(event) => {
              if (!event.isTrusted || !arming.armed.peek()) return;
              pressed.value = testId;
              choose?.();
            }}
          >
            {name}
          </Button>
        ))}
      </div>
    </footer>
  );
}
