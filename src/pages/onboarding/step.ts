import type { PageInput } from '../../messages/contract.ts';

/** The secret of a new purse. */
export type Secret = PageInput<'vault.create'>['secret'];

/** A step of onboarding, with the data that is known by then. */
export type OnboardingStep =
  | { readonly kind: 'welcome' }
  | { readonly kind: 'words'; readonly words: string }
  | { readonly kind: 'check'; readonly words: string }
  | { readonly kind: 'import' }
  | { readonly kind: 'restore' }
  | { readonly kind: 'password'; readonly secret: Secret; readonly way: Way }
  | { readonly kind: 'done'; readonly way: Way };

/** How the purse was created. `unlock` means that a lost one was restored by its password, `recover` that
 * one whose password was forgotten has another. */
export type Way = 'create' | 'import' | 'restore' | 'unlock' | 'recover';

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

/** Normalizes a typed word for comparison. */
export function plainWord(text: string): string {
  return text.trim().toLowerCase();
}
