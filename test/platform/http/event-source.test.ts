/**
 * @database either
 */
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { pickLastingPort } from '../../../harness/servers/lasting-port.ts';
import { TestApp } from '../../support/app.ts';
import { describeInBrowser, launchShell } from '../../support/browser.ts';
import { createTestDatabase } from '../../support/database.ts';
import { eventually } from '../../support/eventually.ts';
import { watchForLeaks } from '../../support/leaks.ts';

/** The code that the documentation recommends to pages. */
async function documented(): Promise<string> {
  const markdown = await readFile(join(import.meta.dirname, '../../../docs/live.md'), 'utf8');
  const code = [...markdown.matchAll(/^```js\n(.*?)^```/gms)].find(([, text]) =>
    text?.includes('EventSource'),
  );
  if (!code?.[1]) throw new Error('docs/live.md shows no EventSource');
  return code[1];
}

describeInBrowser('a browser’s own EventSource', () => {
  it('resumes by itself after a restart, and stops when the article is unpublished', async () => {
    const checkLeaks = watchForLeaks();
    const database = await createTestDatabase();
    const site = createServer((_request, response) => {
      response.setHeader('content-type', 'text/html').end('<!doctype html><title>A site</title>');
    }).listen(0, '127.0.0.1');
    await once(site, 'listening');
    // A page of another origin, like a news site.
    const origin = `http://127.0.0.1:${(site.address() as AddressInfo).port}`;
    const port = String(await pickLastingPort());
    const start = (settings: Record<string, string>) =>
      TestApp.start({ ALLOWED_ORIGINS: origin, ...settings }, { database });
    const running = new Set<TestApp>();
    const browser = await launchShell();
    try {
      const first = await start({ PORT: port });
      running.add(first);
      const { id } = await first.addArticle();
      const user = await first.signUp();
      const editor = await first.signUp('Ed Example', 'EDITOR');
      const { node } = await first.data(
        'query ($id: ID!) { node(id: $id) { ... on Article { liveCursor } } }',
        { id },
      );

      const page = await browser.newPage();
      const statuses: number[] = [];
      page.on('response', (response) => {
        if (response.url().includes('/graphql/stream')) statuses.push(response.status());
      });
      await page.goto(origin);
      await page.evaluate(`
        globalThis.seen = [];
        ((address, articleId, liveCursor, show) => { ${await documented()} globalThis.stream = stream; })(
          ${JSON.stringify(first.url)}, ${JSON.stringify(id)}, ${JSON.stringify(node.liveCursor)},
          (event) => seen.push([event.__typename, event.comment?.bodyText]),
        );
        // A stream whose page does not close it on completion.
        globalThis.heedless = new EventSource(stream.url);
      `);
      const seen = () => page.evaluate<[string, string][]>('seen');
      const texts = async () =>
        (await seen()).filter(([type]) => type === 'CommentAdded').map(([, text]) => text);
      await eventually('the checkpoint', async () => (await seen()).length === 1);
      await first.addComment(user, { articleId: id, body: '1' });
      await eventually('the first comment', async () => (await texts()).length === 1);

      await first.close();
      running.delete(first);
      const other = await start({});
      running.add(other);
      for (const body of ['2', '3', '4']) await other.addComment(user, { articleId: id, body });
      const again = await start({ PORT: port });
      running.add(again);
      await eventually('the comments from the time of the restart', async () => (await texts()).length === 4);
      await again.addComment(user, { articleId: id, body: '5' });
      await eventually('the comment after the restart', async () => (await texts()).length === 5);
      expect(await texts()).toEqual(['1', '2', '3', '4', '5']);

      await again.data(
        'mutation ($id: ID!) { unpublishArticle(input: { articleId: $id }) { userErrors { code } } }',
        { id },
        editor.token,
      );
      await eventually('the stream to be closed', () =>
        page.evaluate('stream.readyState === EventSource.CLOSED'),
      );
      expect((await seen()).at(-1)).toEqual(['ArticleUnpublished', undefined]);
      await eventually('the other stream to stop', () =>
        page.evaluate('heedless.readyState === EventSource.CLOSED'),
      );
      expect(statuses.filter((status) => status !== 200)).toEqual([204]);
    } finally {
      await browser.close();
      for (const app of running) await app.close();
      site.close();
      await database.drop();
    }
    await checkLeaks();
  });
});
