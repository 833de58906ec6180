import { type ReadonlySignal, signal } from '@preact/signals';

/** How long the user must have had a question before them until their click counts (ms). */
export const ARM_AFTER = 500;

const DOWN = ['pointerdown', 'keydown'] as const;
const UP = ['pointerup', 'pointercancel', 'keyup'] as const;

/** Whether the user looks at this window: visible and in front. */
export interface Attention {
  given(): boolean;
  onChange(listener: () => void): () => void;
  /** Hears of every button and key that goes down or up in this window. */
  onPress(listener: (isDown: boolean) => void): () => void;
}

export interface Arming {
  /** Whether a click may count now. */
  readonly armed: ReadonlySignal<boolean>;
  stop(): void;
}

/**
 * Arms only after the user's attention lasted without a break, and disarms the moment it is lost: a window that comes
 * up under a moving pointer must not catch the click that was meant for something else. Whoever clicks or types before
 * that has not read the question yet: the wait begins again when they let go, so that neither a hail of clicks nor a
 * button that is held down ever answers.
 */
export function startArming(attention: Attention): Arming {
  const armed = signal(false);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const look = () => {
    clearTimeout(timer);
    armed.value = false;
    if (!attention.given()) return;
    timer = setTimeout(() => {
      armed.value = attention.given();
    }, ARM_AFTER);
  };
  const press = (isDown: boolean) => {
    if (armed.peek()) return;
    if (isDown) clearTimeout(timer);
    else look();
  };
  const forgets = [attention.onChange(look), attention.onPress(press)];
  look();
  return {
    armed,
    stop() {
      clearTimeout(timer);
      armed.value = false;
      for (const forget of forgets) forget();
    },
  };
}

/** The attention that this document has. */
export const documentAttention: Attention = {
  given: () => document.visibilityState === 'visible' && document.hasFocus(),
  onChange(listener) {
    document.addEventListener('visibilitychange', listener);
    window.addEventListener('focus', listener);
    window.addEventListener('blur', listener);
    return () => {
      document.removeEventListener('visibilitychange', listener);
      window.removeEventListener('focus', listener);
      window.removeEventListener('blur', listener);
    };
  },
  onPress(listener) {
    const down = () => listener(true);
    const up = () => listener(false);
    for (const type of DOWN) window.addEventListener(type, down, true);
    for (const type of UP) window.addEventListener(type, up, true);
    return () => {
      for (const type of DOWN) window.removeEventListener(type, down, true);
      for (const type of UP) window.removeEventListener(type, up, true);
    };
  },
};
