import { readWebUrl } from '../site.ts';
import type { ClickedLink } from './link-questions.ts';

/** A clicked link, with what the browser says of its sender; null for a sender that no user can have clicked in. */
export function clickedLink(text: string, { tab, origin }: chrome.runtime.MessageSender): ClickedLink | null {
  if (tab?.id === undefined || !tab.active) return null;
  const site = readWebUrl(tab.url ?? '')?.origin ?? null;
  return { tabId: tab.id, text, site, frame: origin === undefined || origin === site ? null : origin };
}
