/** How often the event page is called while it stays awake (ms): Firefox stops one that was idle for 30 s. */
const EVERY = 10_000;

/**
 * Keeps the event page of Firefox from being stopped for being idle. Neither a promise that is waited for nor a worker that
 * computes does that for long.
 *
 * @returns the way to stop
 */
export function stayAwake(): () => void {
  const timer = setInterval(() => void chrome.runtime.getPlatformInfo(), EVERY);
  return () => clearInterval(timer);
}
