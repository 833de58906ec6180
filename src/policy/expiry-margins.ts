/**
 * How much of an offer's life must be left at each step of a payment (docs/WIRE.md §7.5). The margins do not depend on the
 * state of the wallet, such as whether its work is ready: a page can measure how long its offer counts as payable, and
 * would learn that state.
 */

/**
 * How much earlier than by our clock an offer may expire at its server (ms): the server's clock may be ahead of ours, and
 * its timer began before the 402 arrived here.
 */
const CLOCK_SKEW = 2_000;
/** From sending the proof until the server has checked it at its own node (ms). */
const DELIVERY_TIME = 2_000;
/** From publication to confirmation (ms): about 1 s on the live network, and 2 s more for a busy one. */
const CONFIRMATION_TIME = 3_000;
/** From the signature, with work, until a node has accepted the block (ms). */
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
