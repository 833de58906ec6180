import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { type Screen, usable } from './screen.ts';

/** How long something may take to come up in the popup, and how often a test looks (ms). */
const PATIENCE = 60_000;
const LOOK_EVERY = 50;

type Privileged = (expression: string) => Promise<unknown>;

/** The expression for the popup that is open at a URL, in the window of Firefox. */
const popupAt = (url: string): string =>
  `[...document.querySelectorAll('browser[webextension-view-type=popup]')].find(
    ({ currentURI }) => currentURI?.spec.startsWith(${JSON.stringify(url)}))`;

/**
 * The toolbar popup of Firefox. WebDriver BiDi does not know it, so it is driven from the browser's own window: its clicks are as
 * trusted as a user's. Undefined when no popup is open.
 */
export async function firefoxPopup(
  privileged: Privileged,
  url: string,
  within: string,
): Promise<FirefoxPopup | undefined> {
  const isOpen = await privileged(`${popupAt(url)} !== undefined`);
  return isOpen === true ? new FirefoxPopup(privileged, url, within) : undefined;
}

class FirefoxPopup implements Screen {
  readonly #privileged: Privileged;
  readonly #popup: string;
  readonly #within: string;

  constructor(privileged: Privileged, url: string, within: string) {
    this.#privileged = privileged;
    this.#popup = popupAt(url);
    this.#within = within;
  }

  async shows(): Promise<boolean> {
    const armed = JSON.stringify(`${this.#within} [data-armed="true"]`);
    return (await this.#inside(`content.document.querySelector(${armed}) !== null`)) === true;
  }

  async ready(testId: string): Promise<void> {
    const selector = JSON.stringify(usable(this.#within, testId));
    const deadline = Date.now() + PATIENCE;
    while ((await this.#inside(`content.document.querySelector(${selector}) !== null`)) !== true) {
      if (Date.now() > deadline) throw new Error(`not ready: ${testId}`);
      await pause(LOOK_EVERY);
    }
  }

  async click(testId: string): Promise<void> {
    await this.ready(testId);
    const place = await this.#inside(`(() => {
      const element = content.document.querySelector(${JSON.stringify(usable(this.#within, testId))});
      element.scrollIntoView({ block: 'center' });
      const { left, top, width, height } = element.getBoundingClientRect();
      return { x: left + width / 2, y: top + height / 2 };
    })()`);
    await this.#privileged(`(() => {
      const { left, top } = ${this.#popup}.getBoundingClientRect();
      const { x, y } = ${JSON.stringify(place)};
      for (const type of ['mousemove', 'mousedown', 'mouseup'])
        window.synthesizeMouseEvent(type, left + x, top + y, { button: 0, clickCount: 1 }, {});
    })()`);
  }

  async fill(testId: string, text: string): Promise<void> {
    const selector = JSON.stringify(`${this.#within} [data-testid="${testId}"]`);
    await this.#inside(`content.document.querySelector(${selector}).setUserInput(${JSON.stringify(text)})`);
  }

  async text(testId: string): Promise<string> {
    const selector = JSON.stringify(`${this.#within} [data-testid="${testId}"]`);
    return String(await this.#inside(`content.document.querySelector(${selector})?.textContent ?? ''`));
  }

  async screenshot(path: string): Promise<void> {
    const url = await this.#privileged(`(async () => {
      const popup = ${this.#popup};
      const { width, height } = popup.getBoundingClientRect();
      const picture = await popup.browsingContext.currentWindowGlobal.drawSnapshot(
        new DOMRect(0, 0, width, height), 1, 'white');
      const canvas = new OffscreenCanvas(picture.width, picture.height);
      canvas.getContext('2d').drawImage(picture, 0, 0);
      const bytes = new Uint8Array(await (await canvas.convertToBlob()).arrayBuffer());
      return btoa([...bytes].map((byte) => String.fromCharCode(byte)).join(''));
    })()`);
    writeFileSync(path, Buffer.from(String(url), 'base64'));
  }

  /** How large the popup is (px). */
  async size(): Promise<{ readonly width: number; readonly height: number }> {
    const size = await this.#privileged(`(() => {
      const { width, height } = ${this.#popup}.getBoundingClientRect();
      return { width, height };
    })()`);
    return size as { readonly width: number; readonly height: number };
  }

  async close(): Promise<void> {}

  /** Evaluates an expression in the popup's page; undefined where the popup is closed. */
  async #inside(expression: string): Promise<unknown> {
    const name = `popup-${randomUUID()}`;
    const script = `sendAsyncMessage(${JSON.stringify(name)}, (${expression}))`;
    return this.#privileged(`new Promise((resolve) => {
      const popup = ${this.#popup};
      if (popup === undefined) return resolve(null);
      const { messageManager } = popup;
      const heard = ({ data }) => {
        messageManager.removeMessageListener(${JSON.stringify(name)}, heard);
        resolve(data);
      };
      messageManager.addMessageListener(${JSON.stringify(name)}, heard);
      messageManager.loadFrameScript('data:,' + encodeURIComponent(${JSON.stringify(script)}), false);
      setTimeout(resolve, 5000, null);
    })`);
  }
}
