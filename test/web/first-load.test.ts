/**
 * @database either
 */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { EventEmitter, once } from 'node:events';
import { join } from 'node:path';
import { seedDemo } from '../../src/features/demo/seed.ts';
import { type TestUser } from '../support/app.ts';
import { describeInBrowser } from '../support/browser.ts';
import { eventually } from '../support/eventually.ts';
import { goWithoutScripts, hasStyles, isStyled, shiftsOf } from '../support/layout-shifts.ts';
import { useAppWithPage, useReaders } from '../support/readers.ts';

/** Bound of the layout shift of a page, by the Web Vitals' half of what counts as good. */
const mostShift = 0.05;

const longThread = 'the-last-boat-at-ten-past-eight';
const letter = 'keep-the-packets-pictures-on-the-islands';

const windows = [
  { name: 'a phone', viewport: { width: 412, height: 915 } },
  { name: 'a desktop', viewport: { width: 1_280, height: 800 } },
];

/** Text, place and typeface of everything that the served document and the page's script have in common. */
const places = `[...document.querySelectorAll([
  '.site-name', '.search-box input', '.search-box button', '.account-menu',
  'h1', '.standfirst', '.byline .portrait', '.byline-name', '.byline-location', '.byline-date', '.prose > *',
  '.signatures li', '.article-origin', '.tag-list li', 'h2', '.endorsement', '.discussion-title .count', '.thread-bar',
].join())].map((element) => {
  const { left, top, width, height } = element.getBoundingClientRect();
  // A picture that cannot be loaded becomes the initial of the name, and the menu grows to the left.
  const isOther = element.matches('.portrait, .account-menu, .thread-bar');
  const round = (value) => Math.round(value * 10) / 10;
  const { fontSize, fontWeight, fontStyle, lineHeight, color } = getComputedStyle(element);
  const font = [fontSize, fontWeight, fontStyle, lineHeight].join(' ');
  const inside = isOther ? [] : [element.innerText, round(left), round(width), font, color];
  return [element.className.replace(' is-monogram', ''), round(top + scrollY), round(height), ...inside];
})`;

/** Runs before the page's scripts: counts the frames in which the document is on show without a style sheet. */
const watchBareFrames = `
  globalThis.bareFrames = 0;
  const look = () => {
    const isShown = document.querySelector('h1')?.checkVisibility();
    if (isShown && !(${hasStyles})) bareFrames++;
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
`;

/** Text and height of each comment that the document shows, by its id. */
const comments = `Object.fromEntries([...document.querySelectorAll('.comment')].map((element) => [
  element.id,
  [element.querySelector('.comment-body')?.innerText, element.getBoundingClientRect().height],
]))`;

/** What was measured, within half a pixel: a font's fractions are rounded one way or the other. */
function nearly(measured: unknown): unknown {
  if (typeof measured === 'number') return expect.closeTo(measured, 0);
  return Array.isArray(measured) ? measured.map(nearly) : measured;
}

