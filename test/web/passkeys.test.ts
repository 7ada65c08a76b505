/**
 * Passkeys on the page, with the virtual authenticator of Chromium.
 * @database either
 * @seconds 40
 */
import { afterEach, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { noPassword } from '../../src/platform/auth/password.ts';
import type { TestUser } from '../support/app.ts';
import { describeInBrowser } from '../support/browser.ts';
import { eventually } from '../support/eventually.ts';
import { noMailWork, noTransport } from '../support/mail.ts';
import { type BrowserReader, useAppWithPage, useReaders } from '../support/readers.ts';

const phone = { width: 360, height: 780, colorScheme: 'light' } as const;
const desktop = { width: 1_440, height: 900, colorScheme: 'dark' } as const;

describeInBrowser('passkeys on the page', () => {
  const readers = useReaders();
  const settings = { ...noMailWork, STAFF_SECOND_FACTOR: 'true' };
  const app = useAppWithPage(settings, { mailTransport: noTransport });
  const opened: BrowserReader[] = [];

  afterEach(async () => {
    await Promise.all(opened.splice(0).map(({ page }) => page.context().close()));
  });

  /** Opens a page at localhost, where browsers keep passkeys without TLS, with a device that recognises its user. */
  async function open(path: string, { fillsIn = false } = {}) {
    const url = app().url.replace('127.0.0.1', 'localhost');
    const { width, height, colorScheme } = phone;
    const reader = await readers.open(url + path, { context: { viewport: { width, height }, colorScheme } });
    opened.push(reader);
    // The virtual device would answer at once what the page asks in the field of the address.
    if (!fillsIn)
      await reader.page.addInitScript(
        'PublicKeyCredential.isConditionalMediationAvailable = async () => false;',
      );
    const device = await reader.page.context().newCDPSession(reader.page);
    await device.send('WebAuthn.enable');
    await device.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2',
        transport: 'internal',
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      },
    });
    return { reader, page: reader.page, device };
  }

  const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click();
  const unfold = (page: Page, name: string) => page.locator('summary', { hasText: name }).first().click();
  const told = (page: Page, text: string) => page.locator('[role=status]', { hasText: text }).waitFor();
  /** Takes back what the account's sessions have proven. */
  const unprove = ({ accountId }: TestUser) =>
    app().app.db.query('UPDATE session SET proven_at = NULL WHERE account_id = $1', [accountId]);

  async function inspect({ page, ...reader }: { page: Page; reader: BrowserReader }, name: string) {
    for (const { width, height, colorScheme } of [desktop, phone]) {
      await page.setViewportSize({ width, height });
      await page.emulateMedia({ colorScheme });
      expect(await reader.reader.accessibilityFaults()).toEqual([]);
      expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBe(0);
      await reader.reader.photograph(`passkeys-${name}-${width}`);
    }
  }

  async function signIn(page: Page, { email, password }: TestUser): Promise<void> {
    await page.getByLabel('E-mail address').fill(email);
    await page.getByLabel('Password').fill(password);
    await press(page, 'Sign in');
  }
  const isSignedIn = (page: Page) => page.getByRole('heading', { level: 1, name: 'Account' }).waitFor();
  const signOut = async (page: Page) => {
    await page.evaluate(`localStorage.removeItem('standfirst.session')`);
    await page.goto(new URL('/sign-in?next=/account', page.url()).href);
  };

  async function add(page: Page, name: string): Promise<void> {
    await unfold(page, 'Add a passkey');
    await page.getByLabel('Name of the passkey').fill(name);
    await press(page, 'Add a passkey');
    await told(page, `The passkey is added: ${name}`);
  }

  it('are added without a password after a fresh sign-in', async () => {
    const user = await app().signUp('Ada Example');
    const { reader, page } = await open('/sign-in?next=/account');
    await signIn(page, user);
    await isSignedIn(page);
    await app().app.db.query('UPDATE account SET password_hash = $2 WHERE id = $1', [
      user.accountId,
      noPassword,
    ]);
    await page.reload();
    await unfold(page, 'Add a passkey');
    await page.getByLabel('Name of the passkey').fill('My telephone');
    await press(page, 'Add a passkey');
    await told(page, 'The passkey is added: My telephone');
    await unprove(user);
    await unfold(page, 'Make ten new recovery codes');
    await press(page, 'Make ten new recovery codes');
    await page.getByText('Your account has no password.').waitFor();
    await inspect({ page, reader }, 'no-password');
    await press(page, 'Confirm with a passkey');
    await told(page, 'Print these codes or write them down now');
  });

  it('are added, used, renamed and removed by their holder', async () => {
    const user = await app().signUp('Ada Example');
    const { reader, page } = await open('/sign-in?next=/account');
    await signIn(page, user);
    await isSignedIn(page);
    await add(page, 'My telephone');
    await inspect({ page, reader }, 'account');

    await signOut(page);
    await press(page, 'Sign in with a passkey');
    await isSignedIn(page);
    await page.locator('.account-passkey', { hasText: 'last used' }).waitFor();

    await unfold(page, 'Rename the passkey: My telephone');
    await page.getByLabel('Name of the passkey').first().fill('The old telephone');
    await press(page, 'Rename');
    await told(page, 'The passkey is renamed: The old telephone');

    await unfold(page, 'Make ten new recovery codes');
    await press(page, 'Make ten new recovery codes');
    await told(page, 'Print these codes or write them down now');
    expect(await page.locator('.recovery-codes li').count()).toBe(10);
    await inspect({ page, reader }, 'codes');

    await unfold(page, 'Remove the passkey: The old telephone');
    await press(page, 'Remove');
    await told(page, 'The passkey is removed');
    await signOut(page);
    await press(page, 'Sign in with a passkey');
    await page.getByText('This passkey belongs to no account here').waitFor();
    expect(reader.problems).toEqual([]);
  });

  it('are offered in the field of the address, where the browser can', async () => {
    const user = await app().signUp('Ada Example');
    const { reader, page } = await open('/sign-in?next=/account', { fillsIn: true });
    await signIn(page, user);
    await isSignedIn(page);
    await add(page, 'My telephone');
    // The questions that the page asks the browser.
    await page.addInitScript(`
      const get = navigator.credentials.get.bind(navigator.credentials);
      globalThis.asked = [];
      navigator.credentials.get = (options) => {
        globalThis.asked.push(options.mediation ?? 'at once');
        return get(options);
      };`);
    await signOut(page);
    // The virtual device answers by itself, as if its owner had chosen the passkey in the field.
    await isSignedIn(page);
    expect(await page.evaluate('globalThis.asked')).toEqual(['conditional']);
    expect(reader.problems).toEqual([]);
  });

  it('are the second step of staff, or a recovery code is', async () => {
    const staff = await app().signUp('Mo Example', 'MODERATOR');
    const { reader, page } = await open('/sign-in?next=/account');
    await signIn(page, staff);
    await isSignedIn(page);
    await page.getByText('need a second factor. Add a passkey').waitFor();
    await inspect({ page, reader }, 'must-add');
    // The pages of moderation lead there.
    await page.goto(new URL('/moderation', page.url()).href);
    await page.getByText('Here your role takes a second factor').waitFor();
    await inspect({ page, reader }, 'needs-second-factor');
    await page.getByRole('link', { name: 'Set up a passkey' }).click();
    await isSignedIn(page);
    await add(page, 'A key');
    await eventually(
      'the rights to count',
      async () => !(await page.getByText('need a second factor').isVisible()),
    );

    await unfold(page, 'Make ten new recovery codes');
    await press(page, 'Make ten new recovery codes');
    const code = await page.locator('.recovery-codes code').first().textContent();

    await signOut(page);
    await signIn(page, staff);
    await told(page, 'The password is right.');
    await inspect({ page, reader }, 'second-step');
    await press(page, 'Sign in with a passkey');
    await isSignedIn(page);

    await signOut(page);
    await signIn(page, staff);
    await page.getByLabel('Recovery code').fill('aaaa');
    await press(page, 'Use the code');
    await page.getByText('The recovery code is wrong, or was used before.').waitFor();
    await page.getByLabel('Recovery code').fill(code ?? '');
    await press(page, 'Use the code');
    await isSignedIn(page);
    await page.getByText('You have 9 that were not used.').waitFor();
    expect(reader.problems).toEqual([]);
  });
});
