import type { Habits } from '../flavour.ts';

/** The Rev 7 demo server (docs/WIRE.md §3.4): the offer in the body too, no receipt, and a word with every 402. */
export const rev7: Habits = {
  encoding: 'base64',
  demand: (required) => required,
  receipt: () => undefined,
  refusal: ({ status, error, code }) => ({
    status,
    body: code === undefined ? { error } : { error, code },
    ...(status === 402 ? { receipt: { x402Version: 2, error } } : {}),
    offersAgain: true,
  }),
};
