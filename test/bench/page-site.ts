import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A free site: a page of many resources, and a response to fetch. */
export interface FreeSite {
  /** An empty page. */
  readonly plain: string;
  /** A page of `RESOURCES` resources, none of which may be kept. */
  readonly rich: string;
  close(): Promise<void>;
}

export const RESOURCES = 200;

const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

const kinds = {
  png: { type: 'image/png', body: png, tag: (url: string) => `<img src="${url}">` },
  js: { type: 'text/javascript', body: 'void 0;', tag: (url: string) => `<script src="${url}"></script>` },
  css: {
    type: 'text/css',
    body: 'p { margin: 0 }',
    tag: (url: string) => `<link rel="stylesheet" href="${url}">`,
  },
} as const;

/** What a page is made of: out of five, one script, one style and three images. */
const mixture = ['js', 'css', 'png', 'png', 'png'] as const;

const rich = Array.from({ length: RESOURCES }, (_, index) => {
  const kind = mixture[index % mixture.length] ?? 'png';
  return kinds[kind].tag(`/resource/${index}.${kind}`);
});

/** Starts the site on a free port. */
export async function startFreeSite(): Promise<FreeSite> {
  const server = createServer((request, response) => {
    const [, ending] = /\.(png|js|css)$/.exec(request.url ?? '') ?? [];
    const resource = kinds[ending as keyof typeof kinds];
    response.setHeader('Cache-Control', 'no-store');
    if (resource !== undefined) {
      response.setHeader('Content-Type', resource.type);
      response.end(resource.body);
    } else if (request.url === '/data') {
      response.setHeader('Content-Type', 'application/json');
      response.end('{"free":true}');
    } else {
      response.setHeader('Content-Type', 'text/html');
      response.end(`<!doctype html><title>Free</title>${request.url === '/rich' ? rich.join('\n') : ''}`);
    }
  });
  server.keepAliveTimeout = 60_000;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    plain: `${origin}/plain`,
    rich: `${origin}/rich`,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
