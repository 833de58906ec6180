import * as v from 'valibot';
import browser from 'webextension-polyfill';
import { Fault, type FaultKey } from '../fault.ts';
import {
  CHANGED,
  type PageInput,
  type PageRequest,
  type PageResponses,
  type RequestMessage,
} from './contract.ts';

const ResponseSchema = v.variant('ok', [
  v.object({ ok: v.literal(true), value: v.unknown() }),
  v.object({ ok: v.literal(false), fault: v.object({ key: v.string(), args: v.array(v.string()) }) }),
]);

/**
 * Sends a request from a page of the extension to the background, and returns its response.
 *
 * @throws Fault with the key and arguments that the background gave, or `fault_unexpected` without a response.
 */
export async function request<R extends PageRequest>(
  name: R,
  input: PageInput<R>,
): Promise<PageResponses[R]> {
  const message: RequestMessage = { request: name, input };
  const response = v.safeParse(ResponseSchema, await browser.runtime.sendMessage(message));
  if (!response.success) throw new Fault('fault_unexpected');
  if (!response.output.ok) throw new Fault(response.output.fault.key as FaultKey, response.output.fault.args);
  return response.output.value as PageResponses[R];
}

/** Calls `listener` whenever the background reports a change. Returns a function that stops this. */
export function onChanged(listener: () => void): () => void {
  const received = (message: unknown, { tab }: browser.Runtime.MessageSender) => {
    // Messages of content scripts come with a tab, those of the background do not.
    if (message === CHANGED && tab === undefined) listener();
    return undefined;
  };
  browser.runtime.onMessage.addListener(received);
  return () => browser.runtime.onMessage.removeListener(received);
}
