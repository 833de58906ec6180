import type { RequestKind, Starter } from '../challenge.ts';

/** A response whose headers have come. */
export type Received = chrome.webRequest.OnHeadersReceivedDetails;

/**
 * What `Sec-Fetch-User` says of a navigation: that its user acted, that its user did not, or nothing, since the browser
 * sends no such headers to servers on the web without TLS.
 */
export type Activation = 'user' | 'none' | 'unknown';

/** What the headers of a navigation tell of its start. */
export interface NavigationHeaders {
  readonly activation: Activation;
  /** Value of `Sec-Fetch-Site`, if any. */
  readonly site: string | null;
}

/** The private mode of a request: that of a private window or of a container, or none. */
export interface PrivateMode {
  /** As in `Challenge`. */
  readonly isPrivate: boolean;
  /** As in `Challenge`. */
  readonly cookieStore?: string;
}

/** What one browser tells of its requests, where browsers differ. */
export interface BrowserNetwork {
  /** The types of the requests that are listened to. */
  readonly types: `${chrome.webRequest.ResourceType}`[];
  /** What listeners ask for beside the headers: without it Chromium leaves some of them out. */
  readonly extra: readonly 'extraHeaders'[];
  /** Whether the browser waits for a listener before it gives a response to its page. */
  readonly holdsResponses: boolean;
  /**
   * The errors by which the browser reports that a script aborted its request; in Chromium the same stands for an answer that
   * CORS keeps from its script.
   */
  readonly aborts: ReadonlySet<string>;
  /** The error of a request that its page took back. */
  readonly aborted: string;
  /** Starts to listen; synchronous, so that the events may wake the background. */
  listen(filter: chrome.webRequest.RequestFilter): void;
  /** The kind of a resource type; undefined for one that is not paid for. */
  kindOf(type: string): RequestKind | undefined;
  /** Origin or URL of what started a request, `null` for an opaque origin; undefined where the browser names none. */
  initiatorOf(details: Pick<Received, 'initiator' | 'type'>): string | undefined;
  /** Who started a request, as far as the browser tells. */
  startOf(details: Received, headers: NavigationHeaders | undefined): Promise<Starter | null>;
  /** What the clock of the server showed (ms since the epoch), as in `Challenge`. To be called in the event of the headers. */
  serverDateOf(details: Received): Promise<number | undefined>;
  privateModeOf(details: Received, tab: chrome.tabs.Tab | undefined): Promise<PrivateMode>;
}
