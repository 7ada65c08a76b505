/**
 * @database either
 */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { useApp } from '../support/app.ts';
import { describeInBrowser, launchShell, recordPage } from '../support/browser.ts';

describeInBrowser('the explorer of the service itself', () => {
  let browser: Browser;

  beforeAll(async () => {
    browser = await launchShell();
  });
  afterAll(() => browser.close());

  const service = useApp();

  async function run(page: Page, operation: string): Promise<void> {
    await page.locator('.graphiql-execute-button[aria-haspopup=menu]').click();
    await page.getByRole('menuitem', { name: operation }).click();
  }

  it('runs a query and a subscription, and sends no request to another origin', async () => {
    const app = service();
    const { id } = await app.addArticle({ article: { title: 'Read in the explorer' } });
    const page = await browser.newPage();
    page.setDefaultTimeout(20_000);
    const record = recordPage(page);
    await page.goto(`${app.url}/graphql`);
    const answer = (hasText: string) => page.locator('.graphiql-response', { hasText }).waitFor();

    await run(page, 'LatestArticle');
    await answer('Read in the explorer');

    await page.getByRole('button', { name: 'Variables' }).click();
    await page.locator('.graphiql-editor-tool .monaco-editor').first().click();
    await page.keyboard.press('ControlOrMeta+A');
    await page.keyboard.insertText(JSON.stringify({ articleId: id }));
    await run(page, 'Listen');
    await answer('ArticleCheckpoint');
    const user = await app.signUp('Cy Example');
    await app.addComment(user, { articleId: id, body: 'Seen in the explorer' });
    await answer('Seen in the explorer');

    const { host } = new URL(app.url);
    const foreign = record.requests.filter((url) => new URL(url).host !== host && !/^(data|blob):/.test(url));
    await page.context().close();
    expect(foreign).toEqual([]);
    expect(record.problems).toEqual([]);
  });
});
