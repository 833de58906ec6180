/**
 * The sealed seed in its two places: a record in the database, and a file of its own (invariant 13). Whatever is lost or
 * damaged, the other one opens with the same password. A generation number tells which of two is newer.
 */
import * as v from 'valibot';
import { Fault } from '../fault.ts';
import { AddressText } from '../nano/account.ts';
import type { VaultStore } from './keyed-store.ts';
import { SealedRecordText } from './seal.ts';

/** Goes up with each new password and each seed that comes in place of another. */
const Generation = v.pipe(v.number(), v.integer(), v.minValue(1));

/** One copy of the sealed seed. */
export const SeedCopyText = v.strictObject({
  generation: Generation,
  /** The seed's first account, by which its owner knows it; null while only an older version of the purse sealed it. */
  account: v.nullable(AddressText),
  sealed: SealedRecordText,
});
export type SeedCopy = v.InferOutput<typeof SeedCopyText>;

/** The copy beside the database's. */
export interface SecondPlace {
  /** The newest copy that can be read, or null. */
  read(): Promise<SeedCopy | null>;
  /** Whether the newest copy is this one, in every part that it has. */
  holds(copy: SeedCopy): Promise<boolean>;
  /**
   * Keeps a copy beside those that are there. Resolved once it was read back.
   * @throws Fault `fault_storageUnusable`, `fault_storageFull`
   */
  write(copy: SeedCopy): Promise<void>;
  /** Removes all copies but the newest. */
  tidy(): Promise<void>;
  /** Removes all copies. */
  erase(): Promise<void>;
}

/** What the two places hold together. */
export type Copies =
  | { readonly kind: 'none' }
  /** `isWhole`: both places hold it. */
  | { readonly kind: 'kept'; readonly copy: SeedCopy; readonly isWhole: boolean }
  /** The database has lost it, and with it all or some of what it held. */
  | { readonly kind: 'lost'; readonly copy: SeedCopy }
  /** Two of one generation that differ: which of them counts, only their owner can say. */
  | { readonly kind: 'differ'; readonly first: SeedCopy; readonly second: SeedCopy }
  /** The database has something that is no sealed seed, and there is no other copy. */
  | { readonly kind: 'unreadable' };

/** As the database has it: older versions of the purse wrote the sealed seed alone. */
const FirstText = v.pipe(
  v.strictObject({
    ...SealedRecordText.entries,
    generation: v.optional(Generation, 1),
    account: v.optional(v.nullable(AddressText), null),
  }),
  v.transform(({ generation, account, ...sealed }): SeedCopy => ({ generation, account, sealed })),
);

/** A copy as the database keeps it, under the name `sealed`. */
export const firstRecord = ({ generation, account, sealed }: SeedCopy) => ({
  ...sealed,
  generation,
  account,
});

export class SeedCopies {
  readonly #first: Pick<VaultStore, 'get' | 'set' | 'remove'>;
  readonly #second: SecondPlace;

  constructor(first: Pick<VaultStore, 'get' | 'set' | 'remove'>, second: SecondPlace) {
    this.#first = first;
    this.#second = second;
  }

  /** Whether there is a seed in either place. The second one is only looked at where the first has none. */
  async exist(): Promise<boolean> {
    return (await this.#first.get('sealed')) !== undefined || (await this.#second.read()) !== null;
  }

  async find(): Promise<Copies> {
    const [given, second] = await Promise.all([this.#first.get('sealed'), this.#second.read()]);
    const read = v.safeParse(FirstText, given);
    if (!read.success) {
      if (second !== null) return { kind: 'lost', copy: second };
      return { kind: given === undefined ? 'none' : 'unreadable' };
    }
    const first = read.output;
    if (second === null || first.generation > second.generation) {
      return { kind: 'kept', copy: first, isWhole: false };
    }
    if (first.generation < second.generation) return { kind: 'kept', copy: second, isWhole: false };
    if (!isSame(first, second)) return { kind: 'differ', first, second };
    return { kind: 'kept', copy: second, isWhole: first.account === second.account };
  }

  /**
   * Puts a copy into both places, in the place of what they hold. The second place comes first: whenever the worker dies
   * in between, the higher generation wins, and one of the two passwords opens the purse.
   *
   * @param toFirst writes the database's record; where a backup comes back, together with all else.
   * @throws Fault those of `SecondPlace.write`, and what `toFirst` throws
   */
  async replace(copy: SeedCopy, toFirst = () => this.#first.set('sealed', firstRecord(copy))): Promise<void> {
    await this.#second.write(copy);
    await toFirst();
    await this.#second.tidy();
  }

  /** Puts the copy that counts where it is missing or older, and removes what is older than it. */
  async repair(copy: SeedCopy): Promise<void> {
    if (!(await this.#second.holds(copy))) await this.#second.write(copy);
    await this.#first.set('sealed', firstRecord(copy));
    await this.#second.tidy();
  }

  /** Removes what a worker that died has left of older copies. */
  tidy(): Promise<void> {
    return this.#second.tidy();
  }

  /** Removes it from both places. */
  async erase(): Promise<void> {
    await this.#first.remove('sealed');
    await this.#second.erase();
  }
}

/** The generation of a seed that comes in the place of what is there. @throws Fault `fault_vaultExists` */
export function generationOver(copies: Copies): number {
  switch (copies.kind) {
    case 'none':
      return 1;
    case 'lost':
      return copies.copy.generation + 1;
    case 'kept':
    case 'differ':
    case 'unreadable':
      throw new Fault('fault_vaultExists');
  }
}

/** Whether two copies are of one sealing. */
export function isSame(one: SeedCopy, other: SeedCopy): boolean {
  const texts = [one, other].map(({ generation, sealed }) =>
    JSON.stringify([generation, sealed.salt, sealed.iv, sealed.check, sealed.ciphertext, sealed.kdf]),
  );
  return texts[0] === texts[1];
}

/**
 * The copy that counts: with two that differ, the one that the user chose.
 *
 * @throws Fault `fault_noVault`, `fault_vaultUnreadable`, `fault_twoSeeds`
 */
export function chosen(
  copies: Copies,
  which?: Which,
): { readonly copy: SeedCopy; readonly isWhole: boolean } {
  switch (copies.kind) {
    case 'none':
      throw new Fault('fault_noVault');
    case 'unreadable':
      throw new Fault('fault_vaultUnreadable');
    case 'kept':
      return copies;
    case 'lost':
      return { copy: copies.copy, isWhole: false };
    case 'differ':
      if (which === undefined) throw new Fault('fault_twoSeeds');
      return { copy: overruling(copies[which]), isWhole: false };
  }
}

/** One of two copies that differ, by its place. */
export type Which = 'first' | 'second';

const overruling = (copy: SeedCopy): SeedCopy => ({ ...copy, generation: copy.generation + 1 });
