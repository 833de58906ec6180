import { describe, expect, it } from 'vitest';
import messages from '../../public/_locales/en/messages.json' with { type: 'json' };

interface Sentence {
  readonly message: string;
  readonly placeholders?: Readonly<Record<string, { readonly content: string }>>;
}

/** Fills the placeholders of a sentence by number, as the browser does. */
function getMessage(key: keyof typeof messages, words: readonly string[]): string {
  const { message, placeholders = {} }: Sentence = messages[key];
  return message.replaceAll(/\$(\w+)\$/g, (_, name: string) => {
    const number = Number(placeholders[name]?.content.slice('$'.length));
    return words[number - 1] ?? '';
  });
}

// webextension-polyfill loads only where `chrome` and `browser` have the id of an extension.
const runtime = { id: 'test' };
Object.assign(globalThis, { chrome: { runtime }, browser: { runtime, i18n: { getMessage } } });
const { sentenceOf, t } = await import('./i18n.ts');

describe('t', () => {
  it('puts each word in the placeholder of its name, in whatever order they are given', () => {
    const sentence = 'HTTP 200 after 35 ms. Nothing was paid again.';
    expect(t('devtools_replayed', { status: '200', duration: '35' })).toBe(sentence);
    expect(t('devtools_replayed', { duration: '35', status: '200' })).toBe(sentence);
  });

  it('needs no words for a sentence without placeholders', () => {
    expect(t('ui_back')).toBe(messages.ui_back.message);
  });

  it('accepts exactly the placeholders of its sentence', () => {
    const faulty = () => [
      // @ts-expect-error a word is missing
      t('ui_raw'),
      // @ts-expect-error the placeholder is named `amount`
      t('ui_raw', { site: '1' }),
      // @ts-expect-error one of two words is missing
      t('devtools_replayed', { status: '200' }),
      // @ts-expect-error the sentence has no placeholder
      t('ui_back', { amount: '1' }),
    ];
    expect(faulty).toBeTypeOf('function');
  });
});

describe('sentenceOf', () => {
  it('puts the words of a fault in the placeholders by number', () => {
    expect(sentenceOf({ key: 'wire_sum', args: ['12', '13'] })).toBe(
      'Price and tag make 12 raw, the amount says 13.',
    );
  });
});
