import { cleanText } from '../../wire/clean-text.ts';
import { type Finding, finding } from '../finding.ts';
import { HEADERS } from './header-names.ts';
import { readLiteral } from './literal.ts';

const MOST_SHOWN = 12;
/** Characters that are in base64, or that are taken away around it. */
const PASSED = /[A-Za-z0-9+/=_\-\s"'`\p{Default_Ignorable_Code_Point}\p{Cf}]*/uy;
/** The characters of a text that are searched for the place where reading stops. */
const MOST_TEXT = 1_000_000;

/** Says of a text in which no header was found what was looked for, and where reading stopped. */
export function whatWasLookedFor(text: string): readonly Finding[] {
  const stop = stopOf(text.slice(0, MOST_TEXT));
  const looked = finding('note', 'wire_lookedFor', HEADERS.join(', '));
  if (stop === undefined) return [looked];
  const before = text.slice(0, stop).split('\n');
  const line = String(before.length);
  const column = String(Array.from(before.at(-1) ?? '').length + 1);
  const found = cleanText(text.slice(stop, stop + 2 * MOST_SHOWN), MOST_SHOWN);
  return stop >= text.trimEnd().length
    ? [looked, finding('wrong', 'wire_stoppedAtEnd')]
    : [looked, finding('wrong', 'wire_stoppedAt', column, found, line)];
}

/** The first character that neither JSON nor base64 has; undefined where all of the text is base64. */
function stopOf(text: string): number | undefined {
  const start = text.search(/\S/);
  if (/[[{]/.test(text.charAt(start))) {
    const read = readLiteral(text, start, 'literal');
    const end = read.ok ? read.end : read.stop;
    return read.ok && text.slice(end).trim() === '' ? undefined : end;
  }
  PASSED.lastIndex = 0;
  const passed = PASSED.exec(text)?.[0].length ?? 0;
  return passed >= text.length ? undefined : passed;
}
