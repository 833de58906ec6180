/** A Nano node's WebSocket, topic `confirmation`. docs/WIRE.md §6, §9; docs.nano.org, "WebSockets". */
import * as v from 'valibot';
import { AddressText, type NanoAddress } from './account.ts';
import { BalanceText } from './amount.ts';
import { BlockHashText } from './block.ts';

/** The part of a WebSocket that is used here. A browser's `WebSocket` and that of the package `ws` both conform. */
export interface SocketPort {
  send(text: string): void;
  close(): void;
  addEventListener(type: 'open' | 'close' | 'error', listener: () => void): void;
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void;
}

/** Opens a socket to one of the network's nodes: at each call to the next one, where there are several. */
export type OpenSocket = () => SocketPort;

/** Opens the first URL at the first call, the next one at the next call, and the first one again after the last. */
export function socketsInTurn(urls: readonly string[], open: (url: string) => SocketPort): OpenSocket | null {
  const [first] = urls;
  if (first === undefined) return null;
  let opened = 0;
  return () => open(urls[opened++ % urls.length] ?? first);
}

/** A confirmed block, according to the node. */
export type Confirmation = v.InferOutput<typeof ConfirmationText>;

const ConfirmationText = v.object({
  hash: BlockHashText,
  /** The account whose block it is. */
  account: AddressText,
  amount: v.optional(BalanceText),
});

const Message = v.pipe(
  v.string(),
  v.parseJson(),
  v.union([
    v.object({ topic: v.literal('confirmation'), message: ConfirmationText }),
    v.object({ ack: v.literal('subscribe') }),
  ]),
);

export interface ListenOptions {
  /** The accounts to subscribe to. A send is reported for its payee too. */
  readonly accounts: readonly NanoAddress[];
  readonly openSocket: OpenSocket;
  readonly signal: AbortSignal;
  /** Called when the node has accepted the subscription. All later confirmations are reported. */
  readonly onSubscribed: (socket: SocketPort) => void;
  readonly onConfirmation: (confirmation: Confirmation) => void;
  /** Called for every message of any kind, as a sign that the socket works. */
  readonly onAnything?: () => void;
}

/**
 * Listens on one socket and resolves when it closes or fails, or when the signal is aborted. Never rejects, because
 * callers also poll and need no socket.
 */
export function listenForConfirmations(options: ListenOptions): Promise<void> {
  const { accounts, openSocket, signal, onSubscribed, onConfirmation, onAnything } = options;
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    let socket: SocketPort;
    try {
      socket = openSocket();
    } catch {
      // A browser throws for a URL that it refuses. It is handled like a socket that failed.
      return resolve();
    }
    const end = () => {
      signal.removeEventListener('abort', end);
      socket.close();
      resolve();
    };
    signal.addEventListener('abort', end);
    socket.addEventListener('close', end);
    socket.addEventListener('error', end);
    socket.addEventListener('open', () => {
      const options = { accounts, confirmation_type: 'all', include_block: 'true' };
      socket.send(JSON.stringify({ action: 'subscribe', topic: 'confirmation', ack: true, options }));
    });
    socket.addEventListener('message', ({ data }) => {
      if (signal.aborted) return;
      onAnything?.();
      const read = v.safeParse(Message, data);
      // Other topics and answers to pings are ignored.
      if (!read.success) return;
      if ('ack' in read.output) onSubscribed(socket);
      else onConfirmation(read.output.message);
    });
  });
}
