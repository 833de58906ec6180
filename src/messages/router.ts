import * as v from 'valibot';
import { Fault, faultOf } from '../fault.ts';
import { isHandledLocked } from './access.ts';
import {
  type BridgeInput,
  type BridgeRequest,
  type BridgeResponses,
  bridgeRequests,
  type PageInput,
  type PageRequest,
  type PageResponses,
  pageRequests,
  type ResponseMessage,
} from './contract.ts';

type Sender = chrome.runtime.MessageSender;

/** The handler of each message of an extension page. */
export type PageHandlers = {
  readonly [R in PageRequest]: (input: PageInput<R>) => Promise<PageResponses[R]>;
};

/** The handlers of the messages whose names begin with one of these groups. */
export type PageHandlersOf<Group extends string> = Pick<
  PageHandlers,
  Extract<PageRequest, `${Group}.${string}`>
>;

/** The handler of each message of a content script. */
export type BridgeHandlers = {
  readonly [R in BridgeRequest]: (input: BridgeInput<R>, sender: Sender) => Promise<BridgeResponses[R]>;
};

/** Handles the messages of the extension's own pages. */
export interface PageSide {
  readonly handlers: PageHandlers;
  /** Whether there is a purse and it is locked. */
  readonly isLocked: () => Promise<boolean>;
}

export interface RequestHandlers {
  /** Rejects with a Fault while the database cannot be used. */
  readonly page: () => Promise<PageSide>;
  /** Needs no database, so that no web page waits for it. */
  readonly bridge: BridgeHandlers;
}

/** The trust tier of a sender. It follows from what the browser says of the sender, never from the message (invariant 6). */
export type Tier = 'page' | 'bridge' | 'stranger';

const Envelope = v.object({ request: v.string(), input: v.unknown() });

/** Returns `page` for a page of this extension, `bridge` for its content script in a tab, `stranger` for any other sender. */
export function tierOf(sender: Sender, self: { readonly id: string; readonly origin: string }): Tier {
  if (sender.id !== self.id) return 'stranger';
  if (sender.origin === self.origin && sender.url?.startsWith(`${self.origin}/`)) return 'page';
  return sender.tab !== undefined && sender.origin !== self.origin ? 'bridge' : 'stranger';
}

/**
 * Listens to the messages of pages and content scripts, and passes each to the handler of its tier. A message of the
 * wrong tier, of an unknown name or with input of the wrong shape is refused with a Fault. Must be called synchronously at
 * the start of the worker.
 */
export function route(handlers: RequestHandlers): void {
  const self = { id: chrome.runtime.id, origin: chrome.runtime.getURL('').replace(/\/$/, '') };
  chrome.runtime.onMessage.addListener((message: unknown, sender, respond) => {
    const envelope = v.safeParse(Envelope, message);
    if (!envelope.success) return false;
    const { request, input } = envelope.output;
    void responseOf(() => handle(handlers, tierOf(sender, self), request, input, sender)).then(respond);
    return true;
  });
}

/**
 * Handles one message.
 *
 * @throws Fault `fault_forbidden` for the wrong tier, `fault_badMessage` for unreadable input, `fault_locked` for a
 * message that a locked purse does not handle.
 */
export async function handle(
  handlers: RequestHandlers,
  tier: Tier,
  request: string,
  input: unknown,
  sender: Sender,
): Promise<unknown> {
  if (tier === 'page' && isPageRequest(request)) return handlePage(handlers, request, input);
  if (tier === 'bridge' && isBridgeRequest(request)) return handleBridge(handlers, request, input, sender);
  throw new Fault('fault_forbidden');
}

async function handlePage<R extends PageRequest>({ page }: RequestHandlers, request: R, input: unknown) {
  const given = read(pageRequests[request].input, input) as PageInput<R>;
  const { handlers, isLocked } = await page();
  if (!isHandledLocked(request, given) && (await isLocked())) throw new Fault('fault_locked');
  return handlers[request](given);
}

function handleBridge<R extends BridgeRequest>(
  { bridge }: RequestHandlers,
  request: R,
  input: unknown,
  sender: Sender,
) {
  return bridge[request](read(bridgeRequests[request].input, input) as BridgeInput<R>, sender);
}

function read<S extends v.GenericSchema>(schema: S, input: unknown): v.InferOutput<S> {
  const result = v.safeParse(schema, input);
  if (!result.success) throw new Fault('fault_badMessage');
  return result.output;
}

async function responseOf(work: () => Promise<unknown>): Promise<ResponseMessage> {
  try {
    return { ok: true, value: await work() };
  } catch (failure) {
    const { key, args } = faultOf(failure);
    return { ok: false, fault: { key, args } };
  }
}

const isPageRequest = (name: string): name is PageRequest => Object.hasOwn(pageRequests, name);
const isBridgeRequest = (name: string): name is BridgeRequest => Object.hasOwn(bridgeRequests, name);
