import { type ReadonlySignal, useSignal } from '@preact/signals';
import type { RefObject } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';

const CONTROLS = 'input, select, textarea, button';

/** A part of a screen that a button opens in place. */
export interface InPlace<E extends HTMLElement> {
  readonly isOpen: ReadonlySignal<boolean>;
  /** The button that opens the part. */
  readonly button: RefObject<HTMLButtonElement | null>;
  readonly content: RefObject<E | null>;
  open(): void;
  close(): void;
}

/**
 * Returns the state of a part that a button opens in place. When it opens, it is scrolled into view and its first control
 * gets the focus; when it closes, the button gets the focus back.
 *
 * @param startsOpen whether it is open at mount
 */
export function useInPlace<E extends HTMLElement>(startsOpen = false): InPlace<E> {
  const isOpen = useSignal(startsOpen);
  const button = useRef<HTMLButtonElement>(null);
  const content = useRef<E>(null);
  const wasOpen = useRef(false);
  useLayoutEffect(() => {
    if (isOpen.value === wasOpen.current) return;
    wasOpen.current = isOpen.value;
    if (!isOpen.value) return button.current?.focus();
    content.current?.scrollIntoView({ block: 'nearest' });
    content.current?.querySelector<HTMLElement>(CONTROLS)?.focus({ preventScroll: true });
  }, [isOpen.value]);
  useKeptFocus(content);
  return {
    isOpen,
    button,
    content,
    open: () => {
      isOpen.value = true;
    },
    close: () => {
      isOpen.value = false;
    },
  };
}

/**
 * Gives the focus to the heading of the screen when the component is unmounted and the focus is in its element. The browser
 * would give it to the body, from where the keyboard starts at the top of the page.
 */
export function useKeptFocus(element: RefObject<HTMLElement | null>): void {
  useLayoutEffect(
    () => () => {
      if (element.current?.contains(document.activeElement)) {
        document.querySelector<HTMLElement>('main h1')?.focus();
      }
    },
    [],
  );
}
