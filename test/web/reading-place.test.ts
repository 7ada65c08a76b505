/**
 * @database either
 */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type Browser, type Page } from 'playwright-core';
import { type TestUser } from '../support/app.ts';
import { describeInBrowser, launchBrowser, launchShell } from '../support/browser.ts';
import { allComments, numberedComments } from '../support/comments.ts';
import { eventually } from '../support/eventually.ts';
import { useAppWithPage } from '../support/readers.ts';

/** Rounds of each way to leave and to come back; fifty of them take half an hour. */
const rounds = Number(process.env.RETURN_ROUNDS ?? 1);

/** Comments of the thread, and those that others write while the reader is away, in every tenth round. */
const [count, meanwhile] = [600, rounds > 1 ? 200 : 60];

/** Where a reader is: the first comment in the window, and its distance from the window's top, in pixels. */
interface Sight {
  readonly id: string;
  readonly top: number;
}

/** Runs in the page. */
const look = `(() => {
  for (const row of document.querySelectorAll('.thread-rows [data-key]')) {
    const { top, bottom } = row.getBoundingClientRect();
    if (bottom > 1 && top < innerHeight) return { id: row.dataset.key, top };
  }
})()`;

/** The first comment in the window, once nothing moves for a while. */
async function sightOf(page: Page): Promise<Sight> {
  let last: string | undefined;
  let calm = 0;
  let sight: Sight | undefined;
  await eventually('a window that rests on comments', async () => {
    sight = await page.evaluate<Sight | undefined>(look);
    const name = JSON.stringify(sight);
    calm = sight && name === last ? calm + 1 : 0;
    last = name;
    await page.waitForTimeout(60);
    return calm >= 8;
  });
  return sight as Sight;
}

/** Distance of a comment from the window's top; undefined: it is not shown. */
const topOf = (page: Page, id: string): Promise<number | undefined> =>
  page.evaluate(`document.querySelector('.thread-rows [data-key="${id}"]')?.getBoundingClientRect().top`);

const windows = [
  { width: 390, height: 844 },
  { width: 1440, height: 900 },
] as const;

