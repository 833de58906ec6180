import type { RefusedLinkView } from '../../messages/link.ts';
import { Button } from '../../ui/components/Button.tsx';
import { Notice } from '../../ui/components/Notice.tsx';
import { Screen } from '../../ui/components/Screen.tsx';
import { t } from '../../ui/i18n.ts';
import { LinkSite } from './LinkSite.tsx';

interface RefusedLinkProps {
  readonly link: RefusedLinkView;
  readonly onClose: () => void;
}

/** Says why a link is not paid. */
export function RefusedLink({ link, onClose }: RefusedLinkProps) {
  return (
    <Screen title={t('link_refusedTitle')}>
      <div role="alert" data-testid="link-refused" data-reason={link.reason}>
        <Notice tone="bad">{t(link.reason)}</Notice>
      </div>
      <p class="hint">{t('link_refusedText')}</p>
      <LinkSite link={link} />
      <p class="code link-text">
        <bdi dir="ltr">{link.link}</bdi>
      </p>
      <Button look="primary" onClick={onClose} testId="link-close">
        {t('ui_close')}
      </Button>
    </Screen>
  );
}
