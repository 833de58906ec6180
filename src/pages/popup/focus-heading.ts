/** Moves the focus to the heading of the screen: what had it is about to be removed, and would leave it nowhere. */
export function focusHeading(): void {
  document.querySelector<HTMLElement>('main h1')?.focus({ preventScroll: true });
}
