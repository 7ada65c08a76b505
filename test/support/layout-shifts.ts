import { EventEmitter, once } from 'node:events';
import { eventually } from './eventually.ts';
import { type BrowserReader } from './readers.ts';

/** Runs before the page's scripts: notes the shifts that no input has caused, as Cumulative Layout Shift counts them. */
export const watchShifts = `
  globalThis.shifts = [];
  new PerformanceObserver((list) => {
    for (const { value, hadRecentInput, sources } of list.getEntries()) if (!hadRecentInput)
      shifts.push({ value, nodes: sources.map(({ node }) => node && (node.className || node.nodeName)) });
  }).observe({ type: 'layout-shift', buffered: true });
`;

export interface Shift {
  readonly value: number;
  readonly nodes: readonly string[];
}

/** The shifts so far. Two frames later, so that the observer has reported those that a condition was waited for with. */
export const shiftsOf = ({ page }: BrowserReader): Promise<Shift[]> =>
  page.evaluate(
    `new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve(shifts))))`,
  );

/**
 * Does something as the reader, and waits for what comes of it: what that moves is no shift. Browsers say so only of the half second
 * after the input, in which a busy machine may not have answered.
 */
export async function byInput(reader: BrowserReader, work: () => Promise<unknown>): Promise<void> {
  const { length } = await shiftsOf(reader);
  await work();
  await shiftsOf(reader);
  await reader.page.evaluate(`shifts.length = ${length}`);
}

/**
 * Goes to a page, whose shifts are watched and whose scripts are held back.
 * @returns a function that lets the scripts go
 */
export async function goWithoutScripts({ page }: BrowserReader, address: string): Promise<() => void> {
  const gate = new EventEmitter();
  const isReleased = once(gate, 'released');
  await page.addInitScript(watchShifts);
  await page.route('**/assets/*.js', async (route) => {
    await isReleased;
    await route.fallback();
  });
  await page.goto(address, { waitUntil: 'commit' });
  return () => gate.emit('released');
}

/** Whether the document has its styles: without them its body has a margin. */
export const hasStyles = `getComputedStyle(document.body).marginLeft === '0px'`;

/** Waits until the served document is painted with its styles. */
export const isStyled = ({ page }: BrowserReader): Promise<true> =>
  eventually('the first paint', () =>
    page.evaluate<true | false>(`${hasStyles} && performance.getEntriesByType('paint').length > 0`),
  );
