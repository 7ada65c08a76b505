import { useEffect, useRef, useState } from 'react';
import { useReader } from '../session/reader-context.ts';
import { newsOf } from './moderation-news.ts';
import { type NewsEvent } from './queue-documents.ts';

/** Wait for further events before a list is read again, in milliseconds. */
const gatherMs = 200;

/**
 * A number that changes soon after something has happened that a page is about: then it reads again.
 * @param isAbout whether an event is meant; what was lost may have been
 */
export function useNews(isAbout: (event: NewsEvent) => boolean): number {
  const reader = useReader();
  const [turn, setTurn] = useState(0);
  const latest = useRef(isAbout);
  useEffect(() => {
    latest.current = isAbout;
  });
  useEffect(() => {
    let gathering: ReturnType<typeof setTimeout> | undefined;
    const leave = newsOf(reader).follow((event) => {
      if (event && !latest.current(event)) return;
      gathering ??= setTimeout(() => {
        gathering = undefined;
        setTurn((before) => before + 1);
      }, gatherMs);
    });
    return () => {
      clearTimeout(gathering);
      leave();
    };
  }, [reader]);
  return turn;
}
