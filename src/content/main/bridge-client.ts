import type { RetryUrl } from '../../messages/bridge.ts';
import { HANDSHAKE, type HoldAnswer, type HoldMessage } from '../handshake.ts';
import { bare, getter, method } from './natives.ts';

/** The messages of the hold to the bridge. */
export interface Bridge {
  /**
   * Asks whether a held request is sent again, and to what URL, and calls `answer` once. Returns a function that reports
   * that the page took the request back; `answer` is not called after it. `steady` and `timeout` as in `HeldMessage`.
   */
  ask(
    url: string,
    method: string,
    steady: boolean,
    timeout: number,
    answer: (go: RetryUrl | false) => void,
  ): () => void;
  /** Reports that the page took a request back before its response arrived. */
  tookBack(url: string, method: string): void;
}

/** Calls `start` once the bridge has sent its port, which is before any script of the page can run. */
export function connectBridge(start: (bridge: Bridge) => void): void {
  const stop = method(Event, 'stopImmediatePropagation');
  const portsOf = getter(MessageEvent, 'ports');
  addEventListener(
    HANDSHAKE,
    (event) => {
      stop(event);
      const port = portsOf(event as MessageEvent)[0];
      if (port !== undefined) start(through(port));
    },
    { capture: true, once: true },
  );
}

function through(port: MessagePort): Bridge {
  const post = method(MessagePort, 'postMessage') as (self: MessagePort, message: HoldMessage) => void;
  const dataOf = getter(MessageEvent<HoldAnswer>, 'data');
  const answers: Record<number, (go: RetryUrl | false) => void> = bare();
  let last = 0;

  port.onmessage = (event) => {
    const { id, go } = dataOf(event);
    const answer = answers[id];
    delete answers[id];
    answer?.(go);
  };
  return {
    ask(url, method, steady, timeout, answer) {
      last += 1;
      const id = last;
      answers[id] = answer;
      post(port, { id, url, method, steady, timeout });
      return () => {
        delete answers[id];
        post(port, { id, url: null });
      };
    },
    tookBack: (url, method) => post(port, { id: null, url, method }),
  };
}
