import { useSignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import { Button } from '../../ui/components/Button.tsx';
import { TextField } from '../../ui/components/Field.tsx';
import { Notice } from '../../ui/components/Notice.tsx';
import { Screen } from '../../ui/components/Screen.tsx';
import { t } from '../../ui/i18n.ts';
import { drawPositions, plainWord } from './step.ts';

const ASKED = 3;

interface CheckWordsProps {
  readonly words: string;
  readonly onDone: () => void;
  readonly onBack: () => void;
}

/** Asks for three words at random positions, to check what the user wrote down. */
export function CheckWords({ words, onDone, onBack }: CheckWordsProps) {
  const list = words.split(' ');
  const asked = useMemo(() => drawPositions(ASKED, list.length), [list.length]);
  const typed = useSignal<readonly string[]>(asked.map(() => ''));
  /** The positions of the words that did not match. */
  const wrong = useSignal<readonly number[]>([]);

  const check = () => {
    wrong.value = asked.filter((position, index) => plainWord(typed.value[index] ?? '') !== list[position]);
    if (wrong.value.length === 0) onDone();
  };
  return (
    <Screen title={t('onboarding_checkTitle')} onBack={onBack}>
      <p class="lead">{t('onboarding_checkText')}</p>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          check();
        }}
      >
        {asked.map((position, index) => (
          <TextField
            key={position}
            label={t('onboarding_checkWord', { position: String(position + 1) })}
            value={typed.value[index] ?? ''}
            testId={`check-word-${position + 1}`}
            onInput={(text) => {
              typed.value = typed.value.with(index, text);
              wrong.value = wrong.value.filter((one) => one !== position);
            }}
          />
        ))}
        <div role="alert" class="live">
          {wrong.value.length > 0 && (
            <Notice tone="bad">{t('onboarding_checkWrong', { words: namesOf(wrong.value) })}</Notice>
          )}
        </div>
        <div class="forward">
          <Button onClick={onBack}>{t('onboarding_checkAgain')}</Button>
          <Button look="primary" submit testId="check-done">
            {t('onboarding_continue')}
          </Button>
        </div>
      </form>
    </Screen>
  );
}

/** Returns the names of words, by their places: "Word 3, Word 7, and Word 12". */
const namesOf = (places: readonly number[]): string =>
  new Intl.ListFormat(t('ui_language')).format(
    places.map((place) => t('onboarding_checkWord', { position: String(place + 1) })),
  );
