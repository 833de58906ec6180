/**
 * What the background tells the bridge of one document. `look` only counts what waits there for `name`; `again` also
 * makes it go again: the document itself, the frames or images of that URL. A held script request is named by its hold
 * and goes again by the answer to `request.held`, so it is only ever looked for.
 */
export type BridgeCommand =
  | { readonly bridge: 'look'; readonly what: 'document' | 'frame' | 'image' | 'hold'; readonly name: string }
  | { readonly bridge: 'again'; readonly what: 'document' | 'frame' | 'image'; readonly name: string };

/** How many were found. */
export type BridgeAnswer = number;