describeInBrowser('the first page of a visit', () => {
  const readers = useReaders();
  const app = useAppWithPage();
  let user: TestUser;
  let commentIds: string[];

  beforeAll(async () => {
    await seedDemo({
      db: app().app.db,
      folder: join(import.meta.dirname, '../../demo'),
      maxDepth: 100,
      password: 'correct horse battery',
    });
    user = await app().signUp('Ada Example');
    const { article } = await app().data(
      `query ($slug: String!) { article(slug: $slug) { allComments(first: 100, maxDepth: 8) { nodes { id } } } }`,
      { slug: longThread },
    );
    commentIds = article.allComments.nodes.map(({ id }: { id: string }) => id);
  });

  /** Opens a page whose scripts are held back until `letGo` is called. */
  async function openHeld(path: string, options: Parameters<typeof readers.open>[1] = {}) {
    const reader = await readers.open('about:blank', options);
    const letGo = await goWithoutScripts(reader, path === 'about:blank' ? path : app().url + path);
    return { reader, letGo };
  }

  it('begins with a script that imports no other file', async () => {
    const headers = { accept: 'text/html' };
    const text = async (path: string) => (await fetch(app().url + path, { headers })).text();
    const script = /<script [^>]*src="([^"]+)"/.exec(await text('/'))?.[1] ?? '';
    const code = await text(script);
    expect(code).toContain('import(');
    expect(code.match(/(^|[;}\n])import\s*[^(;]{0,2000}?from\s*"[^"]*"/)).toBeNull();
  });

  it('shows the article, its counts and its first comments where scripts are switched off', async () => {
    const reader = await readers.open(`${app().url}/articles/${longThread}`, {
      context: { javaScriptEnabled: false },
    });
    const { page } = reader;
    for (const text of ['The last boat at ten past eight', 'Crowdfunded journalism', 'Discussion'])
      expect(await page.getByText(text).first().isVisible()).toBe(true);
    expect(await page.locator('.prose p').first().isVisible()).toBe(true);
    expect(await page.locator('.comment').first().isVisible()).toBe(true);
    // The styles are applied, by rules that the Content-Security-Policy allows.
    expect((await page.locator('.byline .portrait').boundingBox())?.width).toBe(48);
    expect((await page.locator('.article-page').boundingBox())?.width).toBe(800);
    // Chromium reports preloaded scripts, too, as forbidden.
    expect(reader.problems.filter((problem) => !problem.endsWith('.js csp'))).toEqual([]);
    await page.context().close();
  });

  it('shows the menu of the account at once and whole, as late as the account is loaded', async () => {
    const reader = await readers.open('about:blank', { user });
    const { page } = reader;
    await page.addInitScript(`new MutationObserver(() => {
      globalThis.firstMenu ??= document.querySelector('nav.account-menu')?.textContent;
    }).observe(document, { childList: true, subtree: true })`);
    const held = await reader.hold('query Me');
    await page.goto(`${app().url}/articles/${letter}`);
    await held.isAnswered;
    held.letGo();
    await page.getByRole('navigation', { name: 'Account' }).waitFor();
    // With the short name, which phones show.
    expect(await page.evaluate('firstMenu')).toBe('Ada ExampleMy commentsCommentsAccountSign out');
    await page.context().close();
  });

  it('shows the comments that follow the first ones where scripts are switched off', async () => {
    const reader = await readers.open(`${app().url}/articles/${longThread}`, {
      context: { javaScriptEnabled: false },
    });
    const { page } = reader;
    const ids = () =>
      page.locator('.comment').evaluateAll((elements) => elements.map((element: any) => element.id));
    const shown = await ids();
    await page.getByRole('link', { name: 'More comments' }).click();
    await page.waitForURL('**?after=*#discussion');
    expect(await ids()).toEqual(commentIds.slice(20, 40).map((id) => `comment-${id}`));
    // The discussion is in the window, not the beginning of the article.
    expect((await page.locator('#discussion').boundingBox())?.y).toBeLessThan(100);
    await page.getByRole('link', { name: 'The first comments' }).click();
    await page.waitForURL(`**/${longThread}#discussion`);
    expect(await ids()).toEqual(shown);
    await page.context().close();
  });

  it('shows the discussion from its beginning where scripts run, without a shift', async () => {
    const { reader, letGo } = await openHeld(`/articles/${longThread}`);
    const { page } = reader;
    await isStyled(reader);
    await page.getByRole('link', { name: 'More comments' }).click();
    await page.waitForURL('**?after=*#discussion', { waitUntil: 'commit' });
    await page.locator(`#comment-${commentIds[20]}`).waitFor();
    letGo();
    await reader.isLive();
    await page.locator(`#comment-${commentIds[0]}`).waitFor();
    expect(await page.locator('#discussion').count()).toBe(1);
    expect((await page.locator('#discussion').boundingBox())?.y).toBeLessThan(100);
    expect((await shiftsOf(reader)).reduce((sum, { value }) => sum + value, 0)).toBeLessThan(mostShift);
    expect(reader.problems).toEqual([]);
    await page.context().close();
  });

  describe.each(windows)('on $name', ({ viewport }) => {
    it.each([letter, longThread])('takes over %s without moving anything', async (slug) => {
      const { reader, letGo } = await openHeld(`/articles/${slug}`, { context: { viewport } });
      const { page } = reader;
      await isStyled(reader);
      const served = await page.evaluate(places);
      const servedComments = await page.evaluate<Record<string, unknown>>(comments);
      expect(await page.locator('[data-served]').count()).toBeGreaterThan(3);
      letGo();
      await reader.isLive();
      expect(await page.locator('body [data-served]').count()).toBe(0);
      expect(await page.evaluate(places)).toEqual(nearly(served));
      const shown = await page.evaluate<Record<string, unknown>>(comments);
      const both = Object.keys(shown).filter((id) => id in servedComments);
      expect(both.length).toBeGreaterThan(0);
      for (const id of both) expect([id, shown[id]]).toEqual([id, nearly(servedComments[id])]);
      const shifts = await shiftsOf(reader);
      expect(shifts.reduce((sum, { value }) => sum + value, 0)).toBeLessThan(mostShift);
      expect(reader.problems).toEqual([]);
      await page.context().close();
    });

    it('takes over the page of somebody who is signed in without moving the article', async () => {
      const { reader, letGo } = await openHeld(`/articles/${letter}`, { user, context: { viewport } });
      const { page } = reader;
      await isStyled(reader);
      const served = await page.evaluate<unknown[]>(places);
      letGo();
      await reader.isLive();
      await page.getByRole('button', { name: 'Sign out' }).waitFor();
      const taken = await page.evaluate<unknown[]>(places);
      // Below it is the form for a comment.
      expect(taken.slice(0, -1)).toEqual(nearly(served.slice(0, -1)));
      const shifts = await shiftsOf(reader);
      expect(shifts.reduce((sum, { value }) => sum + value, 0)).toBeLessThan(mostShift);
      await page.context().close();
    });

    it('goes to the comment in its address without a shift', async () => {
      for (const id of [commentIds[3], commentIds.at(-2)]) {
        const { reader, letGo } = await openHeld(`/articles/${longThread}#comment-${id}`, {
          context: { viewport },
        });
        const { page } = reader;
        await isStyled(reader);
        letGo();
        await reader.isLive();
        await eventually('the comment in the window', async () => {
          const y = (await page.locator(`.is-target#comment-${id}`).boundingBox())?.y ?? -1;
          return y >= 0 && y < viewport.height;
        });
        const shifts = await shiftsOf(reader);
        expect([shifts, shifts.reduce((sum, { value }) => sum + value, 0) < mostShift]).toEqual([
          shifts,
          true,
        ]);
        await page.context().close();
      }
    });
  });

  it.each([1, 3])(
    'shows nothing without its styles, also if their request is lost %d times',
    async (losses) => {
      const { reader, letGo } = await openHeld('about:blank');
      const { page } = reader;
      let requests = 0;
      await page.route('**/assets/*.css', (route) =>
        ++requests <= losses ? route.abort() : route.fallback(),
      );
      await page.addInitScript(watchBareFrames);
      await page.goto(`${app().url}/articles/${letter}`, { waitUntil: 'commit' });
      await isStyled(reader);
      await page.getByRole('heading', { level: 1 }).waitFor();
      letGo();
      await reader.isLive();
      expect([requests, await page.evaluate('bareFrames')]).toEqual([losses + 1, 0]);
      await page.context().close();
    },
  );

  it('shows the text at last where there are no styles to be had', async () => {
    const { reader } = await openHeld('about:blank');
    const { page } = reader;
    let requests = 0;
    await page.route('**/assets/*.css', (route) => {
      requests++;
      return route.abort();
    });
    await page.goto(`${app().url}/articles/${letter}`, { waitUntil: 'commit' });
    await page.getByRole('heading', { level: 1 }).waitFor();
    expect(requests).toBe(5);
    await page.context().close();
  });

  it('does not exchange typefaces that arrive after the first paint', async () => {
    const { reader, letGo } = await openHeld('about:blank');
    const { page } = reader;
    const gate = new EventEmitter();
    const isReleased = once(gate, 'released');
    await page.route('**/*.woff2', async (route) => {
      await isReleased;
      await route.fallback();
    });
    await page.goto(`${app().url}/articles/${letter}`, { waitUntil: 'commit' });
    await isStyled(reader);
    const served = await page.evaluate(places);
    gate.emit('released');
    await page.evaluate('document.fonts.ready.then(() => undefined)');
    expect(await page.evaluate(places)).toEqual(nearly(served));
    letGo();
    await reader.isLive();
    expect(await page.evaluate(places)).toEqual(nearly(served));
    expect((await shiftsOf(reader)).reduce((sum, { value }) => sum + value, 0)).toBeLessThan(mostShift);
    await page.context().close();
  });

  it('leaves the article on show while the service cannot be reached', async () => {
    const { reader, letGo } = await openHeld(`/articles/${letter}`);
    const { page } = reader;
    let failed = 0;
    const gate = new EventEmitter();
    const isSeen = once(gate, 'seen');
    await page.route('**/graphql', async (route) => {
      failed++;
      if (failed === 1) return route.abort();
      await isSeen;
      return route.fallback();
    });
    letGo();
    await eventually('the first attempt', () => failed > 0);
    expect(await page.locator('.prose[data-served], [data-served] .prose').count()).toBe(1);
    gate.emit('seen');
    await reader.isLive();
    expect(failed).toBeGreaterThan(1);
    await page.context().close();
  });

  it('shows the comment of a branch, and takes over its page without a shift', async () => {
    const { reader, letGo } = await openHeld(`/articles/${longThread}/comments/${commentIds[0]}`);
    const { page } = reader;
    const heading = page.getByRole('heading', { level: 1, name: 'A thread under' });
    await heading.waitFor();
    await isStyled(reader);
    const card = page.locator(`#comment-${commentIds[0]}`);
    const before = [await heading.boundingBox(), await card.boundingBox()];
    letGo();
    await reader.isLive();
    expect([await heading.boundingBox(), await card.boundingBox()]).toEqual(before);
    const shifts = await shiftsOf(reader);
    expect(shifts.reduce((sum, { value }) => sum + value, 0)).toBeLessThan(mostShift);
    await page.context().close();
  });

  it('has the footer below the window while results of a search are loading', async () => {
    const { reader, letGo } = await openHeld('/search?q=boat');
    const { page } = reader;
    const answer = await reader.hold('query SearchPage');
    letGo();
    await page.locator('.loading').waitFor();
    await isStyled(reader);
    const footer = await page.locator('.site-footer').boundingBox();
    expect(footer?.y).toBeGreaterThanOrEqual(page.viewportSize()?.height ?? Infinity);
    answer.letGo();
    await page.getByRole('heading', { level: 2 }).waitFor();
    await page.context().close();
  });

  it('shows the same initials in place of portraits before and after, of whatever letters names are', async () => {
    const { slug } = await app().addArticle({
      journalist: { slug: 'long-letters', name: '𐐨𐑊 Example' },
      comments: [{ key: '1', authorName: 'r\u0303ita', body: 'A comment.', createdAt: '2024' }],
    });
    const { reader, letGo } = await openHeld(`/articles/${slug}`);
    const { page } = reader;
    await isStyled(reader);
    const initials = () => page.locator('.portrait').allInnerTexts();
    const served = await initials();
    letGo();
    await reader.isLive();
    expect([served, await initials()]).toEqual([
      ['𐐀', 'R\u0303'],
      ['𐐀', 'R\u0303'],
    ]);
    await page.context().close();
  });

  it('keeps what the reader has typed, and where the focus is', async () => {
    const { reader, letGo } = await openHeld(`/articles/${letter}`);
    const { page } = reader;
    await page.getByLabel('Search articles').fill('ferry');
    await page.keyboard.press('ArrowLeft');
    letGo();
    await reader.isLive();
    const search = page.getByLabel('Search articles');
    expect(await search.inputValue()).toBe('ferry');
    await page.keyboard.type('!');
    expect(await search.inputValue()).toBe('ferr!y');
    await page.context().close();
  });

  it('keeps the place in the middle of the text, where no element has an id', async () => {
    const { reader, letGo } = await openHeld(`/articles/${letter}`, {
      context: { viewport: { width: 412, height: 300 } },
    });
    const { page } = reader;
    await isStyled(reader);
    const part = page.locator('.prose > *').nth(3);
    await part.evaluate((element: any) => element.scrollIntoView());
    const before = (await part.boundingBox())?.y ?? NaN;
    expect(await page.evaluate<number>('scrollY')).toBeGreaterThan(100);
    letGo();
    await reader.isLive();
    expect(Math.abs(((await part.boundingBox())?.y ?? 9999) - before)).toBeLessThan(2);
    await page.context().close();
  });

  it.each(['UNAVAILABLE', 'RATE_LIMITED'])(
    'leaves the article on show while the answer is %s',
    async (code) => {
      const { reader, letGo } = await openHeld(`/articles/${letter}`);
      const { page } = reader;
      let asked = 0;
      const gate = new EventEmitter();
      const isSeen = once(gate, 'seen');
      await page.route('**/graphql', async (route) => {
        asked++;
        if (asked > 1) {
          await isSeen;
          return route.fallback();
        }
        return route.fulfill({
          status: 503,
          contentType: 'application/graphql-response+json',
          body: JSON.stringify({ errors: [{ message: 'Not now.', extensions: { code } }] }),
        });
      });
      letGo();
      await eventually('the first attempt', () => asked > 0);
      expect(await page.locator('.prose[data-served], [data-served] .prose').count()).toBe(1);
      gate.emit('seen');
      await reader.isLive();
      expect(await page.locator('.prose').count()).toBe(1);
      await page.context().close();
    },
  );

  it('keeps the place that the reader has scrolled to', async () => {
    const { reader, letGo } = await openHeld(`/articles/${longThread}`, { user });
    const { page } = reader;
    const third = page.locator(`#comment-${commentIds[2]}`);
    await third.evaluate((element: any) => element.scrollIntoView());
    const before = (await third.boundingBox())?.y ?? NaN;
    letGo();
    await reader.isLive();
    // The form for a comment is above.
    await page.getByLabel('Your comment').waitFor({ state: 'attached' });
    await eventually(
      'the same place',
      async () => Math.abs(((await third.boundingBox())?.y ?? 9999) - before) < 2,
    );
    await page.context().close();
  });
});
