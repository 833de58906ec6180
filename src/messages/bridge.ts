/** What asks again by having its source set anew, by what the bridge calls it. */
export type ElementName = 'frame' | 'image' | 'media' | 'object' | 'style';

/**
 * What the background tells the bridge of one document. `look` only counts what waits there for `name`; `again` also
 * makes it go again: the document itself, the elements of that URL, a download. A held script request is named by its
 * hold and goes again by the answer to `request.held`, so it is only ever looked for; so are the page, which is there
 * whatever its name, its icons, which the browser asks for by itself, and the requests that the page took back before
 * they were held, which are named by method and URL.
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

/** The URL of a held request that goes again, relative to the one that its page asked for. */
export type RetryUrl = `${string}#${string}`;
