import * as v from 'valibot';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Elections } from './elections.ts';
import type { FaultBox } from './faults.ts';
import { isObject, type JsonObject } from './json.ts';
import * as read from './request.ts';
import { optionsSchema, Subscription, updateSchema } from './subscription.ts';

const TOPICS = new Set([
  'confirmation',
  'started_election',
  'stopped_election',
  'vote',
  'work',
  'bootstrap',
  'telemetry',
  'new_unconfirmed_block',
]);

const messageSchema = v.object({
  action: v.optional(read.text, ''),
  topic: v.optional(read.text, ''),
  ack: read.flag(false),
  id: v.optional(read.text, ''),
  options: v.optional(v.unknown()),
});

/** The node's WebSocket. Every topic can be subscribed to; only confirmations are ever told. */
export function openWebSocket(
  elections: Elections,
  faults: FaultBox,
  address: { readonly host: string; readonly port: number },
): WebSocketServer {
  const server = new WebSocketServer(address);
  server.on('connection', (socket) => {
    if (faults.peek('websocket_dead')?.how !== 'closed') return attend(socket, elections, faults);
    faults.take('websocket_dead');
    socket.terminate();
  });
  faults.onChange(() => {
    if (faults.peek('websocket_dead')?.how !== 'closed') return;
    for (const socket of server.clients) socket.terminate();
  });
  return server;
}

function attend(socket: WebSocket, elections: Elections, faults: FaultBox): void {
  const topics = new Map<string, Subscription>();
  const send = (message: JsonObject) => {
    if (faults.peek('websocket_dead') === undefined) socket.send(JSON.stringify(message, null, 4));
  };
  const forget = elections.onConfirmation((entry, type) => {
    const message = topics.get('confirmation')?.messageOf(entry, type);
    if (message !== undefined) send({ topic: 'confirmation', time: String(Date.now()), message });
  });
  socket.on('close', forget);
  socket.on('error', () => socket.terminate());
  socket.on('message', (data) => {
    const message = parse(String(data));
    if (message === undefined) {
      socket.terminate();
      return;
    }
    const ack = handle(message, topics);
    if (ack === undefined) return;
    send({ ack, time: String(Date.now()), ...(message.id !== '' && { id: message.id }) });
  });
}

type Message = v.InferOutput<typeof messageSchema>;

/** Does what the client says and answers the word to acknowledge it with, when it is to be acknowledged. */
function handle(message: Message, topics: Map<string, Subscription>): string | undefined {
  const { action, topic, options } = message;
  if (action === 'ping') return 'pong';
  if (!TOPICS.has(topic) || !follow(action, topic, options, topics)) return undefined;
  return message.ack ? action : undefined;
}

function follow(action: string, topic: string, options: unknown, topics: Map<string, Subscription>): boolean {
  switch (action) {
    case 'subscribe':
      topics.set(topic, new Subscription(v.parse(optionsSchema, isObject(options) ? options : {})));
      return true;
    case 'update':
      if (!isObject(options)) return false;
      topics.get(topic)?.update(v.parse(updateSchema, options));
      return topics.has(topic);
    case 'unsubscribe':
      topics.delete(topic);
      return true;
    default:
      return false;
  }
}

/** A node stops listening to a client that does not speak JSON. */
function parse(text: string): Message | undefined {
  try {
    return v.parse(messageSchema, JSON.parse(text));
  } catch {
    return undefined;
  }
}
