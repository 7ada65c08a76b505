/**
 * @database either
 */
import { beforeAll, expect, it } from '@jest/globals';
import { type TestUser } from '../support/app.ts';
import { write } from '../support/articles.ts';
import { describeInBrowser } from '../support/browser.ts';
import { allComments, chain, mutate, numberedComments } from '../support/comments.ts';
import { eventually } from '../support/eventually.ts';
import { type BrowserReader, useAppWithPage, useReaders } from '../support/readers.ts';

describeInBrowser('the focus', () => {
  const readers = useReaders();
  const app = useAppWithPage();
  let ada: TestUser;
  let bo: TestUser;

  beforeAll(async () => {
    ada = await app().signUp('Ada Example');
    bo = await app().signUp('Bo Example');
  });

  const article = async (comments: Record<string, unknown>[] = []) => {
    const { id, slug } = await app().addArticle({ article: { title: 'Keep the ferry' }, comments });
    return { id, path: `/articles/${slug}` };
  };

  /** Waits until an element of this name has the focus. */
  const isOn = ({ page }: BrowserReader, name: string) =>
    eventually(`the focus on ${name}`, () =>
      page.evaluate<boolean>(
        `(document.activeElement.labels?.[0] ?? document.activeElement).innerText.startsWith('${name}')`,
      ),
    );

  it('stays on the menu of orders while the order changes, and the page keeps its position', async () => {
    const { path } = await article(numberedComments(60));
    const reader = await readers.open(app().url + path);
    const { page } = reader;
    await reader.isLive();
    const order = page.getByLabel('Order');
    await order.focus();
    await order.evaluate((element) => (element as unknown as { scrollIntoView(): void }).scrollIntoView());
    const before = await page.evaluate<number>('scrollY');
    expect(before).toBeGreaterThan(0);
    for (const first of ['number 59', 'number 59', 'number 0']) {
      await page.keyboard.press('ArrowDown');
      await reader.comment(first).first().waitFor();
      await isOn(reader, 'Order');
    }
    await page.waitForURL('**?sort=oldest');
    expect(Math.abs((await page.evaluate<number>('scrollY')) - before)).toBeLessThan(50);
  });

  it('stays where it is while the title is edited', async () => {
    const { id, path } = await article(numberedComments(3));
    const editor = await app().signUp('Ed Example', 'EDITOR');
    const reader = await readers.open(app().url + path);
    const { page } = reader;
    await reader.isLive();
    await page.getByLabel('Order').focus();
    for (const title of ['Keep both ferries', 'Keep all ferries']) {
      const { updatedAt } = (
        await app().data('query ($id: ID!) { node(id: $id) { ... on Article { updatedAt } } }', { id })
      ).node;
      await write(app(), 'updateArticle', { articleId: id, title, expectedUpdatedAt: updatedAt }, editor);
      await page.getByRole('heading', { level: 1, name: title }).waitFor();
      await eventually('the title', async () => (await page.title()) === `${title} – Standfirst`);
      await isOn(reader, 'Order');
    }
  });

  it('moves to the heading after each navigation, also to another search on the same page', async () => {
    const reader = await readers.open(app().url);
    const { page } = reader;
    const search = page.getByLabel('Search articles');
    for (const query of ['ferry', 'bridge']) {
      await search.fill(query);
      await search.press('Enter');
      await page.getByText(`No article was found for ${query}.`).or(page.locator('#results')).waitFor();
      await isOn(reader, 'Search');
      expect(await page.evaluate('document.activeElement.localName')).toBe('h1');
    }
  });

  it('moves to the heading also when the first page is left before it has loaded', async () => {
    const reader = await readers.open('about:blank');
    const { page } = reader;
    const held = await reader.hold('FrontPage');
    await page.goto(app().url);
    await held.isAnswered;
    await page.getByLabel('Search articles').fill('ferry');
    await page.keyboard.press('Enter');
    await isOn(reader, 'Search');
    expect(await page.evaluate('document.activeElement.localName')).toBe('h1');
    held.letGo();
  });

  it('stays in place in a reply while other replies arrive above', async () => {
    const { id, path } = await article(numberedComments(60));
    const ids = new Map((await allComments(app(), id)).map((comment) => [comment.bodyText, comment.id]));
    const reader = await readers.open(`${app().url}${path}#comment-${ids.get('number 40')}`, { user: ada });
    const { page } = reader;
    await reader.isLive();
    await reader.comment('number 37').getByRole('button', { name: 'Reply' }).click();
    const field = page.locator('textarea:focus');
    await field.waitFor();
    await page.keyboard.type('Half of a');
    const before = (await field.boundingBox())?.y ?? 0;
    // Replies to visible comments between the window's top and the field.
    for (const above of ['number 39', 'number 38', 'number 39']) {
      const text = `To ${above}`;
      await app().addComment(bo, {
        articleId: id,
        parentId: ids.get(above) ?? '',
        body: `${text}\n\n${text}`,
      });
      await page.keyboard.type(' text');
    }
    await eventually(
      'the comment count',
      async () => (await page.locator('.count').innerText()) === '63 comments',
    );
    // The replies are painted by then, and the field stays in place.
    await page.evaluate('new Promise((go) => requestAnimationFrame(() => requestAnimationFrame(go)))');
    expect(Math.abs(((await field.boundingBox())?.y ?? 0) - before)).toBeLessThan(2);
    expect(await field.inputValue()).toBe('Half of a text text text');
  });

  it('moves on to the control that fits after each action', async () => {
    const { path } = await article();
    const reader = await readers.open(app().url + path, { user: ada });
    const { page } = reader;
    await reader.isLive();
    await page.getByRole('button', { name: 'Endorse' }).press('Enter');
    await page.locator('textarea:focus').waitFor();
    await page.locator('.endorse-form').getByRole('button', { name: 'Endorse' }).press('Enter');
    await isOn(reader, 'Withdraw');
    await page.keyboard.press('Enter');
    await isOn(reader, 'Endorse');
    await page.getByLabel('Your comment').fill('Said by keyboard');
    await page.getByRole('button', { name: 'Comment', exact: true }).press('Enter');
    await reader.comment('Said by keyboard').getByRole('button', { name: 'Remove' }).waitFor();
    await isOn(reader, 'Comment');
    await reader.comment('Said by keyboard').getByRole('button', { name: 'Remove' }).press('Enter');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await isOn(reader, 'Remove');
  });

  it('stays in a reply whose parent is removed meanwhile, and the text is kept', async () => {
    const { id, path } = await article();
    const say = async (body: string, parentId?: string) =>
      (await app().addComment(bo, { articleId: id, body, ...(parentId ? { parentId } : {}) })).comment?.id ??
      '';
    const [leaf, parent] = [await say('Alone'), await say('With a reply')];
    await say('A reply', parent);
    const reader = await readers.open(app().url + path, { user: ada });
    const { page } = reader;
    await reader.isLive();
    for (const [text, commentId] of [
      ['Alone', leaf],
      ['With a reply', parent],
    ] as const) {
      const comment = page.locator(`#comment-${commentId}`);
      await comment.getByRole('button', { name: 'Reply' }).click();
      await page.locator('textarea:focus').waitFor();
      await page.keyboard.type(`To: ${text}`);
      await mutate(app(), 'removeComment', { commentId }, bo);
      await comment.getByText('The comment that you were answering was removed.').waitFor();
      expect(await page.locator('textarea:focus').inputValue()).toBe(`To: ${text}`);
      await comment.getByRole('button', { name: 'Send as a comment' }).click();
      await reader.comment(`To: ${text}`).getByRole('button', { name: 'Edit' }).waitFor();
    }
    // Once the reply is sent, the vanished comment is removed from the list.
    await page.locator(`#comment-${leaf}`).waitFor({ state: 'detached' });
    expect(reader.problems).toEqual([]);
  });

  it('moves to the field of a reply that belongs on another page, where a draft is kept until the reader comes back', async () => {
    const { id, path } = await article(chain(10));
    const last = (await allComments(app(), id)).find(({ bodyText }) => bodyText === 'link 8')?.id ?? '';
    const reader = await readers.open(`${app().url}${path}#comment-${last}`, { user: ada });
    const { page } = reader;
    await reader.isLive();
    await reader.comment('link 8').getByRole('link', { name: 'Reply', exact: true }).click();
    await page.locator('.branch-page textarea:focus').fill('Half of a');
    await page.getByRole('link', { name: 'The whole discussion' }).click();
    await reader.comment('link 8').waitFor();
    await page.goBack();
    const field = page.getByLabel('Your reply');
    await eventually('the draft', async () => (await field.inputValue()) === 'Half of a');
  });
});
