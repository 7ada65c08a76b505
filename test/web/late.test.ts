/**
 * @database either
 */
import { afterEach, beforeAll, expect, it } from '@jest/globals';
import { type TestUser } from '../support/app.ts';
import { describeInBrowserByHand } from '../support/browser.ts';
import { allComments, type CommentMutation, mutate, numberedComments } from '../support/comments.ts';
import { eventually } from '../support/eventually.ts';
import { Line } from '../support/line.ts';
import {
  BrowserReader,
  type Held,
  sessionOf,
  storeSession,
  useAppWithPage,
  useReaders,
} from '../support/readers.ts';

describeInBrowserByHand('a discussion with late responses and events', () => {
  const readers = useReaders();
  const app = useAppWithPage({ MAX_REPLAY_EVENTS: '8' });
  const lines: Line[] = [];
  let ada: TestUser;
  let bo: TestUser;
  let moderator: TestUser;

  beforeAll(async () => {
    ada = await app().signUp('Ada Example');
    bo = await app().signUp('Bo Example');
    moderator = await app().signUp('Cy Example', 'MODERATOR');
  });

  afterEach(async () => {
    await Promise.all(lines.splice(0).map((line) => line.close()));
  });

  const article = async (comments: Record<string, unknown>[] = []) => {
    const { id, slug } = await app().addArticle({ article: { title: 'Keep the ferry' }, comments });
    return { id, path: `/articles/${slug}` };
  };

  const say = async (articleId: string, body: string, user = bo, parentId?: string): Promise<string> => {
    const { comment } = await app().addComment(user, { articleId, body, ...(parentId ? { parentId } : {}) });
    return comment?.id ?? '';
  };

  const change = (name: CommentMutation, input: Record<string, unknown>, user: TestUser) =>
    mutate(app(), name, input, user);

  it('does not bring back a comment that was removed meanwhile', async () => {
    const { id, path } = await article();
    const reader = await readers.open(app().url + path, { user: ada });
    await reader.isLive();
    const held = await reader.hold('mutation AddComment');
    await reader.say('Not for long');
    await held.isAnswered;
    await reader.comment('Not for long').getByRole('button', { name: 'Remove' }).waitFor();
    const [own] = (await allComments(app(), id)).map((comment) => comment.id);
    await change('removeComment', { commentId: own }, moderator);
    await reader.comment('Not for long').waitFor({ state: 'detached' });
    const answer = reader.page.waitForResponse('**/graphql');
    held.letGo();
    await answer;
    await say(id, 'A later one');
    await reader.page.getByRole('button', { name: '1 new comment' }).click();
    await reader.comment('A later one').waitFor();
    expect(await reader.texts()).toEqual(['A later one']);
    expect(await reader.page.locator('.count').innerText()).toBe('1 comment');
  });

  it('does not undo what others have changed meanwhile', async () => {
    const { id, path } = await article();
    const commentId = await say(id, 'What do you think?', ada);
    const reader = await readers.open(app().url + path, { user: bo });
    await reader.isLive();
    const held = await reader.hold('mutation React');
    await reader.comment('What do you think?').getByRole('button', { name: 'Insightful' }).click();
    await held.isAnswered;
    await change('react', { commentId, kind: 'INSIGHTFUL' }, moderator);
    await say(id, 'A reply', ada, commentId);
    await reader.comment('A reply').waitFor();
    const answer = reader.page.waitForResponse('**/graphql');
    held.letGo();
    await answer;
    await reader.page.getByRole('button', { name: 'Insightful 2', pressed: true }).waitFor();
    await change('react', { commentId, kind: 'LIKE' }, moderator);
    await reader.page.getByRole('button', { name: 'Well said 1' }).waitFor();
    await reader.page.getByRole('button', { name: 'Insightful 2', pressed: true }).waitFor();
  });

  it('puts no page into a list that was replaced after the page’s request', async () => {
    const { id, path } = await article(numberedComments(200));
    const ids = new Map((await allComments(app(), id)).map((comment) => [comment.bodyText, comment.id]));
    const reader = await readers.open(`${app().url}${path}#comment-${ids.get('number 150')}`);
    const { page } = reader;
    await reader.isLive();
    await page.locator('article:focus', { hasText: 'number 150' }).waitFor();
    const held = await reader.hold('query ArticleThread');
    await page.mouse.move(300, 300);
    let isAnswered = false;
    void held.isAnswered.then(() => (isAnswered = true));
    await eventually('a page to be requested', async () => {
      if (!isAnswered) await page.mouse.wheel(0, 600);
      return isAnswered;
    });
    await page.evaluate(`location.hash = '#comment-${ids.get('number 20')}'`);
    await page.locator('article:focus', { hasText: 'number 20' }).waitFor();
    const shown = () => reader.texts();
    const before = await shown();
    held.letGo();
    const reply = await say(id, 'To number 20', bo, ids.get('number 20'));
    await page.locator(`#comment-${reply}`).waitFor();
    const after = (await shown()).filter((text) => text !== 'To number 20');
    const numbers = after.map((text) => Number(text.replace('number ', '')));
    expect(before.length).toBeGreaterThan(0);
    // No gaps: the numbers descend by one.
    expect(numbers).toEqual(numbers.map((_, index) => (numbers[0] ?? 0) - index));
  });

  it('contains a missed comment when the reader comes back, although the cursor has advanced on another page', async () => {
    const { id, path } = await article();
    const other = await article();
    const root = await say(id, 'The first one');
    const reader = await readers.open(app().url + path);
    const go = async (address: string, text: string) => {
      await reader.page.evaluate(`history.pushState(null, '', '${address}')`);
      await reader.page.getByText(text, { exact: true }).first().waitFor();
      await reader.isLive();
    };
    await reader.isLive();
    // Enough lists to discard the first one.
    for (const sort of ['top', 'newest', 'oldest']) await go(`${path}?sort=${sort}`, 'The first one');
    await go(other.path, 'Nobody has said anything yet.');
    await say(id, 'Said meanwhile');
    await go(`${path}/comments/${root}`, 'The whole discussion');
    await go(path, 'Said meanwhile');
    expect(await reader.texts()).toEqual(['Said meanwhile', 'The first one']);
  });

  it('is updated on a branch’s page as well after too many events were missed', async () => {
    const { id, path } = await article();
    const root = await say(id, 'With a tpyo', ada);
    const line = new Line(app().url);
    try {
      const reader = await readers.open(`${await line.open()}${path}/comments/${root}`);
      await reader.isLive();
      line.break();
      await reader.page.getByText('Reconnecting …').waitFor();
      await change('editComment', { commentId: root, body: 'Without a typo', expectedRevision: 1 }, ada);
      for (let index = 0; index < 10; index++) await say(id, `Missed ${index}`, bo, root);
      line.mend();
      await reader.page.locator('.branch-page').getByText('Without a typo').waitFor();
      await reader.comment('Missed 0').waitFor();
    } finally {
      await line.close();
    }
  });

  /** Opens a discussion, lets it miss too many events, and then restores the connection. */
  const missTooMuch = async (
    { id, path }: { id: string; path: string },
    act: (reader: BrowserReader) => Promise<unknown>,
    beforeMending: (reader: BrowserReader) => Promise<unknown> = () => Promise.resolve(),
    before: (reader: BrowserReader) => Promise<unknown> = () => Promise.resolve(),
  ): Promise<BrowserReader> => {
    const line = new Line(app().url);
    lines.push(line);
    const reader = await readers.open((await line.open()) + path, { user: ada });
    await reader.isLive();
    await before(reader);
    line.break();
    await reader.page.getByText('Reconnecting …').waitFor();
    await act(reader);
    for (let index = 0; index < 12; index++) await say(id, `Missed ${index}`);
    await beforeMending(reader);
    line.mend();
    return reader;
  };

  it('is loaded again after a reset, even if another load fails meanwhile', async () => {
    const place = await article();
    const gone = await say(place.id, 'To be removed');
    let held: Held | undefined;
    const reader = await missTooMuch(
      place,
      () => change('removeComment', { commentId: gone }, moderator),
      async (each) => (held = await each.hold('query ArticleThread')),
    );
    await held?.isAnswered;
    const answer = reader.page.waitForResponse('**/graphql');
    await reader.page.evaluate(`location.hash = '#comment-none'`);
    await answer;
    held?.letGo();
    await reader.isLive();
    await reader.comment('Missed 11').waitFor();
    await reader.comment('To be removed').waitFor({ state: 'detached' });
  });

  it('does not bring back a comment that was removed before a reset', async () => {
    const place = await article();
    let held: Held | undefined;
    const reader = await missTooMuch(
      place,
      async () => {
        const own = (await allComments(app(), place.id)).find(({ bodyText }) => bodyText === 'Not for long');
        await change('removeComment', { commentId: own?.id }, moderator);
      },
      undefined,
      async (each) => {
        held = await each.hold('mutation AddComment');
        await each.say('Not for long');
        await each.comment('Not for long').getByRole('button', { name: 'Remove' }).waitFor();
      },
    );
    await reader.comment('Missed 11').waitFor();
    await reader.comment('Not for long').waitFor({ state: 'detached' });
    const again = reader.page.waitForResponse(
      (response) => response.request().postData()?.includes('query CommentNow') === true,
    );
    held?.letGo();
    await again;
    await say(place.id, 'After all');
    await reader.page.getByRole('button', { name: '1 new comment' }).click();
    await reader.comment('After all').waitFor();
    expect(await reader.comment('Not for long').count()).toBe(0);
  });

  it('leaves a reply in progress in its place if the parent was removed before a reset', async () => {
    const place = await article();
    const parent = await say(place.id, 'The parent');
    await say(place.id, 'Another');
    const reader = await missTooMuch(
      place,
      () => change('removeComment', { commentId: parent }, moderator),
      undefined,
      async (each) => {
        await each.comment('The parent').getByRole('button', { name: 'Reply' }).click();
        await each.page.keyboard.type('It took an hour');
      },
    );
    await reader.page.locator('.count', { hasText: '13 comments' }).waitFor();
    expect(await reader.page.locator('textarea:focus').inputValue()).toBe('It took an hour');
  });

  it('shows a comment only once that was being sent when another order was chosen', async () => {
    const { id, path } = await article(numberedComments(3));
    const reader = await readers.open(app().url + path, { user: ada });
    await reader.isLive();
    const held = await reader.hold('mutation AddComment');
    await reader.say('Between two orders');
    await reader.page.getByLabel('Order').selectOption('Newest first');
    await reader.page.waitForURL('**?sort=newest');
    await held.isAnswered;
    held.letGo();
    await reader.comment('Between two orders').getByRole('button', { name: 'Edit' }).waitFor();
    await reader.isLive();
    await reader.page.getByText('Sending …').waitFor({ state: 'detached' });
    expect(await reader.texts()).toEqual(['Between two orders', 'number 2', 'number 1', 'number 0']);
    expect(await reader.page.getByLabel('Your comment').inputValue()).toBe('');
    expect(await allComments(app(), id)).toHaveLength(4);
  });

  it('begins at its beginning in another order, even after an address in the middle', async () => {
    const { id, path } = await article(numberedComments(200));
    const middle = (await allComments(app(), id)).find(({ bodyText }) => bodyText === 'number 100')?.id;
    const reader = await readers.open(`${app().url}${path}#comment-${middle}`);
    await reader.isLive();
    await reader.page.getByLabel('Order').selectOption('Newest first');
    await reader.comment('number 199').waitFor();
    await reader.page.getByLabel('Order').selectOption('Oldest first');
    await reader.comment('number 0').first().waitFor();
  });

  it('does not hide a comment again that was removed, restored and then shown', async () => {
    const { id, path } = await article();
    const [first, other] = [await say(id, 'The first one'), await say(id, 'Come and gone')];
    const reader = await readers.open(app().url + path, { user: ada });
    await reader.isLive();
    const held = await reader.hold('mutation React');
    await reader.comment('The first one').getByRole('button', { name: 'Insightful' }).click();
    await held.isAnswered;
    await change('removeComment', { commentId: other }, moderator);
    await reader.comment('Come and gone').waitFor({ state: 'detached' });
    await change('restoreComment', { commentId: other }, moderator);
    await reader.page.getByRole('button', { name: '1 new comment' }).click();
    await reader.comment('Come and gone').waitFor();
    const answer = reader.page.waitForResponse('**/graphql');
    held.letGo();
    await answer;
    await change('react', { commentId: first, kind: 'LIKE' }, moderator);
    await reader.page.getByRole('button', { name: 'Well said 1' }).waitFor();
    expect(await reader.texts()).toEqual(['Come and gone', 'The first one']);
  });

  it('shows a restored comment in its place', async () => {
    const { id, path } = await article();
    const [, middle] = [await say(id, 'one'), await say(id, 'two'), await say(id, 'three')];
    const newest = await readers.open(`${app().url}${path}?sort=newest`);
    const threaded = await readers.open(app().url + path);
    await Promise.all([newest.isLive(), threaded.isLive()]);
    await change('removeComment', { commentId: middle }, moderator);
    for (const reader of [newest, threaded]) await reader.comment('two').waitFor({ state: 'detached' });
    await change('restoreComment', { commentId: middle }, moderator);
    for (const reader of [newest, threaded]) {
      await reader.comment('two').waitFor();
      expect(await reader.texts()).toEqual(['three', 'two', 'one']);
    }
  });
});

