import { type WatchQueryFetchPolicy } from '@apollo/client';
import { useState } from 'react';

/** Whether the current page was reached by the browser's back or forward button. */
let isReturn = false;

/** Whether the address has left the page that the document was loaded for. */
let isLeft = false;

const firstPath = location.pathname;

const note = (isBack: boolean) => () => {
  isReturn = isBack;
  isLeft ||= location.pathname !== firstPath;
};

addEventListener('popstate', note(true));
// The router dispatches these events, because the History API has none for `pushState` and `replaceState`.
for (const name of ['pushState', 'replaceState']) addEventListener(name, note(false));

/** Whether the reader has gone to another page since the document was loaded. */
export const hasLeftFirstPage = (): boolean => isLeft;

/** Whether the current page was reached by going back or forward, and not by a link. */
export const isComeBack = (): boolean => isReturn;

/**
 * Fetch policy of lists. After a link, cached items are shown at once and new ones soon after; after going back, all
 * pages that were loaded are shown, at the same scroll position.
 */
export function useListPolicy(): WatchQueryFetchPolicy {
  const [policy] = useState<WatchQueryFetchPolicy>(() => (isReturn ? 'cache-first' : 'cache-and-network'));
  return policy;
}
