import { useEffect } from 'react';
import { texts } from '../texts.ts';

/** How often this tab has shown a page, the first one included. */
let pagesShown = 0;

/**
 * A page's title. When it has replaced another page without a load, the focus goes to its heading, as after a load the reading
 * of a screen reader begins there; and what the service wrote into the document about the first page goes.
 */
export function PageHead({ title }: { readonly title?: string | undefined }) {
  useEffect(() => {
    pagesShown++;
    if (pagesShown === 1) return;
    for (const element of document.querySelectorAll('[data-served]')) element.remove();
    // A field that has come with the page was asked for.
    if (location.hash !== '' || document.querySelector('main textarea:focus, main input:focus')) return;
    document.querySelector<HTMLElement>('main h1')?.focus({ preventScroll: true });
  }, [title]);
  useEffect(() => {
    document.title = title === undefined ? texts.site : texts.titleOf(title);
  }, [title]);
  return null;
}
