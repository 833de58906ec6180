import { signal } from '@preact/signals';
import type { ActivityView } from '../../messages/activity.ts';
import type { PaymentView } from '../../messages/payment.ts';
import { request } from '../../messages/request.ts';
import { Pager } from '../../ui/pager.ts';
import { currentRoute } from './route.ts';

const PAGE = 50;

/** The activity, as far as it was scrolled since the popup opened. */
export const activity = new Pager((before) =>
  request('activity.page', { before, limit: PAGE, range: 'main' }),
);

/** The receives that are too small for the main list. */
export const smallReceives = new Pager((before) =>
  request('activity.page', { before, limit: PAGE, range: 'small' }),
);

/** What is paid, not delivered, and can be delivered again. */
export const undelivered = new Pager<PaymentView>(async () => ({
  items: await request('activity.undelivered', {}),
  next: null,
}));

/** Which activities a list shows: what a search finds, or what was paid to a site. */
export type ListFilter = { readonly search: string } | { readonly site: string };

interface FilteredList {
  readonly key: string;
  readonly list: Pager<ActivityView>;
}

/** The last list with a filter. It is kept while the story of one of its entries is open. */
const filtered = signal<FilteredList | null>(null);

/** Returns the list with this filter, and loads it where it is not the last one. */
export function filteredActivity(filter: ListFilter): Pager<ActivityView> {
  const key = JSON.stringify(filter);
  const last = filtered.peek();
  if (last?.key === key) return last.list;
  const list = new Pager((before) =>
    request('activity.page', { before, limit: PAGE, range: 'main', ...filter }),
  );
  filtered.value = { key, list };
  void list.refresh();
  return list;
}

/** Drops the last list with a filter. */
export function forgetFiltered(): void {
  filtered.value = null;
}

/** Returns the loaded entry of any list with this id. */
export function findActivity(id: string): ActivityView | undefined {
  const lists = [
    activity,
    undelivered,
    smallReceives,
    ...(filtered.value === null ? [] : [filtered.value.list]),
  ];
  return lists.flatMap(({ items }) => items.value).find((item) => item.id === id);
}

/** Reloads the top of the activity, and the entry whose story is open. */
export async function refreshActivity(): Promise<void> {
  const open = currentRoute.peek();
  const id = open.name === 'story' ? open.id : undefined;
  const isSmall = open.name === 'small' || (open.name === 'story' && open.from.name === 'small');
  const shown = open.name === 'story' ? open.from.name : open.name;
  const last = shown === 'activity' || shown === 'site' ? filtered.peek() : null;
  await Promise.all([
    activity.refresh(id),
    undelivered.refresh(),
    ...(isSmall ? [smallReceives.refresh(id)] : []),
    ...(last === null ? [] : [last.list.refresh(id)]),
  ]);
}
