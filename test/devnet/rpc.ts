import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { accountActions } from './actions/accounts.ts';
import type { Action, Node } from './actions/action.ts';
import { blockActions } from './actions/blocks.ts';
import { controlActions } from './actions/control.ts';
import { networkActions } from './actions/network.ts';
import { processActions } from './actions/process.ts';
import { receivableActions } from './actions/receivable.ts';
import { workActions } from './actions/work.ts';
import { readAddress } from './address.ts';
import { DevnetError, NodeError } from './errors.ts';
import type { AccountKey } from './hex.ts';
import { isObject, type Json, propertyTree } from './json.ts';
import { KEEP_ALIVE } from './keep-alive.ts';
import { tellLies } from './lies.ts';

const nodeActions: Readonly<Record<string, Action>> = {
  ...accountActions,
  ...blockActions,
  ...receivableActions,
  ...processActions,
  ...workActions,
  ...networkActions,
};

/** As the node answers: anybody may read it, and a connection serves one request. */
const HEADERS = {
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Allow-Headers': 'Accept, Accept-Language, Content-Language, Content-Type',
  'Content-Type': 'application/json',
  Connection: 'close',
};

type Request = Readonly<Record<string, unknown>>;

/** The JSON-RPC server: one POST, one action, HTTP 200 whatever comes of it. Aborting the signal ends delays. */
export function createRpcServer(node: Node, signal: AbortSignal): Server {
  return createServer({ keepAliveTimeout: KEEP_ALIVE }, (request, response) => {
    serve(request, response).catch((cause: unknown) =>
      response.destroy(cause instanceof Error ? cause : undefined),
    );
  });

  async function serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    if (incoming.method === 'OPTIONS') {
      response.writeHead(200, { ...HEADERS, Allow: 'POST, OPTIONS' }).end();
      return;
    }
    if (incoming.method !== 'POST') return reply(response, { error: 'Can only POST requests' });
    const request = parse(await bodyOf(incoming));
    const action = request?.action;
    if (request === undefined || typeof action !== 'string')
      return reply(response, { error: 'Unable to parse JSON' });
    node.stats.record(action);
    const control = controlActions[action];
    if (control !== undefined) return reply(response, await refusable(() => control(request, node)));
    return serveNodeAction(action, request, response);
  }

  async function serveNodeAction(action: string, request: Request, response: ServerResponse): Promise<void> {
    const { faults } = node;
    const account = accountIn(request);
    if (faults.take('drop_request', action, account) !== undefined) return void response.socket?.destroy();
    const latency = faults.take('latency', action, account);
    if (latency !== undefined) await sleep(latency.ms, undefined, { signal });
    const status = faults.take('http_status', action, account);
    if (status !== undefined) {
      response
        .writeHead(status.status, { ...HEADERS, 'Content-Type': 'text/plain' })
        .end(`HTTP ${status.status}`);
      return;
    }
    const truth = await refusable(() => (nodeActions[action] ?? unknownCommand)(request, node));
    const answer = propertyTree(tellLies(action, request, truth, node));
    const refused = isObject(answer) && 'error' in answer;
    if (!refused && faults.take('drop_reply_after_accepting', action, account) !== undefined) {
      return void response.socket?.destroy();
    }
    const text = JSON.stringify(answer, null, 4);
    if (faults.take('truncated_json', action, account) !== undefined) {
      response.writeHead(200, HEADERS).end(text.slice(0, Math.ceil(text.length / 2)));
      return;
    }
    const drip = faults.take('slow_drip', action, account);
    if (drip === undefined) response.writeHead(200, HEADERS).end(text);
    else await dripOut(response, text, drip.bytes, drip.everyMs);
  }

  async function dripOut(
    response: ServerResponse,
    text: string,
    bytes: number,
    everyMs: number,
  ): Promise<void> {
    response.writeHead(200, HEADERS);
    for (let sent = 0; sent < text.length && !response.destroyed; sent += bytes) {
      response.write(text.slice(sent, sent + bytes));
      await sleep(everyMs, undefined, { signal });
    }
    response.end();
  }
}

const unknownCommand: Action = () => {
  throw new NodeError('Unknown command');
};

async function refusable(answer: () => Json | Promise<Json>): Promise<Json> {
  try {
    return await answer();
  } catch (cause) {
    if (cause instanceof NodeError || cause instanceof DevnetError) {
      return { error: cause.message };
    }
    throw cause;
  }
}

function reply(response: ServerResponse, answer: Json): void {
  response.writeHead(200, HEADERS).end(JSON.stringify(answer, null, 4));
}

/** The account a request is about, for faults that concern one account only. */
function accountIn(request: Request): AccountKey | undefined {
  const { account, block } = request;
  const address = isObject(block) ? block.account : account;
  return typeof address === 'string' ? readAddress(address) : undefined;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

function parse(body: string): Request | undefined {
  try {
    const json: unknown = JSON.parse(body);
    return isObject(json) ? json : undefined;
  } catch {
    return undefined;
  }
}
