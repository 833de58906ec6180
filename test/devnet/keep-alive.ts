/**
 * How long the test servers keep an idle connection (ms). Node's own 5 s end a connection that a client of the same,
 * busy process is just about to use.
 */
export const KEEP_ALIVE = 600_000;
