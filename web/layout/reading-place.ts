import { useEffect } from 'react';
import { v4 as newUuid } from 'uuid';
import { commentOfHash } from '../paths.ts';
import { inTab, readStored, writeStored } from '../storage.ts';

/*
 * Brings readers back to where they were: after a reload, on going back or forward, in a tab that the browser had discarded,
 * and when the window's width changes. The browser restores a number of pixels, which is another place as soon as rows are
 * measured anew, or items came meanwhile. Here each entry of the history has a key in its state, and the tab's storage keeps
 * by this key which items were in the window, and where. The part of a list around these items is loaded
 * (`arrivedAt`, `useArrival`), and the window follows the first one of them that is there until it rests.
 *
 * Items have a `data-key`; blocks of an article's text are counted.
 */

/** An element in the window, or near to it. */
interface Anchor {
  readonly key: string;
  /** Its distance from the top of the window, and its height, in pixels. */
  readonly top: number;
  readonly height: number;
}

/** Where a reader was. */
export interface Place {
  readonly y: number;
  /** The nearest to the top of the window first; further ones are for those that are gone. */
  readonly anchors: readonly Anchor[];
}

/** Name in the storage; the number changes with the form of places. */
const storageKey = 'standfirst.places.1';

/** Places and anchors that are kept. */
const [maxPlaces, maxAnchors] = [50, 16];

/** Pages of a list that are loaded in search of a place. */
const maxLoads = 20;

/** Time after a scroll until the place is kept, and the longest search for a place, in milliseconds. */
const [settleMs, longestMs] = [100, 60_000];

/** Frames in which nothing moves until a place counts as found. */
const calmFrames = 20;

type Stored = readonly (readonly [string, Place])[];

const isStored = (value: unknown): value is Stored =>
  Array.isArray(value) &&
  value.every((each) => Array.isArray(each) && Array.isArray((each[1] as Place | null)?.anchors));

let places = new Map<string, Place>(readStored(storageKey, isStored, inTab));

/** Key of the current entry of the history. */
let entry = '';
/** Where the reader was in this entry, when it was entered by going back or by a reload. */
let arrival: Place | undefined;
/** The place of the window, as last seen. */
let seen: Place | undefined;
let timer: ReturnType<typeof setTimeout> | undefined;
/** Whether the window has moved since this entry was entered: before, its place tells nothing of the reader. */
let hasMoved = false;
/** Pages that were loaded since this entry was entered. */
let loads = 0;
let endSearch: (() => void) | undefined;
let topOfRow: ((key: string) => number | undefined) | undefined;
const listeners = new Set<(place: Place) => void>();

/** The reader's place in this entry of the history, if it was entered by going back or by a reload. */
export const arrivedAt = (): Place | undefined => arrival;

/** Keys of a place's items, apart from blocks of text and rows that are no item. */
export const itemsOf = ({ y, anchors }: Place): string[] =>
  y === 0 || anchors[0]?.key.startsWith('p:') === true
    ? []
    : anchors.map(({ key }) => key).filter((key) => !key.includes(':'));

/** The comment at which a thread is opened: where the reader was, and else the one that the address points to. */
export const commentToOpen = (): string | undefined =>
  arrival ? itemsOf(arrival)[0] : commentOfHash(location.hash);

/** Whether the reader has come to see the part of the page that the address names. @param hash with the `#` */
export const isTarget = (hash: string): boolean => location.hash === hash && !arrival;

/** Whether the window is on its way to a place. */
export const isReturning = (): boolean => endSearch !== undefined;

/**
 * Scrolls the window at once. Two movements within a frame that end where it began have no event of their own, and a list
 * that shows the visible rows alone would show those of the place in between.
 */
export function moveWindow(top: number): void {
  scrollTo({ top, behavior: 'instant' });
  dispatchEvent(new Event('scroll'));
}

/** Calls when an entry of the history is entered again, and at once if it was. @param onArrival another function is another subscription */
export function useArrival(onArrival: (place: Place) => void): void {
  useEffect(() => {
    if (arrival) onArrival(arrival);
    listeners.add(onArrival);
    return () => void listeners.delete(onArrival);
  }, [onArrival]);
}

/** Loads more of a list as long as the reader's place in it is not loaded. */
export function useMoreOnReturn(canLoad: boolean, more: () => void): void {
  useEffect(() => {
    if (!canLoad || !arrival || !isReturning() || loads >= maxLoads) return;
    const isFound = arrival.anchors.some((anchor) => offsetFor(anchor) !== undefined);
    if (isFound || itemsOf(arrival).length === 0) return;
    loads++;
    more();
  });
}

/** Finds rows that are not in the document. @param find returns the distance of a row from the document's top, in pixels */
export function findRowsBy(find: (key: string) => number | undefined): () => void {
  topOfRow = find;
  return () => {
    if (topOfRow === find) topOfRow = undefined;
  };
}

const keyed = (): HTMLElement[] => [...document.querySelectorAll<HTMLElement>('main [data-key]')];
const blocks = (): HTMLElement[] => [...document.querySelectorAll<HTMLElement>('main .prose > *')];

