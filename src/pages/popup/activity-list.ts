import type { ActivityView } from '../../messages/activity.ts';
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

/** Returns the loaded entry of either list with this id. */
export function findActivity(id: string): ActivityView | undefined {
  return [...activity.items.value, ...smallReceives.items.value].find((item) => item.id === id);
}

/** Reloads the top of the activity, and the entry whose story is open. */
export async function refreshActivity(): Promise<void> {
  const open = currentRoute.peek();
  const id = open.name === 'story' ? open.id : undefined;
  const isSmall = open.name === 'small' || (open.name === 'story' && open.from.name === 'small');
  await Promise.all([activity.refresh(id), ...(isSmall ? [smallReceives.refresh(id)] : [])]);
}
