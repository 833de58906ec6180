/** What can have the focus, as far as the pages of the extension have it. */
const FOCUSABLE = 'a[href], button, input, select, textarea, summary, [tabindex]';

/**
 * Keeps the place of keyboard users where the element with the focus is removed from the page, which leaves it without any:
 * the focus goes to what came in its place, else to what stands beside it, else to the heading of the screen. A screen that
 * takes the focus itself when it appears is left alone.
 */
export function keepFocus(): void {
  let last: Element | null = null;
  document.addEventListener('focusin', ({ target }) => {
    last = target instanceof Element ? target : null;
  });
  new MutationObserver((records) => {
    if (last === null || document.activeElement !== document.body) return;
    const lost = last;
    const removal = records.find(({ removedNodes }) => [...removedNodes].some((node) => node.contains(lost)));
    if (!lost.isConnected) placeAfter(records, removal)?.focus();
    // It was only moved, which takes the focus from it as well.
    else if (removal !== undefined && lost instanceof HTMLElement) lost.focus();
  }).observe(document.body, { childList: true, subtree: true });
}

function placeAfter(
  records: readonly MutationRecord[],
  removal: MutationRecord | undefined,
): HTMLElement | undefined {
  const inPlace = records.flatMap(({ target, addedNodes }) =>
    target === removal?.target ? [...addedNodes] : [],
  );
  const beside = [removal?.nextSibling ?? null, removal?.previousSibling ?? null];
  const found = [...inPlace, ...beside].map(focusableIn).find((one) => one !== undefined);
  return (
    found ??
    focusableIn(document.querySelector('main h1[tabindex]')) ??
    focusableIn(document.querySelector('main'))
  );
}

/** The first element that can have the focus, at a node or below it; undefined for a node that is not in the page. */
function focusableIn(node: Node | null): HTMLElement | undefined {
  if (!(node instanceof HTMLElement) || !node.isConnected) return undefined;
  const candidates = [
    ...(node.matches(FOCUSABLE) ? [node] : []),
    ...node.querySelectorAll<HTMLElement>(FOCUSABLE),
  ];
  return candidates.find((one) => one.checkVisibility());
}
