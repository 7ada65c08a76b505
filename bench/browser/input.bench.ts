import { randomUUID } from 'node:crypto';
import { type Comparison, type Figures, takeTurns } from '../measure/rounds.ts';
import { beginProbe, placeOf, readProbe, shownComments, waitUntil } from './probe.ts';
import { quantile } from './quantile.ts';
import type { BrowserStage, Tab } from './stage.ts';
import { onDevice, sides, type Visit } from './visit.ts';

const kinds = ['fold', 'reply', 'key', 'post'] as const;
type Kind = (typeof kinds)[number];

/** Latencies of inputs, in milliseconds from an input to the next paint. */
interface Taken extends Readonly<Record<Kind, number[]>> {
  /** Number of clicks whose target was moved away by an arriving event. */
  missed: number;
  /** Number of sent replies that did not come into view. */
  unseen: number;
}

const names: Readonly<Record<Kind, string>> = {
  fold: 'fold',
  reply: 'open a reply',
  key: 'a key',
  post: 'send a reply',
};

const columns = [
  ...kinds.flatMap((kind) => [
    { key: `${kind}75`, name: `${names[kind]}: p75 ms`, digits: 0 },
    { key: `${kind}Max`, name: 'the longest', digits: 0 },
  ]),
  { key: 'missed', name: 'moved away', digits: 0 },
  { key: 'unseen', name: 'not shown', digits: 0 },
];

const selectors = {
  fold: '.fold-button',
  page: { reply: '.comment-actions > .link-button[aria-expanded="false"]', send: '.comment .button-primary' },
  bare: { reply: '.link-button', send: 'form .button-primary' },
} as const;

/** Latency assumed for inputs that the browser does not report, because they took less, in milliseconds. */
const leastReported = 16;

/** Performs an action, and records how long each of its inputs waited for the next paint. */
async function time(
  { page }: Tab,
  delays: number[],
  inputs: number,
  act: () => Promise<void>,
): Promise<void> {
  await beginProbe(page, false);
  await act();
  // The browser reports an input after its paint.
  await page.waitForTimeout(200);
  const { inputs: reported } = await readProbe(page);
  const unreported = Array.from({ length: Math.max(0, inputs - reported.length) }, () => leastReported);
  delays.push(...reported, ...unreported);
}

/** Position of a visible element, after scrolling down if there is none. */
async function find({ page }: Tab, selector: string): Promise<{ x: number; y: number }> {
  for (let turn = 0; turn < 40; turn++) {
    const place = await placeOf(page, selector);
    if (place) return place;
    await page.mouse.wheel(0, 200);
    await page.waitForTimeout(150);
  }
  throw new Error(`No visible ${selector} was found`);
}

const mostMisses = 5;

/**
 * Clicks on an element; if it was moved away between look-up and click, tries again, as a reader would.
 * @param done an expression that is true in the page when the click had its effect
 */
async function click(tab: Tab, kind: Kind, selector: string, done: string, taken: Taken): Promise<void> {
  for (let misses = 0; misses < mostMisses; misses++) {
    const delays: number[] = [];
    await time(tab, delays, 1, async () => {
      const { x, y } = await find(tab, selector);
      await tab.page.mouse.click(x, y);
    });
    if (await tab.page.evaluate<boolean>(done)) {
      taken[kind].push(...delays);
      return;
    }
    taken.missed++;
  }
  throw new Error(`Clicks on ${selector} do nothing`);
}

async function once(tab: Tab, side: Visit['side'], taken: Taken): Promise<void> {
  const { page } = tab;
  await page.mouse.move(200, 400);
  const { reply, send } = selectors[side];
  // Folds and unfolds: the same element is nearest to the middle both times.
  for (let turn = 0; turn < 2; turn++) await click(tab, 'fold', selectors.fold, 'true', taken);
  await click(tab, 'reply', reply, `document.activeElement.matches('textarea')`, taken);
  await page.evaluate(`document.activeElement.scrollIntoView({ block: 'center', behavior: 'instant' })`);
  await page.waitForTimeout(200);
  const words = `I saw it: ${randomUUID().slice(0, 8)}`;
  await time(tab, taken.key, words.length, () => page.keyboard.type(words, { delay: 60 }));
  if (!(await placeOf(page, send))) {
    taken.missed++;
    await page.locator(send).first().scrollIntoViewIfNeeded();
  }
  await click(tab, 'post', send, `!document.querySelector('.thread-rows form')`, taken);
  const isShown = `[...document.querySelectorAll('.thread-rows p')].some((text) => text.textContent === '${words}')`;
  await waitUntil(page, isShown, 3000).catch(() => taken.unseen++);
}

function figures(taken: Taken): Figures {
  const ofKinds = kinds.flatMap((kind) => [
    [`${kind}75`, quantile(taken[kind], 0.75)],
    [`${kind}Max`, quantile(taken[kind], 1)],
  ]);
  const { missed, unseen } = taken;
  return { ...(Object.fromEntries(ofKinds) as Figures), missed, unseen };
}

/** Measures the time from an input to the next paint, in the middle of the loaded rows, while others write. */
export async function benchInput(stage: BrowserStage): Promise<Comparison[]> {
  const { events, onProgress, options, size } = stage;
  const comparisons: Comparison[] = [];
  for (const slowdown of size.slowdowns) {
    const title = `browser: from an input to the next paint at ${size.eventsPerSecond} events/s${onDevice(slowdown)}`;
    const results = await takeTurns(sides, options.rounds, async ({ name, side }, round) => {
      const tab = await stage.openThread({ side, isSignedIn: true, comments: size.loaded, slowdown });
      const taken: Taken = { fold: [], reply: [], key: [], post: [], missed: 0, unseen: 0 };
      let isOver = false;
      const act = async () => {
        try {
          for (let turn = 0; turn < size.inputs; turn++) await once(tab, side, taken);
        } finally {
          isOver = true;
        }
      };
      try {
        const writing = events.run(
          size.eventsPerSecond,
          () => isOver,
          () => shownComments(tab.page),
        );
        await Promise.all([writing, act()]);
      } finally {
        await tab.context.close();
      }
      const longest = Math.max(...kinds.flatMap((kind) => taken[kind]));
      onProgress(`${title}: round ${round + 1}, ${name}: ${longest} ms`);
      return figures(taken);
    });
    comparisons.push({ title, columns, sides: results });
  }
  return comparisons;
}
