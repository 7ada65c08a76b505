import { type WatchQueryFetchPolicy } from '@apollo/client';
import { useState } from 'react';

/** Whether the page on show was come back to. */
let isReturn = false;

addEventListener('popstate', () => (isReturn = true));
// By these the router tells of what the History API keeps to itself.
for (const name of ['pushState', 'replaceState']) addEventListener(name, () => (isReturn = false));

/** Whether the page on show was come back to, and not by a link. */
export const isComeBack = (): boolean => isReturn;

/**
 * For lists: whoever comes by a link sees at once what is known and soon what is new; whoever comes back finds all the pages
 * that they had loaded, and their place in them.
 */
export function useListPolicy(): WatchQueryFetchPolicy {
  const [policy] = useState<WatchQueryFetchPolicy>(() => (isReturn ? 'cache-first' : 'cache-and-network'));
  return policy;
}
