import * as v from 'valibot';
import { request } from '../messages/request.ts';
import { type PlainSettings, plainSettings } from '../messages/settings.ts';
import { invalidations } from './invalidations.ts';
import { query } from './query.ts';

/** Where a page keeps the theme that was shown last, so that the next one begins with it and does not flash. */
const KEPT = 'theme';
const { theme: Theme } = plainSettings;

/** Shows the page in the theme of the user's setting, and follows its changes. */
export function followTheme(): void {
  show(v.parse(v.fallback(Theme, 'system'), localStorage.getItem(KEPT)));
  query(() => request('settings.theme', {}), invalidations).answer.subscribe((answer) => {
    if (answer.kind !== 'given') return;
    show(answer.value.theme);
    localStorage.setItem(KEPT, answer.value.theme);
  });
}

/** With `system` the stylesheet follows the browser. */
function show(theme: PlainSettings['theme']): void {
  if (theme === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}
