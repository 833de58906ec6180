declare const paymentId: unique symbol;

/** Names a payment in the journal. */
export type PaymentId = string & { readonly [paymentId]: true };
