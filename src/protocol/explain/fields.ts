import { cleanText } from '../wire/clean-text.ts';
import { isObject, type Json, type JsonObject, own } from '../wire/json.ts';
import { type Finding, finding } from './finding.ts';

const MOST_NAME = 40;
const MOST_VALUE = 80;

/**
 * Compares an object with the one that the wallet would send: fields that are missing, additional or different, and those
 * that differ by the case of letters alone, which some servers compare.
 */
export function compareFields(
  given: JsonObject,
  wanted: JsonObject,
  unknown: readonly string[],
): readonly Finding[] {
  const missing = Object.keys(wanted)
    .filter((key) => !Object.hasOwn(given, key) && !unknown.includes(key))
    .map((key) => finding('wrong', 'wire_fieldMissing', key));
  const extra = Object.keys(given)
    .filter((key) => !Object.hasOwn(wanted, key))
    .map((key) => finding('warn', 'wire_fieldExtra', cleanText(key, MOST_NAME)));
  const other = Object.keys(wanted)
    .filter((key) => Object.hasOwn(given, key) && !unknown.includes(key))
    .flatMap((key) => compareValues(key, own(given, key), own(wanted, key)));
  return [...missing, ...extra, ...other];
}

function compareValues(key: string, given: Json | undefined, wanted: Json | undefined): readonly Finding[] {
  if (given === wanted) return [];
  if (
    typeof given === 'string' &&
    typeof wanted === 'string' &&
    given.toLowerCase() === wanted.toLowerCase()
  ) {
    return [finding('warn', 'wire_fieldCase', key)];
  }
  return [finding('wrong', 'wire_fieldDiffers', key, shown(wanted))];
}

const shown = (value: Json | undefined) =>
  cleanText(typeof value === 'string' ? value : isObject(value) ? '{…}' : String(value), MOST_VALUE);
