/**
 * @database either
 * @seconds 25
 */
import { expect, it } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import { features } from '../../src/app/features.ts';
import type { TestUser } from '../support/app.ts';
import { describeInBrowser } from '../support/browser.ts';
import { eventually } from '../support/eventually.ts';
import { bringIn, letter } from '../support/imports.ts';
import { type BrowserReader, useAppWithPage, useReaders } from '../support/readers.ts';
import { useReceivers } from '../support/receiver.ts';
import { addServiceAccount } from '../support/tokens.ts';
import { addWebhook } from '../support/webhooks.ts';

const views = [
  { view: 'desktop', width: 1_440, height: 900, colorScheme: 'dark' },
  { view: 'phone', width: 360, height: 780, colorScheme: 'light' },
] as const;

describeInBrowser('pages of what comes from elsewhere, and goes there', () => {
  const readers = useReaders();
  const app = useAppWithPage(
    { SITE_LOG_POLL_MS: '100', WEBHOOK_POLL_MS: '100', WEBHOOK_PRIVATE_NETWORKS: 'on' },
    { features },
  );
  const openReceiver = useReceivers();

  const open = async (path: string, user: TestUser): Promise<BrowserReader> =>
    readers.open(app().url + path, { user, context: { viewport: views[1] } });

  async function inspect(reader: BrowserReader, name: string): Promise<void> {
    for (const { view, width, height, colorScheme } of views) {
      await reader.page.setViewportSize({ width, height });
      await reader.page.emulateMedia({ colorScheme });
      expect(await reader.accessibilityFaults()).toEqual([]);
      expect(await reader.page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBe(0);
      await reader.photograph(`webhooks-${name}-${view}`);
    }
  }

  it('let an administrator add an endpoint, try it, change it, rotate its secret and delete it', async () => {
    const receiver = await openReceiver();
    const administrator = await app().signUp('Cleo Example', 'ADMINISTRATOR');
    const { id: articleId, slug } = await app().addArticle({ article: { title: 'Keep the ferry' } });
    const reader = await open('/account', administrator);
    const { page } = reader;
    await page.getByRole('link', { name: 'Endpoints of webhooks' }).click();
    // Events are shown as an account of a program sees them.
    await page.getByRole('link', { name: 'Make one on the page of your account' }).waitFor();
    await addServiceAccount(app(), administrator, { name: 'Indexer' });
    await page.reload();

    await page.getByText('Add an endpoint').first().click();
    const add = page.getByRole('button', { name: 'Add an endpoint' });
    await page.getByLabel('Name', { exact: true }).fill('Search index');
    await page.getByLabel('Address', { exact: true }).fill('ftp://example.org');
    await page.getByLabel('One article only').fill('/articles/none');
    await add.click();
    // Each refusal stands at its field, which takes the focus.
    await page.getByText('There is no public article at this address.').waitFor();
    await page.locator('[name=articleId]:focus').waitFor();
    await page.getByLabel('One article only').fill(`${app().url}/articles/${slug}`);
    await add.click();
    await page.getByText('An endpoint is an http or https address').waitFor();
    await page.locator('[name=url]:focus').waitFor();
    await page.getByLabel('Address', { exact: true }).fill(receiver.url);
    const document = page.getByLabel('Document');
    const proposed = await document.inputValue();
    await document.fill('{ articles { totalCount } }');
    await add.click();
    await page.locator('textarea[aria-invalid]').waitFor();
    expect(await page.locator('form [role=alert]').innerText()).toBe('');
    await document.fill(proposed);
    await page.getByText('Some kinds of events only').click();
    await page.getByLabel('A comment was added').check();
    await inspect(reader, 'form');
    await add.click();
    const secret = await page.getByLabel('The secret of the endpoint').innerText();
    expect(secret).toMatch(/^whsec_/);
    await inspect(reader, 'added');
    await page.getByRole('link', { name: 'Open the endpoint' }).click();
    await page.getByRole('heading', { level: 1, name: 'Search index' }).waitFor();
    await page.getByRole('link', { name: 'Keep the ferry' }).waitFor();

    // A test, signed by the secret that was shown.
    await page.getByRole('button', { name: 'Send a test' }).click();
    await page.getByText('The endpoint has accepted the test: it answered 204.').waitFor();
    const test = receiver.received.at(-1)!;
    expect(new Webhook(secret).verify(test.body, test.headers)).toMatchObject({
      data: { siteEvents: { __typename: 'SiteCheckpoint' } },
    });

    // What fails is listed, and comes by itself.
    receiver.answer = (_received, response) => response.writeHead(500).end('No <b>room</b>');
    const ada = await app().signUp('Ada Example');
    await app().addComment(ada, { articleId, body: 'Tell everybody.' });
    await page.getByText('No <b>room</b>').first().waitFor();
    await page.getByText('Failing', { exact: true }).waitFor();
    await page.getByText('1 event waits').waitFor();
    await page.getByRole('button', { name: 'Send a test' }).click();
    await page.getByText('The endpoint has not accepted the test: it answered 500.').waitFor();
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByText('The endpoint is paused.').waitFor();
    receiver.accept();
    const failed = receiver.ids.length;
    await page.getByRole('button', { name: 'Make active' }).click();
    await page.getByText('The endpoint is active, and is tried at once.').waitFor();
    await eventually('the comment', () => receiver.ids.length > failed);
    const id = receiver.ids.at(-1);
    expect(receiver.received.at(-1)!.message.data.siteEvents.event.comment.bodyText).toBe('Tell everybody.');

    // From an attempt's event on, and since a time.
    await eventually('the end of the queue', async () => {
      await page.getByRole('button', { name: 'Refresh' }).click();
      return page.getByText('Nothing waits').isVisible();
    });
    await page.getByRole('button', { name: 'Send again from here: the event' }).first().click();
    await page.getByRole('button', { name: 'Do not send' }).waitFor();
    await page.getByRole('button', { name: 'Send again from here', exact: true }).click();
    await page.getByText('The events are being sent again.').waitFor();
    await eventually('the comment again', () => receiver.ids.length > failed + 1);
    const resend = page.getByRole('region', { name: 'Send again' });
    await resend.getByRole('button', { name: 'Send again' }).click();
    await resend.getByText('Fill in one of both').waitFor();
    await resend.getByLabel('All events since').fill('2020-01-01T00:00');
    await resend.getByRole('button', { name: 'Send again' }).click();
    await resend.getByText('The events are being sent again.').waitFor();
    await eventually('the comment once more', () => receiver.ids.length > failed + 2);
    expect(receiver.ids.slice(failed)).toEqual([id, id, id]);

    // Two secrets while they are rotated, and one in the end.
    const secrets = page.getByRole('region', { name: 'Secret' });
    await secrets.getByText('Make another secret').first().click();
    await secrets.getByLabel('The present secret signs as well for').selectOption('a week');
    await secrets.getByRole('button', { name: 'Make another secret' }).click();
    const next = await secrets.getByLabel('The new secret').innerText();
    await secrets.getByRole('button', { name: 'End the old secret now' }).click();
    await inspect(reader, 'endpoint');
    await secrets.getByRole('button', { name: 'End the old secret now' }).click();
    await secrets.getByText('The new secret alone signs from now on.').waitFor();
    await page.getByRole('button', { name: 'Send a test' }).click();
    await page.getByText('it answered 204').waitFor();
    const last = receiver.received.at(-1)!;
    expect(new Webhook(next).verify(last.body, last.headers)).toBeDefined();
    expect(() => new Webhook(secret).verify(last.body, last.headers)).toThrow();

    const settings = page.getByRole('region', { name: 'Settings' });
    await settings.getByText('Change the endpoint').click();
    await settings.getByLabel('Name').fill('Index');
    await settings.getByLabel('A comment was added').uncheck();
    await settings.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('heading', { level: 1, name: 'Index' }).waitFor();
    await page.getByText('All kinds', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Delete the endpoint' }).click();
    // The question begins with the answer that changes nothing.
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Delete the endpoint' }).click();
    await page.getByRole('button', { name: 'Delete the endpoint' }).click();
    await page.getByText('The endpoint is deleted: Index').waitFor();
    await page.getByText('There are no endpoints.').waitFor();
    expect(reader.problems).toEqual([]);
  });

  it('are refused to everybody else, and not linked for them', async () => {
    const { id } = await addWebhook(app(), { url: 'http://127.0.0.1:1/' });
    const reader = await open('/account', await app().signUp('Ed Example', 'EDITOR'));
    await reader.page.getByRole('region', { name: 'Programs' }).waitFor();
    expect(await reader.page.getByRole('link', { name: 'Endpoints of webhooks' }).count()).toBe(0);
    for (const path of ['/webhooks', `/webhooks/${id}`]) {
      await reader.page.goto(app().url + path);
      await reader.page.getByText('Only administrators see the endpoints').waitFor();
    }
    expect(await reader.page.getByText('127.0.0.1').count()).toBe(0);
  });

  it('offer comments from elsewhere to whoever has confirmed the address that their author had', async () => {
    const fay = await app().signUp('Fay Ferrier');
    const document = letter('keep-the-ferry-imported');
    const comment = { authorKey: 'x:fan', createdAt: '2015' };
    const { articleId } = await bringIn(app(), {
      ...document,
      authors: [{ key: 'x:fan', name: 'Ferry Fan', email: fay.email }],
      comments: [
        { ...comment, key: 'c1', body: 'The first' },
        { ...comment, key: 'c2', body: 'The second' },
      ],
    });
    expect(articleId).toBeDefined();
    const reader = await open('/account', fay);
    const section = reader.page.getByRole('region', { name: 'Comments from elsewhere' });
    await reader.page.getByRole('region', { name: 'Programs' }).waitFor();
    expect(await section.count()).toBe(0);
    await app().app.db.query('UPDATE account SET email_verified_at = now() WHERE id = $1', [fay.accountId]);
    await reader.page.reload();
    await section.getByText('2 comments').waitFor();
    await section.getByRole('button', { name: 'These are mine: the comments of Ferry Fan' }).click();
    await section.getByText('All comments of Ferry Fan will bear your name here, Fay Ferrier').waitFor();
    await inspect(reader, 'claim');
    // Nothing happens without an answer.
    await section.getByRole('button', { name: 'Leave them as they are' }).press('Enter');
    await section.getByRole('button', { name: 'These are mine: the comments of Ferry Fan' }).click();
    const suspend = (at: string) =>
      app().app.db.query(`UPDATE account SET suspended_at = ${at} WHERE id = $1`, [fay.accountId]);
    await suspend('now()');
    await section.getByRole('button', { name: 'These are mine' }).click();
    await section.getByRole('alert').filter({ hasText: 'suspended' }).waitFor();
    await suspend('NULL');
    await section.getByRole('button', { name: 'These are mine' }).click();
    await section.getByText('The comments of Ferry Fan are yours.').waitFor();
    expect(await section.getByRole('button').count()).toBe(0);
    await eventually('the name', async () => {
      const { article } = await app().data(
        'query ($slug: String!) { article(slug: $slug) { allComments { nodes { author { name } } } } }',
        { slug: document.article.slug },
      );
      return article.allComments.nodes.every(({ author }: any) => author.name === 'Fay Ferrier');
    });
    await reader.page.reload();
    await reader.page.getByRole('region', { name: 'Programs' }).waitFor();
    expect(await section.count()).toBe(0);
    expect(reader.problems).toEqual([]);
  });
});
