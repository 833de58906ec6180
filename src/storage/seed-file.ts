/**
 * The second place of the sealed seed: a file in the extension's private file system (OPFS), which is independent of
 * the database. It also records the location of the database after a move (see `Store`).
 */
import * as v from 'valibot';
import { Fault } from '../fault.ts';
import { hexOf } from '../nano/hex.ts';
import { isSame, type SecondPlace, type SeedCopy, SeedCopyText } from '../vault/seed-copies.ts';
import { FIRST_LOCATION, type Location, LocationText } from './location.ts';

const FOLDER = 'nano-purse';
const NAME = /^seed-(\d+)\.json$/;

const ContentText = v.strictObject({
  location: LocationText,
  copy: v.nullable(SeedCopyText),
});
type Content = v.InferOutput<typeof ContentText>;

/** Schema of a file. The checksum detects an incomplete or damaged one. */
const FileText = v.pipe(
  v.string(),
  v.parseJson(),
  v.strictObject({ format: v.literal('nano-purse seed 1'), sha256: v.string(), content: v.string() }),
);
const ContentJson = v.pipe(v.string(), v.parseJson(), ContentText);

interface StoredContent extends Content {
  readonly revision: number;
}

/** The file system and the state of the disk. */
export interface SeedFilePorts {
  /** The root of the extension's private file system. */
  readonly root: () => Promise<FileSystemDirectoryHandle>;
  /** Whether the disk has space. Nothing is written to a full disk. */
  readonly hasRoom: () => Promise<boolean>;
}

/** Each write makes a new file with the next number. The file before stays until the new one was read back. */
export class SeedFile implements SecondPlace {
  readonly #ports: SeedFilePorts;
  #newest: Promise<StoredContent | null> | undefined;
  #inUse: Location | undefined;

  constructor(ports: SeedFilePorts) {
    this.#ports = ports;
  }

  /** The recorded location of the database. */
  async location(): Promise<Location> {
    return (await this.#read())?.location ?? FIRST_LOCATION;
  }

  /** Sets the location of the database in use: it is recorded with the next copy of the seed. */
  use(location: Location): void {
    this.#inUse = location;
  }

  async read(): Promise<SeedCopy | null> {
    return (await this.#read())?.copy ?? null;
  }

  async holds(copy: SeedCopy): Promise<boolean> {
    const newest = await this.#read();
    if (newest === null || newest.copy === null) return false;
    const isInUse = newest.location === (this.#inUse ?? newest.location);
    return isInUse && isSame(newest.copy, copy) && newest.copy.account === copy.account;
  }

  async write(copy: SeedCopy): Promise<void> {
    await this.#write({ location: this.#inUse ?? (await this.location()), copy });
  }

  /**
   * Records a new location of the database.
   *
   * @throws Fault as `write`
   */
  async moveTo(location: Location): Promise<void> {
    await this.#write({ location, copy: await this.read() });
    await this.tidy();
  }

  async tidy(): Promise<void> {
    const newest = await this.#read();
    if (newest !== null) await this.#removeBelow(newest.revision);
  }

  /** Removes the seed. Where the database in use is not at the first location, its location is recorded. */
  async erase(): Promise<void> {
    const location = this.#inUse ?? (await this.location());
    if (location !== FIRST_LOCATION) {
      await this.#write({ location, copy: null });
      return this.tidy();
    }
    await this.#removeBelow(Number.POSITIVE_INFINITY);
    this.#newest = Promise.resolve(null);
  }

  #read(): Promise<StoredContent | null> {
    this.#newest ??= this.#find();
    return this.#newest;
  }

  /** The newest file that is complete. */
  async #find(): Promise<StoredContent | null> {
    const folder = await this.#folder('look');
    if (folder === null) return null;
    for (const revision of (await revisionsIn(folder)).toSorted((one, other) => other - one)) {
      const content = await contentOf(await textOf(folder, revision));
      if (content !== null) return { ...content, revision };
    }
    return null;
  }

  async #write(content: Content): Promise<void> {
    if (!(await this.#ports.hasRoom())) throw new Fault('fault_storageFull');
    try {
      const folder = await this.#folder('make');
      const revision = Math.max(0, ...(await revisionsIn(folder))) + 1;
      const text = await fileOf(content);
      const file = await folder.getFileHandle(nameOf(revision), { create: true });
      const stream = await file.createWritable();
      await stream.write(text);
      await stream.close();
      if ((await textOf(folder, revision)) !== text) throw new Fault('fault_storageUnusable');
      this.#newest = Promise.resolve({ ...content, revision });
    } catch (cause) {
      if (cause instanceof Fault) throw cause;
      const isFull = cause instanceof DOMException && cause.name === 'QuotaExceededError';
      throw new Fault(isFull ? 'fault_storageFull' : 'fault_storageUnusable', [], { cause });
    }
  }

  async #removeBelow(limit: number): Promise<void> {
    const folder = await this.#folder('look');
    if (folder === null) return;
    for (const revision of await revisionsIn(folder)) {
      if (revision < limit) await folder.removeEntry(nameOf(revision));
    }
  }

  #folder(purpose: 'make'): Promise<FileSystemDirectoryHandle>;
  #folder(purpose: 'look'): Promise<FileSystemDirectoryHandle | null>;
  async #folder(purpose: 'make' | 'look'): Promise<FileSystemDirectoryHandle | null> {
    try {
      const root = await this.#ports.root();
      return await root.getDirectoryHandle(FOLDER, { create: purpose === 'make' });
    } catch (cause) {
      // A browser without a private file system counts as one without files.
      if (purpose === 'look' && cause instanceof DOMException) return null;
      throw cause;
    }
  }
}

const nameOf = (revision: number): string => `seed-${revision}.json`;

async function revisionsIn(folder: FileSystemDirectoryHandle): Promise<readonly number[]> {
  const found: number[] = [];
  for await (const name of folder.keys()) {
    const revision = NAME.exec(name)?.[1];
    if (revision !== undefined) found.push(Number(revision));
  }
  return found;
}

async function textOf(folder: FileSystemDirectoryHandle, revision: number): Promise<string> {
  const file = await folder.getFileHandle(nameOf(revision));
  return (await file.getFile()).text();
}

async function fileOf(content: Content): Promise<string> {
  const text = JSON.stringify(content);
  return JSON.stringify({ format: 'nano-purse seed 1', sha256: await sha256Of(text), content: text });
}

/** The content of a file; null for one that is incomplete or damaged. */
async function contentOf(text: string): Promise<Content | null> {
  const file = v.safeParse(FileText, text);
  if (!file.success || (await sha256Of(file.output.content)) !== file.output.sha256) return null;
  const content = v.safeParse(ContentJson, file.output.content);
  return content.success ? content.output : null;
}

async function sha256Of(text: string): Promise<string> {
  return hexOf(new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))));
}
