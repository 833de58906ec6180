import type { BrowserContext, Page } from 'playwright';

/** How long the browser is given to close a page before it is told once more (ms). */
const AGAIN_AFTER = 1_000;

/**
 * Has every page of a browser close when a test closes it. Chromium forgets the order to close a page if a load of that
 * page comes about at the same moment (measured: 1 of 10 pages that are being loaded again), and Playwright waits for
 * the end of the page without a limit. Told once more, it closes the page.
 */
export function closeSurely(context: BrowserContext): void {
  for (const page of context.pages()) makeSure(page);
  context.on('page', makeSure);
}

function makeSure(page: Page): void {
  const close = page.close.bind(page);
  page.close = async (options) => {
    // A page that may ask whether to leave it closes when that is answered.
    if (options?.runBeforeUnload) return close(options);
    // The page may close while it is told: then there is nothing left to tell.
    const again = setInterval(() => void tellToClose(page).catch(() => undefined), AGAIN_AFTER);
    try {
      await close(options);
    } finally {
      clearInterval(again);
    }
  };
}

async function tellToClose(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const { targetInfo } = await session.send('Target.getTargetInfo');
  await session.send('Target.closeTarget', { targetId: targetInfo.targetId });
}
