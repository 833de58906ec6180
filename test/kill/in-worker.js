// Runs in the worker of the extension. The debugger injects it, so that the extension itself is unchanged. It wraps the
// browser's functions (IndexedDB, fetch, the extension API), and pauses the worker at the points of a plan:
//
//   { url, inPrivate, stops: [{ point, when: 'before' | 'after' }, …], broken: point | null, patience: ms | null,
//     ahead: ms }
//
// `url`: the URL of the payment. `inPrivate`: the payment is made in a private window. Its record has no URL, so that no
// other private payment may be written meanwhile. `broken`: a write that fails. `patience`: how long waits of two minutes
// really take (ms). `ahead`: how far the clock is ahead (ms).
//
// It pauses by `debugger`: then the worker's thread runs nothing, no timer, no message and no promise, and a kill takes
// effect within milliseconds. A busy loop would delay the kill by the two seconds that Chromium gives a script to end. A
// promise that never resolves would let everything else in the worker go on. A kill first resumes the debugger. Nothing
// after the point may run then, so no wrapped function continues any more.
globalThis.followPlan = (plan) => {
  const stops = [...plan.stops];
  const life = { isOver: false };
  globalThis.killTest = life;
  const never = new Promise(() => {});

  /** Whether the worker lives on at one side of a point. */
  const passes = (point, when) => {
    const [next] = stops;
    if (life.isOver || next?.point !== point || next.when !== when) return !life.isOver;
    stops.shift();
    life.isOver = true;
    // biome-ignore lint/suspicious/noDebugger: this is where the worker stands
    debugger;
    return !life.isOver;
  };

  /** Wraps a function of `owner` that gives a promise; `pointOf` says which point a call is, if any. */
  const wrap = (owner, name, pointOf) => {
    const native = owner[name];
    owner[name] = async function (...args) {
      const point = pointOf(...args);
      if (point === null) return native.apply(this, args);
      if (!passes(point, 'before')) return never;
      const result = await native.apply(this, args);
      return passes(point, 'after') ? result : never;
    };
  };

  /** Wraps a listener; `pointsOf` says which points its call is. */
  const hearing =
    (listener, pointsOf) =>
    (...args) => {
      const points = pointsOf(...args);
      if (!points.every((point) => passes(point, 'before'))) return undefined;
      const result = listener(...args);
      for (const point of points) passes(point, 'after');
      return result;
    };

  // A write is on disk once its transaction is complete; the extension learns it from the event.
  const written = new WeakMap();
  const { addEventListener } = IDBTransaction.prototype;
  IDBTransaction.prototype.addEventListener = function (type, listener, ...args) {
    const heard = (event) => {
      if ((written.get(this) ?? []).every((point) => passes(point, 'after'))) listener(event);
    };
    return addEventListener.call(this, type, type === 'complete' ? heard : listener, ...args);
  };
  const isOurs = ({ challenge }) => (plan.inPrivate ? challenge === undefined : challenge?.url === plan.url);
  const writeOf = (store, value) => {
    if (store === 'payments' && isOurs(value.payment.intent)) {
      const [to, from = 'start'] = value.payment.story.map(({ state }) => state).reverse();
      return `${from} → ${to}`;
    }
    if (store !== 'chains') return null;
    if (value.replaces !== undefined) return 'write replacement';
    return value.subtype === 'send' ? 'write send' : 'write receive';
  };
  const unheard = { value: () => {} };
  const neverDone = () =>
    Object.create(IDBRequest.prototype, { addEventListener: unheard, removeEventListener: unheard });
  for (const name of ['put', 'add']) {
    const native = IDBObjectStore.prototype[name];
    IDBObjectStore.prototype[name] = function (...args) {
      const point = writeOf(this.name, args[0]);
      if (point !== null) {
        if (point === plan.broken) throw new DOMException('The disk is broken', 'UnknownError');
        if (!passes(point, 'before')) return neverDone();
        written.set(this.transaction, [...(written.get(this.transaction) ?? []), point]);
      }
      return native.apply(this, args);
    };
  }

  wrap(globalThis, 'fetch', (_url, options) => {
    const asked = typeof options?.body === 'string' ? options.body : '';
    if (!asked.includes('"process"')) return null;
    if (asked.includes('"send"')) return 'publish block';
    return asked.includes('"change"') ? 'publish replacement' : 'publish receive';
  });

  const ours = new Set();
  const challengesIn = (keys) => keys.filter((key) => key.startsWith('challenge:'));
  wrap(chrome.storage.session, 'set', (items) => {
    if (Object.keys(items).some((key) => key.startsWith('private:'))) return 'keep private part';
    const keys = challengesIn(Object.keys(items)).filter(
      (key) => items[key].observed.challenge.url === plan.url,
    );
    for (const key of keys) ours.add(key);
    return keys.length === 0 ? null : 'keep challenge';
  });
  wrap(chrome.storage.session, 'remove', (keys) =>
    challengesIn([keys].flat()).some((key) => ours.has(key)) ? 'end challenge' : null,
  );
  // The button counts what waits; what else it tells concerns one tab, or is no number.
  const isCount = ({ tabId, text }) => tabId === undefined && /^\d+$/.test(text);
  wrap(chrome.action, 'setBadgeText', (details) => (isCount(details) ? 'ask user' : null));
  wrap(chrome.declarativeNetRequest, 'updateSessionRules', ({ addRules }) =>
    addRules === undefined ? 'disarm rule' : 'arm rule',
  );
  wrap(chrome.tabs, 'reload', () => 'reload page');

  // The extension listens anew for every proof that goes out, and for its answer.
  const hear = (event, pointOf) => {
    const { addListener, removeListener } = event;
    const heard = new Map();
    event.addListener = (listener, ...args) => {
      heard.set(
        listener,
        hearing(listener, (details) => [pointOf(details)].filter((point) => point !== null)),
      );
      return addListener.call(event, heard.get(listener), ...args);
    };
    event.removeListener = (listener) => removeListener.call(event, heard.get(listener) ?? listener);
  };
  const proven = new Set();
  const { onSendHeaders, onHeadersReceived, onErrorOccurred } = chrome.webRequest;
  const ofProofs = ['PAYMENT-SIGNATURE', 'X-NANO-PAYMENT'];
  hear(onSendHeaders, ({ requestId, requestHeaders }) => {
    if (!requestHeaders?.some(({ name }) => ofProofs.includes(name.toUpperCase()))) return null;
    proven.add(requestId);
    return 'send proof';
  });
  hear(onHeadersReceived, ({ requestId }) => (proven.has(requestId) ? 'hear answer' : null));
  hear(onErrorOccurred, ({ requestId }) => (proven.has(requestId) ? 'hear loss' : null));

  const { now } = Date;
  Date.now = () => now() + plan.ahead;
  if (plan.patience !== null) {
    const timeout = AbortSignal.timeout.bind(AbortSignal);
    AbortSignal.timeout = (ms) => timeout(ms === 120_000 ? plan.patience : ms);
  }
};
