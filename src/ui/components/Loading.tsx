import { t } from '../i18n.ts';

/** Shown until the background answers. It fades in after 400 ms, so that a fast answer shows no flicker. */
export function Loading() {
  return (
    <p class="loading" role="status">
      {t('ui_loading')}
    </p>
  );
}
