import { type Json, type JsonObject, own } from '../wire/json.ts';
import { named, type Recogniser } from './dialect.ts';
import { linkOf, type PaymentLink, readPayee, readPrice } from './payment-link.ts';

const NETWORK = 'nano:mainnet';

/**
 * Pay first, show the hash in `X-Nano-Payment` (docs/WIRE.md §3.11): one payee and one price in headers, and nothing that
 * contradicts them. A deposit has an id, or an amount of XNO, beside the payee.
 */
export const hashBearer: Recogniser = ({ one, has, body }) => {
  if (!has('x-payment-address') || !has('x-payment-amount-raw')) return undefined;
  if (has('x-payment-id') || has('x-payment-amount')) return undefined;
  const link = linkOf(readPayee(one('x-payment-address')), readPrice(one('x-payment-amount-raw')));
  const isOnNetwork = !has('x-payment-network') || one('x-payment-network') === NETWORK;
  return link !== null && isOnNetwork && agrees(body, link)
    ? named('PAYS_BY_HASH', link)
    : named('BAD_HASH_OFFER');
};

/** The same in a body alone, which does not say how to prove the payment (docs/WIRE.md §3.11). */
export const hashBearerInBody: Recogniser = ({ body }) => {
  const link = linkOf(readPayee(own(body, 'pay_to')), readPrice(priceIn(body)));
  return link !== null && agrees(body, link) ? named('PAYS_BY_HASH_BODY_ONLY', link) : undefined;
};

const priceIn = (body: JsonObject) => own(body, 'price_raw') ?? own(body, 'amount_raw');

/** Whether a body says the same, as far as it says anything. */
function agrees(body: JsonObject, { payTo, amount }: PaymentLink): boolean {
  const isOr = (key: string, isSame: (value: Json | undefined) => boolean) =>
    !Object.hasOwn(body, key) || isSame(own(body, key));
  const isPrice = (value: Json | undefined) => readPrice(value) === amount;
  return (
    isOr('pay_to', (value) => readPayee(value) === payTo) &&
    isOr('price_raw', isPrice) &&
    isOr('amount_raw', isPrice) &&
    isOr('network', (value) => value === NETWORK)
  );
}
