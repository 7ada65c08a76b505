import { useSyncExternalStore } from 'react';
import { useReader } from '../session/reader-context.ts';
import { type InboxNews, inboxOf } from './inbox-state.ts';

/** What the page knows of the signed-in reader's inbox, live. */
export function useInbox(): InboxNews {
  const state = inboxOf(useReader());
  return useSyncExternalStore(state.subscribe, () => state.news);
}
