import type { UrlAgain } from '../messages/bridge.ts';
import { HANDSHAKE, type HoldAnswer, type HoldMessage } from './handshake.ts';
import { bare, getter, method } from './natives.ts';

/**
 * Asks whether a held request may go again, and to what URL; `answer` is called once, unless the way back given here is
 * taken.
 */
export type Ask = (url: string, method: string, answer: (go: UrlAgain | false) => void) => () => void;

/** Calls `start` once the bridge has given its port, which is before any script of the page can run. */
export function meetBridge(start: (ask: Ask) => void): void {
  const stop = method(Event, 'stopImmediatePropagation');
  const portsOf = getter(MessageEvent, 'ports');
  addEventListener(
    HANDSHAKE,
    (event) => {
      stop(event);
      const port = portsOf(event as MessageEvent)[0];
      if (port !== undefined) start(askThrough(port));
    },
    { capture: true, once: true },
  );
}

function askThrough(port: MessagePort): Ask {
  const post = method(MessagePort, 'postMessage') as (self: MessagePort, message: HoldMessage) => void;
  const dataOf = getter(MessageEvent<HoldAnswer>, 'data');
  const answers: Record<number, (go: UrlAgain | false) => void> = bare();
  let last = 0;

  port.onmessage = (event) => {
    const { id, go } = dataOf(event);
    const answer = answers[id];
    delete answers[id];
    answer?.(go);
  };
  return (url, method, answer) => {
    last += 1;
    const id = last;
    answers[id] = answer;
    post(port, { id, url, method });
    return () => {
      delete answers[id];
      post(port, { id, url: null });
    };
  };
}
