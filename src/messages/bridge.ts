/** The elements that load again when their source is set again, by the bridge's names for them. */
export type ElementName = 'frame' | 'image' | 'media' | 'object' | 'style';

/**
 * A command of the background to the bridge of one document. `look` counts what waits there under `name`; `again` also
 * loads it again: the document, the elements of that URL, or a download. Some things are only counted. A held request,
 * named by its hold, is sent again by the response to `request.held`. The page counts as one, whatever the name. Its icons
 * are loaded by the browser. Requests that the page took back before they were held are named by method and URL.
 */
export type BridgeCommand =
  | {
      readonly bridge: 'look';
      readonly what: 'document' | ElementName | 'hold' | 'page' | 'icon' | 'takenBack';
      readonly name: string;
    }
  | { readonly bridge: 'again'; readonly what: 'document' | ElementName | 'download'; readonly name: string };

/** How many were found. */
export type BridgeResponse = number;

/**
 * The URL to which a held request is sent again, relative to the URL that its page requested; or, where its proof was refused,
 * a URL that is the answer itself.
 */
export type RetryUrl = `${string}#${string}` | `data:${string}`;

/** The status of a refusal in whose place a page may get another answer: the server lost the session (docs/WIRE.md §3.4). */
export const REPLACEABLE = 410;

/** How much of a clicked link goes to the background (characters): more than the longest one that is read. */
export const LINK_TEXT_LIMIT = 4096;
