import { defaultRangeExtractor, type Range, useWindowVirtualizer } from '@tanstack/react-virtual';
import {
  type CSSProperties,
  type KeyboardEvent,
  type Ref,
  useCallback,
  useEffect,
  useImperativeHandle,
  useLayoutEffect,
  useRef,
  useState,
} from 'react';
import { commentHash } from '../paths.ts';
import { texts } from '../texts.ts';
import { BranchButton } from './branch-button.tsx';
import { CommentCard } from './comment-card.tsx';
import { findRowsBy } from '../layout/reading-place.ts';
import { useDiscussion } from './discussion-context.ts';
import { useHeldFocus } from './held-focus.ts';
import { OwnComment } from './own-comment.tsx';
import { type Row, type ThreadSnapshot } from './thread-entry.ts';
import { markTarget, walkTo } from './walk.ts';

/** Estimated height of a comment, in pixels; each is measured when shown. */
const estimatedHeight = 130;

/** Number of rows that are rendered beyond the visible ones. */
const overscan = 6;

/** Distance from an end of the loaded rows at which the next page is requested, in rows. */
const nearEnd = 10;

export interface RowsHandle {
  /** Scrolls to a comment and focuses it. @returns whether it is in the list */
  goTo(id: string): boolean;
}

interface Props {
  readonly snapshot: ThreadSnapshot;
  /** Whether more rows are being loaded. */
  readonly isBusy: boolean;
  readonly onEnd: (end: 'start' | 'end') => void;
  readonly ref: Ref<RowsHandle>;
}

/** Renders only the visible rows of a long list; rows that are inserted above do not move them. */
export function ThreadRows({ snapshot: { rows, hasPrevious, hasNext }, isBusy, onEnd, ref }: Props) {
  const discussion = useDiscussion();
  const container = useRef<HTMLDivElement>(null);
  const top = useDistanceFromTop(container);
  const [focused, setFocused] = useState<string>();
  const focusedIndex = focused === undefined ? -1 : rows.findIndex(({ key }) => key === focused);

  const virtualizer = useWindowVirtualizer({
    count: rows.length,
    estimateSize: () => estimatedHeight,
    getItemKey: useCallback((index: number) => rows[index]?.key ?? index, [rows]),
    overscan,
    initialMeasurementsCache: [...discussion.measurements],
    scrollMargin: top,
    scrollPaddingStart: 72,
    // Anchored only while the reader is in the list: then the visible rows stay in place.
    anchorTo: isBehind(top) ? 'end' : 'start',
    scrollEndThreshold: -1,
    rangeExtractor: useCallback(
      (range: Range) => {
        const shown = defaultRangeExtractor(range);
        // The focused row stays in the document, as in a page without windowing.
        if (focusedIndex < 0 || shown.includes(focusedIndex)) return shown;
        return [...shown, focusedIndex].sort((a, b) => a - b);
      },
      [focusedIndex],
    ),
  });
  const letGo = useHeldFocus(discussion.list, container);
  const items = virtualizer.getVirtualItems();

  const first = items[0]?.index ?? 0;
  const last = items.at(-1)?.index ?? 0;
  const isStartNear = hasPrevious && first < nearEnd && isBehind(top);
  const isEndNear = hasNext && last >= rows.length - nearEnd;
  useEffect(() => {
    if (isStartNear) onEnd('start');
  }, [isStartNear, rows.length, onEnd]);
  useEffect(() => {
    if (isEndNear) onEnd('end');
  }, [isEndNear, rows.length, onEnd]);

  useEffect(() => () => discussion.keepMeasurements(virtualizer.takeSnapshot()), [discussion, virtualizer]);
  useEffect(() => {
    discussion.readAt(() => {
      if (!isBehind(top)) return undefined;
      const offset = virtualizer.scrollOffset ?? 0;
      const shown = virtualizer.getVirtualItems().filter(({ end }) => end > offset);
      const row = shown.map(({ index }) => rows[index]).find((each) => each?.kind === 'comment');
      return row?.kind === 'comment' ? row.id : undefined;
    });
  }, [discussion, rows, top, virtualizer]);

  useEffect(
    () => findRowsBy((key) => virtualizer.measurementsCache[rows.findIndex((row) => row.key === key)]?.start),
    [rows, virtualizer],
  );

  // Whatever is in the window, or has the focus, was seen.
  const [from, to] = [virtualizer.scrollOffset ?? 0, (virtualizer.scrollOffset ?? 0) + innerHeight];
  const inWindow = items.filter(({ start, end }) => end > from && start < to).map(({ index }) => rows[index]);
  useEffect(() => {
    if (document.hidden) return;
    discussion.list.see(inWindow.flatMap((row) => (row?.kind === 'comment' ? [row.id] : [])));
  });

  // Scrolling to a row takes several frames, in which rows are added: each frame uses the latest rows.
  const latest = useRef(rows);
  useLayoutEffect(() => {
    latest.current = rows;
  }, [rows]);
  const stopWalk = useRef<() => void>(undefined);
  useEffect(() => () => stopWalk.current?.(), []);
  const goTo = (id: string): boolean => {
    const key = rows.find((row) => row.kind === 'comment' && row.id === id)?.key;
    if (key === undefined) return false;
    setFocused(key);
    letGo();
    stopWalk.current?.();
    stopWalk.current = walkTo(
      () => {
        const index = latest.current.findIndex((row) => row.key === key);
        return index < 0 ? undefined : virtualizer.getOffsetForIndex(index, 'start')?.[0];
      },
      () => markTarget(commentHash(id).slice(1)),
    );
    return true;
  };
  useImperativeHandle(ref, () => ({ goTo }));

  // The reader's own comment may be outside the visible part.
  useEffect(() => {
    discussion.followOwn((key) => {
      // The row is rendered by then.
      requestAnimationFrame(() => {
        const rowKey = discussion.rowOfOwn(key);
        const index = latest.current.findIndex((row) => row.key === rowKey);
        letGo();
        if (index >= 0) virtualizer.scrollToIndex(index, { align: 'auto' });
      });
    });
  }, [discussion, letGo, virtualizer]);

  /**
   * Keyboard access of a feed (ARIA Authoring Practices, feed pattern): from one comment to the next, past the elements
   * inside.
   */
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    const step = event.key === 'PageDown' ? 1 : event.key === 'PageUp' ? -1 : 0;
    if (step === 0 || focusedIndex < 0 || !(event.target as HTMLElement).matches('article')) return;
    const next = rows[focusedIndex + step];
    if (next?.kind !== 'comment') return;
    event.preventDefault();
    goTo(next.id);
  };

  return (
    <div
      ref={container}
      className="thread-rows"
      // A feed without articles is none.
      {...(rows.length > 0 ? { role: 'feed', 'aria-label': texts.discussion } : {})}
      aria-busy={isBusy}
      onKeyDown={onKeyDown}
      style={{ height: virtualizer.getTotalSize() }}
      onFocus={({ target }) => setFocused(target.closest<HTMLElement>('[data-key]')?.dataset.key)}
    >
      {items.map(({ index, key, start }) => {
        const row = rows[index];
        if (!row) return null;
        return (
          <div
            key={key}
            ref={virtualizer.measureElement}
            data-index={index}
            data-key={row.key}
            className={row.level === 0 ? 'thread-row is-thread' : 'thread-row'}
            style={{ transform: `translateY(${start - top}px)`, '--level': row.level } as CSSProperties}
          >
            <ThreadRow row={row} />
          </div>
        );
      })}
    </div>
  );
}

