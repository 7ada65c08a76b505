import { flushSync } from 'react-dom';
import { moveWindow } from './layout/reading-place.ts';

/*
 * The service's document shows an article before any script runs. The page's script leaves it on show until it has
 * everything that it shows in its place, and then replaces it at once: between two frames, with the same elements at
 * the same places. docs/decisions/reader-page.md says why the document is not hydrated.
 */

/** Whether the document shows content that was served with it, other than for browsers without scripts. */
export const hasServedContent = (root: Element): boolean =>
  root.querySelector(':scope > main[data-served]') !== null;

/**
 * Replaces the content of the document. What the reader looks at, has focused or has typed stays.
 * @param show renders the page
 */
export function takeOver(root: Element, show: () => void): void {
  keepTypefaces(root);
  const stay = [keepSight(root), keepFocus(root)];
  root.replaceChildren();
  flushSync(show);
  for (const restore of stay) restore();
}

/**
 * A typeface that was too late for the first paint is not exchanged by the browser, but new elements would have it, and
 * lines would break elsewhere: the page goes on with the fallback.
 */
function keepTypefaces(root: Element): void {
  for (const [family, selector] of Object.entries({ serif: '.site-name', sans: '.search-box button' })) {
    const shown = root.querySelector<HTMLElement>(selector);
    if (!shown) continue;
    const anew = shown.cloneNode(true) as HTMLElement;
    anew.style.position = 'absolute';
    shown.after(anew);
    if (anew.getBoundingClientRect().width !== shown.getBoundingClientRect().width)
      document.documentElement.classList.add(`keeps-${family}-fallback`);
    anew.remove();
  }
}

/** How the same element is found in the page: by its id, or by its place in the text. */
function finderOf(root: Element, element: Element): () => Element | null {
  const { id } = element;
  if (id !== '') return () => document.getElementById(id);
  const parts = 'main .prose > *';
  const index = [...root.querySelectorAll(parts)].indexOf(element);
  return () => document.querySelectorAll(parts)[index] ?? null;
}

/** The first element in the window that can be found again stays at its place, if the page has it. */
function keepSight(root: Element): () => void {
  if (scrollY === 0) return () => undefined;
  const topOf = (element: Element) => element.getBoundingClientRect().top;
  const isInView = (element: Element) => {
    const { top, bottom } = element.getBoundingClientRect();
    return bottom > 0 && top < innerHeight;
  };
  const seen = [...root.querySelectorAll('main [id], main .prose > *')].find(isInView);
  const find = seen && finderOf(root, seen);
  const [top, y] = [seen ? topOf(seen) : 0, scrollY];
  return () => {
    const now = find?.();
    // The window has lost its position while the document was empty.
    moveWindow(now ? scrollY + topOf(now) - top : y);
  };
}

/** The focus stays on the same link, element with an id, or field; a field keeps its text and selection. */
function keepFocus(root: Element): () => void {
  const field = root.querySelector<HTMLInputElement>('input[name="q"]');
  const typed = field?.value ?? '';
  const [start, end] = [field?.selectionStart ?? null, field?.selectionEnd ?? null];
  const focused = root.contains(document.activeElement) ? document.activeElement : null;
  const selector = focused && selectorOf(focused);
  const index = selector === null ? -1 : [...root.querySelectorAll(selector)].indexOf(focused as Element);
  return () => {
    const next = root.querySelector<HTMLInputElement>('input[name="q"]');
    if (next && typed !== '') next.value = typed;
    if (selector === null) return;
    const same = root.querySelectorAll<HTMLElement>(selector)[index];
    same?.focus({ preventScroll: true });
    if (same === next) next?.setSelectionRange(start, end);
  };
}

function selectorOf(element: Element): string | null {
  if (element.id !== '') return `#${CSS.escape(element.id)}`;
  if (element instanceof HTMLInputElement) return `input[name="${CSS.escape(element.name)}"]`;
  const href = element.getAttribute('href');
  return href === null ? element.localName : `a[href="${CSS.escape(href)}"]`;
}
