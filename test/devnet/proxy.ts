import { once } from 'node:events';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type ServerResponse,
} from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Devnet } from './devnet.ts';
import { isObject } from './json.ts';
import { KEEP_ALIVE } from './keep-alive.ts';
import { type ProxySocket, proxySocket, type SocketFault } from './proxy-socket.ts';
import { ask } from './test-account.ts';

/** Something that goes wrong between a client and its node. `there`: before the node sees it; `back`: after it answered. */
export type ProxyFault = {
  /** Only requests for this action; all by default. */
  readonly action?: string;
  /** Only so many of them; for ever by default. */
  readonly times?: number;
} & (
  | { readonly kind: 'cut'; readonly way: Way }
  | { readonly kind: 'delay'; readonly way: Way; readonly ms: number }
  /** `there`: the node is asked twice and its second answer goes back. `back`: the answer stands in the body twice. */
  | { readonly kind: 'duplicate'; readonly way: Way }
  /** The answer comes a few bytes at a time. */
  | { readonly kind: 'drip'; readonly bytes: number; readonly everyMs: number }
  /** Half of the answer comes, in a response that promised all of it or, `quietly`, one that is complete. */
  | { readonly kind: 'half'; readonly quietly?: boolean }
  /** Somebody else answers than the node. */
  | {
      readonly kind: 'answer';
      readonly way: Way;
      readonly status?: number;
      readonly headers?: OutgoingHttpHeaders;
      readonly body?: string;
    }
  /** Split brain: another node is asked, with a ledger of its own. */
  | { readonly kind: 'elsewhere'; readonly rpcUrl: string }
  /** A lie: another answer is told than the node gave. */
  | { readonly kind: 'twist'; readonly twist: Twist }
);
type Way = 'there' | 'back';

/** The fields of a request or an answer. */
export type Fields = Readonly<Record<string, unknown>>;

/** What the client is told, as JSON, instead of the node's answer. */
export type Twist = (answer: Fields, request: Fields) => unknown;

type Of<Kind extends ProxyFault['kind']> = Extract<ProxyFault, { readonly kind: Kind }>;

/** A line to a node on which things go wrong, over real sockets. */
export interface NodeProxy {
  readonly rpcUrl: string;
  readonly wsUrl: string;
  /** The requests that came, oldest first. */
  readonly requests: readonly Fields[];
  /** The HTTP headers of each of them. */
  readonly headers: readonly IncomingHttpHeaders[];
  /** Puts these faults in force, in the place of all earlier ones; those of one kind act one after the other. */
  set(...faults: readonly ProxyFault[]): void;
  /** What the WebSocket does wrong; null when it works. */
  socket(fault: SocketFault | null): void;
  /** Tells everyone on the WebSocket something that no node said. */
  tell(message: object): void;
  close(): Promise<void>;
}

const HOST = '127.0.0.1';
const OPEN_TO_ALL = {
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Allow-Headers': 'Content-Type',
};

/** Opens a line to a node, without faults. */
export async function startProxy({ rpcUrl, wsUrl }: Pick<Devnet, 'rpcUrl' | 'wsUrl'>): Promise<NodeProxy> {
  const closing = new AbortController();
  const requests: Fields[] = [];
  const headers: IncomingHttpHeaders[] = [];
  let faults: readonly ProxyFault[] = [];

  /** The first fault of this kind for the action; uses it up by one. */
  function take<Kind extends ProxyFault['kind']>(
    kind: Kind,
    action: string,
    way?: Way,
  ): Of<Kind> | undefined {
    const fault = faults.find(
      (each): each is Of<Kind> =>
        each.kind === kind &&
        (each.action === undefined || each.action === action) &&
        (!('way' in each) || each.way === way),
    );
    if (fault?.times !== undefined) {
      const left = { ...fault, times: fault.times - 1 };
      faults = faults.flatMap((each) => (each !== fault ? [each] : left.times === 0 ? [] : [left]));
    }
    return fault;
  }

  const pause = (ms = 0) => sleep(ms, undefined, { signal: closing.signal });

  async function serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    if (incoming.method !== 'POST') return void response.writeHead(200, OPEN_TO_ALL).end();
    const request: unknown = JSON.parse(await text(incoming));
    if (!isObject(request)) return void response.writeHead(400, OPEN_TO_ALL).end();
    requests.push(request);
    headers.push(incoming.headers);
    const action = String(request.action);

    if (take('cut', action, 'there')) return void response.destroy();
    await pause(take('delay', action, 'there')?.ms);
    const instead = take('answer', action, 'there');
    if (instead !== undefined) return send(response, instead);

    const node = take('elsewhere', action)?.rpcUrl ?? rpcUrl;
    if (take('duplicate', action, 'there')) await ask(node, request);
    let answer = await ask(node, request);

    if (take('cut', action, 'back')) return void response.destroy();
    await pause(take('delay', action, 'back')?.ms);
    const covered = take('answer', action, 'back');
    if (covered !== undefined) return send(response, covered);
    const lie = take('twist', action);
    if (lie !== undefined && isObject(answer)) answer = await lie.twist(answer, request);
    const body = JSON.stringify(answer);
    const twice = take('duplicate', action, 'back') !== undefined;
    await sendJson(response, twice ? body + body : body, action);
  }

  async function sendJson(response: ServerResponse, body: string, action: string): Promise<void> {
    const half = take('half', action);
    const drip = take('drip', action);
    const length = half?.quietly === true ? Math.ceil(body.length / 2) : body.length;
    response.writeHead(200, {
      ...OPEN_TO_ALL,
      'Content-Type': 'application/json',
      'Content-Length': length,
      Connection: 'close',
    });
    if (half !== undefined) {
      response.write(body.slice(0, Math.ceil(body.length / 2)), () => response.destroy());
      return;
    }
    const { bytes, everyMs } = drip ?? { bytes: body.length, everyMs: 0 };
    for (let sent = 0; sent < body.length && !response.destroyed; sent += bytes) {
      if (sent > 0) await pause(everyMs);
      response.write(body.slice(sent, sent + bytes));
    }
    response.end();
  }

  const server = createServer({ keepAliveTimeout: KEEP_ALIVE }, (incoming, response) => {
    // Whoever closes the proxy ends its pauses, and the connections with them.
    serve(incoming, response).catch(() => response.destroy());
  }).listen(0, HOST);
  await once(server, 'listening');
  const ws: ProxySocket = await proxySocket(HOST, wsUrl);
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('not listening on TCP');

  return {
    rpcUrl: `http://${HOST}:${address.port}`,
    wsUrl: ws.url,
    requests,
    headers,
    set(...given) {
      faults = given;
    },
    socket: ws.set,
    tell: ws.tell,
    async close() {
      closing.abort();
      const closed = Promise.all([once(server, 'close'), ws.close()]);
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function send(response: ServerResponse, { status = 200, headers = {}, body = '' }: Of<'answer'>): void {
  response.writeHead(status, { ...OPEN_TO_ALL, Connection: 'close', ...headers }).end(body);
}