describeInBrowser('readers who come back to a long thread', () => {
  const browsers = new Map<string, Browser>();
  // Before the service, which waits for its connections.
  afterAll(() => Promise.all([...browsers.values()].map((browser) => browser.close())));
  const app = useAppWithPage();
  let ada: TestUser;
  let article: { readonly id: string; readonly path: string };
  /** By the numbers in their texts. */
  let comments: readonly string[];

  beforeAll(async () => {
    const imported = numberedComments(count).map((comment, index) => ({
      ...comment,
      ...(index % 4 === 0 ? {} : { parentKey: String(index - (index % 4)) }),
      body: `number ${index} ${'and some words more '.repeat((index * 37) % 41)}`,
    }));
    const { id, slug } = await app().addArticle({ article: { title: 'Keep the ferry' }, comments: imported });
    article = { id, path: `/articles/${slug}` };
    comments = (await allComments(app(), id)).map(({ id: each }) => each).toReversed();
    browsers.set('plain', await launchShell());
    browsers.set('bfcache', await launchBrowser({ ignoreDefaultArgs: ['--disable-back-forward-cache'] }));
  }, 300_000);
  /** Others write above and below the reader. */
  async function writeMeanwhile(): Promise<void> {
    const bodies = Array.from({ length: meanwhile / 4 }, (_, index) =>
      `meanwhile ${index} `.repeat(1 + (index % 9)),
    );
    for (const body of bodies) {
      await Promise.all([
        app().addComment(ada, { articleId: article.id, body }),
        app().addComment(ada, { articleId: article.id, body, parentId: comments[count - 8] ?? '' }),
        app().addComment(ada, { articleId: article.id, body, parentId: comments[4] ?? '' }),
        app().addComment(ada, { articleId: article.id, body, parentId: comments[8] ?? '' }),
      ]);
    }
  }

  /** Opens the thread far below its top, and reads on from there. @returns where the reader is */
  async function readDeep(page: Page, round: number): Promise<Sight> {
    const start = 40 + ((round * 131) % (count - 80));
    await page.goto(`${app().url}${article.path}#comment-${comments[start] ?? ''}`);
    await page.locator('.live-mark.is-live').waitFor();
    await page.locator('.is-target').waitFor();
    await page.mouse.move(200, 300);
    for (let turn = 0; turn < 3; turn++) {
      await page.mouse.wheel(0, 250 + ((round * 97) % 600));
      await page.waitForTimeout(60);
    }
    return sightOf(page);
  }

  /** The ways to leave and to come back. @returns the page, which may be another one */
  const ways: Record<string, (page: Page, between: () => Promise<void>) => Promise<Page>> = {
    async reload(page, between) {
      await between();
      await page.reload();
      return page;
    },
    async 'Back from another document'(page, between) {
      await page.goto(`${app().url}/licences.txt`);
      await between();
      await page.goBack();
      return page;
    },
    async 'Back to a document that the browser has kept'(page, between) {
      await page.evaluate(`addEventListener('pageshow', ({ persisted }) => (globalThis.isKept = persisted))`);
      await page.goto(`${app().url}/licences.txt`);
      await between();
      // A kept document has no event `load`.
      await page.goBack({ waitUntil: 'commit' });
      await eventually('the kept document', () => page.evaluate<boolean>('globalThis.isKept === true'));
      return page;
    },
    async 'Back within the page'(page, between) {
      await page
        .locator('.site-name')
        .first()
        .evaluate((link: { click(): void }) => link.click());
      await page.locator('#latest').waitFor();
      await between();
      await page.goBack();
      return page;
    },
    // A browser that has discarded a tab makes a new document of what it stores: the address, the state of the entry of the
    // history, and the tab's storage.
    async 'a discarded tab'(page, between) {
      const [state, stored] = await page.evaluate<[unknown, [string, string][]]>(
        '[history.state, Object.entries(sessionStorage)]',
      );
      const url = page.url();
      const context = page.context();
      await page.close();
      await between();
      const next = await context.newPage();
      await next.addInitScript(restore, { state, stored });
      await next.goto(url);
      return next;
    },
    async rotation(page, between) {
      const { width, height } = page.viewportSize() ?? windows[0];
      await page.setViewportSize({ width: height, height: width });
      await between();
      await sightOf(page);
      await page.setViewportSize({ width, height });
      return page;
    },
  };

  for (const window of windows)
    for (const [name, leave] of Object.entries(ways).slice(0, rounds > 1 || window.width < 800 ? 6 : 2))
      it(
        `see the same comments after ${name}, at ${window.width} pixels`,
        async () => {
          // A session of its own: fifty rounds outlast an access token.
          ada = await app().signUp('Ada Example');
          const browser = browsers.get(name.includes('kept') ? 'bfcache' : 'plain');
          const misses: number[] = [];
          const context = await browser?.newContext({ viewport: window, reducedMotion: 'reduce' });
          if (!context) throw new Error('No browser');
          context.setDefaultTimeout(60_000);
          for (let round = 0; round < rounds; round++) {
            const page = await context.newPage();
            const before = await readDeep(page, round);
            const back = await leave(page, round % 10 === 0 ? writeMeanwhile : () => Promise.resolve());
            await back.locator('.live-mark.is-live').waitFor();
            await sightOf(back);
            const top = await topOf(back, before.id);
            misses.push(top === undefined ? Infinity : Math.abs(top - before.top));
            await back.close();
          }
          await context.close();
          misses.sort((a, b) => a - b);
          const figures = {
            name,
            width: window.width,
            rounds,
            median: misses[rounds >> 1],
            worst: misses.at(-1),
          };
          if (rounds > 1) process.stdout.write(`${JSON.stringify(figures)}\n`);
          expect(misses.at(-1)).toBeLessThan(window.height);
        },
        120_000 + rounds * 30_000,
      );
});

/** Runs in the page before its scripts: what the browser restores of a tab. */
function restore({ state, stored }: { state: unknown; stored: [string, string][] }): void {
  const { history, sessionStorage } = globalThis as unknown as {
    history: { state: unknown; replaceState(state: unknown, title: string): void };
    sessionStorage: { setItem(key: string, value: string): void };
  };
  if (history.state !== null) return;
  for (const [key, value] of stored) sessionStorage.setItem(key, value);
  history.replaceState(state, '');
}
