import type { PlainMessageKey } from '../../fault.ts';
import { t } from '../i18n.ts';

/**
 * Returns what a mechanism does, in words; its own name where there are none. `protocol/mechanisms` states the key of each
 * as its `label`, so that a mechanism without words does not compile.
 */
export function mechanismName(mechanism: string): string {
  return t(`ui_mechanism_${mechanism}` as PlainMessageKey) || mechanism;
}
