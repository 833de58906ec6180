import { ask } from '../messages/ask.ts';
import { Pager } from '../ui/pager.ts';
import { place } from './place.ts';

const PAGE = 50;

/** The purse's activity, as far as it was looked at since the popup opened. */
export const activity = new Pager((before) => ask('activity.page', { before, limit: PAGE }));

/** Takes the top of the activity again, and the entry whose story is open. */
export function refreshActivity(): Promise<void> {
  const open = place.peek();
  return activity.refresh(open.name === 'story' ? open.id : undefined);
}
