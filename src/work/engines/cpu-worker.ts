/** The packaged module worker of the pool in a browser. */
import { type Command, cpuSearch } from './cpu-search.ts';

/** Messages to ourselves line up behind the pool's. They cost microseconds; a timer would cost milliseconds a chunk. */
const { port1, port2 } = new MessageChannel();
const waiting: (() => void)[] = [];
port1.onmessage = () => waiting.shift()?.();
const turn = (): Promise<void> =>
  new Promise((resolve) => {
    waiting.push(resolve);
    port2.postMessage(null);
  });

const obey = cpuSearch({ report: (report) => self.postMessage(report), turn });
self.addEventListener('message', ({ data }: MessageEvent<Command>) => obey(data));
