import { writeFileSync } from 'node:fs';
import { type BrowserContext, type CDPSession, errors, type Page } from 'playwright';

/** Something of the purse's own that a user looks at and clicks: a page, or the toolbar popup. */
export interface Screen {
  /** Whether the part of it that is meant is there: another question may be shown in its place. */
  shows(): Promise<boolean>;
  /** Resolves when an element with the test id is there and may be used. */
  ready(testId: string): Promise<void>;
  click(testId: string): Promise<void>;
  fill(testId: string, text: string): Promise<void>;
  text(testId: string): Promise<string>;
  screenshot(path: string): Promise<void>;
  close(): Promise<void>;
}

/** How long something may take to come up on a screen (ms). */
const PATIENCE = 60_000;

const at = (within: string, testId: string) => `${within} [data-testid="${testId}"]`;
/** The selector of an element that may be used. */
export const usable = (within: string, testId: string) => `${at(within, testId)}:not([aria-disabled="true"])`;

/** A page that Playwright knows; of it, the part that the selector `within` names. */
export function pageScreen(page: Page, within: string): Screen {
  const timeout = PATIENCE;
  return {
    shows: async () => (await page.locator(within).count()) > 0,
    ready: async (testId) => void (await page.waitForSelector(usable(within, testId), { timeout })),
    click: (testId) =>
      page.click(usable(within, testId), { timeout }).catch((failure: unknown) => {
        // A click on the last question closes its window before the click is over.
        if (!page.isClosed()) throw failure;
      }),
    fill: (testId, text) => page.fill(at(within, testId), text, { timeout }),
    text: async (testId) => (await page.textContent(at(within, testId), { timeout })) ?? '',
    screenshot: async (path) => void (await page.screenshot({ path })),
    close: () => page.close(),
  };
}

/**
 * The toolbar popup that `action.openPopup` opened. Playwright does not know it, so it is driven over the protocol of
 * the browser's own debugger: its clicks are as trusted as a user's. Undefined when no popup is open.
 */
export async function popupScreen(
  context: BrowserContext,
  url: string,
  within: string,
): Promise<Screen | undefined> {
  const browser = context.browser();
  if (browser === null) return undefined;
  const session = await browser.newBrowserCDPSession();
  const { targetInfos } = await session.send('Target.getTargets');
  const tabs = await Promise.all(context.pages().map((page) => targetOf(context, page, url)));
  const target = targetInfos.find(
    (info) => info.type === 'page' && info.url.startsWith(url) && !tabs.includes(info.targetId),
  );
  if (target === undefined) {
    await session.detach();
    return undefined;
  }
  const { sessionId } = await session.send('Target.attachToTarget', {
    targetId: target.targetId,
    flatten: false,
  });
  return new Popup(session, sessionId, within);
}

/** The debugger's name of a tab that shows `url`; undefined for every other tab. */
async function targetOf(context: BrowserContext, page: Page, url: string): Promise<string | undefined> {
  if (!page.url().startsWith(url)) return undefined;
  const session = await context.newCDPSession(page);
  const { targetInfo } = await session.send('Target.getTargetInfo');
  await session.detach();
  return targetInfo.targetId;
}

class Popup implements Screen {
  readonly #session: CDPSession;
  readonly #sessionId: string;
  readonly #within: string;
  #last = 0;

  constructor(session: CDPSession, sessionId: string, within: string) {
    this.#session = session;
    this.#sessionId = sessionId;
    this.#within = within;
  }

  /** A popup that has lost the focus takes no answer, and a test cannot give it back. */
  async shows(): Promise<boolean> {
    const armed = JSON.stringify(`${this.#within} [data-armed="true"]`);
    return (await this.#evaluate(`document.querySelector(${armed}) !== null`)) === true;
  }

  async ready(testId: string): Promise<void> {
    const selector = JSON.stringify(usable(this.#within, testId));
    await this.#evaluate(`new Promise((resolve, reject) => {
      const look = () => document.querySelector(${selector}) && resolve(true);
      new MutationObserver(look).observe(document, { subtree: true, childList: true, attributes: true });
      setTimeout(() => reject(new Error('not ready: ${testId}')), ${PATIENCE});
      look();
    })`);
  }

  async click(testId: string): Promise<void> {
    await this.ready(testId);
    const { x, y } = (await this.#evaluate(`(() => {
      const element = document.querySelector(${JSON.stringify(usable(this.#within, testId))});
      element.scrollIntoView({ block: 'center' });
      const { left, top, width, height } = element.getBoundingClientRect();
      return { x: left + width / 2, y: top + height / 2 };
    })()`)) as { x: number; y: number };
    for (const type of ['mousePressed', 'mouseReleased']) {
      await this.#send('Input.dispatchMouseEvent', { type, x, y, button: 'left', clickCount: 1 });
    }
  }

  async fill(testId: string, text: string): Promise<void> {
    await this.#evaluate(`(() => {
      const element = document.querySelector(${JSON.stringify(at(this.#within, testId))});
      element.focus();
      element.select();
    })()`);
    await this.#send('Input.insertText', { text });
  }

  async text(testId: string): Promise<string> {
    const selector = JSON.stringify(at(this.#within, testId));
    return (await this.#evaluate(`document.querySelector(${selector})?.textContent ?? ''`)) as string;
  }

  async screenshot(path: string): Promise<void> {
    const { data } = (await this.#send('Page.captureScreenshot', { format: 'png' })) as { data: string };
    writeFileSync(path, Buffer.from(data, 'base64'));
  }

  async close(): Promise<void> {
    await this.#session.detach().catch(() => undefined);
  }

  async #evaluate(expression: string): Promise<unknown> {
    const answer = (await this.#send('Runtime.evaluate', {
      expression,
      awaitPromise: true,
      returnByValue: true,
    })) as { result?: { value?: unknown }; exceptionDetails?: { exception?: { description?: string } } };
    if (answer.result === undefined) throw new Error('the popup is closed');
    if (answer.exceptionDetails) throw new Error(answer.exceptionDetails.exception?.description);
    return answer.result.value;
  }

  #send(method: string, params: object): Promise<unknown> {
    const id = ++this.#last;
    return new Promise((resolve, reject) => {
      const settle = (done: () => void) => {
        clearTimeout(timer);
        this.#session.off('Target.receivedMessageFromTarget', heard);
        this.#session.off('Target.detachedFromTarget', gone);
        done();
      };
      const heard = ({ message }: { message: string }) => {
        const answer = JSON.parse(message) as { id?: number; result?: unknown; error?: { message: string } };
        if (answer.id !== id) return;
        settle(() => (answer.error ? reject(new Error(answer.error.message)) : resolve(answer.result)));
      };
      // A click on the last question closes the popup before its answer comes back.
      const gone = () => settle(() => resolve({}));
      const timer = setTimeout(() => settle(() => reject(new errors.TimeoutError(method))), PATIENCE);
      this.#session.on('Target.receivedMessageFromTarget', heard);
      this.#session.on('Target.detachedFromTarget', gone);
      const message = JSON.stringify({ id, method, params });
      this.#session
        .send('Target.sendMessageToTarget', { sessionId: this.#sessionId, message })
        .catch((error) => {
          settle(() => reject(error));
        });
    });
  }
}
