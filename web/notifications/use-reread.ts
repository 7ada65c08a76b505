import { useEffect, useRef } from 'react';
import { useComeBack } from '../layout/use-come-back.ts';
import { useInbox } from './use-inbox.ts';

/**
 * Calls when what the service tells the reader of may have changed: with each notification, and when the reader comes back to the
 * page.
 * @param reread another function is another subscription
 */
export function useReread(reread: () => void): void {
  useComeBack(reread);
  const { unread, sequence } = useInbox();
  const last = unread === undefined ? undefined : sequence;
  const known = useRef(last);
  useEffect(() => {
    const isNews = known.current !== undefined && last !== undefined && last > known.current;
    known.current = last;
    if (isNews) reread();
  }, [last, reread]);
}
