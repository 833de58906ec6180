import type { MessageKey } from '../fault.ts';
import type { RawString } from '../messages/fields.ts';
import { shortXno } from '../ui/format.ts';

/** A question, or a payment that bought nothing yet, as a notification may tell it. */
export interface Tellable {
  readonly kind: 'question' | 'owed';
  /** Of the request that waits, or of the payment. */
  readonly id: string;
  /** The site that notifications are limited by: of a question the one that asks. Empty for what is not to be named. */
  readonly from: string;
  /** The origin to be paid, how much (raw), and whether that is test money; null for what is not to be named. */
  readonly named: { readonly site: string; readonly price: RawString; readonly isTest: boolean } | null;
  /** Whether its user has seen it without a notification. */
  readonly isSeen: boolean;
}

/** What is remembered of the notifications of one site while the browser runs. */
export interface ToldSite {
  /** The name of its notification. */
  readonly name: string;
  /** The ids of what was told or seen: none of it is told again. */
  readonly known: readonly string[];
  /** The ids of what the notification that is up tells; empty while none is. */
  readonly up: readonly string[];
  /** Until when no other notification follows (ms since the epoch). */
  readonly quietUntil: number;
}

/** A text for the user: the key of a sentence and its words. */
interface Sentence {
  readonly key: MessageKey;
  readonly args: readonly string[];
}

/** A notification as the browser shows it. */
export interface Notification {
  readonly name: string;
  readonly title: Sentence;
  readonly message: Sentence;
}

export interface NotificationState {
  /** Everything that may be told now, oldest first. Nothing of a private window is among it (invariant 12). */
  readonly tellable: readonly Tellable[];
  /** What was remembered the last time. */
  readonly told: readonly ToldSite[];
  /** The names of the notifications that the browser shows. */
  readonly up: ReadonlySet<string>;
  /** The ids of requests whose question a restarted worker has not asked again yet. */
  readonly resuming: ReadonlySet<string>;
  readonly now: number;
}

export interface NotificationPlan {
  readonly show: readonly Notification[];
  /** The names of the notifications to clear. */
  readonly clear: readonly string[];
  /** What is to be remembered until the next time. */
  readonly told: readonly ToldSite[];
}

/** How long a site makes no second notification, unless its user has looked at what the first one told (ms). */
export const QUIET_FOR = 600_000;
/** How many notifications are up at most. */
export const MOST_UP = 4;
/** How many characters of an origin are shown: its end, which says whose it is. */
const MOST_OF_SITE = 60;

/**
 * Decides which notifications are shown and which are cleared. A site has one at a time, for everything of one kind that
 * waited when it was shown, and no second one before its user has looked or `QUIET_FOR` is over: a page can ask as often as it
 * likes. A notification is cleared when all that it told is over, or some of it was seen.
 */
export function planOf({ tellable, told, up, resuming, now }: NotificationState): NotificationPlan {
  const sites = new Map(
    told.map((site) => [site.name, up.has(site.name) ? site : { ...site, up: [] }] as const),
  );
  const siteOf = (name: string) => sites.get(name) ?? { name, known: [], up: [], quietUntil: 0 };
  for (const one of tellable.filter(({ isSeen }) => isSeen)) {
    const site = siteOf(nameOf(one));
    sites.set(site.name, { ...site, known: withId(site.known, one.id), quietUntil: 0 });
  }

  const unseen = tellable.filter(({ isSeen }) => !isSeen);
  const clear: string[] = [];
  for (const name of up) {
    const site = siteOf(name);
    const waits = (id: string) =>
      resuming.has(id) || unseen.some((one) => one.id === id && nameOf(one) === name);
    const wasSeen = site.up.some((id) => tellable.some((one) => one.id === id && one.isSeen));
    if (site.up.some(waits) && !wasSeen) continue;
    clear.push(name);
    sites.set(name, { ...site, up: [] });
  }

  const known = new Set([...sites.values()].flatMap((site) => site.known));
  const fresh = unseen.filter(({ id }) => !known.has(id));
  const show: Notification[] = [];
  for (const name of new Set(fresh.map(nameOf))) {
    const all = fresh.filter((one) => nameOf(one) === name);
    const site = siteOf(name);
    const isFull = [...sites.values()].filter((one) => one.up.length > 0).length >= MOST_UP;
    if (isFull || site.up.length > 0 || now < site.quietUntil) continue;
    const ids = all.map(({ id }) => id);
    show.push(notificationOf(name, all));
    sites.set(name, { name, known: [...site.known, ...ids], up: ids, quietUntil: now + QUIET_FOR });
  }

  const isAlive = (id: string) => resuming.has(id) || tellable.some((one) => one.id === id);
  const kept = [...sites.values()]
    .map((site) => ({ ...site, known: site.known.filter(isAlive) }))
    .filter((site) => site.known.length > 0 || site.up.length > 0 || site.quietUntil > now);
  return { show, clear, told: kept };
}

/** The memory after a click on a notification: its user has looked. */
export function lookedAt(told: readonly ToldSite[], name: string): readonly ToldSite[] {
  return told.map((site) => (site.name === name ? { ...site, up: [], quietUntil: 0 } : site));
}

/** The name of the notification that tells something. */
export const nameOf = ({ kind, from }: Pick<Tellable, 'kind' | 'from'>): string => `${kind} ${from}`;

const withId = (ids: readonly string[], id: string): readonly string[] =>
  ids.includes(id) ? ids : [...ids, id];

function notificationOf(name: string, all: readonly Tellable[]): Notification {
  const [first] = all;
  const isQuestion = first?.kind === 'question';
  const count = String(all.length);
  const title: Sentence =
    all.length === 1
      ? { key: isQuestion ? 'notify_question' : 'notify_owed', args: [] }
      : { key: isQuestion ? 'notify_questions' : 'notify_owedMany', args: [count] };
  return { name, title, message: messageOf(all) };
}

/** One price with its site; of several only the site, since they may be of other prices. */
function messageOf([first, ...others]: readonly Tellable[]): Sentence {
  if (first === undefined || first.named === null) return { key: 'notify_open', args: [] };
  const { site, price, isTest } = first.named;
  if (others.length > 0) return { key: 'notify_site', args: [shortOrigin(first.from)] };
  return {
    key: isTest ? 'notify_testAmount' : 'notify_amount',
    args: [shortXno(price), shortOrigin(site)],
  };
}

const shortOrigin = (site: string): string =>
  site.length > MOST_OF_SITE ? `…${site.slice(-MOST_OF_SITE)}` : site;
