import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { t } from '../i18n.ts';
import { IconButton } from './Button.tsx';

interface ScreenProps {
  readonly title: string;
  readonly children: ComponentChildren;
  readonly onBack?: (() => void) | undefined;
  /** Beside the title. */
  readonly aside?: ComponentChildren;
  /** The title is for those who do not see the page; the page speaks for itself to the others. */
  readonly titleUnseen?: boolean;
}

/** One screen: its heading takes the focus when it comes, so that keyboard and screen reader start at its top. */
export function Screen({ title, children, onBack, aside, titleUnseen = false }: ScreenProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <main class="screen">
      <div class={titleUnseen ? 'unseen' : 'screen-head'}>
        {onBack && <IconButton icon="back" label={t('ui_back')} onClick={onBack} />}
        <h1 tabIndex={-1} ref={heading}>
          {title}
        </h1>
        {aside}
      </div>
      {children}
    </main>
  );
}
