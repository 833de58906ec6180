import { deferred } from '../../concurrency.ts';
import { REPLACEABLE } from '../../messages/bridge.ts';
import { type Challenge, type Delivered, isHeld } from '../challenge.ts';
import type { HoldEnd } from '../holds.ts';
import type { ObservedRequest } from '../observed-request.ts';
import { dataUrlOf, documentUrlOf, isReadableBy, type OtherAnswer } from '../other-answer.ts';
import { type ProofCarrier, targetOf } from '../proof-target.ts';
import { bareUrl } from '../urls.ts';
import { reloadTab } from './retry.ts';
import { RULE_LIFE } from './rule-windows.ts';
import type { ScriptHolds } from './script-holds.ts';

export interface RefusalPorts {
  readonly scriptHolds: Pick<ScriptHolds, 'holdRefusal'>;
  readonly carrier: Pick<ProofCarrier, 'answer'>;
}

/**
 * Makes a refusal replaceable (see `Delivered.instead`). A script's page holds it, as it held its 402. Then it loads a `data:`
 * URL that is the other answer: no rule of the browser stands for that, and the page's world is told no more than a URL. The
 * tab of a document is loaded again, and a rule answers that request.
 */
export function replaceable(
  observed: ObservedRequest,
  delivered: Delivered,
  { scriptHolds, carrier }: RefusalPorts,
): Delivered {
  const { challenge } = observed;
  const isGet = challenge.method === 'GET';
  if (delivered.status !== REPLACEABLE) return delivered;
  if (isHeld(challenge)) {
    const end = deferred<HoldEnd>();
    scriptHolds.holdRefusal(observed, isGet ? end.promise : 'release');
    if (isGet) return { ...delivered, instead: (answer) => end.resolve(endOf(challenge, answer)) };
  }
  if (challenge.kind === 'main_frame' && isGet) {
    return {
      ...delivered,
      instead: (answer) => void showInTab(carrier, observed, answer).catch(console.error),
    };
  }
  return delivered;
}

function endOf(challenge: Challenge, answer: OtherAnswer | null): HoldEnd {
  return (answer !== null && isReadableBy(challenge, answer) && dataUrlOf(answer)) || 'release';
}

/** Shows an answer in the tab of a document, where the tab still shows that document or loads it. */
async function showInTab(
  carrier: RefusalPorts['carrier'],
  { challenge, urlWithUser }: ObservedRequest,
  answer: OtherAnswer | null,
): Promise<void> {
  const { tabId, url } = challenge;
  const shown = answer && documentUrlOf(answer, url);
  const tab = shown === null ? undefined : await chrome.tabs.get(tabId).catch(() => undefined);
  if (shown === null || tab === undefined) return;
  const isThere = [tab.url, tab.pendingUrl].every((one) => one === undefined || bareUrl(one) === url);
  if (!isThere) return;
  // Browsers let no script and no extension open a `data:` URL in a tab, but follow a rule of the extension there.
  const target = { ...targetOf(challenge, ''), url: urlWithUser ?? url, initiators: null };
  const disarm = await carrier.answer(target, shown);
  setTimeout(() => void disarm().catch(console.error), RULE_LIFE);
  await reloadTab(challenge, { bypassCache: true });
}
