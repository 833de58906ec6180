import * as v from 'valibot';
import { Fault, faultOf } from '../fault.ts';
import { isAnsweredLocked } from './access.ts';
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

/** What the background does for each question of an extension page. */
export type PageHandlers = {
  readonly [Q in PageRequest]: (input: PageInput<Q>) => Promise<PageResponses[Q]>;
};

/** Those of the messages whose name begins with one of these groups. */
export type PageHandlersOf<Group extends string> = Pick<
  PageHandlers,
  Extract<PageRequest, `${Group}.${string}`>
>;

/** What the background does for each question of a content script. */
export type BridgeAnswers = {
  readonly [Q in BridgeRequest]: (input: BridgeInput<Q>, sender: Sender) => Promise<BridgeResponses[Q]>;
};

/** What answers the extension's own pages. */
export interface PageSide {
  readonly answers: PageHandlers;
  /** Whether there is a purse that is locked. */
  readonly isLocked: () => Promise<boolean>;
}

export interface Answers {
  /** Rejects with a Fault while there is no database to answer from. */
  readonly page: () => Promise<PageSide>;
  /** Answered whatever has become of the purse: no page waits for its database. */
  readonly bridge: BridgeAnswers;
}

/** Who may ask what. Told by the browser's own account of the sender, never by what the message says (invariant 6). */
export type Tier = 'page' | 'bridge' | 'stranger';

const Question = v.object({ ask: v.string(), input: v.unknown() });

/** The trust tier of a sender: a page of this extension, its content script in a tab, or anybody else. */
export function tierOf(sender: Sender, self: { readonly id: string; readonly origin: string }): Tier {
  if (sender.id !== self.id) return 'stranger';
  if (sender.origin === self.origin && sender.url?.startsWith(`${self.origin}/`)) return 'page';
  return sender.tab !== undefined && sender.origin !== self.origin ? 'bridge' : 'stranger';
}

/**
 * Answers the questions of pages and content scripts, each by its tier: a question from the wrong side, of an unknown
 * name or with input of the wrong shape is refused with a Fault. Must be called synchronously at the worker's start.
 */
export function route(answers: Answers): void {
  const self = { id: chrome.runtime.id, origin: chrome.runtime.getURL('').replace(/\/$/, '') };
  chrome.runtime.onMessage.addListener((message: unknown, sender, respond) => {
    const question = v.safeParse(Question, message);
    if (!question.success) return false;
    const { ask, input } = question.output;
    void reply(() => answer(answers, tierOf(sender, self), ask, input, sender)).then(respond);
    return true;
  });
}

/**
 * The answer to one question.
 *
 * @throws Fault `fault_forbidden` from the wrong tier, `fault_badMessage` for unreadable input, `fault_locked` for what
 * a locked purse does not answer.
 */
export async function answer(
  answers: Answers,
  tier: Tier,
  ask: string,
  input: unknown,
  sender: Sender,
): Promise<unknown> {
  if (tier === 'page' && isPageQuestion(ask)) return answerPage(answers, ask, input);
  if (tier === 'bridge' && isBridgeQuestion(ask)) return answerBridge(answers, ask, input, sender);
  throw new Fault('fault_forbidden');
}

async function answerPage<Q extends PageRequest>({ page }: Answers, ask: Q, input: unknown) {
  const given = read(pageRequests[ask].input, input) as PageInput<Q>;
  const { answers, isLocked } = await page();
  if (!isAnsweredLocked(ask, given) && (await isLocked())) throw new Fault('fault_locked');
  return answers[ask](given);
}

function answerBridge<Q extends BridgeRequest>({ bridge }: Answers, ask: Q, input: unknown, sender: Sender) {
  return bridge[ask](read(bridgeRequests[ask].input, input) as BridgeInput<Q>, sender);
}

function read<S extends v.GenericSchema>(schema: S, input: unknown): v.InferOutput<S> {
  const result = v.safeParse(schema, input);
  if (!result.success) throw new Fault('fault_badMessage');
  return result.output;
}

async function reply(work: () => Promise<unknown>): Promise<ResponseMessage> {
  try {
    return { ok: true, value: await work() };
  } catch (failure) {
    const { key, args } = faultOf(failure);
    return { ok: false, fault: { key, args } };
  }
}

const isPageQuestion = (ask: string): ask is PageRequest => Object.hasOwn(pageRequests, ask);
const isBridgeQuestion = (ask: string): ask is BridgeRequest => Object.hasOwn(bridgeRequests, ask);
