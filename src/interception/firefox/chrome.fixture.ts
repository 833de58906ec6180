/** The parts of Firefox's API that interception listens to, for unit tests. */
import { vi } from 'vitest';

type Listener = (...details: never[]) => unknown;

/** An event of the browser, with what listens to it now. */
export class FakeEvent {
  readonly listeners = new Set<Listener>();

  addListener(listener: Listener): void {
    this.listeners.add(listener);
  }

  removeListener(listener: Listener): void {
    this.listeners.delete(listener);
  }

  /** Calls what listens; returns the first answer. */
  fire(...details: readonly object[] | readonly unknown[]): unknown {
    return [...this.listeners]
      .map((listener) => listener(...(details as never[])))
      .find((one) => one !== undefined);
  }
}

/** Puts a browser in the place of the global one, until the test ends. */
export function fakeFirefox() {
  const tabs = new Map<number, { readonly status: string }>();
  const events = {
    beforeRequest: new FakeEvent(),
    beforeSendHeaders: new FakeEvent(),
    failed: new FakeEvent(),
    navigates: new FakeEvent(),
    updated: new FakeEvent(),
  };
  vi.stubGlobal('chrome', {
    runtime: { getPlatformInfo: async () => ({}) },
    webRequest: {
      onBeforeRequest: events.beforeRequest,
      onBeforeSendHeaders: events.beforeSendHeaders,
      onErrorOccurred: events.failed,
    },
    webNavigation: { onBeforeNavigate: events.navigates },
    tabs: {
      onUpdated: events.updated,
      get: async (id: number) => {
        const tab = tabs.get(id);
        if (tab === undefined) throw new Error(`Invalid tab ID: ${id}`);
        return tab;
      },
    },
  });
  return { events, tabs };
}
