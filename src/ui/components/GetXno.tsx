import { t } from '../i18n.ts';

/** Where XNO comes from: a list that the user opens, without links, so that no page is recommended or loaded. */
export function GetXno() {
  return (
    <details class="get-xno" data-testid="get-xno">
      <summary>{t('onboarding_get')}</summary>
      <ul>
        <li>{t('onboarding_getExchange')}</li>
        <li>{t('onboarding_getWallet')}</li>
        <li>{t('onboarding_getFaucet')}</li>
      </ul>
    </details>
  );
}
