/** Runs before each unit test file. Files share one process and its modules: what one changes, it must not leave behind. */
import { afterAll, vi } from 'vitest';

/**
 * Node 20 and 22 answer false for valid URLs with Latin-1 letters such as `ü` once V8 has optimised `URL.canParse`, after
 * some thousand calls (mended by nodejs/node#58023). Browsers do not.
 */
URL.canParse = (url: string | URL, base?: string | URL): boolean => {
  try {
    new URL(url, base);
    return true;
  } catch {
    return false;
  }
};

afterAll(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});
