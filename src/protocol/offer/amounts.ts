import { addRaw, isCanonicalRaw, parseRaw, type Raw } from '../../nano/amount.ts';
import type { Json } from '../wire/json.ts';
import type { EntryRefusalCode } from './codes.ts';

/** Reads an amount as offers must write it: canonical raw as text, at most the supply (docs/WIRE.md §7.1). */
export function readAmount(value: Json | undefined): Raw | undefined {
  return isCanonicalRaw(value) ? parseRaw(value) : undefined;
}

/** The price and the tag that make up a total, or why they do not (docs/WIRE.md §7.2). Either may be zero. */
export function readParts(
  total: Raw,
  resource: Json | undefined,
  tag: Json | undefined,
): { readonly resourceAmount: Raw; readonly tagAmount: Raw } | EntryRefusalCode {
  const resourceAmount = readAmount(resource);
  const tagAmount = readAmount(tag);
  if (resourceAmount === undefined || tagAmount === undefined) return 'BAD_AMOUNT';
  if (addRaw(resourceAmount, tagAmount) !== total) return 'SUM_MISMATCH';
  return { resourceAmount, tagAmount };
}
