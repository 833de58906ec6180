import { headerOf } from '../headers.ts';
import { serverDateOf } from '../server-date.ts';

/** How long the browser may take from the headers of a response until it says whether they came from its cache (ms). */
const SAID_WITHIN = 500;

/**
 * Reads the clock of a server from its responses, where they came from the network: the browser's cache keeps the `Date`
 * of the time at which it got them. Chromium says which it was in an event of its own, after that of the headers.
 */
export class ServerDates {
  readonly #waiting = new Map<string, (fromCache: boolean) => void>();

  /** Starts to listen; synchronous, so that the events may wake the worker. */
  listen(filter: chrome.webRequest.RequestFilter): void {
    chrome.webRequest.onResponseStarted.addListener(
      ({ requestId, fromCache }) => this.#waiting.get(requestId)?.(fromCache),
      filter,
    );
  }

  /** What the clock of the server showed (ms since the epoch), as in `Challenge`. To be called in the event of the headers. */
  async of({
    requestId,
    responseHeaders,
  }: Pick<chrome.webRequest.OnHeadersReceivedDetails, 'requestId' | 'responseHeaders'>): Promise<
    number | undefined
  > {
    const [date, age] = [headerOf(responseHeaders, 'date'), headerOf(responseHeaders, 'age')];
    const serverDate = serverDateOf({ date, age });
    if (serverDate === undefined || (await this.#isFromCache(requestId))) return undefined;
    return serverDate;
  }

  /** Whether a response came from the cache; true as well where the browser does not say. */
  #isFromCache(requestId: string): Promise<boolean> {
    return new Promise((resolve) => {
      const said = (fromCache: boolean) => {
        clearTimeout(unsaid);
        this.#waiting.delete(requestId);
        resolve(fromCache);
      };
      const unsaid = setTimeout(said, SAID_WITHIN, true);
      this.#waiting.set(requestId, said);
    });
  }
}
