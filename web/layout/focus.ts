import { type RefObject, useLayoutEffect } from 'react';

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

/** As a `ref`: scrolls until all of the element is in view, as little as needed and at once. */
export const showAll = (element: HTMLElement | null): void =>
  element?.scrollIntoView({ block: 'nearest', behavior: 'instant' });

/** Where the focus goes when what had it goes away: what is nearest to it and stays. */
function placeIn(around: readonly Element[]): HTMLElement | null {
  for (const element of around) {
    if (!element.isConnected || !(element instanceof HTMLElement)) continue;
    if (element.matches('[tabindex]')) return element;
    if (element.matches('li')) {
      const control = element.querySelector<HTMLElement>('button, a[href]');
      if (control) return control;
    }
    const heading = element.matches('section') && element.querySelector<HTMLElement>('h1, h2, h3');
    if (heading) {
      heading.tabIndex = -1;
      return heading;
    }
  }
  return document.querySelector<HTMLElement>('h1[tabindex]');
}

/**
 * Keeps the focus near an element that goes away with it, for whatever reason: the row around it takes the focus, the button that has come
 * in its place, or the heading of its part of the page.
 */
export function useFocusLeft(leaving: RefObject<HTMLElement | null>): void {
  useLayoutEffect(() => {
    const element = leaving.current;
    return () => {
      if (element?.contains(document.activeElement) !== true) return;
      const around: Element[] = [];
      for (let each = element.parentElement; each; each = each.parentElement) around.push(each);
      // When the document has changed; whoever has moved the focus meanwhile knows better.
      queueMicrotask(() => {
        if (document.activeElement === document.body) placeIn(around)?.focus({ preventScroll: true });
      });
    };
  }, [leaving]);
}
