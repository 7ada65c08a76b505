/**
 * @database either
 * @seconds 20
 */
import { expect, it } from '@jest/globals';
import type { TestUser } from '../support/app.ts';
import { describeInBrowser } from '../support/browser.ts';
import { done } from '../support/comments.ts';
import { tellAll } from '../support/notifications.ts';
import { useAppWithPage, useReaders } from '../support/readers.ts';

const views = [
  { view: 'phone', width: 360, height: 780, colorScheme: 'light' },
  { view: 'desktop', width: 1_440, height: 900, colorScheme: 'dark' },
] as const;

describeInBrowser('notifications', () => {
  const readers = useReaders();
  const app = useAppWithPage({ NOTIFICATION_POLL_MS: '600000' });

  /** A comment of Ada, and what answers it. */
  async function openThread(commentPolicy = 'OPEN') {
    const [ada, bo] = [await app().signUp('Ada Example'), await app().signUp('Bo Example')];
    const { id: articleId, articleId: key, slug } = await app().addArticle();
    const post = async (user: TestUser, body: string, parentId?: string) =>
      (await app().addComment(user, { articleId, body, ...(parentId === undefined ? {} : { parentId }) }))
        .comment!.id;
    const own = await post(ada, 'What do you think?');
    await app().app.db.query('UPDATE article SET comment_policy = $2 WHERE id = $1', [key, commentPolicy]);
    return { ada, bo, slug, own, post };
  }

  it('are counted live, listed with replies first, lead to their comment, and are read by being shown', async () => {
    const { ada, bo, slug, own, post } = await openThread();
    const moderator = await app().signUp('Mo Example', 'MODERATOR');
    const gone = await post(ada, 'Buy my boat!');
    const reader = await readers.open(app().url, { user: ada, context: { viewport: views[0] } });
    const { page } = reader;
    const menu = page.getByRole('navigation', { name: 'Account' });
    const bell = menu.getByRole('link', { name: /^Notifications/ });
    await bell.waitFor();
    await post(bo, 'I agree with that.', own);
    await page.getByRole('link', { name: 'Notifications: 1 unread one' }).waitFor();
    await done(app(), 'removeComment', { commentId: gone, reason: 'This is an advertisement.' }, moderator);
    await page.getByRole('link', { name: 'Notifications: 2 unread ones' }).waitFor();
    expect(await reader.accessibilityFaults()).toEqual([]);
    await reader.photograph('bell-phone', false);
    await bell.click();
    await page.getByRole('heading', { level: 1, name: 'Notifications' }).waitFor();
    const items = page.locator('.notification');
    await items.nth(1).waitFor();
    const texts = await items.allInnerTexts();
    expect(texts[0]).toMatch(/Bo Example has replied to you.*New.*I agree with that\./s);
    expect(texts[1]).toMatch(/A moderator has removed your comment.*This is an advertisement\./s);
    await page.getByRole('link', { name: 'Notifications', exact: true }).waitFor();
    // What arrives while the list is shown joins it.
    await post(bo, 'One more thing.', own);
    await items.filter({ hasText: 'One more thing.' }).waitFor();
    expect(await items.count()).toBe(3);
    await tellAll(app());
    await page.getByRole('link', { name: 'Notifications', exact: true }).waitFor();
    for (const { view, width, height, colorScheme } of views) {
      await page.setViewportSize({ width, height });
      await page.emulateMedia({ colorScheme });
      expect(await reader.accessibilityFaults()).toEqual([]);
      expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBe(0);
      await reader.photograph(`notifications-${view}`);
    }
    await items.filter({ hasText: 'One more thing.' }).getByRole('link').click();
    await reader.comment('One more thing.').first().waitFor();
    expect(new URL(page.url()).pathname).toBe(`/articles/${slug}`);
    expect(new URL(page.url()).hash).toMatch(/^#comment-/);
    expect(reader.problems).toEqual([]);
    await page.context().close();
  });

  it('“My comments” say what was rejected or removed, and why', async () => {
    const { ada, bo, own, post } = await openThread('PREMODERATED');
    const moderator = await app().signUp('Mo Example', 'MODERATOR');
    const waiting = await post(ada, 'Nonsense and more of it.');
    const reply = await post(bo, 'A reply', own);
    await done(app(), 'approveComment', { commentId: reply }, moderator);
    await done(app(), 'rejectComment', { commentId: waiting, reason: 'Stay on the subject.' }, moderator);
    await done(app(), 'removeComment', { commentId: own, reason: 'It names a private person.' }, moderator);
    const reader = await readers.open(`${app().url}/my/comments`, { user: ada });
    const items = reader.page.locator('.own-comment-item');
    await items.nth(1).waitFor();
    const texts = await items.allInnerTexts();
    expect(texts[0]).toMatch(/Not let through.*The note: “Stay on the subject\.”/s);
    expect(texts[1]).toMatch(/Removed.*The note: “It names a private person\.”/s);
    expect(await reader.accessibilityFaults()).toEqual([]);
    expect(reader.problems).toEqual([]);
    await reader.page.context().close();
  });
});
