import type { Behaviour } from './behaviour.ts';

/** What pages do while no answer has arrived. They continue at `moment`. */
export const waits: Readonly<Record<string, Behaviour>> = {
  'fetch, aborted': async ({ here }) => {
    const control = new AbortController();
    const answer = fetch(here, { method: 'POST', body: 'x', signal: control.signal });
    await moment;
    const reason = { mine: true };
    control.abort(reason);
    const failed = await answer.catch((error: unknown) => error);
    return failed === reason;
  },
  'XMLHttpRequest, its properties': async ({ here }) => {
    const xhr = new XMLHttpRequest();
    const log: string[] = [];
    xhr.onreadystatechange = () => log.push(`${xhr.readyState} ${xhr.status}`);
    xhr.open('GET', here);
    xhr.send();
    await moment;
    return [log, state(xhr)];
  },
  'XMLHttpRequest, aborted': async ({ here }) => {
    const xhr = new XMLHttpRequest();
    const log = record(xhr);
    xhr.open('GET', here);
    xhr.send();
    await moment;
    xhr.abort();
    return [await log, state(xhr)];
  },
  'XMLHttpRequest, sent again in its own abort event': async ({ here }) => {
    const xhr = new XMLHttpRequest();
    xhr.open('GET', here);
    xhr.send();
    await moment;
    const log = new Promise((resolve) => {
      xhr.onabort = () => {
        xhr.open('GET', '/free');
        const seen = record(xhr);
        // The end of the aborted request is seen at once; that of the second one tells that all was seen.
        xhr.addEventListener('load', () => setTimeout(() => resolve(seen), 20));
        xhr.send();
      };
    });
    xhr.abort();
    return [await log, state(xhr)];
  },
  'XMLHttpRequest, opened again': async ({ here }) => {
    const xhr = new XMLHttpRequest();
    const log = record(xhr);
    xhr.open('GET', here);
    xhr.send();
    await moment;
    await outcome(() => xhr.open('BAD METHOD', '/free'));
    const between = state(xhr);
    xhr.open('GET', '/free');
    xhr.send();
    return [await log, between, state(xhr)];
  },
};
