import type { HandOver, PayFirst } from '../mechanisms/mechanism.ts';
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

/** One entry of `accepts` after strict classification: the only thing about a 402 that money may follow. */
export type Offer = PayFirstOffer | HandOverOffer;

export type Mechanism = Offer['mechanism'];
