import type { MessageKey } from '../fault.ts';
import { placed } from '../ui/placed-word.ts';

/** A sentence whose words are texts. */
interface PlainSentence {
  readonly key: MessageKey;
  readonly args: readonly string[];
}

/** A sentence in the user's language, for what the browser itself shows: tooltips and notifications. */
export const spoken = ({ key, args }: PlainSentence): string =>
  chrome.i18n.getMessage(
    key,
    args.map((one) => placed(one, (rule) => chrome.i18n.getMessage(rule))),
  );
