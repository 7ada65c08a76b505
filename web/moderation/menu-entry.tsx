import { useSyncExternalStore } from 'react';
import { useReader } from '../session/reader-context.ts';
import { ModerationLink } from './menu-link.tsx';
import { newsOf } from './moderation-news.ts';

/** The way to the queue, with the live number of what waits. */
export default function MenuEntry() {
  const news = newsOf(useReader());
  return <ModerationLink count={useSyncExternalStore(news.subscribe, news.count)} />;
}
