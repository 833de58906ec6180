import type { Power } from '../../work/battery-saving.ts';

/** What Chromium tells of the battery, and only to documents. */
interface BatteryManager extends EventTarget {
  readonly charging: boolean;
  readonly level: number;
}
declare global {
  interface Navigator {
    getBattery?(): Promise<BatteryManager>;
  }
}

const manager = async (): Promise<BatteryManager | undefined> => navigator.getBattery?.();

/** The battery of this machine. */
export const battery: Power = {
  async left() {
    const found = await manager();
    return found === undefined || found.charging ? null : found.level;
  },
  watch(listener, until) {
    void manager().then((found) => {
      for (const event of ['chargingchange', 'levelchange'])
        found?.addEventListener(event, listener, { signal: until });
    });
  },
};
