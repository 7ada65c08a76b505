/**
 * @database either
 * @seconds 20
 */
import { expect, it } from '@jest/globals';
import { signUnsubscribe } from '../../src/features/notifications/mails/unsubscribe-token.ts';
import type { TestUser } from '../support/app.ts';
import { describeInBrowser } from '../support/browser.ts';
import { eventually } from '../support/eventually.ts';
import { noMailWork, noTransport } from '../support/mail.ts';
import { useAppWithPage, useReaders } from '../support/readers.ts';

const views = [
  { view: 'phone', width: 360, height: 780, colorScheme: 'light' },
  { view: 'desktop', width: 1_440, height: 900, colorScheme: 'dark' },
] as const;

describeInBrowser('what one is told, and is not', () => {
  const readers = useReaders();
  const app = useAppWithPage(noMailWork, { mailTransport: noTransport });

  it('is muted beside what it is about, and chosen and unmuted in the account', async () => {
    const [ada, bo] = [await app().signUp('Ada Example'), await app().signUp('Bo Example')];
    const { id: articleId, slug } = await app().addArticle({ article: { title: 'Keep the ferry' } });
    await app().addComment(bo, { articleId, body: 'It is mine.' });
    const reader = await readers.open(`${app().url}/articles/${slug}`, {
      user: ada,
      context: { viewport: views[0] },
    });
    const { page } = reader;
    const comment = reader.comment('It is mine.');
    await comment.getByRole('button', { name: 'Mute' }).click();
    await comment.getByRole('button', { name: 'Mute this thread' }).click();
    await comment.getByRole('button', { name: 'Unmute this thread' }).waitFor();
    await comment.getByRole('button', { name: 'Mute Bo Example' }).click();
    await comment.getByRole('button', { name: 'Unmute Bo Example' }).waitFor();
    expect(await reader.accessibilityFaults()).toEqual([]);
    const head = page.locator('.discussion-head');
    await head.getByRole('button', { name: 'Mute', exact: true }).click();
    await head.getByRole('button', { name: 'Mute this article' }).click();
    await head.getByRole('button', { name: 'Unmute this article' }).waitFor();
    await reader.photograph('mute-phone');

    await page.goto(`${app().url}/account`);
    const section = page.getByRole('region', { name: 'Notifications' });
    await section.getByLabel('Replies to my comments').selectOption('At once');
    await section.getByText('Saved.').waitFor();
    expect(await section.locator('.account-session').allInnerTexts()).toEqual([
      expect.stringContaining('Bo Example'),
      expect.stringContaining('Keep the ferry'),
      expect.stringContaining('Bo Example under “Keep the ferry”'),
    ]);
    for (const { view, width, height, colorScheme } of views) {
      await page.setViewportSize({ width, height });
      await page.emulateMedia({ colorScheme });
      expect(await reader.accessibilityFaults()).toEqual([]);
      expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBe(0);
      await reader.photograph(`notification-choices-${view}`);
    }
    for (const name of ['Bo Example', 'Keep the ferry', 'Bo Example under “Keep the ferry”'])
      await section.getByRole('button', { name: `Unmute ${name}`, exact: true }).click();
    await section.getByText('You have muted nobody and nothing.').waitFor();
    const { viewer } = await app().data(
      '{ viewer { mailPreferences { kind frequency } mutedAuthors { id } mutedArticles { id } mutedThreads { id } } }',
      {},
      ada.token,
    );
    expect(viewer).toMatchObject({ mutedAuthors: [], mutedArticles: [], mutedThreads: [] });
    expect(viewer.mailPreferences).toContainEqual({ kind: 'REPLY', frequency: 'AT_ONCE' });
    expect(reader.problems).toEqual([]);
    await page.context().close();
  });

  it('ends by the link of a mail: its page asks, and its button ends the mails, without a script', async () => {
    const ada = await app().signUp('Ada Example');
    const key = Buffer.alloc(32, 7);
    await app().app.db.query('INSERT INTO inbox (account_id, unsubscribe_key) VALUES ($1, $2)', [
      ada.accountId,
      key,
    ]);
    const token = signUnsubscribe({ accountId: ada.accountId, scope: ['REPLY', 'ENDORSEMENT'] }, key);
    const reader = await readers.open(`${app().url}/unsubscribe/${token}`, {
      context: { viewport: views[0] },
    });
    const { page } = reader;
    await page.getByRole('heading', { name: 'Get no more mails of this kind?' }).waitFor();
    for (const { view, width, height, colorScheme } of views) {
      await page.setViewportSize({ width, height });
      await page.emulateMedia({ colorScheme });
      expect(await reader.accessibilityFaults()).toEqual([]);
      await reader.photograph(`unsubscribe-${view}`);
    }
    await page.getByRole('button', { name: 'Get no more of them' }).click();
    await page.getByRole('heading', { name: 'You get no more mails of this kind' }).waitFor();
    const { viewer } = await app().data('{ viewer { mailPreferences { kind frequency } } }', {}, ada.token);
    expect(viewer.mailPreferences).toContainEqual({ kind: 'ENDORSEMENT', frequency: 'NEVER' });
    expect(reader.problems).toEqual([]);
    await page.context().close();
  });

  it('new replies outside the window are counted at any depth, and Alt+N leads from one to the next', async () => {
    const [ada, bo] = [await app().signUp('Ada Example'), await app().signUp('Bo Example')];
    const { id: articleId, slug } = await app().addArticle();
    const post = async (user: TestUser, body: string, parentId?: string) =>
      (await app().addComment(user, { articleId, body, ...(parentId === undefined ? {} : { parentId }) }))
        .comment!.id;
    const oldest = await post(bo, 'The oldest one');
    const nested = await post(bo, 'A reply', oldest);
    for (let n = 0; n < 12; n++) await post(bo, `Comment ${n}`);
    const reader = await readers.open(`${app().url}/articles/${slug}`, {
      user: ada,
      context: { viewport: views[0] },
    });
    const { page } = reader;
    await reader.isLive();
    await post(bo, 'New below', nested);
    await post(bo, 'Newer below', oldest);
    const next = page.getByRole('button', { name: '2 new · next' });
    await next.waitFor();
    expect(await next.getAttribute('title')).toBe('Next new comment (Alt+N)');
    expect(await reader.accessibilityFaults()).toEqual([]);
    await page.evaluate('scrollTo(0, document.querySelector(".thread-bar").offsetTop - 20)');
    await reader.photograph('next-new-phone', false);
    // Not while the reader writes.
    await page.getByLabel('Your comment').fill('A draft');
    await page.keyboard.press('Alt+N');
    await next.waitFor();
    await page
      .locator('h1')
      .first()
      .evaluate((heading: any) => heading.focus());
    await page.keyboard.press('Alt+N');
    const focused = () => page.evaluate<string>('document.activeElement.textContent');
    await eventually('the first one has the focus', async () => (await focused()).includes('New below'));
    await page.keyboard.press('Alt+N');
    await eventually('all were seen', async () => (await page.locator('.next-new').count()) === 0);
    await reader.comment('Newer below').getByText('New', { exact: true }).waitFor();
    expect(reader.problems).toEqual([]);
    await page.context().close();
  });
});