const itemOf = (key: string): Element | null =>
  key.startsWith('p:')
    ? (blocks()[Number(key.slice(2))] ?? null)
    : document.querySelector(`main [data-key="${CSS.escape(key)}"]`);

/** Distance from the top of the window; an element at the top of the window has none. */
const distanceOf = ({ top, height }: Anchor): number => Math.max(top, -top - height, 0);

function look(): Place {
  const anchorOf = (element: Element, key: string): Anchor => {
    const { top, height } = element.getBoundingClientRect();
    return { key, top: Math.round(top), height: Math.round(height) };
  };
  const anchors = [
    ...keyed().map((item) => anchorOf(item, item.dataset.key ?? '')),
    ...blocks().map((block, index) => anchorOf(block, `p:${index}`)),
  ];
  const nearest = anchors
    .filter((anchor) => distanceOf(anchor) < 3 * innerHeight)
    .sort((a, b) => distanceOf(a) - distanceOf(b));
  return { y: Math.round(scrollY), anchors: nearest.slice(0, maxAnchors) };
}

/** Keeps the place of the window for the current entry, unless the window is still on its way to it. */
function keep(): void {
  clearTimeout(timer);
  timer = undefined;
  if (isReturning() || !hasMoved) return;
  seen = look();
  places.delete(entry);
  places.set(entry, seen);
  places = new Map([...places].slice(-maxPlaces));
  writeStored(storageKey, [...places], inTab);
}

/** Where the window has to be for an anchor; undefined: its element is not loaded. */
function offsetFor({ key, top, height }: Anchor): number | undefined {
  const box = itemOf(key)?.getBoundingClientRect();
  const start = box ? scrollY + box.top : topOfRow?.(key);
  if (start === undefined) return undefined;
  // In another width the lines are others: the same part of the text is at the top.
  return start - (top < 0 && box && height > 0 ? (top * box.height) / height : top);
}

function offsetOf({ y, anchors }: Place): number | undefined {
  for (const anchor of anchors) {
    const offset = offsetFor(anchor);
    if (offset !== undefined) return offset;
  }
  return anchors.length > 0 || document.documentElement.scrollHeight - innerHeight < y ? undefined : y;
}

/** The part of the page that the address names has the focus again, if it is in the window. */
function focusTarget(): void {
  const target = document.getElementById(location.hash.slice(1));
  if (!target || document.activeElement !== document.body) return;
  const { top, bottom } = target.getBoundingClientRect();
  if (bottom > 0 && top < innerHeight) target.focus({ preventScroll: true });
}

/** Moves the window to a place as soon as it is loaded, until the window rests there. Ends when the reader scrolls. */
function search(place: Place): void {
  endSearch?.();
  let calm = 0;
  let frame = requestAnimationFrame(step);
  const timer = setTimeout(end, longestMs);
  const events = ['wheel', 'touchstart', 'keydown', 'mousedown'] as const;
  for (const name of events) addEventListener(name, end, { passive: true });
  endSearch = end;
  function end() {
    cancelAnimationFrame(frame);
    clearTimeout(timer);
    for (const name of events) removeEventListener(name, end);
    endSearch = undefined;
  }
  function step() {
    frame = requestAnimationFrame(step);
    const offset = offsetOf(place);
    if (offset === undefined) return;
    const limit = document.documentElement.scrollHeight - innerHeight;
    const target = Math.max(0, Math.min(offset, limit));
    if (Math.abs(scrollY - target) > 1) {
      calm = 0;
      moveWindow(target);
    } else if (++calm > calmFrames) {
      end();
      keep();
      focusTarget();
    }
  }
}

/** Takes notice of the entry of the history in which the document is now. */
function enter(): void {
  if (timer !== undefined) keep();
  endSearch?.();
  loads = 0;
  hasMoved = false;
  seen = undefined;
  const state = history.state as { readonly entry?: unknown } | null;
  arrival = undefined;
  if (typeof state?.entry === 'string') {
    entry = state.entry;
    arrival = places.get(entry);
    if (!arrival) return;
    search(arrival);
    for (const listener of listeners) listener(arrival);
    return;
  }
  entry = newUuid();
  // The router's own function would tell of another address.
  History.prototype.replaceState.call(history, { ...state, entry }, '');
}

let path = location.pathname;
let width = innerWidth;

history.scrollRestoration = 'manual';
enter();
addEventListener('popstate', () => {
  path = location.pathname;
  enter();
});
// Parts of the page change the address of the same entry, and keep its state.
addEventListener('replaceState', () => {
  if ((history.state as { readonly entry?: unknown } | null)?.entry !== entry) enter();
  path = location.pathname;
});
addEventListener('pushState', () => {
  enter();
  if (location.pathname !== path && location.hash === '') moveWindow(0);
  path = location.pathname;
});
addEventListener(
  'scroll',
  () => {
    hasMoved = true;
    clearTimeout(timer);
    timer = setTimeout(keep, settleMs);
  },
  { passive: true },
);
// Before the document or the page is left.
addEventListener('click', keep, { capture: true });
addEventListener('pagehide', keep);
document.addEventListener('visibilitychange', () => document.hidden && keep());
addEventListener('resize', () => {
  if (innerWidth === width) return;
  width = innerWidth;
  if (seen && seen.y > 0 && !isReturning()) search(seen);
});
