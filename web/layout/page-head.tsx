import { useEffect } from 'react';
import { texts } from '../texts.ts';
import { hasLeftFirstPage } from './navigation.ts';

/** Number of pages that this tab has shown, the first one included. */
let pagesShown = 0;

/**
 * A page's title. When the page has replaced another one without a load, its heading takes the focus, since a screen
 * reader starts there after a load; and the elements that the service wrote into the document for the first page are
 * removed. Neither happens when the title of the same page changes, as by an edit: a page whose address changes without
 * mounting it anew gives this component a key.
 */
export function PageHead({ title }: { readonly title?: string | undefined }) {
  useEffect(() => {
    pagesShown++;
    // The document's own page, unless the reader went on before it had loaded.
    if (pagesShown === 1 && !hasLeftFirstPage()) return;
    for (const element of document.querySelectorAll('[data-served]')) element.remove();
    // A focused field of the new page was requested by the reader.
    if (location.hash !== '' || document.querySelector('main textarea:focus, main input:focus')) return;
    document.querySelector<HTMLElement>('main h1')?.focus({ preventScroll: true });
  }, []);
  useEffect(() => {
    document.title = title === undefined ? texts.site : texts.titleOf(title);
  }, [title]);
  return null;
}
