import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright';

/** The size of a captured page, in CSS pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** The largest size of a toolbar popup. */
export const POPUP_SIZE: Size = { width: 360, height: 600 };
export const PAGE_SIZE: Size = { width: 820, height: 980 };
/** The popup in a tab. */
export const TAB_SIZE: Size = { width: 1000, height: 700 };
/** Developer tools, undocked. */
export const PANEL_SIZE: Size = { width: 1100, height: 860 };

/**
 * Captures a page in the light and in the dark theme: `NAME-light.png` and `NAME-dark.png`; one that scrolls also as a whole:
 * `NAME-full-light.png` and `NAME-full-dark.png`.
 */
export type Capture = (page: Page, name: string, size: Size) => Promise<void>;

/** Captures nothing. */
export const noCapture: Capture = async () => {};

const THEMES = ['light', 'dark'] as const;
/** Device pixels for a CSS pixel: sharp on high-density screens. */
const SHARPNESS = 2;

/** Returns a capture that writes its images into `folder`. */
export function captureInto(folder: string): Capture {
  mkdirSync(folder, { recursive: true });
  return async (page, name, { width, height }) => {
    await page.setViewportSize({ width, height });
    const session = await page.context().newCDPSession(page);
    for (const theme of THEMES) {
      await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
      // Playwright draws one device pixel for each CSS pixel; its own setting is fixed when the browser starts.
      const resize = (to: number) =>
        session.send('Emulation.setDeviceMetricsOverride', {
          width,
          height: to,
          deviceScaleFactor: SHARPNESS,
          mobile: false,
        });
      await resize(height);
      // A change of theme is a change of colours, which buttons fade into.
      await page.evaluate(() => {
        for (const animation of document.getAnimations()) {
          if (animation instanceof CSSTransition) animation.finish();
        }
      });
      const shoot = async (file: string) => {
        const { data } = await session.send('Page.captureScreenshot', { format: 'png' });
        writeFileSync(join(folder, `${file}-${theme}.png`), Buffer.from(data, 'base64'));
      };
      await shoot(name);
      const hidden = await page.evaluate(hiddenHeight);
      if (hidden === 0) continue;
      await resize(height + hidden);
      await shoot(`${name}-full`);
    }
    await page.emulateMedia({ colorScheme: null, reducedMotion: null });
    await session.detach();
  };
}

/** How much of a page is out of sight, in the part that scrolls the most (CSS pixels). */
function hiddenHeight(): number {
  const parts = [document.documentElement, ...document.querySelectorAll('body *')].filter(
    (part) => part === document.documentElement || /auto|scroll/.test(getComputedStyle(part).overflowY),
  );
  return Math.max(...parts.map(({ scrollHeight, clientHeight }) => scrollHeight - clientHeight));
}
