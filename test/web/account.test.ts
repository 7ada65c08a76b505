/**
 * @database either
 * @seconds 40
 */
import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { noPassword } from '../../src/platform/auth/password.ts';
import { programName } from '../../web/account/program-name.ts';
import type { TestUser } from '../support/app.ts';
import { describeInBrowser } from '../support/browser.ts';
import { eventually } from '../support/eventually.ts';
import { noMailWork, noTransport } from '../support/mail.ts';
import { type BrowserReader, useAppWithPage, useReaders } from '../support/readers.ts';

const password = 'correct horse battery';
const another = 'staple under the bridge';

const phone = { view: 'phone-light', width: 360, height: 780, colorScheme: 'light' } as const;
const desktop = { view: 'desktop-dark', width: 1_440, height: 900, colorScheme: 'dark' } as const;

describeInBrowser('the account', () => {
  const readers = useReaders();
  // Mails stay in the outbox, where the tests read them.
  const app = useAppWithPage({ ...noMailWork, SIGN_IN_LINKS: 'true' }, { mailTransport: noTransport });
  let article: { id: string; slug: string };
  const opened: BrowserReader[] = [];

  beforeAll(async () => {
    article = await app().addArticle({
      article: { title: 'Keep the ferry' },
      comments: [
        { key: '1', body: 'The first.', authorName: 'Bo Example', createdAt: '2024-06-01T10:00:00Z' },
      ],
    });
  });

  afterEach(async () => {
    await Promise.all(opened.splice(0).map(({ page }) => page.context().close()));
  });

  async function open(path: string, user?: TestUser): Promise<BrowserReader> {
    const { width, height, colorScheme } = phone;
    const context = { viewport: { width, height }, colorScheme };
    const options = { context, ...(user ? { user, once: true } : {}) };
    const reader = await readers.open(app().url + path, options);
    opened.push(reader);
    // The session was stored after the page had loaded.
    if (user) await reader.page.reload();
    return reader;
  }

  const newAddress = () => `${randomUUID()}@example.org`;

  /** The path of the link in the newest mail to an address. */
  async function link(recipient: string, subject: string): Promise<string> {
    const [mail] = await app().app.db.query<{ text: string }>(
      'SELECT text FROM mail WHERE recipient = $1 AND starts_with(subject, $2) ORDER BY created_at DESC LIMIT 1',
      [recipient, `${subject} – `],
    );
    return new URL(/https?:\S+/.exec(mail?.text ?? '')?.[0] ?? '').href.replace(/^\w+:\/\/[^/]+/, '');
  }

  /** Checks the page on a phone; `everywhere`: also on a desktop, in the dark. */
  async function inspect(reader: BrowserReader, name: string, where: 'phone' | 'everywhere' = 'phone') {
    const { page } = reader;
    for (const { view, width, height, colorScheme } of where === 'phone' ? [phone] : [desktop, phone]) {
      await page.setViewportSize({ width, height });
      await page.emulateMedia({ colorScheme });
      expect(await reader.accessibilityFaults()).toEqual([]);
      expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBe(0);
      await reader.photograph(`account-${name}-${view}`);
    }
  }

  const heading = (page: Page, name: string) =>
    page.getByRole('heading', { level: 1, name, exact: true }).waitFor();
  /** Takes back what the account's sessions have proven. */
  const unprove = ({ accountId }: TestUser) =>
    app().app.db.query('UPDATE session SET proven_at = NULL WHERE account_id = $1', [accountId]);
  const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click();
  const told = (page: Page, text: string) => page.locator('[role=status]', { hasText: text }).waitFor();
  const isInFocus = (page: Page, text: string) =>
    eventually(`the focus on: ${text}`, () =>
      page.evaluate<boolean>(`document.activeElement.textContent.includes(${JSON.stringify(text)})`),
    );

  async function signUp(page: Page, email: string): Promise<void> {
    await page.getByLabel('Name', { exact: true }).fill('Ada Example');
    await page.getByLabel('E-mail address').fill(email);
    await page.getByLabel('Password').fill(password);
    await press(page, 'Sign up');
    await told(page, `We have sent a mail to ${email}.`);
  }

  it('begins with a sign-up whose mailed link leads back to where the reader was', async () => {
    const reader = await open(`/articles/${article.slug}`);
    const { page } = reader;
    await reader.isLive();
    await page.getByRole('link', { name: 'Sign in to comment' }).click();
    await page.locator('main').getByRole('link', { name: 'Sign up' }).click();
    const email = newAddress();
    await signUp(page, email);
    await isInFocus(page, 'We have sent a mail');
    await inspect(reader, 'sign-up-mailed');
    await press(page, 'Send the mail again');
    await told(page, 'It was sent again.');
    const sent = await app().app.db.query(`SELECT 1 FROM mail WHERE recipient = $1 AND kind = 'SIGN_UP'`, [
      email,
    ]);
    expect(sent).toHaveLength(2);
    // The form has kept what was typed.
    await press(page, 'Correct the address');
    expect(await page.getByLabel('E-mail address').inputValue()).toBe(email);

    // As a mail program opens it: in another tab, where loading the page changes nothing.
    const path = await link(email, 'Confirm your e-mail address');
    const other = await page.context().newPage();
    await other.goto(app().url + path);
    await heading(other, 'Confirm your sign-up');
    expect(new URL(other.url()).hash).toBe('');
    const rows = await app().app.db.query('SELECT 1 FROM account WHERE email = $1', [email]);
    expect(rows).toEqual([]);
    // The token is kept through a reload.
    await other.reload();
    await press(other, 'Confirm and open the account');
    await other.waitForURL(`**/articles/${article.slug}#discussion`);
    await told(other, 'Your account is open');
    await other.getByLabel('Your comment').waitFor();
    // The first tab is signed in as well.
    await page.getByText('You are signed in as Ada Example.').waitFor();
    expect(reader.problems).toEqual([]);

    // The link is used up.
    await other.goto(app().url + path);
    await press(other, 'Confirm and open the account');
    await told(other, 'This link has been used, or has expired.');
    expect(await other.evaluate(`localStorage.getItem('standfirst.sign-ups')`)).toBeNull();
  });

  it('asks for the password of the sign-up in another browser, and says when a link is used up', async () => {
    const email = newAddress();
    const { page: first } = await open('/sign-up');
    await signUp(first, email);
    const path = await link(email, 'Confirm your e-mail address');
    const reader = await open(path);
    const { page } = reader;
    const field = page.getByLabel('Password of the sign-up');
    await field.fill('another password');
    await inspect(reader, 'confirm-sign-up');
    await press(page, 'Confirm and open the account');
    await page.getByText('This is not the password of the sign-up.').waitFor();
    await page.locator('[name=password]:focus').waitFor();
    await field.fill(password);
    await press(page, 'Confirm and open the account');
    await told(page, 'Your account is open');
    await heading(page, 'Latest articles');

    await first.goto(app().url + path);
    await press(first, 'Confirm and open the account');
    await told(first, 'This link has been used, or has expired.');
    await isInFocus(first, 'This link has been used');
    // Without a link, the page says what it needs.
    const without = await open('/confirm-sign-up');
    await without.page.getByText('This page works only from the link in a mail').waitFor();
  });

  it('gets a new password by a mailed link, which leads back to where the reader was', async () => {
    const ada = await app().signUp();
    const reader = await open(`/sign-in?next=${encodeURIComponent(`/articles/${article.slug}`)}`);
    const { page } = reader;
    await page.getByLabel('E-mail address').fill(ada.email);
    await page.getByLabel('Password').fill(another);
    await press(page, 'Sign in');
    await page.getByText('The e-mail address or the password is wrong.').waitFor();
    await page.getByRole('link', { name: 'Forgot your password?' }).click();
    await heading(page, 'A new password by mail');
    await page.getByLabel('E-mail address').fill('no address');
    await press(page, 'Mail me a link');
    await page.getByText('This is not an e-mail address.').waitFor();
    await page.getByLabel('E-mail address').fill(ada.email);
    await press(page, 'Mail me a link');
    await told(page, `We have sent a mail to ${ada.email}.`);
    // An address without an account gets the same answer.
    await press(page, 'Correct the address');
    const unknown = newAddress();
    await page.getByLabel('E-mail address').fill(unknown);
    await press(page, 'Mail me a link');
    await told(page, `We have sent a mail to ${unknown}.`);

    const path = await link(ada.email, 'Choose a new password');
    await page.goto(app().url + path);
    await heading(page, 'Choose a new password');
    await page.getByLabel('New password').fill('password');
    await press(page, 'Save the new password');
    await page.getByText('among those that are tried first').waitFor();
    await inspect(reader, 'reset-password');
    await page.getByLabel('New password').fill(another);
    await press(page, 'Save the new password');
    await told(page, 'Your password is saved');
    await heading(page, 'Keep the ferry');
    await page.goto(app().url + path);
    await page.getByLabel('New password').fill(another);
    await press(page, 'Save the new password');
    await told(page, 'This link has been used, or has expired.');
    expect(reader.problems).toEqual([]);
  });

  it('of a reader without a password is signed in to by a mailed link, which one has to press a button for', async () => {
    const ada = await app().signUp();
    await app().app.db.query('UPDATE account SET password_hash = $2 WHERE id = $1', [
      ada.accountId,
      noPassword,
    ]);
    const reader = await open(`/sign-in?next=${encodeURIComponent('/my/comments')}`);
    const { page } = reader;
    await page.getByRole('link', { name: 'Sign in by a mailed link' }).click();
    await heading(page, 'Sign in by a mailed link');
    await page.getByLabel('E-mail address').fill(ada.email);
    await press(page, 'Mail me a link');
    await told(page, `We have sent a mail to ${ada.email}.`);
    const path = await link(ada.email, 'Sign in by this mail');
    await page.goto(app().url + path);
    await inspect(reader, 'sign-in-by-mail');
    await press(page, 'Sign in');
    await heading(page, 'My comments');
    await page.goto(app().url + path);
    await press(page, 'Sign in');
    await told(page, 'This link has been used, or has expired.');
    await press(page, 'Ask for another one');
    await page.getByLabel('E-mail address').waitFor();
    expect(reader.problems).toEqual([]);

    // A link is a proof as well, and leads back to where one was asked for.
    await unprove(ada);
    await page.goto(`${app().url}/account`);
    const erase = async () => {
      await page.locator('summary', { hasText: 'Erase the account' }).click();
      await press(page, 'Erase my account a day from now');
    };
    await erase();
    await page.locator('dialog').getByRole('link', { name: 'Sign in by a mailed link' }).click();
    // The page knows the address of who is signed in.
    await eventually(
      'the own address',
      async () => (await page.getByLabel('E-mail address').inputValue()) === ada.email,
    );
    await press(page, 'Mail me a link');
    await told(page, `We have sent a mail to ${ada.email}.`);
    await page.goto(app().url + (await link(ada.email, 'Sign in by this mail')));
    await page.getByText('in place of this one').waitFor();
    await press(page, 'Sign in');
    await heading(page, 'Account');
    await erase();
    await told(page, 'Your account will be erased on');
  });

  it('says why rights of a role do not count in a session that rests on a mail, or on another site', async () => {
    const ed = await app().signUp('Ed Example', 'EDITOR');
    await app().app.db.query(`UPDATE session SET vouched_by = 'mailbox' WHERE account_id = $1`, [
      ed.accountId,
    ]);
    const reader = await open('/moderation', ed);
    const { page } = reader;
    for (const path of ['/moderation/log', '/write', `/articles/${article.slug}/edit`]) {
      await page.goto(app().url + path);
      await page.getByText('Some of your rights do not come with the login of another site').waitFor();
    }
    await inspect(reader, 'withheld');
    await page.getByRole('link', { name: 'Ways to sign in' }).click();
    await heading(page, 'Account');
    expect(reader.problems).toEqual([]);
  });

  it('changes no address by another site’s word, and says so before it asks for anything', async () => {
    const ida = await app().signUp('Ida Example');
    await app().app.db.query(`UPDATE account SET password_hash = $2 WHERE id = $1`, [
      ida.accountId,
      noPassword,
    ]);
    await app().app.db.query(
      `UPDATE session SET vouched_by = 'https://issuer.example.org' WHERE account_id = $1`,
      [ida.accountId],
    );
    const { page, problems } = await open('/account', ida);
    await page.locator('summary', { hasText: 'Change the address' }).click();
    await page.getByText('Its word alone does not suffice to change the address').waitFor();
    expect(await page.getByLabel('New e-mail address').count()).toBe(0);
    await page
      .locator('#profile, main')
      .getByRole('link', { name: 'Sign in by a mailed link' })
      .first()
      .click();
    await heading(page, 'Sign in by a mailed link');
    expect(problems).toEqual([]);
  });

  it('has a page that changes its name, its address and its password', async () => {
    const ada = await app().signUp();
    const reader = await open('/account', ada);
    const { page } = reader;
    await heading(page, 'Account');
    await page.getByLabel('Name', { exact: true }).fill('Ada Lovelace-Example');
    await press(page, 'Save the name');
    await told(page, 'The name is saved.');
    await page.setViewportSize({ width: 1_440, height: 900 });
    await page.locator('.account-name', { hasText: 'Ada Lovelace-Example' }).waitFor();
    await page.getByLabel('Name', { exact: true }).fill(' ');
    await press(page, 'Save the name');
    await page.getByText('This must not be empty.').waitFor();
    // The focus moves a moment later: the next key waits for it.
    await page.locator('[aria-invalid=true]:focus').waitFor();

    const email = newAddress();
    await page.locator('summary', { hasText: 'Change the address' }).press('Enter');
    await page.getByLabel('New e-mail address').fill(email);
    await unprove(ada);
    await press(page, 'Mail me a link');
    await page.getByRole('dialog', { name: 'Is it you?' }).waitFor();
    await page.locator('dialog [name=password]:focus').waitFor();
    await page.locator('dialog').getByLabel('Password').fill(another);
    await press(page, 'Confirm with the password');
    await page.getByText('This is not the password of this account.').waitFor();
    await inspect(reader, 'proof', 'everywhere');
    await page.locator('dialog').getByLabel('Password').fill(password);
    await press(page, 'Confirm with the password');
    await told(page, `We have sent a mail to ${email}.`);
    await link(ada.email, 'Another address was entered for your account');
    await page.reload();
    await page.getByText(`You have asked for the address ${email}.`).waitFor();

    // In a browser that is not signed in, the link waits for the sign-in.
    const path = await link(email, 'Confirm your e-mail address');
    const elsewhere = await open(path);
    await heading(elsewhere.page, 'Confirm your address');
    await elsewhere.page.getByText('Sign in to the account').waitFor();
    await inspect(elsewhere, 'confirm-email');
    await elsewhere.page.locator('main').getByRole('link', { name: 'Sign in' }).click();
    await elsewhere.page.getByLabel('E-mail address').fill(ada.email);
    await elsewhere.page.getByLabel('Password').fill(password);
    await press(elsewhere.page, 'Sign in');
    await press(elsewhere.page, 'Confirm the address');
    await told(elsewhere.page, 'Your e-mail address is confirmed.');
    await heading(elsewhere.page, 'Account');
    await elsewhere.page.locator('.account-email', { hasText: email }).getByText('Confirmed').waitFor();

    // The other session has ended with it, and with it the socket of its notifications.
    await told(page, 'You were signed out');
    expect(elsewhere.problems).toEqual([]);
    const { page: now } = elsewhere;
    await now.locator('summary', { hasText: 'Change the password' }).click();
    await now.getByLabel('New password').fill(another);
    await press(now, 'Change the password');
    await told(now, 'The password is changed.');
    await isInFocus(now, 'The password is changed.');
    const { signIn } = await app().data(
      'mutation ($input: SignInInput!) { signIn(input: $input) { viewer { name } } }',
      { input: { email, password: another } },
    );
    expect(signIn.viewer.name).toBe('Ada Lovelace-Example');
  });

  it('lists its sessions, ends another one, and says so there', async () => {
    const ada = await app().signUp();
    const { page } = await open('/account', ada);
    await page.locator('.account-session', { hasText: 'This session' }).waitFor();
    const elsewhere = await open(`/sign-in?next=${encodeURIComponent(`/articles/${article.slug}`)}`);
    await elsewhere.page.getByLabel('E-mail address').fill(ada.email);
    await elsewhere.page.getByLabel('Password').fill(password);
    await press(elsewhere.page, 'Sign in');
    await elsewhere.isLive();
    await elsewhere.page.getByLabel('Your comment').fill('Half of a comment');

    await page.reload();
    const others = page.locator('.account-session', { hasText: 'Chrome on Linux' });
    await others.getByRole('button').click();
    await told(page, 'The session has ended: Chrome on Linux');
    await isInFocus(page, 'The session has ended');
    await others.waitFor({ state: 'detached' });
    // Without a request of its own: its stream of events ends.
    await told(elsewhere.page, 'You were signed out: your session has ended, or was ended elsewhere.');
    await inspect(elsewhere, 'signed-out', 'everywhere');
    await elsewhere.page.locator('.site-notice').getByRole('link', { name: 'Sign in' }).click();
    await elsewhere.page.getByLabel('E-mail address').fill(ada.email);
    await elsewhere.page.getByLabel('Password').fill(password);
    await press(elsewhere.page, 'Sign in');
    // What was being written is still there.
    const field = elsewhere.page.getByLabel('Your comment');
    await eventually('the draft', async () => (await field.inputValue()) === 'Half of a comment');
    expect(await elsewhere.page.locator('.site-notice').count()).toBe(0);

    await page.reload();
    await press(page, 'End all other sessions');
    await told(page, 'All other sessions have ended.');
    await told(elsewhere.page, 'You were signed out');
    expect(await page.locator('.account-session').count()).toBe(1);
  });

  it('is erased a day after its owner asks for it, unless they take it back', async () => {
    const ada = await app().signUp();
    const reader = await open('/account', ada);
    const { page } = reader;
    await page.locator('summary', { hasText: 'Erase the account' }).click();
    await unprove(ada);
    await press(page, 'Erase my account a day from now');
    await press(page, 'Cancel');
    await page.getByText('Nothing was done: you have not confirmed that it is you.').waitFor();
    await press(page, 'Erase my account a day from now');
    await page.locator('dialog').getByLabel('Password').fill(password);
    await press(page, 'Confirm with the password');
    await told(page, 'Your account will be erased on');
    await isInFocus(page, 'Your account will be erased on');
    await inspect(reader, 'erasure', 'everywhere');
    await link(ada.email, 'Your account will be erased');
    await page.goto(app().url);
    await page.getByRole('link', { name: 'Account: to be erased' }).click();
    await press(page, 'Keep the account');
    await told(page, 'Your account stays.');
    await page.getByRole('link', { name: 'Account', exact: true }).waitFor();
    // The browser tells of the status with which a proof was asked for.
    expect(
      reader.problems.filter(
        (problem) => !problem.includes('status of 400') && !problem.startsWith('status 400'),
      ),
    ).toEqual([]);
  });

  it('is downloaded with all that is stored of it', async () => {
    const ada = await app().signUp();
    const { page } = await open('/account', ada);
    await heading(page, 'Account');
    await unprove(ada);
    await press(page, 'Download all data');
    await page.locator('dialog').getByLabel('Password').fill(password);
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      press(page, 'Confirm with the password'),
    ]);
    expect(download.suggestedFilename()).toBe('account.json');
    expect(await readFile(await download.path(), 'utf8')).toContain(ada.email);
    await told(page, 'The file is among your downloads.');
  });

  it('asks for a confirmed address where the reader would write', async () => {
    const ada = await app().signUp();
    await app().app.db.query('UPDATE account SET email_verified_at = NULL WHERE id = $1', [ada.accountId]);
    const reader = await open(`/articles/${article.slug}`, ada);
    const { page } = reader;
    await reader.isLive();
    await page.getByText('Confirm your e-mail address to endorse this.').waitFor();
    const place = page.locator('.discussion-head .confirm-first');
    await place.getByText('Confirm your e-mail address to comment, reply and react.').waitFor();
    await inspect(reader, 'unconfirmed', 'everywhere');
    await place.getByRole('button', { name: 'Mail me a link' }).click();
    await isInFocus(page, `We have sent a mail to ${ada.email}.`);
    // Both places know that it was sent.
    expect(await page.getByRole('button', { name: 'Mail me another link' }).count()).toBe(2);

    const other = await page.context().newPage();
    await other.goto(app().url + (await link(ada.email, 'Confirm your e-mail address')));
    await press(other, 'Confirm the address');
    await other.waitForURL(`**/articles/${article.slug}#discussion`);
    await other.getByLabel('Your comment').waitFor();
    await told(other, 'Your e-mail address is confirmed.');
    await page.evaluate(`dispatchEvent(new Event('focus'))`);
    await page.getByLabel('Your comment').waitFor();
    await page.getByRole('button', { name: 'Endorse' }).waitFor();
    // Both the service and the page renew the socket: its viewer has other rights now.
    expect(reader.problems.filter((problem) => !problem.includes('is closed before'))).toEqual([]);
  });
});

describe('the program of a session', () => {
  it.each([
    [
      'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36',
      'Chrome on Linux',
    ],
    [
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:127.0) Gecko/20100101 Firefox/127.0',
      'Firefox on Windows',
    ],
    [
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0',
      'Edge on Windows',
    ],
    [
      'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Safari/605.1.15',
      'Safari on macOS',
    ],
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/126.0 Mobile/15E148 Safari/604.1',
      'Chrome on iPhone',
    ],
    [
      'Mozilla/5.0 (Linux; Android 14; SM-S901B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/25.0 Chrome/121.0.0.0 Mobile Safari/537.36',
      'Samsung Internet on Android',
    ],
    ['curl/8.5.0', 'curl'],
    ['node', 'node'],
    ['', 'Unknown program'],
    [null, 'Unknown program'],
  ])('of %s is %s', (userAgent, name) => {
    expect(programName(userAgent)).toBe(name);
  });
});