function ThreadRow({ row }: { readonly row: Row }) {
  const discussion = useDiscussion();
  switch (row.kind) {
    case 'comment':
      return <CommentCard row={row} />;
    case 'own': {
      const item = discussion.posting?.items.find(({ key }) => `own:${key}` === row.key);
      return item ? <OwnComment item={item} /> : null;
    }
    case 'more':
      return <BranchButton commentId={row.id}>{texts.moreReplies}</BranchButton>;
  }
}

/** Whether the window has been scrolled further than `top`, in pixels. */
const isBehind = (top: number): boolean => scrollY > top;

/**
 * Distance of an element from the document's top, in pixels, kept up to date when content above changes. While the
 * reader is inside the element, the window scrolls along with it.
 */
function useDistanceFromTop(ref: { readonly current: HTMLElement | null }): number {
  const [distance, setDistance] = useState(0);
  useLayoutEffect(() => {
    let last: number | undefined;
    /** Distance from the window's top when the reader last scrolled, or when it was last measured. */
    let seenAt = 0;
    const measure = () => {
      if (!ref.current) return;
      const { top } = ref.current.getBoundingClientRect();
      const next = Math.round(top + scrollY);
      // The browser may have kept the place by itself, because of what is in the window above the element.
      if (last !== undefined && next !== last && seenAt < 0)
        scrollBy({ top: top - seenAt, behavior: 'instant' });
      seenAt = ref.current.getBoundingClientRect().top;
      last = next;
      setDistance(next);
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(document.body);
    addEventListener('scroll', measure, { passive: true });
    return () => {
      observer.disconnect();
      removeEventListener('scroll', measure);
    };
  }, [ref]);
  return distance;
}
