import { once } from 'node:events';
import { isDeepStrictEqual } from 'node:util';
import { WebSocket } from 'ws';

/** A WebSocket client that keeps what it hears until it is asked for. */
export interface Listener {
  readonly socket: WebSocket;
  send(message: object): void;
  /** The first message with these fields, heard or still to come; it is given once. */
  hears(fields: Readonly<Record<string, unknown>>): Promise<Record<string, unknown>>;
  /** Messages heard and not asked for. */
  unasked(): readonly unknown[];
  /** Resolves when everything sent to the node so far has been dealt with. */
  settled(): Promise<void>;
}

/** Connects to a node's WebSocket. */
export async function listen(url: string): Promise<Listener> {
  const socket = new WebSocket(url);
  const heard: Record<string, unknown>[] = [];
  const waiting = new Set<() => void>();
  socket.on('message', (data) => {
    heard.push(JSON.parse(String(data)));
    for (const look of waiting) look();
  });
  await once(socket, 'open');

  function hears(fields: Readonly<Record<string, unknown>>): Promise<Record<string, unknown>> {
    return new Promise((resolve) => {
      const look = () => {
        const place = heard.findIndex((message) =>
          Object.entries(fields).every(([name, value]) => isDeepStrictEqual(message[name], value)),
        );
        const [message] = place < 0 ? [] : heard.splice(place, 1);
        if (message === undefined) return;
        waiting.delete(look);
        resolve(message);
      };
      waiting.add(look);
      look();
    });
  }

  let pings = 0;
  return {
    socket,
    send: (message) => socket.send(JSON.stringify(message)),
    hears,
    unasked: () => heard,
    async settled() {
      pings += 1;
      socket.send(JSON.stringify({ action: 'ping', id: `ping ${pings}` }));
      await hears({ ack: 'pong', id: `ping ${pings}` });
    },
  };
}
