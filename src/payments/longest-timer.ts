/** The longest delay that setTimeout and AbortSignal.timeout can wait (ms). A longer one ends at once. */
export const LONGEST_TIMER = 2 ** 31 - 1;
