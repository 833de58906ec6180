import type { BlockHash } from '../../nano/block.ts';
import { isObject, type JsonObject, own } from '../wire/json.ts';

const EXTENSION = 'payment-identifier';
const ID = /^[A-Za-z0-9_-]{16,128}$/;

/** The id of a payment that is its block: the same on every delivery of the same proof. */
export function paymentIdOf(hash: BlockHash): string {
  return `pay_${hash.slice(0, 32).toLowerCase()}`;
}

/**
 * The `extensions` to send back (x402 `payment-identifier`, docs/WIRE.md §1.3): what the server wrote of it, with our id
 * added, unless it brought one. Undefined when it did not offer the extension; others are not echoed.
 *
 * @throws RangeError when `id` is not 16 to 128 of `[A-Za-z0-9_-]`
 */
export function answerExtensions(offered: JsonObject | undefined, id: string): JsonObject | undefined {
  if (!ID.test(id)) throw new RangeError('not a payment identifier');
  const extension = offered && own(offered, EXTENSION);
  if (!isObject(extension)) return undefined;
  const info = own(extension, 'info');
  if (!isObject(info)) return undefined;
  if (Object.hasOwn(info, 'id')) return { [EXTENSION]: extension };
  return { [EXTENSION]: { ...extension, info: { ...info, id } } };
}
