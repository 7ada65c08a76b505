/**
 * Signing in with the login of another site, in a browser, against a real provider on this machine.
 * @database either
 * @seconds 15
 */
import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { describeInBrowser } from '../support/browser.ts';
import { issuerSettings, TestIssuer } from '../support/issuer.ts';
import { type BrowserReader, useAppWithPage, useReaders } from '../support/readers.ts';

const phone = { view: 'phone-light', width: 360, height: 780, colorScheme: 'light' } as const;
const desktop = { view: 'desktop-dark', width: 1_440, height: 900, colorScheme: 'dark' } as const;

const paper = await TestIssuer.start();
afterAll(() => paper.close());

describeInBrowser('the login of another site', () => {
  const readers = useReaders();
  const app = useAppWithPage(issuerSettings(paper.settings('paper', { name: 'The Paper' })));
  const opened: BrowserReader[] = [];

  beforeAll(() => paper.open(`${app().url}/sign-in/paper/callback`));
  afterEach(async () => {
    await Promise.all(opened.splice(0).map(({ page }) => page.context().close()));
  });

  async function open(path: string): Promise<BrowserReader> {
    const { width, height, colorScheme } = phone;
    const reader = await readers.open(app().url + path, {
      context: { viewport: { width, height }, colorScheme },
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
      await reader.photograph(`other-site-${name}-${view}`);
    }
  }

  const press = ({ page }: BrowserReader, name: string) =>
    page.getByRole('button', { name, exact: true }).click();

  it('signs in, and leads back to where the reader was', async () => {
    const { slug } = await app().addArticle();
    paper.add({ email: `${randomUUID()}@example.org`, email_verified: true, name: 'Ida Example' });
    const reader = await open(`/articles/${slug}`);
    const { page } = reader;
    await page.getByRole('link', { name: 'Sign in', exact: true }).first().click();
    await page.getByRole('button', { name: 'Continue with The Paper' }).waitFor();
    await inspect(reader, 'sign-in');
    await press(reader, 'Continue with The Paper');
    await page.locator('.account-name', { hasText: 'Ida Example' }).waitFor({ state: 'attached' });
    const { pathname, hash } = new URL(page.url());
    expect({ pathname, hash }).toEqual({ pathname: `/articles/${slug}`, hash: '' });

    await page.goto(`${app().url}/account`);
    await page.getByText('This account has no password').waitFor();
    const logins = page.getByRole('list', { name: 'Logins of other sites' });
    await logins.getByText('The Paper').waitFor();
    await inspect(reader, 'account');
    await press(reader, 'End the login of The Paper');
    await page.getByRole('alert').getByText('it would have no way to sign in').waitFor();
    expect(reader.problems).toEqual([]);
  });

  it('is linked to the account of a reader who is signed in, with the password', async () => {
    const user = await app().signUp('Ada Example');
    paper.add({ email: `${randomUUID()}@example.org`, email_verified: true });
    const reader = await open('/sign-in?next=%2Faccount');
    const { page } = reader;
    await page.getByLabel('E-mail address').fill(user.email);
    await page.getByLabel('Password', { exact: true }).fill(user.password);
    await press(reader, 'Sign in');
    await press(reader, 'Link the login of The Paper');
    await page.getByRole('heading', { name: 'Link a login' }).waitFor();
    await inspect(reader, 'link');
    await page.getByLabel('Present password').fill('another horse');
    await press(reader, 'Link the login of The Paper');
    await page.getByText('This is not the password of this account.').waitFor();
    // The code is kept through a reload.
    await page.reload();
    await page.getByLabel('Present password').fill(user.password);
    await press(reader, 'Link the login of The Paper');
    await page.getByText('The login of The Paper is linked to your account.').waitFor();
    await page.getByRole('list', { name: 'Logins of other sites' }).getByText('The Paper').waitFor();
    await press(reader, 'End the login of The Paper');
    await page.getByText('The login of The Paper has ended.').waitFor();
    expect(reader.problems).toEqual([]);
  });

  it('says in words why nobody is signed in, and signs nobody in by a link of somebody else', async () => {
    const reader = await open('/finish-sign-in#error=cancelled');
    const { page } = reader;
    await page.getByText('You have cancelled the sign-in at the other site.').waitFor();
    await inspect(reader, 'cancelled');
    const foreign = await open(`/finish-sign-in#code=${'x'.repeat(43)}`);
    await foreign.page.getByText('This sign-in has taken too long, or began in another tab.').waitFor();
    expect(new URL(foreign.page.url()).hash).toBe('');
    for (const each of [reader, foreign]) expect(each.problems).toEqual([]);
  });
});
