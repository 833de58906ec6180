import { type ReadonlySignal, signal } from '@preact/signals';

/** How long a question must be visible before a click on it counts (ms). */
export const ARM_AFTER = 500;

const DOWN = ['pointerdown', 'keydown'] as const;
const UP = ['pointerup', 'pointercancel', 'keyup'] as const;

/** Whether this window is visible and focused. */
export interface Attention {
  given(): boolean;
  onChange(listener: () => void): () => void;
  /** Reports every mouse button and key that goes down or up in this window. */
  onPress(listener: (isDown: boolean) => void): () => void;
}

export interface Arming {
  /** Whether a click counts now. */
  readonly armed: ReadonlySignal<boolean>;
  stop(): void;
}

/**
 * Arms after the user's attention lasted without a break, and disarms when it is lost: a window that opens under a
 * moving pointer must not take a click that was meant for something else. A button or key that is used before that
 * restarts the wait on its release, so that neither repeated clicks nor a button that is held down can answer.
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

/** The attention of the user for this document. */
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
