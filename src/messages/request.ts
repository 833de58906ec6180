import * as v from 'valibot';
import browser from 'webextension-polyfill';
import { Fault, type FaultKey } from '../fault.ts';
import { CHANGED, type PageInput, type PageRequest, type PageResponses } from './contract.ts';

const reply = v.variant('ok', [
  v.object({ ok: v.literal(true), value: v.unknown() }),
  v.object({ ok: v.literal(false), fault: v.object({ key: v.string(), args: v.array(v.string()) }) }),
]);

/**
 * Asks the background, from a page of the extension.
 *
 * @throws Fault with the key and words that the background gave, or `fault_unexpected` when nobody answered.
 */
export async function request<Q extends PageRequest>(
  question: Q,
  input: PageInput<Q>,
): Promise<PageResponses[Q]> {
  const answer = v.safeParse(reply, await browser.runtime.sendMessage({ ask: question, input }));
  if (!answer.success) throw new Fault('fault_unexpected');
  if (!answer.output.ok) throw new Fault(answer.output.fault.key as FaultKey, answer.output.fault.args);
  return answer.output.value as PageResponses[Q];
}

/** Calls `listener` whenever the background says that something changed; returns how to stop. */
export function onChanged(listener: () => void): () => void {
  const heard = (message: unknown, { tab }: browser.Runtime.MessageSender) => {
    // The background has no tab; scripts in pages have.
    if (message === CHANGED && tab === undefined) listener();
    return undefined;
  };
  browser.runtime.onMessage.addListener(heard);
  return () => browser.runtime.onMessage.removeListener(heard);
}
