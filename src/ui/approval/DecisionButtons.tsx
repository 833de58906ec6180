import { useSignal } from '@preact/signals';
import { useEffect, useId, useMemo } from 'preact/hooks';
import type { PageInput } from '../../messages/contract.ts';
import { Button } from '../components/Button.tsx';
import { t } from '../i18n.ts';
import { documentAttention, startArming } from './arming.ts';

export type UserDecision = PageInput<'approval.answer'>['answer'];

/** One answer that the user can give. */
export interface Choice {
  readonly name: string;
  readonly look: 'primary' | 'plain' | 'quiet';
  readonly testId: string;
  /** Sends the answer; null while the choice is not possible. */
  readonly choose: (() => void) | null;
}

interface DecisionButtonsProps {
  readonly choices: readonly Choice[];
  readonly sending: boolean;
}

/**
 * The buttons that answer a question. Only trusted events count, and only after the question was visible for half a
 * second. A caller that shows other choices must remount this component, so that the wait starts again.
 */
export function DecisionButtons({ choices, sending }: DecisionButtonsProps) {
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
