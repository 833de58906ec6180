import { expect, test } from 'vitest';
import messages from '../../../../public/_locales/en/messages.json' with { type: 'json' };
import type { Mistake } from './mistake.ts';

type Sentences = Readonly<
  Record<
    string,
    { readonly message: string; readonly placeholders?: Readonly<Record<string, { content: string }>> }
  >
>;

/** Fills the placeholders of a sentence by number, as the browser does. */
function getMessage(key: string, words: readonly string[]): string {
  const { message = '', placeholders = {} } = (messages as Sentences)[key] ?? {};
  return message.replaceAll(/\$(\w+)\$/g, (_, name: string) => {
    return words[Number(placeholders[name]?.content.slice(1)) - 1] ?? '';
  });
}

// webextension-polyfill loads only where `chrome` and `browser` have the id of an extension.
const runtime = { id: 'test' };
Object.assign(globalThis, { chrome: { runtime }, browser: { runtime, i18n: { getMessage } } });
const { sentenceOf } = await import('../../../ui/i18n.ts');
const { sentenceAbout } = await import('./sentence.ts');

const unknown = (place: number, word: string, ...suggestions: string[]) => ({ place, word, suggestions });

test.each<[Mistake, RegExp]>([
  [{ kind: 'nothing' }, /no words and no seed/],
  [{ kind: 'address' }, /is a Nano address/],
  [{ kind: 'hexLength', count: 63 }, /^Characters found: 63\. .* 64 or 128\.$/],
  [{ kind: 'hexCharacter', character: 'x', position: 5, meant: null }, /^Character 5 is “x”/],
  [
    { kind: 'hexCharacter', character: 'o', position: 7, meant: '0' },
    /^Character 7 is the letter “o”.*“0”\?$/,
  ],
  [{ kind: 'wordCount', count: 23 }, /^Words found: 23\. .*12, 15, 18, 21 or 24\.$/],
  [{ kind: 'unknownWords', words: [unknown(7, 'qwerty')] }, /^Word 7, “qwerty”, is not in the list[^?]*$/],
  [
    { kind: 'unknownWords', words: [unknown(7, 'abondon', 'abandon')] },
    /^Word 7, “abondon”, is not in .*Did you mean abandon\?$/,
  ],
  [{ kind: 'unknownWords', words: [unknown(2, 'brik', 'brick', 'brisk')] }, /Did you mean brick or brisk\?$/],
  [
    { kind: 'unknownWords', words: [unknown(2, 'brik', 'brick', 'brisk'), unknown(9, 'qwerty')] },
    /: 2 brik \(brick or brisk\), 9 qwerty$/,
  ],
  [
    { kind: 'unknownWords', words: [1, 2, 3, 4, 5].map((at) => unknown(at, 'x')) },
    /: 1 x, 2 x, 3 x, 4 x, …$/,
  ],
  [{ kind: 'otherLanguage', language: 'es' }, /list of recovery words: Spanish\. /],
  [{ kind: 'otherLanguage', language: 'zh-Hans' }, /Simplified Chinese/],
  [{ kind: 'swapped', place: 5 }, /words 5 and 6 change places/],
  [{ kind: 'checksum' }, /one of them is wrong or in another place/],
])('%j is said in a sentence of its own', (mistake, words) => {
  expect(sentenceOf(sentenceAbout(mistake))).toMatch(words);
});
