import { request } from '../../messages/request.ts';
import type { ActivityView } from '../../messages/views.ts';
import { Pager } from '../../ui/pager.ts';
import { place } from './place.ts';

const PAGE = 50;

/** The purse's activity, as far as it was looked at since the popup opened. */
export const activity = new Pager((before) =>
  request('activity.page', { before, limit: PAGE, range: 'main' }),
);

/** The payments received that are too small to stand among the others. */
export const smallReceives = new Pager((before) =>
  request('activity.page', { before, limit: PAGE, range: 'small' }),
);

/** The entry of either list with this id, if it was looked at. */
export function findActivity(id: string): ActivityView | undefined {
  return [...activity.items.value, ...smallReceives.items.value].find((item) => item.id === id);
}

/** Takes the top of the activity again, and the entry whose story is open. */
export async function refreshActivity(): Promise<void> {
  const open = place.peek();
  const id = open.name === 'story' ? open.id : undefined;
  const isSmall = open.name === 'small' || (open.name === 'story' && open.from.name === 'small');
  await Promise.all([activity.refresh(id), ...(isSmall ? [smallReceives.refresh(id)] : [])]);
}
