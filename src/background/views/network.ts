import type { NetworkView } from '../../messages/network.ts';
import type { NetworkProfile } from '../../nano/network.ts';
import { BUILT_IN } from '../../storage/settings.ts';

export function networkView(network: NetworkProfile): NetworkView {
  return { ...network, builtIn: BUILT_IN.some((builtIn) => builtIn.id === network.id) };
}
