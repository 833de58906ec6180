import { t } from '../i18n.ts';

/** While the background has not answered yet; shown only when that takes longer than anybody notices. */
export function Loading() {
  return (
    <p class="loading" role="status">
      {t('ui_loading')}
    </p>
  );
}
