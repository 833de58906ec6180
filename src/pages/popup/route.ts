import { type ReadonlySignal, signal } from '@preact/signals';
import type { NetworkView } from '../../messages/network.ts';

/** A screen of the popup, with its parameters. */
export type Route =
  | { readonly name: 'home' }
  | { readonly name: 'activity' }
  /** What was paid to one site. */
  | { readonly name: 'site'; readonly site: string; readonly from: Route }
  | { readonly name: 'small'; readonly from: Route }
  | { readonly name: 'story'; readonly id: string; readonly from: Route }
  | { readonly name: 'tab'; readonly tabId: number }
  /** With the site whose budget is to be edited or set at once, where one is. */
  | { readonly name: 'budgets'; readonly site?: string }
  | { readonly name: 'send' }
  | { readonly name: 'settings' }
  | { readonly name: 'network'; readonly network: NetworkView | null }
  | { readonly name: 'backup' }
  | { readonly name: 'password' }
  | { readonly name: 'erase' }
  | { readonly name: 'about' }
  | { readonly name: 'work' }
  | { readonly name: 'log' };

const current = signal<Route>({ name: 'home' });

/** The route that is shown. */
export const currentRoute: ReadonlySignal<Route> = current;

const PAYMENT = '#payment=';

/** Goes to the payment that the address of the page names, as that of a page which a notification opens does. */
export function openNamedPayment(): void {
  if (!location.hash.startsWith(PAYMENT)) return;
  go({ name: 'story', id: location.hash.slice(PAYMENT.length), from: { name: 'activity' } });
}

/** Goes to a route. */
export function go(to: Route): void {
  current.value = to;
}
