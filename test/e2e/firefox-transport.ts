import { firefox } from 'playwright';

/** A message of WebDriver BiDi: a command, its answer, or an event. */
interface Message {
  readonly id?: number;
  readonly type?: string;
  readonly method?: string;
  readonly params?: { readonly context?: string; readonly url?: string; readonly navigation?: string };
  readonly result?: { readonly realm?: string };
}

/** How Playwright speaks with a browser. Nothing of it is a part of Playwright's own API. */
interface Transport {
  send(message: Message): void;
  onmessage?: (message: Message) => void;
}
interface BidiFirefox {
  connectToTransport(transport: Transport, options: object): Promise<unknown>;
}

/** What Playwright keeps behind its API. */
interface Implementation {
  readonly _connection: { toImpl(of: object): unknown };
}

/** Returns what stands behind an object of Playwright's API. */
export const implementationOf = (of: object): unknown =>
  (firefox as unknown as Implementation)._connection.toImpl(of);

/** The commands of Playwright that this Firefox does not know, and that no test needs. */
const UNKNOWN: ReadonlySet<string> = new Set(['emulation.setMediaFeaturesOverride']);
/** The ids of our own commands are from here on: above those of Playwright's. */
const FIRST_ID = 2 ** 40;
const LOADED = `new Promise((resolve) => {
  if (document.readyState === 'complete') resolve();
  else addEventListener('load', () => resolve(), { once: true });
})`;

let isPrepared = false;

/**
 * Makes Playwright's BiDi connection fit for Firefox ESR and pages of extensions: it answers commands that this Firefox does not
 * know, and reports what Firefox leaves out of the events of a page of an extension: that its scripts can run, and that it has
 * loaded.
 */
export function prepareTransport(): void {
  if (isPrepared) return;
  isPrepared = true;
  const { _bidiFirefox } = implementationOf(firefox) as { readonly _bidiFirefox: BidiFirefox };
  const connect = _bidiFirefox.connectToTransport.bind(_bidiFirefox);
  _bidiFirefox.connectToTransport = (transport, options) => {
    complement(transport);
    return connect(transport, options);
  };
}

function complement(transport: Transport): void {
  const send = transport.send.bind(transport);
  const answers = new Map<number, (message: Message) => void>();
  /** The tabs that show a page of an extension. */
  const ofExtension = new Set<string>();
  let theirs: Transport['onmessage'];
  let last = FIRST_ID;

  const ask = (method: string, params: object): Promise<Message> =>
    new Promise((resolve) => {
      last += 1;
      answers.set(last, resolve);
      send({ id: last, method, params });
    });
  const report = (method: string, params: object) => theirs?.({ type: 'event', method, params });
  const complete = async (context: string, url: string, navigation: string | undefined) => {
    const target = { context };
    const { result } = await ask('script.evaluate', { expression: '0', target, awaitPromise: false });
    if (result?.realm === undefined) return;
    report('script.realmCreated', {
      type: 'window',
      context,
      realm: result.realm,
      origin: new URL(url).origin,
    });
    await ask('script.evaluate', { expression: LOADED, target, awaitPromise: true });
    const timestamp = Date.now();
    for (const event of ['domContentLoaded', 'load'])
      report(`browsingContext.${event}`, { context, navigation: navigation ?? null, timestamp, url });
  };
  const received = (message: Message): void => {
    const answer = answers.get(message.id ?? 0);
    if (answer !== undefined) {
      answers.delete(message.id ?? 0);
      answer(message);
      return;
    }
    theirs?.(message);
    const { context, url = '', navigation } = message.params ?? {};
    if (message.method !== 'browsingContext.navigationCommitted' || context === undefined) return;
    if (url.startsWith('moz-extension:')) {
      ofExtension.add(context);
      void complete(context, url, navigation);
    } else ofExtension.delete(context);
  };

  transport.send = (message) => {
    const { method = '', params: { context = '' } = {} } = message;
    // Firefox never answers the order to close a page of an extension.
    if (method === 'browsingContext.close' && ofExtension.has(context)) {
      const blank = { context, url: 'about:blank', wait: 'complete' };
      void ask('browsingContext.navigate', blank).then(() => send(message));
      return;
    }
    if (!UNKNOWN.has(method)) {
      send(message);
      return;
    }
    queueMicrotask(() => theirs?.({ id: message.id ?? 0, type: 'success', result: {} }));
  };
  Object.defineProperty(transport, 'onmessage', {
    get: () => theirs && received,
    set(handler: Transport['onmessage']) {
      theirs = handler;
    },
  });
}
