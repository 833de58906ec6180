/** What a server tells a program that asks, as far as it bears on a price. */
export interface Told {
  /** Value of PAYMENT-REQUIRED; null when there is none. */
  readonly header: string | null;
  /** The body of a 402 without that header, cut at what an earlier protocol may fill. */
  readonly bodyText?: string;
}

export const UNTOLD: Told = { header: null };

/** How long the server may take to answer a program (ms). */
const WITHIN = 5000;
/** How much of its answer is read (bytes). */
const MOST = 64 * 1024;

/** Our own requests bear the cookies of ordinary windows, whose user a private one must not be told to be. */
export async function isOrdinary(tabId: number): Promise<boolean> {
  const tab = await chrome.tabs.get(tabId).catch(() => undefined);
  return tab?.incognito === false;
}

/** Whether a 402 of this Content-Type is a page for people, as the servers that keep the price from browsers show. */
export function showsPage(contentType: string | null): boolean {
  return /^\s*text\/html\s*(;|$)/i.test(contentType ?? '');
}

/**
 * Asks for the price once more, as a program would: x402 servers up to core 2.10 answer whoever takes HTML with a page
 * that has no price in its headers (protocol.md 1.1), and an offer may be too old to pay. It is the same user who asks, so it is asked with the same
 * cookies; nothing is sent but a GET, and no redirect is followed. Whatever fails tells nothing.
 */
export async function askForPrice(url: string): Promise<Told> {
  try {
    const response = await fetch(url, {
      headers: { Accept: 'application/json' },
      credentials: 'include',
      redirect: 'error',
      cache: 'no-store',
      signal: AbortSignal.timeout(WITHIN),
    });
    const header = response.status === 402 ? response.headers.get('payment-required') : null;
    if (response.status === 402 && header === null) return { header, bodyText: await beginning(response) };
    await response.body?.cancel();
    return { header };
  } catch {
    // The page has its 402: without a server that answers there is no more to be known of it.
    return UNTOLD;
  }
}

/** The first bytes of a body, as text. */
export async function beginning({ body }: Response): Promise<string> {
  const decoder = new TextDecoder();
  const reader = body?.getReader();
  let text = '';
  for (let left = MOST; left > 0 && reader !== undefined; ) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    text += decoder.decode(value.subarray(0, left), { stream: true });
    left -= value.length;
  }
  await reader?.cancel();
  return text;
}
