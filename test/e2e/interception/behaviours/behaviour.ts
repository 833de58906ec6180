/** The URL that a behaviour is tried with: free of charge, or priced. */
export interface Place {
  /** Of the page's own origin. */
  readonly here: string;
  /** The same of another origin, which lets every page read it. */
  readonly there: string;
  /** What cannot be reached. */
  readonly nowhere: string;
  /** Redirects to `here` with a status. */
  readonly redirect: string;
}

/** What a page does and sees; run in the page, so that it knows nothing but its argument and the page's globals. */
export type Behaviour = (place: Place) => Promise<unknown>;

declare global {
  /** How something went: its value, or how it failed. */
  var outcome: (attempt: () => unknown) => Promise<unknown>;
  /** Writes down every event of a request, as a page can see it: handlers, listeners, captures, uploads. */
  var record: (xhr: XMLHttpRequest, upload?: 'listeners' | 'handlers') => Promise<readonly string[]>;
  /** When a page that waits for an answer goes on. */
  var moment: Promise<void>;
  var goOn: () => void;
  /** What a page can read of a request now. */
  var state: (xhr: XMLHttpRequest) => unknown[];
}

/** Puts the tools of the behaviours into a page. */
export function equip(): void {
  const types = 'readystatechange loadstart progress load loadend error abort timeout'.split(' ');
  globalThis.moment = new Promise((resolve) => {
    globalThis.goOn = resolve;
  });
  globalThis.outcome = async (attempt) => {
    try {
      return await attempt();
    } catch (error) {
      return error instanceof Error ? `${error.name}: ${error.message}` : error;
    }
  };
  globalThis.state = (xhr) => {
    const text = (read: () => unknown) => {
      try {
        return read();
      } catch (error) {
        return String(error);
      }
    };
    return [
      xhr.readyState,
      xhr.status,
      xhr.statusText,
      xhr.responseURL,
      text(() => xhr.responseText),
      text(() => typeof xhr.response),
      text(() => String(xhr.responseXML)),
      xhr.getResponseHeader('content-type'),
      typeof xhr.getAllResponseHeaders(),
      xhr.getAllResponseHeaders() === '',
    ];
  };
  globalThis.record = (xhr, upload) => {
    const log: string[] = [];
    const note = (how: string) => (event: Event) => {
      // Whether one more comes at the end is left to chance.
      if (event.type === 'progress' && xhr.readyState === 4) return;
      const size = event instanceof ProgressEvent && event.type !== 'progress' ? event.loaded : '';
      log.push(`${how} ${event.type} ${xhr.readyState} ${xhr.status} ${size}`);
    };
    for (const type of types) {
      Object.assign(xhr, { [`on${type}`]: note('on') });
      xhr.addEventListener(type, note('capture'), true);
      xhr.addEventListener(type, note('listen'));
      if (upload === 'listeners') xhr.upload.addEventListener(type, note('upload'));
      if (upload === 'handlers') Object.assign(xhr.upload, { [`on${type}`]: note('upload') });
    }
    return new Promise((resolve) => xhr.addEventListener('loadend', () => setTimeout(resolve, 20, log)));
  };
}
