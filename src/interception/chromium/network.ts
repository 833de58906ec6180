import { requestKinds } from '../challenge.ts';
import type { BrowserNetwork } from '../network/browser-network.ts';
import { isPrivate } from '../network/private-mode.ts';
import { isKind } from '../observed-request.ts';
import { bareUrl } from '../urls.ts';
import { Commits, starterOf } from './commits.ts';
import { ServerDates } from './server-dates.ts';

/** What Chromium tells of its requests. */
export function chromiumNetwork(): BrowserNetwork {
  const commits = new Commits();
  const serverDates = new ServerDates();
  return {
    types: [...requestKinds],
    extra: ['extraHeaders'],
    holdsResponses: false,
    // For a worker that aborts between the headers and the body it is mostly ERR_FAILED.
    aborts: new Set(['net::ERR_ABORTED', 'net::ERR_FAILED']),
    aborted: 'net::ERR_ABORTED',
    listen(filter) {
      commits.listen();
      serverDates.listen(filter);
    },
    kindOf: (type) => (isKind(type) ? type : undefined),
    initiatorOf: ({ initiator }) => initiator,
    async startOf({ tabId, type, url, timeStamp, initiator }, headers) {
      if (type !== 'main_frame') return commits.isRepeated(tabId) ? 'browser' : null;
      const transition = await commits.of(tabId, bareUrl(url), timeStamp);
      if (transition === null || headers === undefined) return null;
      return starterOf(transition, headers.activation, initiator !== undefined);
    },
    serverDateOf: (details) => serverDates.of(details),
    privateModeOf: async ({ tabId }, tab) => ({ isPrivate: await isPrivate(tabId, tab) }),
  };
}
