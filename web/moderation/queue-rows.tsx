import { defaultRangeExtractor, type Range, useWindowVirtualizer } from '@tanstack/react-virtual';
import {
  type Ref,
  useCallback,
  useEffect,
  useImperativeHandle,
  useLayoutEffect,
  useRef,
  useState,
} from 'react';
import { findRowsBy, useMoreOnReturn } from '../layout/reading-place.ts';
import { useHeldFocus } from '../thread/held-focus.ts';
import { walkTo } from '../thread/walk.ts';
import { QueueCard } from './queue-card.tsx';
import { cardId } from './queue-entry.ts';
import type { Queue } from './queue.ts';
import type { QueueSnapshot } from './queue-list.ts';
import { queueTexts as words } from './queue-texts.ts';

/** Estimated height of an entry, in pixels; each is measured when shown. */
const estimatedHeight = 260;

/** Entries that are rendered beyond the visible ones, and the distance from the end at which the next page is requested. */
const [overscan, nearEnd] = [4, 10];

/** Height of what stays at the top of the window, with some air, in pixels: the bar may have more than one line. */
const topMargin = 64;
const coveredHeight = (): number =>
  Math.max(topMargin, (document.querySelector<HTMLElement>('.queue-bar')?.offsetHeight ?? 0) + 8);

export interface QueueRowsHandle {
  /** Focuses an entry, and scrolls to it unless all of it is in view. */
  goTo(id: string): void;
}

interface Props {
  readonly queue: Queue;
  readonly snapshot: QueueSnapshot;
  readonly isBusy: boolean;
  readonly ref: Ref<QueueRowsHandle>;
}

/** Renders only the visible entries of a long queue. */
export function QueueRows({ queue, snapshot: { entries, hasNext, current, selected }, isBusy, ref }: Props) {
  const container = useRef<HTMLDivElement>(null);
  const top = useTop(container);
  const currentIndex = current === undefined ? -1 : queue.list.indexOf(current);
  const virtualizer = useWindowVirtualizer({
    count: entries.length,
    estimateSize: (index) => entries[index]?.height ?? estimatedHeight,
    getItemKey: useCallback((index: number) => entries[index]?.id ?? index, [entries]),
    overscan,
    scrollMargin: top,
    scrollPaddingStart: topMargin,
    rangeExtractor: useCallback(
      (range: Range) => {
        const shown = defaultRangeExtractor(range);
        // The entry in hand stays in the document, with its focus and what is typed in it.
        if (currentIndex < 0 || shown.includes(currentIndex)) return shown;
        return [...shown, currentIndex].sort((a, b) => a - b);
      },
      [currentIndex],
    ),
  });
  const letGo = useHeldFocus(queue.list, container);
  const items = virtualizer.getVirtualItems();

  const inRange = items.filter(({ index }) => index !== currentIndex);
  const first = inRange[0]?.index ?? Math.max(0, currentIndex);
  const last = inRange.at(-1)?.index ?? Math.max(0, currentIndex);
  const isEndNear = hasNext && last >= entries.length - nearEnd;
  useEffect(() => {
    if (isEndNear) void queue.more();
  }, [isEndNear, entries.length, queue]);
  useMoreOnReturn(hasNext && !isBusy, () => void queue.more());
  useEffect(
    () => findRowsBy((id) => virtualizer.measurementsCache[queue.list.indexOf(id)]?.start),
    [queue, virtualizer],
  );
  useEffect(() => {
    queue.keepAround(first, last, (id) => virtualizer.measurementsCache[queue.list.indexOf(id)]?.size);
  }, [first, last, entries, queue, virtualizer]);

  const stopWalk = useRef<() => void>(undefined);
  useEffect(() => () => stopWalk.current?.(), []);
  useImperativeHandle(ref, () => ({
    goTo(id) {
      queue.actions.take(id);
      letGo();
      stopWalk.current?.();
      const element = () => document.getElementById(cardId(id));
      stopWalk.current = walkTo(
        () => {
          const index = queue.list.indexOf(id);
          if (index < 0) return undefined;
          const box = element()?.getBoundingClientRect();
          const covered = coveredHeight();
          if (box && box.top >= covered && box.bottom <= innerHeight) return scrollY;
          const offset = virtualizer.getOffsetForIndex(index, 'start')?.[0];
          return offset === undefined ? undefined : Math.max(0, offset - (covered - topMargin));
        },
        () => {
          const card = element();
          if (card && !card.contains(document.activeElement)) card.focus({ preventScroll: true });
          return card !== null;
        },
      );
    },
  }));

  return (
    <div
      ref={container}
      className="queue-rows"
      // A feed without articles is none.
      {...(entries.length > 0 ? { role: 'feed', 'aria-label': words.list } : {})}
      aria-busy={isBusy}
      style={{ height: virtualizer.getTotalSize() }}
      onFocus={({ target }) => {
        const id = target.closest<HTMLElement>('[data-key]')?.dataset.key;
        if (id !== undefined) queue.actions.take(id);
      }}
    >
      {items.map(({ index, key, start }) => {
        const entry = entries[index];
        if (!entry) return null;
        return (
          <div
            key={key}
            ref={virtualizer.measureElement}
            data-index={index}
            data-key={entry.id}
            className="queue-row"
            style={{ transform: `translateY(${start - top}px)` }}
          >
            <QueueCard
              entry={entry}
              place={index + 1}
              isCurrent={entry.id === current}
              isEntrance={currentIndex < 0 ? index === 0 : index === currentIndex}
              isSelected={selected.has(entry.id)}
            />
          </div>
        );
      })}
    </div>
  );
}

/** Distance of an element from the document's top, in pixels, kept up to date when content above changes. */
function useTop(ref: { readonly current: HTMLElement | null }): number {
  const [top, setTop] = useState(0);
  useLayoutEffect(() => {
    const measure = () => {
      if (ref.current) setTop(Math.round(ref.current.getBoundingClientRect().top + scrollY));
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(document.body);
    return () => observer.disconnect();
  }, [ref]);
  return top;
}
