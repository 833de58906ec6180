/** The pool's worker in a browser. */
import { type Command, cpuSearch } from './cpu-search.ts';

/** A message to itself is handled after the pool's messages. It costs microseconds; a timer would cost milliseconds. */
const { port1, port2 } = new MessageChannel();
const waiting: (() => void)[] = [];
port1.onmessage = () => waiting.shift()?.();
const turn = (): Promise<void> =>
  new Promise((resolve) => {
    waiting.push(resolve);
    port2.postMessage(null);
  });

const handle = cpuSearch({ report: (report) => self.postMessage(report), turn });
self.addEventListener('message', ({ data }: MessageEvent<Command>) => handle(data));
