import type { Bearer, HandOver, PayFirst } from '../mechanisms/mechanism.ts';
import type { mechanisms } from '../mechanisms/registry.ts';

type Registered = (typeof mechanisms)[number];

/** An offer that is paid, and confirmed, before it is proven. */
export type PayFirstOffer = Registered extends infer Kind
  ? Kind extends PayFirst<infer O>
    ? O
    : never
  : never;

/** An offer for which the server is given the signed block and publishes it. */
export type HandOverOffer = Registered extends infer Kind
  ? Kind extends HandOver<infer O>
    ? O
    : never
  : never;

/** An offer in plain headers, which is paid, and confirmed, before its block hash is shown. */
export type BearerOffer = Registered extends infer Kind ? (Kind extends Bearer<infer O> ? O : never) : never;

/** One entry of `accepts` after strict classification. */
export type EntryOffer = PayFirstOffer | HandOverOffer;

/** What a 402 asks for, after strict classification. Nothing else of a 402 decides what is paid. */
export type Offer = EntryOffer | BearerOffer;

export type Mechanism = Offer['mechanism'];

/** A mechanism of entries. */
export type EntryMechanism = EntryOffer['mechanism'];
