/**
 * @database either
 * @seconds 15
 */
import { afterEach, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { describeInBrowser } from '../support/browser.ts';
import { eventually } from '../support/eventually.ts';
import { noMailWork, noTransport } from '../support/mail.ts';
import { type BrowserReader, useAppWithPage, useReaders } from '../support/readers.ts';

const phone = { view: 'phone-light', width: 360, height: 780, colorScheme: 'light' } as const;
const desktop = { view: 'desktop-dark', width: 1_440, height: 900, colorScheme: 'dark' } as const;

describeInBrowser('an endorsement without an account', () => {
  const readers = useReaders();
  // Mails stay in the outbox, where the test reads them.
  const app = useAppWithPage(noMailWork, { mailTransport: noTransport });
  const opened: BrowserReader[] = [];

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
      await reader.photograph(`endorsement-${name}-${view}`);
    }
  }

  it('is asked for under the article, and confirmed and withdrawn on the page of its mailed link', async () => {
    const { slug, articleId } = await app().addArticle({
      article: { title: 'Keep the ferry' },
      endorsements: [{ key: 'e', displayName: 'Ada Example', createdAt: '2015-07' }],
    });
    const counted = async () => {
      const [row] = await app().app.db.query<{ n: number }>(
        'SELECT endorsement_count AS n FROM article_counter WHERE article_id = $1',
        [articleId],
      );
      return row?.n;
    };
    const reader = await open(`/articles/${slug}`);
    const { page } = reader;
    await reader.isLive();
    const part = page.locator('.endorsements');
    await part.locator('.endorsement', { hasText: 'Ada Example' }).getByText('imported').waitFor();
    const press = (name: string, on = page) => on.getByRole('button', { name, exact: true }).click();
    await press('Endorse');
    const name = part.getByLabel('Your name (public)');
    await eventually('the focus in the form', () =>
      page.evaluate<boolean>(`document.activeElement.name === 'displayName'`),
    );
    await part.getByLabel('E-mail address').fill('no address');
    await press('Mail me a link');
    await part.getByText('This must not be empty.').waitFor();
    await part.getByText('This is not an e-mail address.').waitFor();
    await inspect(reader, 'form');
    const email = `${randomUUID()}@example.org`;
    await name.fill('Bo Example');
    await part.getByLabel('Role, organisation or place').fill('Ferryman');
    await part.getByLabel('Why (optional, public)').fill('There is no bridge.');
    await part.getByLabel('E-mail address').fill(email);
    await press('Mail me a link');
    const told = (text: string, on = page) => on.locator('[role=status]', { hasText: text }).waitFor();
    await told(`Look at your mail: we have sent a link to ${email}.`);
    await inspect(reader, 'mailed');
    // What was typed is kept.
    await press('Correct the address');
    expect(await part.getByLabel('Why (optional, public)').inputValue()).toBe('There is no bridge.');

    const [mail] = await app().app.db.query<{ text: string }>('SELECT text FROM mail WHERE recipient = $1', [
      email,
    ]);
    const path = /https?:\/\/[^/]+(\S+)/.exec(mail?.text ?? '')?.[1] ?? '';
    const linked = await open(path);
    await linked.page.getByText('This is not public yet.').waitFor();
    await linked.page.getByText('There is no bridge.').waitFor();
    expect(new URL(linked.page.url()).hash).toBe('');
    expect(await counted()).toBe(1);
    await inspect(linked, 'pending');
    await press('Confirm and publish', linked.page);
    await told('Thank you: your endorsement is public.', linked.page);
    await inspect(linked, 'confirmed');
    // The article's page shows it at once.
    await part.locator('.endorsement', { hasText: 'There is no bridge.' }).waitFor();
    expect(await counted()).toBe(2);

    await linked.page.goto(app().url + path);
    await press('Withdraw the endorsement', linked.page);
    await told('It is withdrawn, and shown to nobody.', linked.page);
    await part.locator('.endorsement', { hasText: 'There is no bridge.' }).waitFor({ state: 'detached' });
    expect(await counted()).toBe(1);
    const invalid = await open('/mailed-endorsement#00000000000000000000000000000000000000000');
    await told('This link has expired', invalid.page);
    for (const each of [reader, linked, invalid]) expect(each.problems).toEqual([]);
  });
});
