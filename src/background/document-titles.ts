import { type Exchange, paymentOf } from '../exchanges/exchange.ts';
import type { Exchanges } from '../exchanges/exchanges.ts';
import { bareUrl } from '../interception/urls.ts';
import type { PaymentId } from '../payment-id.ts';
import { cleanText } from '../protocol/wire/clean-text.ts';

/** What is read of a tab. */
export type TitledTab = Pick<chrome.tabs.Tab, 'incognito' | 'status' | 'url' | 'title'>;

export interface DocumentTitlesPorts {
  readonly exchanges: Pick<Exchanges, 'of'>;
  /** Undefined for a tab that is gone. */
  readonly tab: (tabId: number) => Promise<TitledTab | undefined>;
  /** Writes the title of what a payment bought, and resolves with whether it had none. */
  readonly keep: (id: PaymentId, title: string) => Promise<boolean>;
  readonly notifyPages: () => void;
}

/** The longest title that is kept (characters). */
const MOST = 120;

/** Keeps the titles of documents that were paid for, so that the activity names them. */
export class DocumentTitles {
  readonly #ports: DocumentTitlesPorts;

  constructor(ports: DocumentTitlesPorts) {
    this.#ports = ports;
  }

  /** Keeps the title of a tab's document, where its request was paid for and served, and the document is loaded. */
  async look(tabId: number): Promise<void> {
    const { exchanges, tab, keep, notifyPages } = this.#ports;
    const exchange = (await exchanges.of(tabId)).findLast(({ request }) => request.kind === 'main_frame');
    const payment = exchange === undefined ? null : paymentOf(exchange);
    if (exchange === undefined || payment === null || !isServed(exchange)) return;
    const shown = await tab(tabId);
    if (shown === undefined || shown.incognito || shown.status !== 'complete') return;
    const { url } = exchange.request;
    if (shown.url === undefined || bareUrl(shown.url) !== url) return;
    const title = cleanText(shown.title ?? '', MOST);
    // The browser gives a document without a title its address.
    if (title === '' || url.includes(title)) return;
    if (await keep(payment, title)) notifyPages();
  }
}

/** Whether the last answer to a proof delivered something. */
function isServed({ steps }: Exchange): boolean {
  const last = steps.findLast((step) => step.kind === 'answered');
  return last !== undefined && last.status >= 200 && last.status < 300;
}
