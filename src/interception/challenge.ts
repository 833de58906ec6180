import * as v from 'valibot';
import { readWebUrl } from '../site.ts';
import type { AnswerHeaders } from './answer-headers.ts';
import type { OtherAnswer } from './other-answer.ts';
import { type HeaderField, type Price, StoredPrice } from './price.ts';

/** The browser's resource types of the requests that the purse pays for. */
export const requestKinds = [
  'main_frame',
  'sub_frame',
  'xmlhttprequest',
  'image',
  'media',
  'object',
  'stylesheet',
  'script',
  'font',
  // A download that a link of the page started.
  'other',
] as const;
export type RequestKind = (typeof requestKinds)[number];

/** The methods of the requests that the purse pays for: the browser's rules can name no others. */
export const payableMethods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
export type PayableMethod = (typeof payableMethods)[number];

/**
 * What the user has to do after the payment. `load`: have the page send the request again, mostly by a reload, where
 * only the page can send it.
 * `confirm`: confirm to the browser that a form is sent again, where the browser shows a page of its own.
 */
export const userParts = ['load', 'confirm'] as const;
export type UserPart = (typeof userParts)[number];

/**
 * Who started a navigation: its user, who typed the address, followed a link or sent a form; the page that was there,
 * by a script or a refresh; the browser, which brought a page back (reload, history, restored or duplicated tab); or
 * something outside the site: an extension, another program, a bookmark.
 */
export const starters = ['user', 'page', 'browser', 'outside'] as const;
export type Starter = (typeof starters)[number];

/**
 * How much the user can see of a tab. `front`: the active tab of the normal window that had the focus last. `beside`: the
 * active tab of another window. `hidden`: behind another tab, minimised, or in a window below 300 × 300 px.
 */
export const views = ['front', 'beside', 'hidden'] as const;
export type View = (typeof views)[number];

/**
 * One 402 response as the browser's network layer saw it. It is the only source of what the purse knows about a
 * request: nothing that a page says of itself stands in here.
 */
export interface Challenge {
  /** Names this challenge in the journal; unique over restarts of the worker and of the browser. */
  readonly id: string;
  /** The browser's id of the request. It is valid only while the browser runs. */
  readonly requestId: string;
  /** The tab that sent the request. For a worker without a tab, a tab that shows its site. */
  readonly tabId: number;
  readonly frameId: number;
  /** The document that sent the request, where the browser reports it (not for navigations). */
  readonly documentId: string | null;
  /** Origin that started the request, the text `null` for an opaque one; null when the user did (typed address). */
  readonly initiator: string | null;
  /** Origin of another site whose redirect sent the request here, the last one of several; absent when none did. */
  readonly redirectedBy?: string;
  /** Origin of the page in the tab, the one the user sees; of the response itself for a main frame. */
  readonly topOrigin: string | null;
  /**
   * Origins of the frames around the one that asked, the nearest first and the top one last, the text `null` for an
   * opaque or unknown one; absent for the top frame, which has none around it. An embedded object counts as a frame of its own.
   */
  readonly ancestors?: readonly string[];
  /**
   * Whether it comes from a private window, or from one of Firefox's containers. Also true where the browser does not say and it
   * may be so.
   */
  readonly isPrivate: boolean;
  /** Firefox's name for the cookies of a private window or container; absent for ordinary windows and other browsers. */
  readonly cookieStore?: string;
  /**
   * Of a main frame, who started its navigation, absent where the browser does not tell. Of other requests `browser` only,
   * where the browser brought their page back.
   */
  readonly startedBy?: Starter;
  /** What the user could see of the tab when the response arrived; absent where no tab is known. */
  readonly view?: View;
  readonly method: string;
  /** Final URL of the response, after redirects, without its fragment. */
  readonly url: string;
  readonly kind: RequestKind;
  /** The request came from a service worker that serves every page of its site: the browser names no tab. */
  readonly fromServiceWorker?: true;
  /** Absent where the purse sends the request again without the user. */
  readonly userPart?: UserPart;
  /** Its page held it, and got its own 402 before the user answered (see `givenBack`). */
  readonly givenBack?: true;
  /** What it says of its price: the raw value of PAYMENT-REQUIRED; or, where there is none, its plain headers. */
  readonly header: Price;
  /** When the response arrived (ms since the epoch). */
  readonly seenAt: number;
  /**
   * What the clock of the server showed when it sent the response (ms since the epoch): its `Date` (see `serverDateOf`). Absent
   * where that does not count: the response came from a cache.
   */
  readonly serverDate?: number;
}

