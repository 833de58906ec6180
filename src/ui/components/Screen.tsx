import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { t } from '../i18n.ts';
import { IconButton } from './Button.tsx';

interface ScreenProps {
  readonly title: string;
  readonly children: ComponentChildren;
  readonly onBack?: (() => void) | undefined;
  /** Shown beside the title. */
  readonly aside?: ComponentChildren;
  /** Hides the title from sight, but not from screen readers. */
  readonly titleUnseen?: boolean;
  /** Keeps the scroll position of the screen while it is not mounted. */
  readonly scroll?: ScrollPosition;
}

/** A scroll position (px). */
export interface ScrollPosition {
  top: number;
}

/** One screen. Its heading takes the focus on mount, so that keyboard and screen reader start at the top. */
export function Screen({ title, children, onBack, aside, titleUnseen = false, scroll }: ScreenProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  const screen = useRef<HTMLElement>(null);
  useLayoutEffect(() => {
    heading.current?.focus({ preventScroll: true });
    const shown = screen.current;
    if (scroll === undefined || shown === null) return undefined;
    shown.scrollTop = scroll.top;
    return () => {
      scroll.top = shown.scrollTop;
    };
  }, [scroll]);
  return (
    <main class="screen" ref={screen}>
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
