/**
 * The offscreen document of Chromium: a context with workers that outlives the service worker. It searches for proof of
 * work on request, and closes itself after some time without a request.
 */

import { BatterySavingEngine } from '../../work/battery-saving.ts';
import { pageEngine } from '../../work/engines/page-engine.ts';
import { WorkHost } from '../../work/wire/host.ts';
import { battery } from './battery.ts';
import { pageGpu } from './gpu.ts';
import { WORK_PORT, WORK_READY_PORT } from './ports.ts';

const IDLE_MS = 20_000;
/** The browser stops a service worker that receives no event for 30 s. */
const PULSE_MS = 15_000;

const host = new WorkHost({
  engines: [pageGpu(), pageEngine()].map((engine) => new BatterySavingEngine(engine, battery)),
  wake: () => chrome.runtime.connect({ name: WORK_READY_PORT }).disconnect(),
  rest: () => window.close(),
  idleMs: IDLE_MS,
  pulseMs: PULSE_MS,
});

chrome.runtime.onConnect.addListener((port) => {
  if (port.name === WORK_PORT && isOwnServiceWorker(port.sender)) host.attach(port);
});

/** Tells whether a sender is our service worker. Content scripts come with a tab, and our own pages with a document. */
function isOwnServiceWorker(sender: chrome.runtime.MessageSender | undefined): boolean {
  return sender?.id === chrome.runtime.id && sender.tab === undefined && sender.documentId === undefined;
}
