import type { PlainMessageKey } from '../../fault.ts';
import { t } from '../i18n.ts';

const NAMES: ReadonlyMap<string, PlainMessageKey> = new Map<string, PlainMessageKey>([
  ['nanoSession', 'ui_mechanism_nanoSession'],
  ['nanoSignature', 'ui_mechanism_nanoSignature'],
  ['nymChallenge', 'ui_mechanism_nymChallenge'],
  ['trackB', 'ui_mechanism_trackB'],
  ['trackA', 'ui_mechanism_trackA'],
  ['x402nano', 'ui_mechanism_x402nano'],
]);

/** Returns the user's words for a mechanism; its identifier where there are none. */
export function mechanismName(mechanism: string): string {
  const key = NAMES.get(mechanism);
  return key === undefined ? mechanism : t(key);
}
