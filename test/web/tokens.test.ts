/**
 * @database either
 * @seconds 20
 */
import { expect, it } from '@jest/globals';
import type { TestUser } from '../support/app.ts';
import { describeInBrowser } from '../support/browser.ts';
import { type BrowserReader, useAppWithPage, useReaders } from '../support/readers.ts';
import { addServiceAccount, addToken } from '../support/tokens.ts';
import { sendWebhookMutation, webhookDocument } from '../support/webhooks.ts';

const views = [
  { view: 'desktop', width: 1_440, height: 900, colorScheme: 'dark' },
  { view: 'phone', width: 360, height: 780, colorScheme: 'light' },
] as const;

describeInBrowser('tokens of programs on the account’s page', () => {
  const readers = useReaders();
  const app = useAppWithPage({ WEBHOOK_POLL_MS: '100', WEBHOOK_PRIVATE_NETWORKS: 'on' });

  const open = async (user: TestUser): Promise<BrowserReader> =>
    readers.open(`${app().url}/account`, { user, context: { viewport: views[1] } });

  async function inspect(reader: BrowserReader, name: string): Promise<void> {
    for (const { view, width, height, colorScheme } of views) {
      await reader.page.setViewportSize({ width, height });
      await reader.page.emulateMedia({ colorScheme });
      expect(await reader.accessibilityFaults()).toEqual([]);
      expect(await reader.page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBe(0);
      await reader.photograph(`tokens-${name}-${view}`);
    }
  }

  const ask = (secret: string, query: string) => app().query(query, {}, { token: secret });

  it('are made with what they may do, shown once, and revoked', async () => {
    const ada = await app().signUp('Ada Example');
    const reader = await open(ada);
    const section = reader.page.getByRole('region', { name: 'Programs' });
    await section.getByText('Make a token').first().click();
    const make = section.getByRole('button', { name: 'Make a token' });
    // What only staff may do is not offered.
    expect(await section.getByRole('checkbox').count()).toBe(4);
    await make.click();
    await section.getByText('This must not be empty.').waitFor();
    await section.getByLabel('Name of the token').fill('Reply bot');
    await section.getByLabel('Write, edit and remove comments, and react').check();
    await section.getByLabel('Valid for').selectOption('30 days');
    await inspect(reader, 'form');
    await make.click();
    const secret = await section.getByLabel('The new token').innerText();
    expect(secret).toMatch(/^sf_/);
    await inspect(reader, 'made');
    const [{ scopes, expiresAt }] = (
      await app().data('{ viewer { tokens { scopes expiresAt } } }', {}, ada.token)
    ).viewer.tokens;
    expect(scopes).toEqual(['READ', 'COMMENT']);
    expect(Math.round((Date.parse(expiresAt) - Date.now()) / 86_400_000)).toBe(30);
    expect((await ask(secret, '{ viewer { name } }')).data).toEqual({ viewer: { name: 'Ada Example' } });

    await reader.page.reload();
    await section.getByText('expires on').waitFor();
    expect(await section.getByText(secret).count()).toBe(0);
    await section.getByRole('button', { name: 'Revoke the token: Reply bot' }).click();
    await section.getByText('The token is revoked, and what used it has ended: Reply bot').waitFor();
    expect((await ask(secret, '{ viewer { name } }')).errors).toMatchObject([
      { extensions: { code: 'UNAUTHENTICATED' } },
    ]);
    await section.getByText('Revoked and expired tokens').click();
    await section.getByText('Revoked', { exact: true }).waitFor();
    await inspect(reader, 'revoked');
  });

  it('are made for service accounts by administrators, and by nobody else', async () => {
    const reader = await open(await app().signUp('Cleo Example', 'ADMINISTRATOR'));
    const section = reader.page.getByRole('region', { name: 'Service accounts' });
    await section.getByText('Make a service account').first().click();
    await section.getByLabel('Name of the account').fill('House bot');
    await section.getByLabel('Moderator').check();
    await section.getByRole('button', { name: 'Make a service account' }).click();
    await section.getByText('The service account is made: House bot').waitFor();
    await section.getByText('Tokens of House bot').click();
    await section.getByText('Make a token').first().click();
    await section.getByLabel('Name of the token').fill('Night shift');
    await section.getByLabel('Decide about comments').check();
    await section.getByRole('button', { name: 'Make a token' }).click();
    const secret = await section.getByLabel('The new token').innerText();
    await inspect(reader, 'service');
    expect((await ask(secret, '{ viewer { name roles } }')).data).toEqual({
      viewer: { name: 'House bot', roles: ['READER', 'MODERATOR'] },
    });
    await section.getByRole('button', { name: 'Revoke the token: Night shift' }).click();
    await section.getByText('The token is revoked, and what used it has ended: Night shift').waitFor();
    expect((await ask(secret, '{ viewer { name } }')).errors).toHaveLength(1);

    const other = await open(await app().signUp('Bo Example'));
    await other.page.getByRole('region', { name: 'Programs' }).waitFor();
    expect(await other.page.getByRole('region', { name: 'Service accounts' }).count()).toBe(0);
  });

  it('name the webhooks that end with them, and ask before they are revoked', async () => {
    const owner = await app().signUp('Cleo Example', 'ADMINISTRATOR');
    const { id: serviceAccountId } = await addServiceAccount(app(), owner, { name: 'Indexer' });
    const { secret } = await addToken(app(), owner, { name: 'Deployer', scopes: ['READ', 'ADMINISTER'] });
    const url = 'http://127.0.0.1:9/hook';
    const input = { name: 'Search index', url, document: webhookDocument, serviceAccountId };
    const { webhook } = await sendWebhookMutation(app(), { token: secret }, 'createWebhook', input);
    const reader = await open(owner);
    const section = reader.page.getByRole('region', { name: 'Programs' });
    await section.getByText('This webhook ends with it: Search index').waitFor();
    await section.getByRole('button', { name: 'Revoke the token: Deployer' }).click();
    await section.getByText('The token has made webhooks that end with it').waitFor();
    await inspect(reader, 'question');
    await section.getByRole('button', { name: 'Do not revoke it' }).click();
    await section.getByRole('button', { name: 'Revoke the token: Deployer' }).click();
    await section.getByRole('button', { name: 'Revoke', exact: true }).click();
    await section.getByText('The token is revoked, and what used it has ended: Deployer').waitFor();

    // Its page says why it has ended, and a person keeps it.
    const { page } = reader;
    await page.goto(`${app().url}/webhooks`);
    await page.getByText('Made by a token: Deployer, of Cleo Example').waitFor();
    await page.getByRole('link', { name: 'Search index' }).click();
    await page.getByText('Ended', { exact: true }).waitFor();
    await page.getByText('The token that has made the endpoint has ended').waitFor();
    await inspect(reader, 'ended-webhook');
    await page.getByRole('button', { name: 'Keep the endpoint' }).click();
    await page.getByText('knows its secret').waitFor();
    await page.getByRole('button', { name: 'Keep the endpoint' }).click();
    await page.getByText('The endpoint is kept: it ends with no token.').waitFor();
    await page.getByRole('button', { name: 'Make active' }).click();
    await page.getByText('The endpoint is active, and is tried at once.').waitFor();
    const { node } = await app().data(
      'query ($id: ID!) { node(id: $id) { ... on Webhook { status madeByToken { name } } } }',
      { id: webhook.id },
      owner.token,
    );
    expect(node).toEqual({ status: 'ACTIVE', madeByToken: null });
  });
});
