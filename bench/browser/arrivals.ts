import { setTimeout as sleep } from 'node:timers/promises';
import type { Figures } from '../measure/rounds.ts';
import { beginProbe, readProbe, shownComments, waitUntil } from './probe.ts';
import { quantile } from './quantile.ts';
import type { BrowserStage, Tab } from './stage.ts';

/** CPU times of the page's main thread, in milliseconds since the page was opened. */
async function readClocks({ cdp }: Tab): Promise<Record<string, number>> {
  const { metrics } = await cdp.send('Performance.getMetrics');
  const of = (name: string) => metrics.find((metric) => metric.name === name)?.value ?? NaN;
  return {
    script: of('ScriptDuration') * 1000,
    style: of('RecalcStyleDuration') * 1000,
    layout: of('LayoutDuration') * 1000,
    task: of('TaskDuration') * 1000,
  };
}

async function heapMb({ cdp }: Tab): Promise<number> {
  await cdp.send('HeapProfiler.collectGarbage');
  const { usedSize } = await cdp.send('Runtime.getHeapUsage');
  return usedSize / 1e6;
}

/** Scrolls down through the thread with the mouse wheel. */
async function wheel({ page }: Tab, until: () => boolean): Promise<void> {
  await page.mouse.move(400, 400);
  while (!until()) {
    await page.mouse.wheel(0, 120);
    await page.waitForTimeout(30);
  }
}

const countSelector = '.discussion-title .count';

/** Waits until the page's counter includes all added comments; throws if it never does. */
async function requireAll({ page }: Tab, expected: number): Promise<void> {
  await waitUntil(
    page,
    `document.querySelector('${countSelector}').textContent.replace(/\\D/g, '') === '${expected}'`,
    20_000,
  );
}

const countedComments = async ({ page }: Tab): Promise<number> =>
  Number(((await page.locator(countSelector).textContent()) ?? '').replace(/\D/g, ''));

/** Longer than the page's pause between two batches of events, in milliseconds. */
const batchMs = 250;

/** Lets other accounts write for the measured time, and sums up what the page spends on displaying the changes. */
export async function measureArrivals(stage: BrowserStage, tab: Tab, isScrolling: boolean): Promise<Figures> {
  const { events, options, size } = stage;
  const added = events.added;
  const counted = await countedComments(tab);
  await beginProbe(tab.page, isScrolling);
  const before = await readClocks(tab);
  const start = performance.now();
  const isOver = () => performance.now() > start + options.seconds * 1000;
  const [perSecond] = await Promise.all([
    events.run(size.eventsPerSecond, isOver, () => shownComments(tab.page)),
    isScrolling ? wheel(tab, isOver) : undefined,
  ]);
  // The costs are those of what was sent in this time. The last of it is displayed later, and counted with the rest.
  const seconds = (performance.now() - start) / 1000;
  await requireAll(tab, counted + events.added - added);
  // Edits and reactions behind the last comment are not in the page's counter.
  await sleep(batchMs);
  const after = await readClocks(tab);
  const { tasks, gaps } = await readProbe(tab.page);
  await beginProbe(tab.page, false);
  const spent = Object.fromEntries(
    Object.entries(after).map(([name, ms]) => [name, (ms - (before[name] ?? NaN)) / seconds]),
  );
  return {
    ...spent,
    longTasks: tasks.length,
    longest: tasks.length > 0 ? Math.max(...tasks) : undefined,
    heap: await heapMb(tab),
    events: perSecond,
    frame95: isScrolling ? quantile(gaps, 0.95) : undefined,
    frame99: isScrolling ? quantile(gaps, 0.99) : undefined,
  };
}
