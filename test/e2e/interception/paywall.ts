import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { sendTone } from './tone.ts';

/** A request as the server got it, and what it answered. */
export interface Served {
  readonly host: string;
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly proof: string | null;
  readonly status: number;
}

/** What a test serves at a path of its own; everything under `/paid` is served by the paywall. */
export type Handler = (request: IncomingMessage, response: ServerResponse, body: string) => void;

/** A server that asks for a proof, reached under two origins of two sites. */
export interface Paywall {
  readonly here: string;
  readonly there: string;
  /** Everything served since the start, oldest first. */
  readonly served: readonly Served[];
  /** What was served at a path (with its query). */
  at(path: string): readonly Served[];
  page(path: string, html: string, headers?: Readonly<Record<string, string>>): string;
  serve(path: string, handler: Handler): string;
  close(): Promise<void>;
}

const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html',
  png: 'image/png',
  css: 'text/css',
  js: 'text/javascript',
  wav: 'audio/wav',
};

/**
 * Starts a paywall on a free port. `/paid/...` answers 402 with an offer until a request carries a proof it has not
 * seen, then 200 with what was sent. Query: `as` (html, json, png, css, js, wav), `bare` (no 402 body), `cors` (allows any page,
 * `credentials` its cookies too), `cache` (seconds that the 402 may be kept), `refuse` (the status of every proof), `free` (200 at once), `keep`
 * (seconds that the paid answer may be kept), `coy` (who takes HTML is not told the price).
 */
export async function startPaywall(): Promise<Paywall> {
  const served: Served[] = [];
  const proofs = new Set<string>();
  const handlers = new Map<string, Handler>();
  let offers = 0;

  const sell: Handler = (request, response, body) => {
    const { searchParams: query } = new URL(request.url ?? '', 'http://paywall');
    const { origin = '*' } = request.headers;
    const proof = request.headers['payment-signature'];
    const kind = query.get('as') ?? 'json';
    if (query.has('cors')) response.setHeader('Access-Control-Allow-Origin', origin);
    if (query.get('cors') === 'credentials') response.setHeader('Access-Control-Allow-Credentials', 'true');
    if (request.method === 'OPTIONS') {
      response.setHeader('Access-Control-Allow-Methods', '*');
      response.setHeader('Access-Control-Max-Age', '0');
      response.setHeader('Access-Control-Allow-Headers', 'content-type, x-custom');
      response.writeHead(204).end();
      return;
    }
    response.setHeader('Content-Type', TYPES[kind] ?? 'application/json');
    const bought = typeof proof === 'string' && !proofs.has(proof);
    if (typeof proof === 'string') {
      proofs.add(proof);
      response.setHeader('PAYMENT-RESPONSE', `receipt ${proof}`);
    }
    if (query.has('free') || (bought && !query.has('refuse'))) {
      if (query.has('keep')) response.setHeader('Cache-Control', `max-age=${query.get('keep')}`);
      if (kind === 'html')
        response.end(`<!doctype html><title>Paid</title><p>Paid ${request.method} ${body}`);
      else if (kind === 'png') response.end(png);
      else if (kind === 'wav') sendTone(request, response);
      else if (kind === 'css') response.end('body { color: rgb(1, 2, 3) }');
      else if (kind === 'js') response.end('document.title = "Paid"');
      else response.end(JSON.stringify({ paid: true, method: request.method, body }));
      return;
    }
    offers += 1;
    const isTold = !query.has('coy') || !request.headers.accept?.includes('text/html');
    if (isTold) response.setHeader('PAYMENT-REQUIRED', `offer-${offers}`);
    if (query.has('cache')) response.setHeader('Cache-Control', `max-age=${query.get('cache')}`);
    response.writeHead(Number(bought ? query.get('refuse') : 402));
    if (query.has('bare')) response.end();
    else if (kind === 'html') response.end('<!doctype html><title>Price</title><p>Payment required');
    else response.end(JSON.stringify({ paid: false }));
  };

  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString('latin1');
    const path = request.url ?? '';
    response.once('close', () => {
      const { method = '', headers } = request;
      const proof = headers['payment-signature'];
      served.push({
        host: headers.host ?? '',
        method,
        path,
        headers,
        body,
        proof: typeof proof === 'string' ? proof : null,
        status: response.statusCode,
      });
    });
    const handler = handlers.get(path) ?? (path.includes('/paid/') ? sell : undefined);
    if (handler !== undefined) handler(request, response, body);
    else response.writeHead(404).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const here = `http://127.0.0.1:${port}`;

  const serve = (path: string, handler: Handler) => {
    handlers.set(path, handler);
    return here + path;
  };
  return {
    here,
    there: `http://localhost:${port}`,
    served,
    at: (path) => served.filter((request) => request.path === path),
    serve,
    page: (path, html, headers = {}) =>
      serve(path, (_, response) => {
        response.writeHead(200, { 'Content-Type': 'text/html', ...headers }).end(`<!doctype html>${html}`);
      }),
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
