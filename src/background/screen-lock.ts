import type { PocketCloses } from '../messages/settings.ts';
import type { StoredSettings } from '../storage/settings.ts';

export interface ScreenLockPorts {
  readonly settings: Pick<StoredSettings, 'read'>;
  /** Locks the vault and closes the pocket. */
  readonly lockEverything: () => Promise<void>;
}

/** Locks the purse with the screen, where the user wants that. */
export class ScreenLock {
  readonly #ports: ScreenLockPorts;

  constructor(ports: ScreenLockPorts) {
    this.#ports = ports;
  }

  /**
   * Does what the user wants of a locked screen. The vault is locked with the pocket: an unlocked purse would go on paying
   * inside budgets.
   */
  async locked(): Promise<void> {
    const { settings, lockEverything } = this.#ports;
    if ((await settings.read('pocketCloses')) === 'screen') await lockEverything();
  }
}

/** Whether the browser tells when the screen is locked. */
export const tellsScreenLock = (): boolean => chrome.idle !== undefined;

/**
 * When the pocket closes in this browser. A choice that another browser's backup brought, and that this one cannot keep, is
 * the next stricter one.
 */
export const pocketClosesHere = (chosen: PocketCloses): PocketCloses =>
  chosen === 'screen' && !tellsScreenLock() ? 'lock' : chosen;

/** How many accounts of the pocket stay open while the purse is locked. */
export async function pocketAccountsIn(settings: Pick<StoredSettings, 'readBoth'>): Promise<number> {
  const [{ accounts }, pocketCloses] = await settings.readBoth('float', 'pocketCloses');
  return pocketClosesHere(pocketCloses) === 'lock' ? 0 : accounts - 1;
}
