import { type ComponentChild, render } from 'preact';
import { t } from './i18n.ts';
import { keepFocus } from './keep-focus.ts';
import { loadPublicSuffixes } from './site.ts';
import { followTheme } from './theme.ts';
import './styles/index.css';

/** Renders a page's root component into its document. */
export function mount(page: ComponentChild): void {
  const place = document.getElementById('page');
  if (place === null) throw new Error('this document has no #page');
  // The HTML files are in English; the sentences may be in another language.
  document.documentElement.lang = t('ui_language');
  document.documentElement.dir = t('ui_direction');
  followTheme();
  keepFocus();
  render(page, place);
  loadPublicSuffixes().catch(console.error);
}
