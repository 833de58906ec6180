import { requestKinds, type Starter } from '../challenge.ts';
import { headerOf } from '../headers.ts';
import type { BrowserNetwork, NavigationHeaders } from '../network/browser-network.ts';
import { privateModeOf } from '../network/private-mode.ts';
import { isKind } from '../observed-request.ts';
import { serverDateOf } from '../server-date.ts';
import { OPAQUE, originOf } from '../urls.ts';

/** What Firefox tells of a request, beside what the types of Chromium's API know. */
interface FirefoxDetails {
  /** URL of the document that started it; absent for what the user started, and for opaque origins. */
  readonly originUrl?: string;
  readonly incognito?: boolean;
  readonly cookieStoreId?: string;
  readonly fromCache?: boolean;
}

/** The scheme of extensions' pages. */
const EXTENSION = 'moz-extension:';

/** What Firefox tells of its requests. It gives a response to its page only once its listeners have decided on it. */
export function firefoxNetwork(): BrowserNetwork {
  return {
    // Images with several sources are a type of their own.
    types: [...requestKinds, 'imageset' as 'image'],
    extra: [],
    holdsResponses: true,
    aborts: new Set(['NS_BINDING_ABORTED']),
    aborted: 'NS_BINDING_ABORTED',
    listen: () => undefined,
    kindOf: (type) => (type === 'imageset' ? 'image' : isKind(type) ? type : undefined),
    initiatorOf,
    startOf: async (details, headers) => {
      if (details.type !== 'main_frame' || headers === undefined) return null;
      return starterOf(headers, initiatorOf(details));
    },
    serverDateOf: async (details) => {
      const { fromCache = false } = details as FirefoxDetails;
      const [date, age] = ['date', 'age'].map((name) => headerOf(details.responseHeaders, name));
      return fromCache ? undefined : serverDateOf({ date: date ?? null, age: age ?? null });
    },
    privateModeOf: async (details) => {
      const { incognito = false, cookieStoreId } = details as FirefoxDetails;
      return privateModeOf({ incognito, ...(cookieStoreId !== undefined && { cookieStoreId }) });
    },
  };
}

/** A navigation without an origin is its user's; any other request without one comes from a document with an opaque origin. */
function initiatorOf(details: { readonly type: string }): string | undefined {
  const { originUrl } = details as FirefoxDetails;
  if (originUrl === undefined) return details.type === 'main_frame' ? undefined : OPAQUE;
  return originOf(originUrl) ?? OPAQUE;
}

/**
 * Who started the navigation to a document that Firefox holds. It reports how a document came to be shown only when it
 * shows it, so that the headers have to tell. `Sec-Fetch-Site: none` stands for an act of the user outside of any page; a
 * document without an origin that has another value was opened by one whose origin is opaque.
 */
export function starterOf(
  { activation, site }: NavigationHeaders,
  initiator: string | undefined,
): Starter | null {
  if (activation === 'unknown') return null;
  if (initiator?.startsWith(EXTENSION)) return 'outside';
  if (initiator !== undefined) return activation === 'user' ? 'user' : 'page';
  if (site !== 'none') return 'outside';
  return activation === 'user' ? 'user' : 'browser';
}
