import { Button } from '../../ui/components/Button.tsx';
import { Notice } from '../../ui/components/Notice.tsx';
import { Screen } from '../../ui/components/Screen.tsx';
import { Words } from '../../ui/components/Words.tsx';
import { t } from '../../ui/i18n.ts';

interface ShowWordsProps {
  readonly words: string;
  readonly onDone: () => void;
  readonly onBack: () => void;
}

/** The step that shows the new recovery phrase. */
export function ShowWords({ words, onDone, onBack }: ShowWordsProps) {
  return (
    <Screen title={t('onboarding_wordsTitle')} onBack={onBack}>
      <Notice tone="warn">{t('onboarding_wordsText')}</Notice>
      <Words words={words} />
      <div class="forward">
        <Button look="primary" onClick={onDone} testId="words-done">
          {t('onboarding_wordsDone')}
        </Button>
      </div>
    </Screen>
  );
}
