import { once } from 'node:events';
import { type RawData, WebSocket, WebSocketServer } from 'ws';

/**
 * What goes wrong on a WebSocket: `mute`, nothing of what the node says arrives; `closed`, connections end and new ones
 * do not last; `twice`, whatever the node says arrives two times.
 */
export type SocketFault = 'mute' | 'closed' | 'twice';

export interface ProxySocket {
  readonly url: string;
  readonly set: (fault: SocketFault | null) => void;
  readonly tell: (message: object) => void;
  close(): Promise<void>;
}

/** A line to the WebSocket of a node. */
export async function proxySocket(host: string, upstream: string): Promise<ProxySocket> {
  let fault: SocketFault | null = null;
  const server = new WebSocketServer({ host, port: 0 });
  await once(server, 'listening');

  server.on('connection', (client) => {
    if (fault === 'closed') return client.terminate();
    const node = new WebSocket(upstream);
    const early: RawData[] = [];
    node.on('open', () => {
      for (const data of early.splice(0)) node.send(String(data));
    });
    client.on('message', (data) => {
      if (node.readyState === WebSocket.OPEN) node.send(String(data));
      else early.push(data);
    });
    node.on('message', (data) => {
      if (fault === 'mute') return;
      client.send(String(data));
      if (fault === 'twice') client.send(String(data));
    });
    node.on('close', () => client.terminate());
    node.on('error', () => client.terminate());
    client.on('close', () => node.terminate());
    client.on('error', () => node.terminate());
  });

  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('not listening on TCP');
  return {
    url: `ws://${host}:${address.port}`,
    set(given) {
      fault = given;
      if (fault === 'closed') for (const client of server.clients) client.terminate();
    },
    tell(message) {
      for (const client of server.clients) client.send(JSON.stringify(message));
    },
    async close() {
      for (const client of server.clients) client.terminate();
      const closed = once(server, 'close');
      server.close();
      await closed;
    },
  };
}
