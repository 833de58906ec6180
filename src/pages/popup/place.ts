import { type ReadonlySignal, signal } from '@preact/signals';
import type { BudgetView, NetworkView } from '../../messages/views.ts';

/** Where in the popup the user is. */
export type Place =
  | { readonly name: 'home' }
  | { readonly name: 'activity' }
  | { readonly name: 'small'; readonly from: Place }
  | { readonly name: 'story'; readonly id: string; readonly from: Place }
  | { readonly name: 'tab'; readonly tabId: number }
  | { readonly name: 'budgets' }
  | { readonly name: 'budget'; readonly budget: BudgetView; readonly from: Place }
  | { readonly name: 'send' }
  | { readonly name: 'settings' }
  | { readonly name: 'network'; readonly network: NetworkView | null }
  | { readonly name: 'backup' }
  | { readonly name: 'work' }
  | { readonly name: 'log' };

const current = signal<Place>({ name: 'home' });

/** The place that is shown now. */
export const place: ReadonlySignal<Place> = current;

/** Shows another place. */
export function go(to: Place): void {
  current.value = to;
}
