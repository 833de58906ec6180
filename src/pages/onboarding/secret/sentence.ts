import type { Sentence } from '../../../fault.ts';
import { t } from '../../../ui/i18n.ts';
import type { Mistake, UnknownWord } from './mistake.ts';

/** How many unknown words are listed. */
const MOST_LISTED = 4;

/** The sentence about a mistake, for the field where the secret was typed. Its arguments may be parts of a secret. */
export function sentenceAbout(mistake: Mistake): Sentence {
  switch (mistake.kind) {
    case 'nothing':
      return { key: 'secret_nothing', args: [] };
    case 'address':
      return { key: 'secret_address', args: [] };
    case 'hexLength':
      return { key: 'secret_hexLength', args: [String(mistake.count)] };
    case 'hexCharacter': {
      const { character, position, meant } = mistake;
      return meant === null
        ? { key: 'secret_hexCharacter', args: [character, String(position)] }
        : { key: 'secret_hexLooksLike', args: [character, meant, String(position)] };
    }
    case 'wordCount':
      return { key: 'secret_wordCount', args: [String(mistake.count)] };
    case 'unknownWords':
      return aboutUnknown(mistake.words);
    case 'otherLanguage':
      return { key: 'secret_otherLanguage', args: [nameOf(mistake.language)] };
    case 'swapped':
      return { key: 'secret_swapped', args: [String(mistake.place), String(mistake.place + 1)] };
    case 'checksum':
      return { key: 'secret_checksum', args: [] };
  }
}

function aboutUnknown(words: readonly UnknownWord[]): Sentence {
  const [first, ...others] = words;
  if (first === undefined || others.length > 0) {
    const list = words.slice(0, MOST_LISTED).map(listed).join(', ');
    return { key: 'secret_unknownWords', args: [words.length > MOST_LISTED ? `${list}, …` : list] };
  }
  const { place, word, suggestions } = first;
  return suggestions.length === 0
    ? { key: 'secret_unknownWord', args: [String(place), word] }
    : { key: 'secret_unknownWordLike', args: [String(place), anyOf(suggestions), word] };
}

/** “7 abondon (abandon)” */
function listed({ place, word, suggestions }: UnknownWord): string {
  return suggestions.length === 0 ? `${place} ${word}` : `${place} ${word} (${anyOf(suggestions)})`;
}

const anyOf = (words: readonly string[]): string =>
  new Intl.ListFormat(t('ui_language'), { type: 'disjunction' }).format(words);

const nameOf = (language: string): string =>
  new Intl.DisplayNames(t('ui_language'), { type: 'language' }).of(language) ?? language;
