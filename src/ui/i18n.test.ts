import { describe, expect, it } from 'vitest';
import messages from '../../public/_locales/en/messages.json' with { type: 'json' };

interface Sentence {
  readonly message: string;
  readonly placeholders?: Readonly<Record<string, { readonly content: string }>>;
}

/** Fills the placeholders of a sentence by number, as the browser does. */
function getMessage(key: string, words: readonly string[]): string {
  const sentences: Readonly<Record<string, Sentence>> = messages;
  const { message, placeholders = {} } = sentences[key] ?? { message: '' };
  return message.replaceAll(/\$(\w+)\$/g, (_, name: string) => {
    const number = Number(placeholders[name]?.content.slice('$'.length));
    return words[number - 1] ?? '';
  });
}

// webextension-polyfill loads only where `chrome` and `browser` have the id of an extension.
const runtime = { id: 'test' };
Object.assign(globalThis, { chrome: { runtime }, browser: { runtime, i18n: { getMessage } } });
const { sentenceOf, t, tCount } = await import('./i18n.ts');

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

describe('a sentence from right to left', () => {
  it('keeps its words in their own order', () => {
    const { ui_direction: before } = messages;
    messages.ui_direction = { ...before, message: 'rtl' };
    expect(t('ui_raw', { amount: '-1' })).toBe('\u2068-1\u2069 raw');
    expect(sentenceOf({ key: 'ui_raw', args: ['-1'] })).toBe('\u2068-1\u2069 raw');
    const nested = { key: 'probe_T3_sum', args: [] } as const;
    expect(sentenceOf({ key: 'probe_T3_entry', args: [nested, '2'] })).toBe(
      `Entry \u20682\u2069: ${messages.probe_T3_sum.message}`,
    );
    messages.ui_direction = before;
    expect(t('ui_raw', { amount: '-1' })).toBe('-1 raw');
  });
});

describe('tCount', () => {
  it('takes the plural form of the number, and puts the number and the other words in their places', () => {
    expect([0, 1, 2].map((count) => tCount('popup_requests', count))).toEqual([
      '0 requests',
      '1 request',
      '2 requests',
    ]);
    expect(tCount('popup_requestsAsking', 1, { waiting: '1' })).toBe('1 request, 1 waiting for you');
    expect(tCount('popup_requestsAsking', 5, { waiting: '2' })).toBe('5 requests, 2 waiting for you');
  });

  it('takes the form for all other numbers where the language has no sentence of its own for this one', () => {
    const { ui_language: before } = messages;
    messages.ui_language = { ...before, message: 'pl' };
    expect(tCount('popup_requests', 3)).toBe('3 requests');
    messages.ui_language = before;
  });

  it('accepts exactly the placeholders beside the number', () => {
    const faulty = () => [
      // @ts-expect-error a word is missing
      tCount('popup_requestsAsking', 1),
      // @ts-expect-error the number is the only placeholder
      tCount('popup_requests', 1, { waiting: '1' }),
      // @ts-expect-error a sentence without plural forms
      tCount('ui_back', 1),
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

  it('renders words that are sentences first', () => {
    const text = { key: 'probe_statusAndText', args: ['402', 'No'] } as const;
    const what = { key: 'probe_goodPayment', args: [] } as const;
    expect(sentenceOf({ key: 'probe_refused', args: [text, what] })).toBe(
      'A good payment: refused. Response: 402 “No”.',
    );
  });
});
