import { useSignal } from '@preact/signals';
import { useEffect, useId, useMemo } from 'preact/hooks';
import type { PageInput } from '../../messages/contract.ts';
import { Button } from '../components/Button.tsx';
import { t } from '../i18n.ts';
import { type Arming, documentAttention, startArming } from './arming.ts';

export type UserDecision = PageInput<'approval.answer'>['answer'];

/** One answer that the user can give. */
export interface Choice {
  readonly name: string;
  readonly look: 'primary' | 'plain' | 'quiet';
  readonly testId: string;
  /** Sends the answer; null while the choice is not possible. */
  readonly choose: (() => void) | null;
}

interface ChoicesProps {
  readonly choices: readonly Choice[];
  readonly sending: boolean;
  readonly arming: Arming;
}

/** Returns whether a click on a question counts. The wait starts again whenever `shown`, which names the choices, changes. */
export function useArming(shown: string): Arming {
  const arming = useMemo(() => startArming(documentAttention), [shown]);
  useEffect(() => arming.stop, [arming]);
  return arming;
}

/** The foot of a question, which is always in sight. */
export function DecisionButtons(props: ChoicesProps) {
  const armed = props.arming.armed.value;
  return (
    <footer class={armed ? 'answers' : 'answers answers-arming'} data-armed={armed}>
      <ChoiceButtons {...props} />
    </footer>
  );
}

/** Buttons that answer a question. Only trusted events count, and only after the question was visible for half a second. */
export function ChoiceButtons({ choices, sending, arming }: ChoicesProps) {
  const hint = useId();
  const armed = arming.armed.value;
  const pressed = useSignal<string | null>(null);
  return (
    <>
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
    </>
  );
}
