/**
 * How much of an offer's life must be left at each step of a payment (docs/WIRE.md §7.5). The margins depend on no state of
 * the wallet, as whether its work is ready: a page sees, from when it gets its 402, how long its offer counted as payable.
 */

/**
 * What a server may call over although it is not by our clock (ms): its clock may be ahead of ours, and its timer began before
 * the 402 arrived here.
 */
const CLOCK_SKEW = 2_000;
/** From the proof on its way until the server has judged it at its own node (ms). */
const DELIVERY_TIME = 2_000;
/** From published to confirmed (ms): about 1 s on the live network, and 2 s more for a busy one. */
const CONFIRMATION_TIME = 3_000;
/** From signed, with work, until a node has taken the block (ms). */
const PUBLICATION_TIME = 2_000;
/** From the decision, or the user's answer, until the block is signed, where its work is ready (ms). */
const SIGNING_TIME = 1_000;

/** How long before the expiry of its offer a block is published at the latest (ms). */
export const PUBLISHING_MARGIN = CONFIRMATION_TIME + DELIVERY_TIME + CLOCK_SKEW;

/**
 * How long before the expiry of its offer a block is signed at the latest (ms). Until then its work is searched for. For a
 * block that is handed over the server publishes and waits, in the same time.
 */
export const SIGNING_MARGIN = PUBLISHING_MARGIN + PUBLICATION_TIME;

/** How long before its expiry an offer is decided on, and a question about it answered, at the latest (ms). */
export const EXPIRY_MARGIN = SIGNING_MARGIN + SIGNING_TIME;
