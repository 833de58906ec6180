import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readHex32 } from '../../devnet/hex.ts';
import { findWork, hex64, noWork } from '../../devnet/work.ts';

/** How a work server treats those who ask. */
export type Manner = 'honest' | 'lying' | 'stalling';

/** A work server on this machine. */
export interface TestWorkServer {
  readonly url: string;
  /** What it was asked, in order: the action and the root. */
  readonly asked: readonly string[];
  close(): void;
}

export async function startWorkServer(manner: Manner): Promise<TestWorkServer> {
  const asked: string[] = [];
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const part of request) text += part;
    const { action, hash, difficulty } = JSON.parse(text);
    asked.push(`${action} ${hash}`);
    if (action === 'work_cancel') response.end('{}');
    if (action === 'work_cancel' || manner === 'stalling') return;
    const root = readHex32(hash);
    if (root === undefined) throw new RangeError(`not a root: ${hash}`);
    const threshold = BigInt(`0x${difficulty}`);
    const nonce = manner === 'lying' ? noWork(root, threshold) : await findWork(root, threshold);
    response.end(JSON.stringify({ work: hex64(nonce), hash }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    asked,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