describeInBrowserByHand('several tabs of one browser', () => {
  const readers = useReaders();
  const app = useAppWithPage();

  it('share unsent comments and the session', async () => {
    const users = ['Ada Example', 'Bo Example', 'Di Example'].map((name) => app().signUp(name));
    const [ada, bo, di] = (await Promise.all(users)) as [TestUser, TestUser, TestUser];
    const { slug } = await app().addArticle();
    const address = `${app().url}/articles/${slug}`;
    const one = await readers.open(address, { user: ada, once: true });
    const context = one.page.context();
    await context.route('**/graphql', (route) =>
      (route.request().postData() ?? '').includes('mutation AddComment') ? route.abort() : route.fallback(),
    );
    await one.isLive();
    await one.say('Changed my mind');
    await one.page.getByText('did not reach the service').waitFor();
    const two = await context.newPage();
    await two.goto(address);
    await two.getByText('Changed my mind').waitFor();
    await two.getByRole('button', { name: 'Discard' }).click();
    await one.comment('Changed my mind').waitFor({ state: 'detached' });

    await two.getByRole('button', { name: 'Sign out' }).click();
    const menu = one.page.getByRole('navigation', { name: 'Account' });
    await menu.getByRole('link', { name: 'Sign in', exact: true }).waitFor();
    await two.goto(`${app().url}/sign-in`);
    await two.getByLabel('E-mail').fill(bo.email);
    await two.getByLabel('Password').fill(bo.password);
    await two.getByRole('button', { name: 'Sign in' }).click();
    await one.page.locator('.account-name', { hasText: 'Bo Example' }).waitFor();
    // The account changes without a sign-out in between.
    await two.evaluate(storeSession, sessionOf(di));
    await one.page.locator('.account-name', { hasText: 'Di Example' }).waitFor();
  });

  it('do not scroll each other, and send the comment that a closed tab has left unsent', async () => {
    const ada = await app().signUp('Ada Example');
    const { id, slug } = await app().addArticle({ comments: numberedComments(200) });
    const middle = (await allComments(app(), id)).find(({ bodyText }) => bodyText === 'number 100')?.id;
    const address = `${app().url}/articles/${slug}`;
    const one = await readers.open(`${address}#comment-${middle}`, { user: ada, once: true });
    await one.page.reload();
    await one.isLive();
    await one.page.locator('article:focus', { hasText: 'number 100' }).waitFor();
    const two = new BrowserReader(await one.page.context().newPage());
    await two.page.goto(address);
    await two.isLive();
    await two.say('From the second tab');
    await two.comment('From the second tab').getByRole('button', { name: 'Remove' }).waitFor();
    await one.page.getByRole('button', { name: '1 new comment' }).waitFor();
    await one.page.locator('article:focus', { hasText: 'number 100' }).waitFor();

    await two.hold('mutation AddComment', false);
    await two.say('Left behind');
    await two.page.getByText('Sending …').waitFor();
    await two.page.close();
    // As after sleep, or when the connection returns.
    await one.page.context().setOffline(true);
    await one.page.getByText('Reconnecting …').waitFor();
    await one.page.context().setOffline(false);
    await one.page.getByRole('button', { name: '2 new comments' }).waitFor();
    await one.page.locator('article:focus', { hasText: 'number 100' }).waitFor();
  });

  it('show one reader nothing of the previous one', async () => {
    const [ada, bo] = [await app().signUp('Ada Example'), await app().signUp('Bo Example')];
    const { id, slug } = await app().addArticle();
    await app().addComment(ada, { articleId: id, body: 'By Ada' });
    const reader = await readers.open(`${app().url}/articles/${slug}`, { user: ada, once: true });
    await reader.page.reload();
    await reader.isLive();
    const held = await reader.hold('mutation React');
    await app().addComment(bo, { articleId: id, body: 'By Bo' });
    await reader.page.getByRole('button', { name: '1 new comment' }).click();
    await reader.comment('By Bo').getByRole('button', { name: 'Insightful' }).click();
    await held.isAnswered;
    await reader.page.evaluate(storeSession, sessionOf(bo));
    await reader.page.evaluate(`dispatchEvent(new StorageEvent('storage', { key: 'standfirst.session' }))`);
    await reader.page.locator('.account-name', { hasText: 'Bo Example' }).waitFor();
    await reader.isLive();
    const answer = reader.page.waitForResponse('**/graphql');
    held.letGo();
    await answer;
    await app().addComment(ada, { articleId: id, body: 'The end' });
    await reader.page.getByRole('button', { name: '1 new comment' }).click();
    await reader.comment('The end').waitFor();
    const reaction = reader.comment('By Bo').getByRole('button', { name: 'Insightful 1' });
    expect(await reaction.getAttribute('aria-pressed')).toBe('false');
  });

  it('work if the browser has no `randomUUID`, as on pages without TLS', async () => {
    const ada = await app().signUp('Ada Example');
    const { slug } = await app().addArticle();
    const reader = await readers.open(app().url, { user: ada });
    await reader.page.addInitScript('delete Crypto.prototype.randomUUID');
    await reader.page.goto(`${app().url}/articles/${slug}`);
    await reader.isLive();
    await reader.say('In the open');
    await reader.comment('In the open').getByRole('button', { name: 'Remove' }).waitFor();
    expect(reader.problems).toEqual([]);
  });

  it('are not stopped by malformed values in the browser’s storage', async () => {
    const { slug } = await app().addArticle({ comments: numberedComments(1) });
    const reader = await readers.open(app().url);
    await reader.page.evaluate(`
      for (const [key, value] of Object.entries({
        session: '{"accessToken":1}', 'outbox.x': '{"key":"x","body":5}', 'outbox.y': 'no JSON', 'article.new': '[]',
      })) localStorage.setItem('standfirst.' + key, value);
    `);
    await reader.page.goto(`${app().url}/articles/${slug}`);
    await reader.comment('number 0').waitFor();
    await reader.isLive();
    expect(reader.problems).toEqual([]);
  });
});
