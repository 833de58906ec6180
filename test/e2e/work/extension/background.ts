/** An extension without a background is one that no test finds. */
export {};
