import type { Power } from '../../work/battery-saving.ts';

/** The battery interface of Chromium, which only documents have. */
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

/** Returns the battery state of this machine. */
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
