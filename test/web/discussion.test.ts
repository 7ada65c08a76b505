/**
 * @database either
 */
import { beforeAll, expect, it } from '@jest/globals';
import { type TestUser } from '../support/app.ts';
import { describeInBrowser } from '../support/browser.ts';
import { allComments, answered, chain, numberedComments } from '../support/comments.ts';
import { eventually } from '../support/eventually.ts';
import { Line } from '../support/line.ts';
import { useAppWithPage, useReaders } from '../support/readers.ts';

describeInBrowser('a discussion in the browser', () => {
  const readers = useReaders();
  const app = useAppWithPage({ MAX_REPLAY_EVENTS: '8' });
  let ada: TestUser;
  let bo: TestUser;

  beforeAll(async () => {
    ada = await app().signUp('Ada Example');
    bo = await app().signUp('Bo Example');
  });

  const article = async (comments: Record<string, unknown>[] = []) => {
    const { id, slug } = await app().addArticle({ article: { title: 'Keep the ferry' }, comments });
    return { id, slug, path: `/articles/${slug}` };
  };

  it('shows two readers each other’s comments: new threads are gathered, and replies appear in place', async () => {
    const { path } = await article([
      { key: '1', body: 'The first one', authorName: 'Cy Example', createdAt: '2024-06-01T10:00:00Z' },
    ]);
    const one = await readers.open(app().url + path, { user: ada });
    const two = await readers.open(app().url + path, { user: bo });
    await Promise.all([one.isLive(), two.isLive()]);

    await one.say('From the other side');
    await one.comment('From the other side').getByRole('link', { name: 'now' }).waitFor();
    await two.page.getByRole('button', { name: '1 new comment' }).waitFor();
    expect(await two.texts()).toEqual(['The first one']);
    await two.page.getByRole('button', { name: '1 new comment' }).click();
    await two.comment('From the other side').getByText('New').waitFor();

    await two.replyTo('From the other side', 'I see it');
    await one.comment('I see it').getByText('New').waitFor();
    expect(await one.texts()).toEqual(['From the other side', 'I see it', 'The first one']);
    await eventually(
      'the comment count',
      async () => (await one.page.locator('.count').innerText()) === '3 comments',
    );
    expect(one.problems).toEqual([]);
    expect(two.problems).toEqual([]);
  });

  it('has the flag of a comment at the end of its first line, however deep it is and however narrow the window', async () => {
    const { path } = await article(
      chain(9).map((comment, index) => ({
        ...comment,
        authorName: index % 2 === 0 ? 'Wilhelmina Featherstonehaugh' : 'Cy Example',
      })),
    );
    for (const width of [360, 390, 1_440])
      for (const options of [{}, { user: ada }]) {
        const viewport = { width, height: 3000 };
        const { page } = await readers.open(app().url + path, { ...options, context: { viewport } });
        await page.locator('.comment-head .report-action').nth(8).waitFor();
        const heads = await page.locator('.comment-head').evaluateAll((all) =>
          all.map((head: any) => {
            const [portrait, name, ...tools] = ['.portrait', '.comment-author', '.comment-tools > *'].flatMap(
              (selector) => [...head.querySelectorAll(selector)].map((each) => each.getBoundingClientRect()),
            );
            return {
              tools: tools.length,
              areInLine: tools.every(
                ({ top, bottom }) => Math.abs(top + bottom - portrait.top - portrait.bottom) < 4,
              ),
              areBeside: tools.every(({ left }) => left >= name.right),
            };
          }),
        );
        const tools = options.user ? 2 : 1;
        expect(heads).toEqual(heads.map(() => ({ tools, areInLine: true, areBeside: true })));
        await page.context().close();
      }
  });

  it('shows comments that follow closely in batches', async () => {
    const { id, path } = await article();
    const reader = await readers.open(app().url + path);
    await reader.isLive();
    await reader.page.evaluate(`
      globalThis.shownAt = [];
      new MutationObserver(() => shownAt.push(performance.now()))
        .observe(document.querySelector('.discussion-title'), { characterData: true, childList: true, subtree: true });
    `);
    for (let count = 0; count < 25; count++)
      await app().addComment(bo, { articleId: id, body: `No ${count}` });
    await eventually(
      'the comment count',
      async () => (await reader.page.locator('.count').innerText()) === '25 comments',
    );
    const shownAt = await reader.page.evaluate<number[]>('shownAt');
    // A batch every 200 ms, from the first one to the last, each of which may be shown late on a busy machine.
    const took = (shownAt.at(-1) ?? 0) - (shownAt[0] ?? 0);
    expect(shownAt.length).toBeGreaterThan(0);
    expect(shownAt.length).toBeLessThanOrEqual(3 + took / 200);
  });

  it('keeps the comment that is being read in place while others write above it', async () => {
    const { id, path } = await article(numberedComments(60));
    const reader = await readers.open(app().url + path);
    await reader.isLive();
    const read = reader.comment('number 30');
    await reader.page.mouse.move(300, 300);
    const scrolled = () => reader.page.evaluate<number>('scrollY');
    await eventually('the middle of the thread', async () => {
      const before = await scrolled();
      await reader.page.mouse.wheel(0, 400);
      // The browser scrolls some time after it has learned of the wheel.
      await eventually('the wheel’s effect', async () => (await scrolled()) >= before + 400);
      return (await read.count()) > 0 && ((await read.boundingBox())?.y ?? 9999) < 400;
    });
    const before = (await read.boundingBox())?.y ?? 0;
    // Replies to a comment above, which is out of sight.
    const above = await commentId(id, 'number 55');
    for (const text of ['one', 'two', 'three']) {
      await app().addComment(ada, { articleId: id, parentId: above, body: `Reply ${text}` });
    }
    await app().addComment(ada, { articleId: id, body: 'A new thread' });
    await reader.page.getByRole('button', { name: '1 new comment' }).waitFor();
    expect(Math.abs(((await read.boundingBox())?.y ?? 0) - before)).toBeLessThan(2);
    // The replies are in the list all the same.
    await reader.page.goto(`${app().url}${path}#comment-${above}`);
    await reader.comment('Reply three').waitFor();
  });

  it('shows the reader’s own comment at once, keeps an unsent one over a reload, and never shows one twice', async () => {
    const { id, path } = await article();
    const reader = await readers.open(app().url + path, { user: ada });
    await reader.isLive();
    let isAway = true;
    const sent: string[] = [];
    // The service stores the comment, and the response is lost.
    await reader.page.route('**/graphql', async (route) => {
      const body = route.request().postData() ?? '';
      if (!isAway || !body.includes('mutation AddComment')) return route.fallback();
      sent.push(body);
      if (sent.length === 2) await route.fetch();
      return route.abort();
    });
    await reader.say('Written once');
    await reader.page.getByText('did not reach the service').waitFor();
    await reader.page.getByRole('button', { name: 'Try again' }).click();
    await eventually('the second try', () => sent.length === 2);
    // The comment's event has arrived, though the response has not.
    await reader.comment('Written once').getByRole('button', { name: 'Edit' }).waitFor();
    expect(await reader.page.getByText('did not reach the service').count()).toBe(0);

    const key = (body: string | undefined) => JSON.parse(body ?? '').variables.input.idempotencyKey;
    expect(key(sent[0])).toBe(key(sent[1]));
    await reader.say('Written offline');
    await reader.page.getByText('did not reach the service').waitFor();
    isAway = false;
    await reader.page.reload();
    await reader
      .comment('Written offline')
      .getByRole('button', { name: 'Try again' })
      .or(reader.comment('Written offline').getByRole('button', { name: 'Edit' }))
      .waitFor();
    await reader.comment('Written offline').getByRole('button', { name: 'Edit' }).waitFor();
    expect(await bodies(id)).toEqual(['Written offline', 'Written once']);
  });

  it('shows the reader’s own comment in its place in each order, and on each page of a deep thread', async () => {
    const { path } = await article([...numberedComments(40), ...chain(12)]);
    const reader = await readers.open(`${app().url + path}?sort=oldest`, { user: ada });
    const { page } = reader;
    const isSeen = (text: string) =>
      eventually(`${text} to be seen`, async () => {
        const y = (await reader.comment(text).boundingBox())?.y ?? -1;
        return y > 0 && y < (page.viewportSize()?.height ?? 0);
      });
    const acknowledged = (text: string) =>
      reader.comment(text).getByRole('button', { name: 'Edit' }).waitFor();
    await reader.isLive();
    await reader.say('The last of all');
    await isSeen('The last of all');
    await acknowledged('The last of all');

    await page.getByLabel('Order').selectOption('Best rated');
    await page.getByRole('button', { name: 'Show 11 replies' }).waitFor();
    await reader.replyTo('link 0', 'Below the first one');
    await isSeen('Below the first one');
    await acknowledged('Below the first one');
    await reader.comment('link 8').getByRole('link', { name: 'Continue this thread: 3 replies' }).waitFor();

    // The replies are on a page of their own, and so is a new reply.
    await reader.comment('link 8').getByRole('link', { name: 'Reply' }).click();
    await reader.comment('link 11').waitFor();
    await page.getByLabel('Your reply').fill('Deep below');
    await page.locator('.composer').getByRole('button', { name: 'Reply' }).click();
    await acknowledged('Deep below');
    expect(reader.problems).toEqual([]);
  });

  it('goes to the reader’s own reply, behind any number of others', async () => {
    const { path } = await article(answered(40));
    const reader = await readers.open(app().url + path, { user: ada });
    const { page } = reader;
    await reader.isLive();
    await reader.replyTo('asked', 'Behind all of them');
    await reader.comment('Behind all of them').getByRole('button', { name: 'Edit' }).waitFor();
    const { y = -1 } = (await reader.comment('Behind all of them').boundingBox()) ?? {};
    expect(y).toBeGreaterThan(0);
    expect(y).toBeLessThan(page.viewportSize()?.height ?? 0);
    // The focus is still on the button that opened the reply.
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Reply');
    expect(reader.problems).toEqual([]);
  });

  it('lets its author correct a refused comment', async () => {
    const { id, path } = await article();
    const reader = await readers.open(app().url + path, { user: ada });
    await reader.isLive();
    await reader.say('long '.repeat(3_000));
    const own = reader.page.locator('.thread-rows article.is-own');
    await own.getByRole('button', { name: 'Edit' }).click();
    const field = own.getByLabel('Your comment');
    expect((await field.inputValue()).length).toBe(15_000);
    await field.fill('short');
    await own.getByRole('button', { name: 'Comment' }).click();
    await reader.comment('short').getByRole('button', { name: 'Remove' }).waitFor();
    expect(await bodies(id)).toEqual(['short']);
  });

  it('keeps a draft over a reload', async () => {
    const { path } = await article();
    const reader = await readers.open(app().url + path, { user: ada });
    await reader.page.getByLabel('Your comment').fill('Not yet finished');
    await reader.page.reload();
    await eventually(
      'the draft',
      async () => (await reader.page.getByLabel('Your comment').inputValue()) === 'Not yet finished',
    );
  });

  it('says that the connection is lost, and catches up when the connection is back', async () => {
    const { id, path } = await article();
    const line = new Line(app().url);
    try {
      const reader = await readers.open((await line.open()) + path, { user: ada });
      await reader.isLive();
      line.break();
      await reader.page.getByText('Reconnecting …').waitFor();
      await app().addComment(bo, { articleId: id, body: 'Said meanwhile' });
      await reader.say('Said offline');
      await reader.page.getByText('did not reach the service').waitFor();
      line.mend();
      await reader.isLive();
      await reader.comment('Said offline').getByRole('button', { name: 'Edit' }).waitFor();
      // It is gathered above one's own comment, or has its place below if it comes later than that.
      const gathered = reader.page.getByRole('button', { name: '1 new comment' });
      await gathered.or(reader.comment('Said meanwhile')).first().waitFor();
      if ((await gathered.count()) > 0) await gathered.click();
      await reader.comment('Said meanwhile').waitFor();
      expect((await bodies(id)).sort()).toEqual(['Said meanwhile', 'Said offline']);
    } finally {
      await line.close();
    }
  });

  it('reloads its list at the present position after too many events were missed', async () => {
    const { id, path } = await article(numberedComments(120));
    const line = new Line(app().url);
    try {
      const target = await commentId(id, 'number 60');
      const reader = await readers.open(`${await line.open()}${path}#comment-${target}`);
      await reader.isLive();
      await reader.page.locator('.thread-rows article:focus').waitFor();
      line.break();
      await reader.page.getByText('Reconnecting …').waitFor();
      for (let index = 0; index < 10; index++) {
        await app().addComment(bo, { articleId: id, parentId: target, body: `Missed ${index}` });
      }
      line.mend();
      await reader.isLive();
      await reader.comment('Missed 0').waitFor();
      const y = (await reader.comment('number 60').boundingBox())?.y ?? -1;
      expect(y).toBeGreaterThan(0);
      expect(y).toBeLessThan(300);
      await eventually(
        'the comment count',
        async () => (await reader.page.locator('.count').innerText()) === '130 comments',
      );
    } finally {
      await line.close();
    }
  });

  it('can be used by keyboard: to go to a comment and to the next one, to reply, and to go back', async () => {
    const { path } = await article(numberedComments(30));
    const reader = await readers.open(app().url + path, { user: ada });
    const { page } = reader;
    await reader.isLive();
    const focused = () => page.locator(':focus');
    await reader.comment('number 29').focus();
    await page.keyboard.press('PageDown');
    await page.keyboard.press('PageDown');
    await page.locator('article:focus', { hasText: 'number 27' }).waitFor();
    // Tabs through the comment's controls to its reply button.
    for (let tabs = 0; tabs < 6 && (await focused().innerText()) !== 'Reply'; tabs++)
      await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.locator('textarea:focus').waitFor();
    await page.keyboard.type('By keyboard');
    // Others add comments meanwhile, and the focus stays.
    const other = await readers.open(app().url + path, { user: bo });
    await other.isLive();
    await other.replyTo('number 28', 'Meanwhile');
    await reader.comment('Meanwhile').waitFor();
    expect(await focused().inputValue()).toBe('By keyboard');
    await page.keyboard.press('Control+Enter');
    await reader.comment('By keyboard').getByRole('button', { name: 'Edit' }).waitFor();
    expect(await focused().innerText()).toBe('Reply');
    // When a comment is removed, its neighbour takes the focus.
    await reader.comment('By keyboard').getByRole('button', { name: 'Remove' }).focus();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Enter');
    await reader.comment('By keyboard').waitFor({ state: 'detached' });
    await page.locator('article:focus').waitFor();
  });

  it('drops a comment that a moderator removes, and shows a tombstone if the comment has replies', async () => {
    const moderator = await app().signUp('Cy Example', 'MODERATOR');
    const { id, path } = await article();
    const parent = await app().addComment(ada, { articleId: id, body: 'With a reply' });
    await app().addComment(bo, { articleId: id, parentId: parent.comment?.id ?? '', body: 'A reply' });
    await app().addComment(ada, { articleId: id, body: 'Alone' });
    const reader = await readers.open(app().url + path);
    const judge = await readers.open(app().url + path, { user: moderator });
    await reader.isLive();
    for (const text of ['With a reply', 'Alone']) {
      const comment = judge.comment(text);
      await comment.getByRole('button', { name: 'Remove' }).click();
      await comment.getByRole('radio', { name: 'Something else' }).last().check();
      await comment.locator('form').getByRole('button', { name: 'Remove' }).click();
      await reader.comment(text).waitFor({ state: 'detached' });
    }
    await reader.page.locator('.thread-rows').getByText('Comment removed').waitFor();
    expect(await reader.texts()).toEqual(['A reply']);
    expect(reader.problems).toEqual([]);
  });

  it('lets an author edit, react and fold', async () => {
    const { id, path } = await article();
    const { comment } = await app().addComment(ada, { articleId: id, body: 'With a tpyo' });
    await app().addComment(bo, { articleId: id, parentId: comment?.id ?? '', body: 'A reply' });
    const author = await readers.open(app().url + path, { user: ada });
    const other = await readers.open(app().url + path, { user: bo });
    await Promise.all([author.isLive(), other.isLive()]);
    const own = author.comment('With a tpyo');
    await own.getByRole('button', { name: 'Edit' }).click();
    await author.page.locator('.thread-rows').getByLabel('Your comment').fill('Without a typo');
    await author.page.getByRole('button', { name: 'Save' }).click();
    const shown = other.comment('Without a typo');
    await shown.getByText('edited').waitFor();
    await shown.getByRole('button', { name: 'Insightful' }).click();
    await author.comment('Without a typo').getByText('Insightful 1').waitFor();
    await shown.getByRole('button', { name: 'Insightful 1', pressed: true }).click();
    await author.comment('Without a typo').getByText('Insightful 1').waitFor({ state: 'detached' });
    await shown.getByRole('button', { name: 'Hide replies' }).click();
    await other.comment('A reply').waitFor({ state: 'detached' });
    await other.page.getByRole('button', { name: 'Show 1 reply' }).click();
    await other.comment('A reply').waitFor();
  });

  it('sends an endorsement with a statement, and every reader sees the new count', async () => {
    const { path } = await article();
    const one = await readers.open(app().url + path, { user: ada });
    const two = await readers.open(app().url + path);
    await Promise.all([one.isLive(), two.isLive()]);
    await one.page.getByRole('button', { name: 'Endorse' }).click();
    await one.page.getByLabel('Why (optional, public)').fill('My brother takes it.');
    await one.page.getByRole('button', { name: 'Endorse' }).click();
    await two.page.getByRole('heading', { name: '1 endorsement', exact: true }).waitFor();
    await two.page.getByText('My brother takes it.').waitFor();
    await one.page.getByRole('button', { name: 'Withdraw' }).click();
    await two.page.getByRole('heading', { name: '0 endorsements' }).waitFor();
    await two.page.getByText('My brother takes it.').waitFor({ state: 'detached' });
  });

  it('opens an address deep in a long thread, on the article’s page or on that of a branch', async () => {
    const { id, path } = await article([...numberedComments(1_500), ...chain(30)]);
    const reader = await readers.open(`${app().url}${path}#comment-${await commentId(id, 'number 700')}`);
    const target = reader.comment('number 700');
    await target.waitFor();
    await eventually('the comment to be near the top', async () => {
      const y = (await target.boundingBox())?.y ?? -1;
      return y > 0 && y < 200;
    });
    await reader.page.locator('.thread-rows article:focus', { hasText: 'number 700' }).waitFor();
    // Both neighbours are loaded, and more comments load in both directions.
    await reader.comment('number 701').waitFor();
    await reader.comment('number 699').waitFor();

    await reader.page.goto(`${app().url}${path}#comment-${await commentId(id, 'link 28')}`);
    await reader.page.getByRole('link', { name: 'The whole discussion' }).waitFor();
    await reader.comment('link 28').waitFor();
    expect(reader.problems).toEqual([]);
  });

  const bodies = async (articleId: string): Promise<string[]> =>
    (await allComments(app(), articleId)).map(({ bodyText }) => bodyText);

  const commentId = async (articleId: string, text: string): Promise<string> =>
    (await allComments(app(), articleId)).find(({ bodyText }) => bodyText === text)?.id ?? '';
});
