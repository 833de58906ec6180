import * as v from 'valibot';
import { StoredChallenge } from './challenge.ts';
import { type ObservedRequest, routes } from './observed-request.ts';

/** A challenge that awaits its end: a delivery or a release. */
export interface OpenChallenge {
  readonly observed: ObservedRequest;
  /** Which request of which document a script holds for it; null for what no script holds. */
  readonly hold: Hold | null;
}

export interface Hold {
  readonly documentId: string;
  /** Unique within the document. */
  readonly id: string;
  /** When the time that the page has set for its request is over (ms since the epoch); absent where it has set none. */
  readonly timesOutAt?: number;
}

/** What survives the worker, but not the browser (`chrome.storage.session`). */
export interface SessionStore {
  /** Everything stored under keys with this prefix. */
  read(prefix: string): Promise<ReadonlyMap<string, unknown>>;
  write(key: string, value: unknown): Promise<void>;
  remove(keys: readonly string[]): Promise<void>;
}

const PREFIX = 'challenge:';
/** How much is kept at most: a share of the 10 MB that the browser gives, however long the headers are. */
const MOST = { challenges: 600, characters: 2_000_000 };
/** The limit for one site over all its tabs, and for one tab over all its sites, so that no site fills the list. */
const MOST_OF_A_SITE = { challenges: 200, characters: 500_000 };

const stored = v.strictObject({
  observed: v.strictObject({
    challenge: StoredChallenge,
    asked: v.strictObject({ url: v.string(), method: v.string() }),
    urlWithUser: v.exactOptional(v.string()),
    trait: v.exactOptional(v.picklist(['navigation', 'unseen', 'stream'])),
    parentFrameId: v.number(),
    parentDocumentId: v.exactOptional(v.string()),
    route: v.nullable(v.picklist(routes)),
  }),
  hold: v.nullable(
    v.strictObject({ documentId: v.string(), id: v.string(), timesOutAt: v.exactOptional(v.number()) }),
  ),
});

/** The challenges that await their end, kept where a killed worker's next life finds them. */
export class OpenChallenges {
  readonly #store: SessionStore;
  readonly #open: Promise<Map<string, OpenChallenge>>;

  constructor(store: SessionStore) {
    this.#store = store;
    this.#open = restore(store);
  }

  /** Oldest first. */
  async all(): Promise<readonly OpenChallenge[]> {
    return [...(await this.#open).values()];
  }

  async get(id: string): Promise<OpenChallenge | undefined> {
    return (await this.#open).get(id);
  }

  async heldBy({ documentId, id }: Pick<Hold, 'documentId' | 'id'>): Promise<OpenChallenge | undefined> {
    return (await this.all()).find(({ hold }) => hold?.documentId === documentId && hold.id === id);
  }

  /**
   * Adds a challenge, or changes it. Resolves with true once it is stored; with false when too many wait already, of its
   * site, its tab or in all.
   */
  async add(challenge: OpenChallenge): Promise<boolean> {
    const open = await this.#open;
    const all = [...[...open.values()].filter((one) => idOf(one) !== idOf(challenge)), challenge];
    const share = all.filter((one) => tabOf(one) === tabOf(challenge) || siteOf(one) === siteOf(challenge));
    if (exceeds(all, MOST) || exceeds(share, MOST_OF_A_SITE)) return false;
    open.set(idOf(challenge), challenge);
    await this.#store.write(PREFIX + idOf(challenge), challenge);
    return true;
  }

  /** Resolves with whether it was open until now. */
  async end(id: string): Promise<boolean> {
    const wasOpen = (await this.#open).delete(id);
    if (wasOpen) await this.#store.remove([PREFIX + id]);
    return wasOpen;
  }
}

async function restore(store: SessionStore): Promise<Map<string, OpenChallenge>> {
  const kept = [...(await store.read(PREFIX)).values()]
    .map((value) => v.safeParse(stored, value))
    .flatMap((parsed) => (parsed.success ? [parsed.output] : []))
    .sort((one, other) => one.observed.challenge.seenAt - other.observed.challenge.seenAt);
  return new Map(kept.map((open) => [idOf(open), open]));
}

const idOf = ({ observed }: OpenChallenge): string => observed.challenge.id;
const tabOf = ({ observed }: OpenChallenge): number => observed.challenge.tabId;
/** The site whose page asks; pages of which the browser tells no site count as one. */
const siteOf = ({ observed: { challenge } }: OpenChallenge): string | null =>
  challenge.topOrigin ?? challenge.initiator;
const sizeOf = ({ observed }: OpenChallenge): number =>
  JSON.stringify(observed.challenge.header).length + observed.challenge.url.length;

function exceeds(some: readonly OpenChallenge[], most: typeof MOST): boolean {
  return some.length > most.challenges || some.reduce((sum, one) => sum + sizeOf(one), 0) > most.characters;
}
