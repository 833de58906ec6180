import type { NanoAddress } from '../../nano/account.ts';
import type { Raw } from '../../nano/amount.ts';
import { MAINNET } from '../../nano/network.ts';
import { type Json, type JsonObject, own } from '../wire/json.ts';
import { named, type Recogniser } from './dialect.ts';
import { linkOf, readPayee, readPrice } from './payment-link.ts';

/** What a body may repeat of the price of a 402. */
export interface StatedPrice {
  readonly payTo: NanoAddress;
  readonly amount: Raw;
  /** The names of the network on which it is paid. */
  readonly networks: readonly string[];
}

/** A payee and a price in a body alone, which does not say how to prove the payment (docs/WIRE.md §3.11). */
export const hashBearerInBody: Recogniser = ({ body }) => {
  const link = linkOf(readPayee(own(body, 'pay_to')), readPrice(priceIn(body)));
  return link !== null && bodyAgrees(body, { ...link, networks: [MAINNET.id] })
    ? named('PAYS_BY_HASH_BODY_ONLY', link)
    : undefined;
};

const priceIn = (body: JsonObject) => own(body, 'price_raw') ?? own(body, 'amount_raw');

/** Whether a body says the same, as far as it says anything. */
export function bodyAgrees(body: JsonObject, { payTo, amount, networks }: StatedPrice): boolean {
  const isOr = (key: string, isSame: (value: Json | undefined) => boolean) =>
    !Object.hasOwn(body, key) || isSame(own(body, key));
  const isPrice = (value: Json | undefined) => readPrice(value) === amount;
  return (
    isOr('pay_to', (value) => readPayee(value) === payTo) &&
    isOr('price_raw', isPrice) &&
    isOr('amount_raw', isPrice) &&
    isOr('network', (value) => typeof value === 'string' && networks.includes(value))
  );
}
