import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { join } from 'node:path';

const folder = join(import.meta.dirname, 'fixtures/certificate');
/** A self-signed certificate, which the browser is told to accept. */
export const ANY_CERTIFICATE = '--ignore-certificate-errors';
/** The first byte of a TLS connection: a handshake record. */
const HANDSHAKE = 22;

/** One host and port that answers with TLS and without, as sites on their usual ports do. */
export interface TwoFaced {
  readonly secure: string;
  readonly plain: string;
  close(): Promise<void>;
}

/** Starts both servers on one free port. */
export async function startTwoFaced(secure: RequestListener, plain: RequestListener): Promise<TwoFaced> {
  const key = readFileSync(join(folder, 'key.pem'));
  const cert = readFileSync(join(folder, 'certificate.pem'));
  const withTls = createHttpsServer({ key, cert }, secure);
  const without = createHttpServer(plain);
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.once('close', () => sockets.delete(socket));
    socket.once('data', (first) => {
      socket.pause();
      socket.unshift(first);
      (first[0] === HANDSHAKE ? withTls : without).emit('connection', socket);
      process.nextTick(() => socket.resume());
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    secure: `https://127.0.0.1:${port}`,
    plain: `http://127.0.0.1:${port}`,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
