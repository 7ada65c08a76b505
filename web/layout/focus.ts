/**
 * Focuses the neighbouring comment before an element of a thread's row is removed, since removal would lose the focus.
 */
export function keepFocusNear(element: Element | null): void {
  const row = element?.closest('.thread-row');
  const neighbour = row?.previousElementSibling ?? row?.nextElementSibling;
  neighbour?.querySelector<HTMLElement>('article')?.focus({ preventScroll: true });
}

/** As a `ref`: the element takes the focus when it is mounted. The attribute works for the first one of a document only. */
export const focusAtOnce = (element: HTMLElement | null): void => element?.focus();

/** As `focusAtOnce`, for an element that replaces the focused one at its place. */
export const focusInPlace = (element: HTMLElement | null): void => element?.focus({ preventScroll: true });
