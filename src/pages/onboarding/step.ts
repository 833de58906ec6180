import type { PageInput } from '../../messages/contract.ts';

/** The secret that a new purse is sealed around. */
export type Secret = PageInput<'vault.create'>['secret'];

/** Where in the setting up the user is, and what is known by then. */
export type Step =
  | { readonly kind: 'welcome' }
  | { readonly kind: 'words'; readonly words: string }
  | { readonly kind: 'check'; readonly words: string }
  | { readonly kind: 'import' }
  | { readonly kind: 'restore' }
  | { readonly kind: 'password'; readonly secret: Secret; readonly way: Way }
  | { readonly kind: 'done'; readonly way: Way };

/** How a purse came about: `unlock` where one was lost and its password brought it back. */
export type Way = 'create' | 'import' | 'restore' | 'unlock';

/** `count` different whole numbers below `below`, in rising order, drawn evenly. */
export function drawPositions(count: number, below: number): readonly number[] {
  const drawn = new Set<number>();
  const most = 256 - (256 % below);
  while (drawn.size < count) {
    const [byte = 0] = crypto.getRandomValues(new Uint8Array(1));
    if (byte < most) drawn.add(byte % below);
  }
  return [...drawn].sort((a, b) => a - b);
}

/** A word as a person types it, made comparable. */
export function plainWord(text: string): string {
  return text.trim().toLowerCase();
}
