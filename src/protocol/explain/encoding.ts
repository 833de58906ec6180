import { decodeBase64 } from '../../base64.ts';
import type { EnvelopeCode } from '../offer/codes.ts';
import { cleanText } from '../wire/clean-text.ts';
import { decodeEnvelope, decodeObject } from '../wire/envelope.ts';
import type { JsonObject } from '../wire/json.ts';
import { type Finding, finding } from './finding.ts';
import { jsonStopsAt } from './paste/literal.ts';

/** A header's value as text, and its decoded contents. */
export interface Encoding {
  /** `either`: it has no character in which the two alphabets differ. */
  readonly alphabet: 'standard' | 'urlSafe' | 'either' | 'neither';
  /** `unneeded`: the length asks for none. */
  readonly padding: 'whole' | 'none' | 'unneeded' | 'broken';
  readonly characters: number;
  /** The decoded object; null when there is none. */
  readonly json: JsonObject | null;
  /** The beginning of the decoded text, cleaned for display; null when it is no base64. */
  readonly text: string | null;
  /** Why it contains no object. */
  readonly code: EnvelopeCode | null;
  readonly findings: readonly Finding[];
}

const MOST_TEXT = 2_000;
/** The part of a value that is read (characters). A longer value is refused for its length. */
const MOST_LOOKED_AT = 64 * 1024;

/** Reads a header's value as far as all three headers are alike: base64 of a JSON object (docs/WIRE.md §1.1). */
export function readEncoding(value: string): Encoding {
  const text = value.trim().slice(0, MOST_LOOKED_AT);
  const json = decodeObject(value) ?? null;
  const bytes = json === null ? decodeBase64(text) : undefined;
  return {
    alphabet: alphabetOf(text),
    padding: paddingOf(text),
    characters: value.length,
    json,
    text: bytes ? cleanText(new TextDecoder().decode(bytes), MOST_TEXT) : null,
    code: json === null ? codeOf(value) : null,
    findings: findingsOf(text, json !== null),
  };
}

/** The code by which the envelope's decoder refuses a value that is no object. */
function codeOf(value: string): EnvelopeCode | null {
  const decoded = decodeEnvelope(value);
  return decoded.ok ? null : decoded.code;
}

function alphabetOf(text: string): Encoding['alphabet'] {
  if (!/^[A-Za-z0-9+/_-]+=*$/.test(text)) return 'neither';
  const standard = /[+/]/.test(text);
  const urlSafe = /[-_]/.test(text);
  if (standard && urlSafe) return 'neither';
  if (standard || urlSafe) return standard ? 'standard' : 'urlSafe';
  return 'either';
}

function paddingOf(text: string): Encoding['padding'] {
  let signs = 0;
  while (text.at(-1 - signs) === '=') signs += 1;
  const last = (text.length - signs) % 4;
  const due = last === 0 ? 0 : 4 - last;
  if (last === 1 || (signs !== 0 && signs !== due)) return 'broken';
  if (due === 0) return 'unneeded';
  return signs === 0 ? 'none' : 'whole';
}

function findingsOf(text: string, isObject: boolean): readonly Finding[] {
  if (isObject) {
    return alphabetOf(text) === 'urlSafe' || paddingOf(text) === 'none'
      ? [finding('note', 'wire_urlSafe')]
      : [];
  }
  const bytes = decodeBase64(text);
  if (bytes !== undefined) return jsonFindings(new TextDecoder().decode(bytes));
  const found: Finding[] = [];
  if (text === '') found.push(finding('wrong', 'wire_empty'));
  if (text.includes(',')) found.push(finding('wrong', 'wire_comma'));
  if (/^["'{[]/.test(text)) found.push(finding('wrong', 'wire_notEncoded'));
  if (/\s/.test(text)) found.push(finding('wrong', 'wire_spaces'));
  if (/[+/]/.test(text) && /[-_]/.test(text)) found.push(finding('wrong', 'wire_mixedAlphabets'));
  const strange = cleanText(text, text.length).replace(/[A-Za-z0-9+/_=,\s-]/g, '');
  if (strange !== '') {
    const position = placeOf(text, text.search(STRANGE));
    found.push(finding('wrong', 'wire_strangeCharacters', cleanText(strange, 8), position));
  }
  if (/=[^=]/.test(text) || paddingOf(text) === 'broken') found.push(finding('wrong', 'wire_badPadding'));
  return found.length > 0 ? found : [finding('wrong', 'wire_leftOverBits')];
}

/** The first character that base64 does not have, and that can be seen. */
const STRANGE = /[^A-Za-z0-9+/_=,\s\p{Default_Ignorable_Code_Point}\p{C}-]/u;
const MOST_SHOWN = 16;

/** Where a decoded text stops being JSON. */
function jsonFindings(text: string): readonly Finding[] {
  const stop = jsonStopsAt(text);
  if (stop === undefined) return [];
  if (stop >= text.trimEnd().length) return [finding('wrong', 'wire_jsonEnds')];
  const shown = cleanText(text.slice(stop, stop + 2 * MOST_SHOWN), MOST_SHOWN);
  return [finding('wrong', 'wire_jsonStops', shown, placeOf(text, stop))];
}

/** The number of the character at an index, from 1. */
const placeOf = (text: string, index: number): string =>
  String(Array.from(text.slice(0, Math.max(0, index))).length + 1);
