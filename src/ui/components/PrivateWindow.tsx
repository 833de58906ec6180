import { t } from '../i18n.ts';
import { Icon } from './Icon.tsx';

/** Replaces the name of a site for payments from a private window, whose site is not stored. */
export function PrivateWindow() {
  return (
    <span class="private-window" data-testid="private-window">
      <Icon name="eyeOff" />
      {t('ui_privateWindow')}
    </span>
  );
}
