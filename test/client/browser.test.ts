/**
 * @database either
 */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { useApp } from '../support/app.ts';
import { describeInBrowser, launchShell, recordPage } from '../support/browser.ts';
import { Line } from '../support/line.ts';
import { buildClient } from '../support/program.ts';

const root = join(import.meta.dirname, '../..');

const page = `<!doctype html>
<script type="importmap">
{ "imports": {
  "@standfirst/client": "/files/packages/client/dist/live-client.js",
  "graphql-ws/client": "/files/node_modules/graphql-ws/dist/client.js"
} }
</script>
<script type="module">
  import { createLiveClient } from '@standfirst/client';
  // Any back-off is longer than the test.
  Math.random = () => 1000;
  window.seen = [];
  window.reasons = [];
  const live = createLiveClient({ url: '/graphql', keepAliveMs: 600_000 });
  window.listening = live.article({
    articleId: new URL(location).searchParams.get('article'),
    document: \`subscription ($articleId: ID!, $after: EventCursor) {
      articleEvents(articleId: $articleId, after: $after) {
        __typename cursor
        ... on ArticleReset { resetReason }
        ... on CommentAdded { comment { bodyText } }
      }
    }\`,
    onEvent: ({ comment }) => comment && seen.push(comment.bodyText),
    onReset: () => location.reload(),
    onState: ({ status, interruption }) => {
      seen.push(status);
      if (interruption) reasons.push(interruption.reason);
    },
  });
</script>`;

describeInBrowser('@standfirst/client in a browser', () => {
  let browser: Browser;
  let line: Line | undefined;

  beforeAll(async () => {
    [browser] = await Promise.all([launchShell(), buildClient()]);
  });
  afterAll(async () => {
    await browser.close();
    await line?.close();
  });

  const app = useApp();

  it('runs as built, and reconnects at once when the browser is online again', async () => {
    line = new Line(app().url);
    const address = await line.open();
    const { id } = await app().addArticle();
    const user = await app().signUp('Cy Example');
    // Pages fulfilled by the test have no origin on this machine, and need the permission to connect to it.
    const context = await browser.newContext({ permissions: ['local-network-access'] });
    const tab = await context.newPage();
    await tab.route(/\/(page|files)/, async (route) => {
      const { pathname } = new URL(route.request().url());
      if (pathname === '/page') return route.fulfill({ contentType: 'text/html', body: page });
      const body = await readFile(join(root, pathname.replace('/files/', '')), 'utf8');
      return route.fulfill({ contentType: 'text/javascript', body });
    });
    const record = recordPage(tab);
    const seen = (text: string) =>
      tab.waitForFunction((last) => (globalThis as any).seen.at(-1) === last, text);
    await tab.goto(`${address}/page?article=${encodeURIComponent(id)}`);
    await seen('live');
    await app().addComment(user, { articleId: id, body: '1' });
    await seen('1');
    expect(record.problems).toEqual([]);

    line.break();
    await seen('connecting');
    await app().addComment(user, { articleId: id, body: '2' });
    const comeOnline = async () => {
      await context.setOffline(true);
      await context.setOffline(false);
    };
    await comeOnline();
    await tab.waitForFunction('reasons.length === 2');
    line.mend();
    await comeOnline();
    await seen('live');
    expect(await tab.evaluate('reasons')).toEqual([
      'The connection was lost',
      expect.stringContaining('could not be opened'),
    ]);
    expect(await tab.evaluate('seen')).toEqual([
      'connecting',
      'catching-up',
      'live',
      '1',
      'connecting',
      'connecting',
      'catching-up',
      '2',
      'live',
    ]);
    await tab.evaluate('listening.stop()');
    await context.close();
  });
});
