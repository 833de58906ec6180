/** Nodes for tests: a server with scripted answers, and accounts on a devnet that validates blocks. */
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import * as v from 'valibot';
import type { Devnet } from '../../test/devnet/devnet.ts';
import { type Hex32, readHex32 } from '../../test/devnet/hex.ts';
import { findWork, hex64 } from '../../test/devnet/work.ts';
import { parseRaw } from './amount.ts';
import {
  type BlockHash,
  BlockHashText,
  buildReceive,
  type ChainHead,
  hashBlock,
  receiveSubtypeOn,
  type SignedBlock,
  type StateBlock,
  signBlock,
  workRootOf,
} from './block.ts';
import { readChainHead } from './chain-head.ts';
import { DEVNET } from './network.ts';
import { NodeClient } from './node-client.ts';
import { type AccountKeys, deriveKeys } from './seed.ts';

export type Request = Readonly<Record<string, unknown>>;

/** What a scripted node sends: a status, and an object as JSON or a text unchanged. */
export type Reply = { readonly status?: number; readonly body: string | object };

export interface ScriptedNode {
  readonly url: string;
  readonly requests: readonly Request[];
  close(): Promise<void>;
}

/** Starts an HTTP server that answers every request with the script's reply. */
export async function scriptedNode(
  script: (request: Request, message: IncomingMessage) => Reply | Promise<Reply>,
): Promise<ScriptedNode> {
  const requests: Request[] = [];
  const server = createServer(async (message, response) => {
    const request: Request = JSON.parse(await text(message));
    requests.push(request);
    const { status = 200, body } = await script(request, message);
    response.writeHead(status).end(typeof body === 'string' ? body : JSON.stringify(body));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('not listening on TCP');
  return {
    url: `http://127.0.0.1:${address.port}/`,
    requests,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

export const nodeAt = (...rpcUrls: string[]): NodeClient =>
  NodeClient.at({ rpcUrls, fetch, timeoutMs: 10_000, now: Date.now });

export const hash = (text: string): BlockHash => v.parse(BlockHashText, text);

/** The keys of a random account. */
export function freshKeys(): AccountKeys {
  const seed = Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('hex');
  return deriveKeys({ kind: 'legacy', hex: seed }, 0);
}

/** Signs a block and adds the work for a send. */
export async function ready(block: StateBlock, head: ChainHead, keys: AccountKeys): Promise<SignedBlock> {
  const work = await findWork(rootOf(head), BigInt(`0x${DEVNET.thresholds.send}`));
  return { ...signBlock(block, keys.privateKey), work: hex64(work) };
}

/** Funds an account from the faucet and receives the money, so that it has one confirmed block of its own. */
export async function openAccount(devnet: Devnet, raw: string): Promise<AccountKeys> {
  const keys = freshKeys();
  const source = hash(await devnet.faucet(keys.address, BigInt(raw)));
  await devnet.confirmed(source);
  await receiveOn(devnet, keys, source, raw);
  return keys;
}

/** Receives a send on the account's head, and waits until the block is confirmed. */
export async function receiveOn(
  devnet: Devnet,
  keys: AccountKeys,
  source: BlockHash,
  raw: string,
): Promise<SignedBlock> {
  const node = nodeAt(devnet.rpcUrl);
  const head = await readChainHead(node, keys.address);
  const receive = buildReceive(head, {
    source,
    amount: parseRaw(raw),
    representative: DEVNET.representative,
  });
  const block = await ready(receive, head, keys);
  const result = await node.process(block, receiveSubtypeOn(head));
  if (result.kind !== 'accepted') throw new Error(`the devnet refused: ${JSON.stringify(result)}`);
  await devnet.confirmed(hashBlock(block));
  return block;
}

function rootOf(head: ChainHead): Hex32 {
  const root = readHex32(workRootOf(head));
  if (root === undefined) throw new Error('not a work root');
  return root;
}
