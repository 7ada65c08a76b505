import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from 'playwright-core';

/*
 * The script that observes the page from inside. A string, because the benches compile with Node's types. Between
 * readings only the browser's own observers run, except for the animation-frame counter, which is started for scrolling
 * alone.
 */

/** Runs before any script of the page. */
export const probeScript = `globalThis.probe = (() => {
  const probe = { fcp: 0, lcp: 0, cls: 0, live: 0, target: 0, tasks: [], gaps: [], inputs: new Map() };
  const shift = { first: -Infinity, last: -Infinity, sum: 0 };
  const watch = (type, take, more) =>
    new PerformanceObserver((list) => list.getEntries().forEach(take)).observe({ type, buffered: true, ...more });
  watch('paint', ({ name, startTime }) => { if (name === 'first-contentful-paint') probe.fcp = startTime; });
  watch('largest-contentful-paint', ({ startTime }) => { probe.lcp = startTime; });
  watch('layout-shift', ({ value, hadRecentInput, startTime }) => {
    if (hadRecentInput) return;
    // The greatest session window: shifts less than a second apart, within five seconds.
    if (startTime - shift.last >= 1000 || startTime - shift.first >= 5000) Object.assign(shift, { first: startTime, sum: 0 });
    Object.assign(shift, { last: startTime, sum: shift.sum + value });
    probe.cls = Math.max(probe.cls, shift.sum);
  });
  watch('longtask', ({ duration }) => { probe.tasks.push(duration); });
  watch('event', ({ interactionId, duration }) => {
    if (interactionId) probe.inputs.set(interactionId, Math.max(duration, probe.inputs.get(interactionId) ?? 0));
  }, { durationThreshold: 16 });

  const isInView = (element) => {
    const { top, bottom } = element.getBoundingClientRect();
    return bottom > 0 && top < innerHeight;
  };
  // Repeats until the page is live and the comment in the URL's fragment is in view.
  const look = () => {
    const isLive = document.querySelector('.live-mark.is-live') && document.querySelector('.thread-rows .thread-row');
    if (isLive) probe.live ||= performance.now();
    const target = location.hash.startsWith('#comment-') && document.getElementById(location.hash.slice(1));
    if (target && isInView(target)) probe.target ||= performance.now();
    if (!probe.live || (location.hash !== '' && !probe.target)) requestAnimationFrame(look);
  };
  requestAnimationFrame(look);

  let last = 0;
  let isCounting = false;
  const frame = (now) => {
    if (last > 0) probe.gaps.push(now - last);
    last = now;
    if (isCounting) requestAnimationFrame(frame);
  };
  /** @param countsFrames whether frames are counted from now on */
  probe.begin = (countsFrames) => {
    probe.tasks = [];
    probe.gaps = [];
    probe.inputs.clear();
    last = 0;
    if (countsFrames && !isCounting) requestAnimationFrame(frame);
    isCounting = countsFrames;
  };
  probe.read = () => ({ ...probe, inputs: [...probe.inputs.values()] });
  /** Ids of the comments in the viewport. */
  probe.shown = () =>
    [...document.querySelectorAll('.thread-rows [id^="comment-"]')].filter(isInView).map(({ id }) => id.slice(8));
  /** Position to click on a matching element: completely visible, and nearest to the middle. */
  probe.place = (selector) => {
    const middle = innerHeight / 2;
    const places = [...document.querySelectorAll(selector)].map((element) => {
      const { left, top, width, height } = element.getBoundingClientRect();
      return { x: left + width / 2, y: top + height / 2 };
    }).filter(({ y }) => y > 90 && y < innerHeight - 40);
    return places.sort((a, b) => Math.abs(a.y - middle) - Math.abs(b.y - middle))[0];
  };
  /** Number of loaded rows, from the index of the last one. */
  probe.loaded = () => {
    const rows = [...document.querySelectorAll('.thread-rows [data-index]')];
    return Math.max(0, ...rows.map((row) => Number(row.dataset.index) + 1));
  };
  return probe;
})();`;

/** Times in milliseconds. */
export interface ProbeReading {
  readonly fcp: number;
  readonly lcp: number;
  /** Cumulative Layout Shift, without a unit. */
  readonly cls: number;
  /** Time at which the thread was displayed and live. */
  readonly live: number;
  /** Time at which the comment in the URL's fragment was in view. */
  readonly target: number;
  /** Durations of tasks over 50 ms. */
  readonly tasks: readonly number[];
  /** Intervals between animation frames. */
  readonly gaps: readonly number[];
  /** Times from an interaction to the next paint, of 16 ms or more. */
  readonly inputs: readonly number[];
}

export const readProbe = (page: Page): Promise<ProbeReading> => page.evaluate('probe.read()');

export const beginProbe = (page: Page, countsFrames: boolean): Promise<void> =>
  page.evaluate(`probe.begin(${countsFrames})`);

export const shownComments = (page: Page): Promise<string[]> => page.evaluate('probe.shown()');

export const loadedRows = (page: Page): Promise<number> => page.evaluate('probe.loaded()');

/** @returns undefined where none is visible */
export const placeOf = (page: Page, selector: string): Promise<{ x: number; y: number } | undefined> =>
  page.evaluate(`probe.place(${JSON.stringify(selector)})`);

/**
 * Waits until an expression is true in the page. The page's Content-Security-Policy forbids Playwright's own method.
 */
export async function waitUntil(page: Page, expression: string, withinMs = 30_000): Promise<void> {
  const end = performance.now() + withinMs;
  while (!(await page.evaluate<boolean>(`Boolean(${expression})`))) {
    if (performance.now() > end) throw new Error(`Timed out waiting for the page: ${expression}`);
    await sleep(25);
  }
}
