/**
 * The sealed seed in its two places: a record in the database, and a file of its own (invariant 13). If one is lost or
 * damaged, the other one opens with the same password. A generation number tells which of the two is newer.
 */
import * as v from 'valibot';
import { Fault } from '../fault.ts';
import { AddressText, type NanoAddress } from '../nano/account.ts';
import type { VaultStore } from './keyed-store.ts';
import { SealedRecordText } from './seal.ts';

/** Goes up with each new password, and with each seed that replaces another. */
const Generation = v.pipe(v.number(), v.integer(), v.minValue(1));

/** One copy of the sealed seed. */
export const SeedCopyText = v.strictObject({
  generation: Generation,
  /** The seed's first account, by which its owner recognises it; null for a copy of an older version. */
  account: v.nullable(AddressText),
  sealed: SealedRecordText,
});
export type SeedCopy = v.InferOutput<typeof SeedCopyText>;

/** The copy beside the database's. */
export interface SecondPlace {
  /** The newest copy that can be read, or null. */
  read(): Promise<SeedCopy | null>;
  /** Whether the newest copy is equal to this one in every field. */
  holds(copy: SeedCopy): Promise<boolean>;
  /**
   * Writes a copy beside the existing ones. Resolves once it was read back.
   *
   * @throws Fault `fault_storageUnusable`, `fault_storageFull`
   */
  write(copy: SeedCopy): Promise<void>;
  /** Removes all copies but the newest. */
  tidy(): Promise<void>;
  /** Removes all copies. */
  erase(): Promise<void>;
}

/** The state of the two places. */
export type Copies =
  | { readonly kind: 'none' }
  /** `isWhole`: both places hold it. */
  | { readonly kind: 'kept'; readonly copy: SeedCopy; readonly isWhole: boolean }
  /** The database has lost it, possibly with other records. */
  | { readonly kind: 'lost'; readonly copy: SeedCopy }
  /** Two of one generation that differ: the user has to choose. */
  | { readonly kind: 'differ'; readonly first: SeedCopy; readonly second: SeedCopy }
  /** The record in the database is no sealed seed, and there is no other copy. */
  | { readonly kind: 'unreadable' };

/** A copy as the database has it. Older versions wrote the sealed seed without the other fields. */
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

/** Reads, replaces and repairs the two copies of the sealed seed. */
export class SeedCopies {
  readonly #first: Pick<VaultStore, 'get' | 'set' | 'remove'>;
  readonly #second: SecondPlace;

  constructor(first: Pick<VaultStore, 'get' | 'set' | 'remove'>, second: SecondPlace) {
    this.#first = first;
    this.#second = second;
  }

  /** Whether either place has a seed. The second one is read only where the first has none. */
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
   * Replaces the copies in both places. The second place comes first: if the worker ends in between, the higher
   * generation counts, and one of the two passwords opens the vault.
   *
   * @param toFirst writes the database's record; for a backup together with all other records.
   * @throws Fault those of `SecondPlace.write`, and what `toFirst` throws
   */
  async replace(copy: SeedCopy, toFirst = () => this.#first.set('sealed', firstRecord(copy))): Promise<void> {
    await this.#second.write(copy);
    await toFirst();
    await this.#second.tidy();
  }

  /** Writes the copy that counts where it is missing or older, and removes older copies. */
  async repair(copy: SeedCopy): Promise<void> {
    if (!(await this.#second.holds(copy))) await this.#second.write(copy);
    await this.#first.set('sealed', firstRecord(copy));
    await this.#second.tidy();
  }

  /** Removes the older copies that an ended worker has left behind. */
  tidy(): Promise<void> {
    return this.#second.tidy();
  }

  /** Whether the second place has this copy, as its newest. */
  isInSecond(copy: SeedCopy): Promise<boolean> {
    return this.#second.holds(copy);
  }

  /**
   * Removes the seed from both places. The database comes last: if the worker ends in between, the vault is still there
   * with all of its records, and can be erased again.
   *
   * @param eraseFirst removes the database's record.
   */
  async erase(eraseFirst: () => Promise<void>): Promise<void> {
    await this.#second.erase();
    await eraseFirst();
  }
}

/** The generation of a seed that replaces these copies. @throws Fault `fault_vaultExists` */
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

/** Whether two copies are the result of one call of `seal`. */
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

/**
 * The copy of a seed, by its first account. A copy whose account was not recorded is not known to be one.
 *
 * @throws Fault `fault_otherSeed` where there is none of this account, `fault_noVault`
 */
export function copyOfAccount(copies: Copies, account: NanoAddress): SeedCopy {
  if (copies.kind === 'none') throw new Fault('fault_noVault');
  const found = sealedIn(copies).find((copy) => copy.account === account);
  if (found === undefined) throw new Fault('fault_otherSeed');
  return found;
}

/** Whether an account is the first one of a sealed seed. */
export const isOf = (copies: Copies, account: NanoAddress): boolean =>
  sealedIn(copies).some((copy) => copy.account === account);

/** Every copy that can be read. */
function sealedIn(copies: Copies): readonly SeedCopy[] {
  switch (copies.kind) {
    case 'kept':
    case 'lost':
      return [copies.copy];
    case 'differ':
      return [copies.first, copies.second];
    case 'none':
    case 'unreadable':
      return [];
  }
}

/** One of two copies that differ, by its place. */
export type Which = 'first' | 'second';

const overruling = (copy: SeedCopy): SeedCopy => ({ ...copy, generation: copy.generation + 1 });
