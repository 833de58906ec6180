import { HANDSHAKE, type HoldAnswer, type HoldMessage } from './handshake.ts';
import { getter, method } from './natives.ts';

/** Asks whether a held request may go again; `answer` is called once, unless the way back given here is taken. */
export type Ask = (url: string, method: string, answer: (go: boolean) => void) => () => void;

/** Reaches the bridge; null when there is none, and the page is left as it is. */
export function reachBridge(): Ask | null {
  const { port1: port, port2 } = new MessageChannel();
  const taken = !dispatchEvent(new MessageEvent(HANDSHAKE, { ports: [port2], cancelable: true }));
  if (!taken) return null;

  const post = method(MessagePort, 'postMessage') as (self: MessagePort, message: HoldMessage) => void;
  const dataOf = getter(MessageEvent<HoldAnswer>, 'data');
  const answers: Record<number, (go: boolean) => void> = Object.create(null);
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