/** The schema of each field of a challenge. A field that is missing here is a compile error. */
const fields = {
  id: v.string(),
  requestId: v.string(),
  tabId: v.number(),
  frameId: v.number(),
  documentId: v.nullable(v.string()),
  initiator: v.nullable(v.string()),
  redirectedBy: v.exactOptional(v.string()),
  topOrigin: v.nullable(v.string()),
  ancestors: v.exactOptional(v.array(v.string())),
  isPrivate: v.optional(v.boolean(), false),
  cookieStore: v.exactOptional(v.string()),
  startedBy: v.exactOptional(v.picklist(starters)),
  view: v.exactOptional(v.picklist(views)),
  method: v.string(),
  url: v.pipe(
    v.string(),
    v.check((text) => readWebUrl(text) !== undefined, 'not on the web'),
  ),
  kind: v.picklist(requestKinds),
  fromServiceWorker: v.exactOptional(v.literal(true)),
  userPart: v.exactOptional(v.picklist(userParts)),
  givenBack: v.exactOptional(v.literal(true)),
  header: StoredPrice,
  seenAt: v.pipe(v.number(), v.minValue(0)),
  serverDate: v.exactOptional(v.pipe(v.number(), v.minValue(0))),
} as const satisfies { readonly [Name in keyof Challenge]-?: unknown };

/** A challenge as it is stored: in the session store, in a backup, and in the private parts of payments. */
export const StoredChallenge = v.strictObject(fields) satisfies v.GenericSchema<unknown, Challenge>;

/** Whether the page of a script holds the response. */
export function isHeld({ kind, userPart }: Pick<Challenge, 'kind' | 'userPart'>): boolean {
  return kind === 'xmlhttprequest' && userPart === undefined;
}

/** A held challenge after its page got its own 402, while the user is still asked: only the page can send it again. */
export function givenBack(challenge: Challenge): Challenge {
  return { ...challenge, userPart: 'load', givenBack: true };
}

/**
 * Whether the payment of a challenge that was given back reloads its page. Not of a request that may change something on
 * the server: a page sends that again only by an act of its user (docs/WIRE.md §7.23).
 */
export function isReloadedWhenPaid({ givenBack, method }: Pick<Challenge, 'givenBack' | 'method'>): boolean {
  return givenBack === true && (method === 'GET' || method === 'HEAD');
}

/** A 402 that states no price which can be paid, and is not the response to a proof. It may be of another protocol. */
export interface Unpriced extends Omit<Challenge, 'header'> {
  /** The response headers as they came. */
  readonly headers: readonly HeaderField[];
  /** The body that the server sends to a program. Known for documents only, which the purse may request itself. */
  readonly bodyText?: string;
}

/**
 * How the body of a response ended: it is complete (or was not followed to its end), the page was left (`gone`), or the
 * connection broke (`network`). A body that a script aborts counts as complete, since the script has what it wanted.
 */
export type BodyEnd = 'complete' | 'gone' | 'network';

/** The status and headers of a response. */
export interface Answered extends AnswerHeaders {
  readonly kind: 'answered';
  readonly status: number;
}

/**
 * Why there is no response: the page or element that sent the request is gone (`gone`), the connection broke
 * (`network`), no response came in time (`timeout`), or another request than the paid one carried the proof (`stranger`).
 */
export const unansweredReasons = ['gone', 'network', 'timeout', 'stranger'] as const;

export interface Unanswered {
  readonly kind: 'unanswered';
  readonly reason: (typeof unansweredReasons)[number];
}

/** The response to a request with a proof, known with its headers. */
export interface Delivered extends Answered {
  /** Never rejects. */
  readonly bodyEnd: Promise<BodyEnd>;
  /**
   * Gives the page another answer in the place of a refusal, or none for null. A script's page waits until this is called. To
   * be called once. Absent where the page has the response already.
   */
  readonly instead?: (answer: OtherAnswer | null) => void;
}

/** The outcome of a request with a proof. */
export type DeliveryOutcome = Delivered | Unanswered;
