import type { ActivityView } from '../../messages/activity.ts';
import type { Pager } from '../../ui/pager.ts';
import { ActivityDays } from './ActivityDays.tsx';
import { MoreRows } from './MoreRows.tsx';
import type { Route } from './route.ts';

interface FilteredListProps {
  readonly list: Pager<ActivityView>;
  readonly from: Route;
  /** Shown where the list is empty. */
  readonly none: string;
}

/** A part of the activity, by day. */
export function FilteredList({ list, from, none }: FilteredListProps) {
  const items = list.items.value;
  return (
    <>
      <p class="hint" role="status">
        {items.length === 0 && list.isLoaded && none}
      </p>
      <ActivityDays items={items} from={from} />
      <MoreRows list={list} />
    </>
  );
}
