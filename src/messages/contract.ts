import type * as v from 'valibot';
import { activityMessages } from './activity.ts';
import { approvalMessages } from './approval.ts';
import { backupMessages } from './backup.ts';
import { bridgeMessages } from './bridge-messages.ts';
import { budgetMessages } from './budget.ts';
import { exchangeMessages } from './exchange.ts';
import { linkMessages } from './link.ts';
import type { Outputs } from './message.ts';
import { networkMessages } from './network.ts';
import { paymentMessages } from './payment.ts';
import { purseMessages } from './purse.ts';
import { sandboxMessages } from './sandbox.ts';
import { sendMessages } from './send.ts';
import { settingsMessages } from './settings.ts';
import { testerMessages } from './tester.ts';
import { vaultMessages } from './vault.ts';
import { workMessages } from './work.ts';

/** Every message that a page may send. Trust tier: pages of this extension only. */
export const pageRequests = {
  ...purseMessages,
  ...vaultMessages,
  ...backupMessages,
  ...settingsMessages,
  ...networkMessages,
  ...sandboxMessages,
  ...approvalMessages,
  ...budgetMessages,
  ...activityMessages,
  ...paymentMessages,
  ...sendMessages,
  ...linkMessages,
  ...exchangeMessages,
  ...testerMessages,
  ...workMessages,
} as const;

export type PageRequest = keyof typeof pageRequests;
export type PageInput<R extends PageRequest> = v.InferOutput<(typeof pageRequests)[R]['input']>;
export type PageResponses = Outputs<typeof pageRequests>;

/** Every message that a content script may send. Trust tier: the isolated script in a tab. */
export const bridgeRequests = bridgeMessages;

export type BridgeRequest = keyof typeof bridgeRequests;
export type BridgeInput<R extends BridgeRequest> = v.InferOutput<(typeof bridgeRequests)[R]['input']>;
export type BridgeResponses = Outputs<typeof bridgeRequests>;

/** A message and its response as the browser carries them. */
export interface RequestMessage {
  readonly request: string;
  readonly input: unknown;
}
export type ResponseMessage =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly fault: { readonly key: string; readonly args: readonly string[] } };

/** Sent to every open page when what it shows may have changed. It carries no data: pages request what they show again. */
export const CHANGED = 'purse.changed';
