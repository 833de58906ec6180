import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { KEEP_ALIVE } from '../devnet/keep-alive.ts';
import { type Answer, BadRequest, HANG_UP, json, show, type Visit } from './http.ts';
import type { RequestLog, RequestRecord } from './records.ts';

const MAX_BODY_BYTES = 1024 * 1024;
/** The headers that carry a proof. */
const PROOF_HEADERS = ['payment-signature', 'x-nano-payment'];

/** What a server needs to answer; replaced as a whole when the merchant starts again. */
export interface Shop {
  /** Answers a visit that was read to its end. */
  readonly answer: (visit: Visit) => Answer | Promise<Answer>;
  readonly requestLog: RequestLog;
  /** The paths that the request log leaves out: the merchant's own control routes. */
  readonly unlogged: readonly string[];
  readonly now: () => number;
}

/** Listens, and gives the port. Closing is the caller's. */
export function listen(shop: Shop, host: string, port: number): Promise<{ server: Server; port: number }> {
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE }, (request, response) => {
    void handle(shop, request, response);
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      const address = server.address();
      if (address === null || typeof address === 'string') throw new Error('No port to listen on');
      resolve({ server, port: address.port });
    });
  });
}

/** Stops listening and ends all connections. */
export async function shut(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}

async function handle(shop: Shop, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const record = writeDown(shop, request);
  const answer = await answerTo(shop, request);
  if (answer === HANG_UP) {
    request.socket.destroy();
    return;
  }
  record.status = answer.status;
  for (const [name, value] of Object.entries(answer.headers)) response.setHeader(name, value);
  response.setHeader('Date', new Date(shop.now()).toUTCString());
  response.statusCode = answer.status;
  if (answer.breaksOff === undefined) {
    response.end(answer.body);
    return;
  }
  const body = Buffer.from(answer.body);
  response.setHeader('Content-Length', body.length);
  response.write(body.subarray(0, body.length / 2), () => request.socket.destroy());
}

function writeDown(shop: Shop, request: IncomingMessage): RequestRecord {
  const { method = '', url = '', headers } = request;
  const dest = headers['sec-fetch-dest'];
  const record: RequestRecord = {
    at: shop.now(),
    method,
    host: headers.host ?? '',
    path: url,
    hadPaymentSignature: PROOF_HEADERS.some((name) => headers[name] !== undefined),
    dest: typeof dest === 'string' ? dest : null,
    status: null,
  };
  if (!shop.unlogged.includes(url)) shop.requestLog.requests.push(record);
  return record;
}

/** Our own failures stand in the records beside the refusals. */
function writeDownFailure(shop: Shop, { url = '', headers }: IncomingMessage, error: unknown): void {
  const [route = ''] = url.split('?');
  const reason = error instanceof Error ? [error.message, ...causesOf(error)].join(': ') : String(error);
  shop.requestLog.refusals.push({
    at: shop.now(),
    url: `http://${headers.host ?? ''}${url}`,
    route,
    status: 500,
    reason,
  });
}

function causesOf(error: Error): readonly string[] {
  return error instanceof AggregateError ? error.errors.map(String) : [];
}

async function answerTo(shop: Shop, request: IncomingMessage): Promise<Answer> {
  try {
    const body = await readBody(request);
    if (body === 'gone') return HANG_UP;
    if (body === 'too large') return show(413, json({ error: 'Body too large' }), { Connection: 'close' });
    const { method = '', url: path = '', headers } = request;
    const href = `http://${headers.host ?? ''}${path}`;
    if (!path.startsWith('/') || !URL.canParse(href)) return show(400, json({ error: 'Bad request' }));
    return await shop.answer({ method, href, url: new URL(href), headers, body });
  } catch (error) {
    if (error instanceof BadRequest) return show(400, json({ error: error.message }));
    writeDownFailure(shop, request, error);
    return show(500, json({ error: 'Verification error on server' }));
  }
}

/** The whole body, unless there is too much of it or the client leaves before its end. */
async function readBody(request: IncomingMessage): Promise<Buffer | 'too large' | 'gone'> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of request) {
      size += chunk.length;
      if (size > MAX_BODY_BYTES) return 'too large';
      chunks.push(chunk);
    }
  } catch (error) {
    if (request.complete) throw error;
    return 'gone';
  }
  return Buffer.concat(chunks);
}
