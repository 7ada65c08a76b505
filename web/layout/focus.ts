/** What is about to go takes the focus with it: what stands beside it in its list gets it. */
export function keepFocusNear(element: Element | null): void {
  const row = element?.closest('.thread-row');
  const neighbour = row?.previousElementSibling ?? row?.nextElementSibling;
  neighbour?.querySelector<HTMLElement>('article')?.focus({ preventScroll: true });
}
