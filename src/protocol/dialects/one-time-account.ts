import { readAddress } from '../../nano/account.ts';
import { isArray, isObject, type JsonObject, own } from '../wire/json.ts';
import { named, type Recogniser } from './dialect.ts';
import { linkOf, readDecimalPrice, readPayee, readPaymentLink, readPrice } from './payment-link.ts';

/**
 * A deposit to an account that the server makes for one payment (docs/WIRE.md §3.12): an entry of the scheme `nano` on
 * `nano-mainnet` in a body, or headers with an id or with an amount of XNO. Only that entry's account counts: a send to the
 * account of a signed-block entry beside it would be lost, since the server looks for blocks there, not for deposits.
 */
export const deposit: Recogniser = ({ one, has, body }) => {
  const entry = entriesIn(body).find(isDeposit);
  if (entry !== undefined) {
    const price = own(entry, 'amount') ?? own(entry, 'maxAmountRequired');
    return named('PAYS_BY_DEPOSIT', linkOf(readPayee(own(entry, 'payTo')), readPrice(price)));
  }
  const address = one('x-payment-address');
  if (readAddress(address) === undefined) return undefined;
  const amount = readPrice(one('x-payment-amount-raw')) ?? readDecimalPrice(one('x-payment-amount'));
  const isDecimal = readDecimalPrice(one('x-payment-amount')) !== undefined;
  if (!has('x-payment-id') && !isDecimal) return undefined;
  return named('PAYS_BY_DEPOSIT', linkOf(readPayee(address), amount));
};

/** An order or a quote, paid to an account made for it (docs/WIRE.md §3.12). Headers that leave the unit open have no link. */
export const order: Recogniser = ({ one, has, body }) => {
  const isOrder = Object.hasOwn(body, 'order_id') && Object.hasOwn(body, 'nano_address');
  if (isOrder) {
    const payTo = readPayee(own(body, 'nano_address'));
    return named('PAYS_TO_ORDER_ACCOUNT', linkOf(payTo, readPrice(own(body, 'nano_amount_raw'))));
  }
  const payTo = readPayee(own(body, 'pay_to'));
  if (payTo !== undefined && Object.hasOwn(body, 'quote_id')) {
    return named('PAYS_TO_ORDER_ACCOUNT', linkOf(payTo, readPrice(own(body, 'amount_raw'))));
  }
  const isOpen = readAddress(one('x-payment-address')) !== undefined && has('x-payment-amount');
  return isOpen ? named('PAYS_TO_ORDER_ACCOUNT') : undefined;
};

/** An invoice: a link to the payment in the header Link (docs/WIRE.md §3.12). */
export const invoice: Recogniser = ({ all }) => {
  const link = all('link')
    .map(readPaymentLink)
    .find((one) => one !== null);
  return link === undefined ? undefined : named('NANO_PAYMENT_LINK', link);
};

/** The entries of a body: those of x402, and those of its `payment`. */
function entriesIn(body: JsonObject): readonly JsonObject[] {
  const payment = own(body, 'payment');
  const lists = [isObject(payment) ? own(payment, 'accepted') : undefined, own(body, 'accepts')];
  return lists.flatMap((list) => (isArray(list) ? list.filter((entry) => isObject(entry)) : []));
}

const isDeposit = (entry: JsonObject): boolean =>
  own(entry, 'scheme') === 'nano' && own(entry, 'network') === 'nano-mainnet';
