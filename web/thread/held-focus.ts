import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef } from 'react';

/** How long a row is held after the list has changed, in milliseconds: until the new rows are measured. */
const holdMs = 300;

interface Held {
  readonly row: HTMLElement;
  /** Distance from the top of the window, in pixels. */
  readonly top: number;
  readonly until: number;
}

/** A list that tells of its changes. */
interface Changing {
  readonly subscribe: (listener: () => void) => () => void;
}

/**
 * Keeps a visible row with the focus in place while rows are inserted above it, since the reader may be writing in it. Rows
 * have a `data-key`.
 * @returns a function that releases the row, to scroll elsewhere
 */
export function useHeldFocus(list: Changing, rows: RefObject<HTMLElement | null>): () => void {
  const held = useRef<Held>(undefined);
  const release = useCallback(() => {
    held.current = undefined;
  }, []);
  useEffect(() => {
    const hold = () => {
      const row = document.activeElement?.closest<HTMLElement>('[data-key]');
      if (!row || rows.current?.contains(row) !== true) return release();
      const { top, bottom } = row.getBoundingClientRect();
      const isOnShow = bottom > 0 && top < innerHeight;
      held.current = isOnShow ? { row, top, until: performance.now() + holdMs } : undefined;
    };
    const events = ['wheel', 'touchmove', 'pointerdown'] as const;
    for (const name of events) addEventListener(name, release, { passive: true });
    const unsubscribe = list.subscribe(hold);
    return () => {
      unsubscribe();
      for (const name of events) removeEventListener(name, release);
    };
  }, [list, rows, release]);
  // Runs after each render: the first one inserts rows with estimated heights, the next ones know the measured heights.
  useLayoutEffect(() => {
    if (!held.current?.row.isConnected || performance.now() > held.current.until) return;
    const moved = held.current.row.getBoundingClientRect().top - held.current.top;
    if (Math.abs(moved) > 1) scrollBy({ top: moved, behavior: 'instant' });
  });
  return release;
}
