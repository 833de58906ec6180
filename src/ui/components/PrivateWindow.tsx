import { t } from '../i18n.ts';
import { Icon } from './Icon.tsx';

/** Stands where a site would be named: what was asked for in a private window has none that is kept. */
export function PrivateWindow() {
  return (
    <span class="private-window" data-testid="private-window">
      <Icon name="eyeOff" />
      {t('ui_privateWindow')}
    </span>
  );
}
