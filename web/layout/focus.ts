/**
 * Focuses the neighbouring comment before an element of a thread's row is removed, since removal would lose the focus.
 */
export function keepFocusNear(element: Element | null): void {
  const row = element?.closest('.thread-row');
  const neighbour = row?.previousElementSibling ?? row?.nextElementSibling;
  neighbour?.querySelector<HTMLElement>('article')?.focus({ preventScroll: true });
}
