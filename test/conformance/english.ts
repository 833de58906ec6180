import messages from '../../public/_locales/en/messages.json' with { type: 'json' };
import type { Say } from '../../src/conformance/ports.ts';

interface Message {
  readonly message: string;
  readonly placeholders?: Readonly<Record<string, { readonly content: string }>>;
}

/** Renders a sentence in English, as the browser would: words that are sentences first, then the placeholders by number. */
export const inEnglish: Say = ({ key, args }) => {
  const { message, placeholders = {} }: Message = messages[key];
  const words = args.map((word) => (typeof word === 'string' ? word : inEnglish(word)));
  return message.replaceAll(/\$(\w+)\$/g, (_, name: string) => {
    const number = Number(placeholders[name]?.content.slice('$'.length));
    return words[number - 1] ?? '';
  });
};
