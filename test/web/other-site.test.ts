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
const club = await TestIssuer.start();
club.isDown = true;
afterAll(() => Promise.all([paper.close(), club.close()]));

describeInBrowser('the login of another site', () => {
  const readers = useReaders();
  const app = useAppWithPage(
    issuerSettings(
      paper.settings('paper', { name: 'The Paper' }),
      club.settings('club', { name: 'The Club' }),
    ),
  );
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
    // The other site has asked nobody, so the sign-in is no proof.
    await app().app.db.query('UPDATE session SET proven_at = $2 WHERE issuer_subject = $1', [
      paper.person,
      new Date(),
    ]);
    await press(reader, 'End the login of The Paper');
    await page.getByRole('alert').getByText('it would have no way to sign in').waitFor();
    expect(reader.problems).toEqual([]);
  });

  it('is not used by whoever comes next to a machine at which somebody has signed out', async () => {
    paper.add({ email: `${randomUUID()}@example.org`, email_verified: true, name: 'Ida Example' });
    const reader = await open('/sign-in?next=%2Faccount');
    const { page } = reader;
    const asked: string[] = [];
    page.on('request', (request) => {
      if (request.url().startsWith(`${paper.url}/`)) asked.push(request.url());
    });
    await press(reader, 'Continue with The Paper');
    await page.getByText('This account has no password').waitFor();
    expect(asked.join()).not.toContain('prompt=login');
    await page.goto(app().url);
    await press(reader, 'Sign out');
    const there = page.getByRole('link', { name: 'Sign out at The Paper as well' });
    await there.waitFor();
    await inspect(reader, 'signed-out');
    expect(await there.getAttribute('href')).toBe('/sign-out/paper');
    await page.goto(`${app().url}/sign-in`);
    asked.length = 0;
    await press(reader, 'Continue with The Paper');
    await page.locator('.account-name', { hasText: 'Ida Example' }).waitFor({ state: 'attached' });
    expect(asked[0]).toContain('prompt=login');
    expect(reader.problems).toEqual([]);
  });

  it('is linked to the account of a reader who is signed in, and then proves who they are', async () => {
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
    // The code is kept through a reload.
    await page.reload();
    await press(reader, 'Link the login of The Paper');
    await page.getByText('The login of The Paper is linked to your account.').waitFor();
    await page.getByRole('list', { name: 'Logins of other sites' }).getByText('The Paper').waitFor();
    await app().app.db.query('UPDATE session SET proven_at = NULL WHERE account_id = $1', [user.accountId]);
    await press(reader, 'End the login of The Paper');
    await page.getByRole('dialog', { name: 'Is it you?' }).waitFor();
    await inspect(reader, 'proof');
    await press(reader, 'Confirm with The Paper');
    await page.getByText('You have confirmed that it is you.').waitFor();
    // The reader is at the part of the page in which they were.
    await page.locator('#security:focus').waitFor();
    expect(
      await page.locator('#security').evaluate((it: any) => it.getBoundingClientRect().top),
    ).toBeLessThan(200);
    await press(reader, 'End the login of The Paper');
    await page.getByText('The login of The Paper has ended.').waitFor();
    // The browser tells of the status with which a proof was asked for.
    expect(
      reader.problems.filter(
        (problem) => !problem.includes('status of 400') && !problem.startsWith('status 400'),
      ),
    ).toEqual([]);
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

  it('says on the page with the other ways to sign in that a site does not answer', async () => {
    const user = await app().signUp('Ada Example');
    const reader = await open('/sign-in?next=%2Faccount');
    const { page } = reader;
    await press(reader, 'Continue with The Club');
    await page.getByText('The other site does not answer at the moment.').waitFor();
    expect(new URL(page.url()).pathname + new URL(page.url()).search).toBe('/sign-in?next=%2Faccount');
    await inspect(reader, 'unavailable');
    await page.getByRole('button', { name: 'Continue with The Paper' }).waitFor();
    await page.getByLabel('E-mail address').fill(user.email);
    await page.getByLabel('Password', { exact: true }).fill(user.password);
    await press(reader, 'Sign in');
    await page.locator('.account-name', { hasText: 'Ada Example' }).waitFor({ state: 'attached' });
    expect(reader.problems).toEqual([]);
  });
});
