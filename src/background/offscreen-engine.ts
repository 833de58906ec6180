import { SingleFlight } from '../concurrency.ts';
import { WORK_PORT, WORK_READY_PORT } from '../pages/offscreen/ports.ts';
import type { WorkEngine } from '../work/engine.ts';
import { PortEngine } from '../work/wire/port-engine.ts';

const OFFSCREEN_DOCUMENT = 'src/pages/offscreen/index.html';

/**
 * Returns the work engines of this device for Chromium. Its service worker cannot start workers, so they run in an
 * offscreen document. The document opens with the first request for work, goes on while the service worker sleeps, wakes
 * it when work is found, and closes itself when idle. To be called synchronously at the start of the service worker. After
 * a kill of the service worker the scheduler's `resume` requests its work again.
 */
export function offscreenEngines(): readonly WorkEngine[] {
  chrome.runtime.onConnect.addListener((port) => {
    if (port.name === WORK_READY_PORT) port.disconnect();
  });
  const opening = new SingleFlight<void>();
  const connect = async () => {
    await opening.run(openDocument);
    return chrome.runtime.connect({ name: WORK_PORT });
  };
  return [new PortEngine('gpu', connect), new PortEngine('cpu', connect)];
}

/** Opens the offscreen document. The browser allows one: where opening fails, it is open already. */
async function openDocument(): Promise<void> {
  const open = await chrome.runtime.getContexts({ contextTypes: ['OFFSCREEN_DOCUMENT'] });
  if (open.length > 0) return;
  await chrome.offscreen.createDocument({
    url: OFFSCREEN_DOCUMENT,
    reasons: ['WORKERS'],
    justification: 'Computes the proof of work that Nano asks of every block, in worker threads.',
  });
}
