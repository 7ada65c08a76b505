import { beforeAll, expect, it } from '@jest/globals';
import { EventEmitter, once } from 'node:events';
import type { Page } from 'playwright-core';
import { type TestUser } from '../support/app.ts';
import { describeInBrowser } from '../support/browser.ts';
import { allComments, type CommentMutation, mutate, numberedComments } from '../support/comments.ts';
import { eventually } from '../support/eventually.ts';
import { Line } from '../support/line.ts';
import { sessionOf, storeSession, useAppWithPage, useReaders } from '../support/readers.ts';

interface Held {
  /** The service has answered, and the page does not know it yet. */
  readonly isAnswered: Promise<unknown>;
  letGo(): void;
}

/** Holds back the next answer to an operation. */
async function hold(page: Page, operation: string): Promise<Held> {
  const gate = new EventEmitter();
  const isAnswered = once(gate, 'answered');
  const isReleased = once(gate, 'released');
  let isHeld = false;
  await page.route('**/graphql', async (route) => {
    if (isHeld || !(route.request().postData() ?? '').includes(operation)) return route.fallback();
    isHeld = true;
    const response = await route.fetch();
    gate.emit('answered');
    await isReleased;
    // The page may have given up.
    await route.fulfill({ response }).catch(() => undefined);
  });
  return { isAnswered, letGo: () => gate.emit('released') };
}

describeInBrowser('what comes late', () => {
  const readers = useReaders();
  const app = useAppWithPage({ MAX_REPLAY_EVENTS: '8' });
  let ada: TestUser;
  let bo: TestUser;
  let moderator: TestUser;

  beforeAll(async () => {
    ada = await app().signUp('Ada Example');
    bo = await app().signUp('Bo Example');
    moderator = await app().signUp('Cy Example', 'MODERATOR');
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
    const held = await hold(reader.page, 'mutation AddComment');
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

  it('does not set back what others have changed meanwhile', async () => {
    const { id, path } = await article();
    const commentId = await say(id, 'What do you think?', ada);
    const reader = await readers.open(app().url + path, { user: bo });
    await reader.isLive();
    const held = await hold(reader.page, 'mutation React');
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

  it('puts no page into a list that was replaced since it was asked for', async () => {
    const { id, path } = await article(numberedComments(200));
    const ids = new Map((await allComments(app(), id)).map((comment) => [comment.bodyText, comment.id]));
    const reader = await readers.open(`${app().url}${path}#comment-${ids.get('number 150')}`);
    const { page } = reader;
    await reader.isLive();
    await page.locator('article:focus', { hasText: 'number 150' }).waitFor();
    const held = await hold(page, 'query ArticleThread');
    await page.mouse.move(300, 300);
    let isAnswered = false;
    void held.isAnswered.then(() => (isAnswered = true));
    await eventually('a page to be asked for', async () => {
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
    // Without a hole: each one is the one before the next.
    expect(numbers).toEqual(numbers.map((_, index) => (numbers[0] ?? 0) - index));
  });

  it('is in a list that one comes back to, though its cursor has gone on elsewhere', async () => {
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
    // So many lists that the first one is given up.
    for (const sort of ['top', 'newest', 'oldest']) await go(`${path}?sort=${sort}`, 'The first one');
    await go(other.path, 'Nobody has said anything yet.');
    await say(id, 'Said meanwhile');
    await go(`${path}/comments/${root}`, 'The whole discussion');
    await go(path, 'Said meanwhile');
    expect(await reader.texts()).toEqual(['Said meanwhile', 'The first one']);
  });

  it('is shown on a branch’s page as well, when too much was missed', async () => {
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

  it('stands in its place when it is restored', async () => {
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

describeInBrowser('several tabs of one browser', () => {
  const readers = useReaders();
  const app = useAppWithPage();

  it('share what waits to be sent, and who is signed in', async () => {
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
    await one.page.getByRole('link', { name: 'Sign in', exact: true }).waitFor();
    await two.goto(`${app().url}/sign-in`);
    await two.getByLabel('E-mail').fill(bo.email);
    await two.getByLabel('Password').fill(bo.password);
    await two.getByRole('button', { name: 'Sign in' }).click();
    await one.page.locator('.account-name', { hasText: 'Bo Example' }).waitFor();
    // From one to the other at once.
    await two.evaluate(storeSession, sessionOf(di));
    await one.page.locator('.account-name', { hasText: 'Di Example' }).waitFor();
  });

  it('are not stopped by what is not theirs in the browser’s storage', async () => {
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
