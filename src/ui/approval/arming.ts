import { type ReadonlySignal, signal } from '@preact/signals';

/** How long the user must have had a question before them until their click counts (ms). */
export const ARM_AFTER = 500;

/** Whether the user looks at this window: visible and in front. */
export interface Attention {
  given(): boolean;
  onChange(listener: () => void): () => void;
}

export interface Arming {
  /** Whether a click may count now. */
  readonly armed: ReadonlySignal<boolean>;
  stop(): void;
}

/**
 * Arms only after the user's attention lasted without a break, and disarms the moment it is lost: a window that comes
 * up under a moving pointer must not catch the click that was meant for something else.
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
  const forget = attention.onChange(look);
  look();
  return {
    armed,
    stop() {
      clearTimeout(timer);
      armed.value = false;
      forget();
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
};
