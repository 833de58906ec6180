import { once } from 'node:events';
import type { Server } from 'node:http';
import type { Node } from './actions/action.ts';
import { readAddress } from './address.ts';
import { Elections } from './elections.ts';
import { Faucet } from './faucet.ts';
import { FaultBox } from './faults.ts';
import { genesisBlock } from './genesis.ts';
import { Ledger } from './ledger.ts';
import { createRpcServer } from './rpc.ts';
import { Stats } from './stats.ts';
import { openWebSocket } from './websocket.ts';
import { DEV_THRESHOLDS, hex64, LIVE_THRESHOLDS, type Thresholds } from './work.ts';
import { WorkDesk } from './work-desk.ts';

/** How to start a devnet; everything has a default. */
export interface DevnetOptions {
  /** TCP port of the JSON-RPC; 0, the default, takes a free one. */
  readonly rpcPort?: number;
  /** TCP port of the WebSocket; 0, the default, takes a free one. */
  readonly wsPort?: number;
  /** Milliseconds from a block's acceptance to its confirmation: 120 unless told, about what a real node takes. */
  readonly confirmationDelayMs?: number;
  /** Asks for the live network's proof of work instead of a development network's. */
  readonly liveWork?: boolean;
  /** Asks for just this much proof of work. */
  readonly thresholds?: Thresholds;
  /** Whether `work_generate` is served; true unless told. */
  readonly workGeneration?: boolean;
  /** How many raw there are: as many as on Nano unless told. The node's own development network has 2^128 - 1. */
  readonly supply?: bigint;
  /** The CAIP-2 id that the devnet reports; `nano:devnet` unless told. */
  readonly networkId?: string;
}

/** A network profile, complete: what a purse needs to know to use this devnet. */
export interface DevnetProfile {
  readonly id: string;
  readonly label: string;
  readonly rpcUrls: readonly string[];
  readonly wsUrl: string;
  /** Work thresholds as 16 hex digits. */
  readonly thresholds: { readonly send: string; readonly receive: string };
  readonly testMoney: true;
}

/** A running devnet. */
export interface Devnet {
  readonly rpcUrl: string;
  readonly wsUrl: string;
  readonly profile: DevnetProfile;
  readonly ledger: Ledger;
  readonly elections: Elections;
  readonly faults: FaultBox;
  readonly stats: Stats;
  /** Sends raw from the genesis account to an address and resolves with the send's hash, before it is confirmed. */
  faucet(address: string, raw: bigint): Promise<string>;
  /** Resolves when the block with this hash is confirmed, at once if it is already. */
  confirmed(hash: string): Promise<void>;
  /** Ends all connections, elections and work. */
  close(): Promise<void>;
}

const HOST = '127.0.0.1';

/** Starts a Nano ledger in this process, with its JSON-RPC and WebSocket listening on 127.0.0.1. */
export async function startDevnet(options: DevnetOptions = {}): Promise<Devnet> {
  const { rpcPort = 0, wsPort = 0, confirmationDelayMs = 120, networkId = 'nano:devnet' } = options;
  const closing = new AbortController();
  const thresholds = options.thresholds ?? (options.liveWork === true ? LIVE_THRESHOLDS : DEV_THRESHOLDS);
  const ledger = new Ledger(genesisBlock(options.supply), thresholds);
  const faults = new FaultBox();
  const elections = new Elections(ledger, faults, confirmationDelayMs);
  const workDesk = new WorkDesk(options.workGeneration ?? true);
  const faucet = new Faucet(ledger, elections);
  const stats = new Stats();
  const node: Node = { networkId, ledger, elections, workDesk, faucet, faults, stats };

  const rpc = createRpcServer(node, closing.signal).listen(rpcPort, HOST);
  await once(rpc, 'listening');
  const ws = openWebSocket(elections, faults, { host: HOST, port: wsPort });
  await once(ws, 'listening').catch((cause: unknown) => {
    rpc.close();
    throw cause;
  });
  const rpcUrl = `http://${HOST}:${portOf(rpc)}`;
  const wsUrl = `ws://${HOST}:${portOf(ws)}`;

  return {
    rpcUrl,
    wsUrl,
    profile: {
      id: networkId,
      label: 'Devnet',
      rpcUrls: [rpcUrl],
      wsUrl,
      thresholds: { send: hex64(ledger.thresholds.send), receive: hex64(ledger.thresholds.receive) },
      testMoney: true,
    },
    ledger,
    elections,
    faults,
    stats,
    faucet(address, raw) {
      const account = readAddress(address);
      if (account === undefined) throw new RangeError(`not a Nano address: ${address}`);
      return faucet.send(account, raw);
    },
    confirmed(hash) {
      const known = ledger.find(hash);
      if (ledger.isConfirmed(known)) return Promise.resolve();
      return new Promise((resolve) => {
        const forget = elections.onConfirmation((entry) => {
          if (entry.hash !== known.hash) return;
          forget();
          resolve();
        });
      });
    },
    async close() {
      closing.abort();
      elections.cancelAll();
      workDesk.cancelAll();
      for (const socket of ws.clients) socket.terminate();
      const closed = Promise.all([once(rpc, 'close'), once(ws, 'close')]);
      rpc.close();
      rpc.closeAllConnections();
      ws.close();
      await closed;
    },
  };
}

function portOf(server: Pick<Server, 'address'>): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('not listening on TCP');
  return address.port;
}
