import { MOST_ACCOUNTS } from '../nano/seed.ts';

/** Every account index of a seed, each once: the order in which accounts pay where nothing else decides. */
export type AccountOrder = readonly number[];

/** A random order. Each browser draws its own, so that two browsers of one seed seldom pay from the same account at once. */
export function drawOrder(): AccountOrder {
  const draws = [...crypto.getRandomValues(new Uint32Array(MOST_ACCOUNTS))];
  return draws
    .map((draw, index) => ({ draw, index }))
    .sort((one, other) => one.draw - other.draw)
    .map(({ index }) => index);
}
