/**
 * @database either
 * @seconds 15
 */
import { afterEach, beforeAll, expect, it } from '@jest/globals';
import { describeInBrowser } from '../support/browser.ts';
import { noMailWork, noTransport } from '../support/mail.ts';
import { type BrowserReader, useAppWithPage, useReaders } from '../support/readers.ts';

const password = 'correct horse battery';
const phone = { view: 'phone-light', width: 360, height: 780, colorScheme: 'light' } as const;
const desktop = { view: 'desktop-dark', width: 1_440, height: 900, colorScheme: 'dark' } as const;

/** Leads to the comment of the address once more, and waits until that has ended. */
const arriveAgain = `new Promise((done) => {
  dispatchEvent(new HashChangeEvent('hashchange'));
  let frames = 0;
  const step = () => (++frames > 20 ? done() : requestAnimationFrame(step));
  step();
})`;

describeInBrowser('what a reader wanted before signing in', () => {
  const readers = useReaders();
  // Where mails can be sent, addresses have to be confirmed.
  const app = useAppWithPage(noMailWork, { mailTransport: noTransport });
  let slug: string;
  const opened: BrowserReader[] = [];

  beforeAll(async () => {
    ({ slug } = await app().addArticle({
      article: { title: 'Keep the ferry', body: 'Sign it: write to keep@example.org.' },
      comments: [
        { key: '1', body: 'The first.', authorName: 'Bo Example', createdAt: '2024-06-01T10:00:00Z' },
        { key: '2', body: 'The second.', authorName: 'Bo Example', createdAt: '2024-06-02T10:00:00Z' },
      ],
    }));
  });

  afterEach(async () => {
    await Promise.all(opened.splice(0).map(({ page }) => page.context().close()));
  });

  async function open(path: string, viewport = phone.width): Promise<BrowserReader> {
    const reader = await readers.open(app().url + path, {
      context: { viewport: { width: viewport, height: 780 } },
    });
    opened.push(reader);
    return reader;
  }

  async function inspect(reader: BrowserReader, name: string) {
    for (const { view, width, height, colorScheme } of [desktop, phone]) {
      await reader.page.setViewportSize({ width, height });
      await reader.page.emulateMedia({ colorScheme });
      expect(await reader.accessibilityFaults()).toEqual([]);
      expect(await reader.page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBe(0);
      await reader.photograph(`intent-${name}-${view}`);
    }
  }

  async function signIn({ page }: BrowserReader, email: string): Promise<void> {
    await page.getByLabel('E-mail address').fill(email);
    await page.getByLabel('Password').fill(password);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.waitForURL(`**/articles/${slug}*`);
  }

  it('is open and in focus afterwards: a reply, a comment, an endorsement', async () => {
    const ada = await app().signUp();
    const reader = await open(`/articles/${slug}`);
    const { page } = reader;
    await reader.isLive();
    await reader.comment('The second.').getByRole('link', { name: 'Reply' }).click();
    await signIn(reader, ada.email);
    const field = reader.comment('The second.').getByLabel('Your reply');
    await reader.comment('The second.').locator('textarea:focus').waitFor();
    // Nor does the comment to which the address leads take it from the form, however late it arrives.
    await page.evaluate(arriveAgain);
    expect(await reader.comment('The second.').locator('textarea:focus').count()).toBe(1);
    expect(await reader.page.locator('textarea').count()).toBe(2);
    // The address stops asking, so that a closed form stays closed after a reload.
    expect(new URL(page.url()).search).toBe('');
    await field.press('Escape');
    await page.reload();
    await reader.comment('The second.').getByRole('button', { name: 'Reply' }).waitFor();
    expect(await field.count()).toBe(0);

    const second = await open(`/articles/${slug}`);
    await second.page.getByRole('link', { name: 'Sign in to comment' }).click();
    await signIn(second, ada.email);
    await second.page.locator('.discussion-head textarea:focus').waitFor();

    const third = await open(`/articles/${slug}`);
    await third.page.getByRole('button', { name: 'Endorse', exact: true }).click();
    await third.page.getByText('To endorse is to sign in public').waitFor();
    await third.page.getByRole('link', { name: 'Sign in to endorse' }).click();
    await signIn(third, ada.email);
    await third.page.locator('.endorse-form textarea:focus').waitFor();
    await inspect(third, 'endorse');
    for (const each of [reader, second, third]) expect(each.problems).toEqual([]);
  });

  it('is deleted with a sign-out, which says so first', async () => {
    const ada = await app().signUp();
    const reader = await open(`/articles/${slug}`);
    const { page } = reader;
    await page.getByRole('link', { name: 'Sign in to comment' }).click();
    await signIn(reader, ada.email);
    await page.locator('.discussion-head textarea').fill('Half of a comment');
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.locator('[role=status]', { hasText: 'Signing out deletes it.' }).waitFor();
    const drafts = 'Object.keys(localStorage).filter((key) => key.includes(".draft.")).length';
    expect(await page.evaluate(drafts)).toBe(1);
    await inspect(reader, 'unsent');
    await page.getByRole('button', { name: 'Delete and sign out' }).click();
    await page.getByRole('link', { name: 'Sign in to comment' }).waitFor();
    expect(await page.evaluate(drafts)).toBe(0);
    // The browser keeps its device token and the fact of a sign-out. Neither tells who has used it.
    expect(await page.evaluate('Object.keys(localStorage).sort()')).toEqual([
      'standfirst.device',
      'standfirst.signed-out',
    ]);
  });

  it('can be to write to the address in the text, which is shown to those who have confirmed their own', async () => {
    const ada = await app().signUp();
    const reader = await open(`/articles/${slug}`);
    const contact = reader.page.locator('.contact-addresses');
    await contact.getByText('is hidden from programs that collect addresses').waitFor();
    await inspect(reader, 'contact-hidden');
    await contact.getByRole('link', { name: 'Sign in to see the address' }).click();
    await signIn(reader, ada.email);
    const link = contact.getByRole('link', { name: 'keep@example.org' });
    expect(await link.getAttribute('href')).toBe('mailto:keep@example.org');

    await app().app.db.query('UPDATE account SET email_verified_at = NULL WHERE id = $1', [ada.accountId]);
    await reader.page.reload();
    await contact.getByText('Confirm your e-mail address to see the addresses').waitFor();
    expect(await link.count()).toBe(0);
    expect(reader.problems).toEqual([]);
  });

  it('is told why it cannot be, where the account is suspended', async () => {
    const ada = await app().signUp();
    await app().app.db.query('UPDATE account SET suspended_at = now() WHERE id = $1', [ada.accountId]);
    const reader = await open(`/articles/${slug}`);
    await reader.page.getByRole('link', { name: 'Sign in to comment' }).click();
    await signIn(reader, ada.email);
    const words = 'Your account is suspended: you can read, but not write.';
    await reader.page.locator('.discussion-head').getByText(words).waitFor();
    // Once, for all that the reader may not do here.
    expect(await reader.page.getByText(words).count()).toBe(1);
    // Where the discussion is closed, too.
    await app().app.db.query(`UPDATE article SET comment_policy = 'CLOSED' WHERE slug = $1`, [slug]);
    await reader.page.reload();
    await reader.page.locator('.discussion-head').getByText(words).waitFor();
    await app().app.db.query(`UPDATE article SET comment_policy = 'OPEN' WHERE slug = $1`, [slug]);
    expect(reader.problems).toEqual([]);
  });
});
