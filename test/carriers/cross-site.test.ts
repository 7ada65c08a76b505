/** @database either */
import { describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { useApp } from '../support/app.ts';
import { describeInBrowser, launchShell } from '../support/browser.ts';
import { eventually } from '../support/eventually.ts';
import { RawSocket } from '../support/raw-socket.ts';

const subscription = (articleId: string) =>
  `/graphql/stream?${new URLSearchParams({
    query: `subscription { articleEvents(articleId: "${articleId}") { cursor } }`,
  }).toString()}`;

/** Headers by which browsers describe a request's initiator, and whether a stream opens. */
const initiators: readonly (readonly [what: string, headers: Record<string, string>, opens: boolean])[] = [
  ['a program', {}, true],
  ['an address that is typed', { 'sec-fetch-site': 'none', 'sec-fetch-mode': 'navigate' }, true],
  ['a page of the service', { 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'cors' }, true],
  [
    'an allowed page',
    { origin: 'https://news.example.org', 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'cors' },
    true,
  ],
  ['an image elsewhere', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }, false],
  ['an image of a neighbour', { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'no-cors' }, false],
  ['a link elsewhere', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' }, false],
  ['a frame in a sandbox', { origin: 'null', 'sec-fetch-site': 'cross-site' }, false],
];

describe('a stream or socket that a browser opens', () => {
  const service = useApp({ ALLOWED_ORIGINS: 'https://news.example.org' });

  it('is for the service’s own pages and allowed ones, not for images, frames or links of others', async () => {
    const { id } = await service().addArticle();
    for (const [what, headers, opens] of initiators) {
      const asked = request(service().url + subscription(id), { headers, agent: false });
      asked.end();
      const [response] = (await once(asked, 'response')) as [IncomingMessage];
      expect([what, response.statusCode]).toEqual([what, opens ? 200 : 403]);
      if (!opens) {
        let body = '';
        for await (const chunk of response) body += String(chunk);
        expect(body).toContain('ORIGIN_NOT_ALLOWED');
      }
      response.destroy();

      const socket = new RawSocket(service().url, { headers });
      await eventually('the upgrade to be answered', () => socket.refused ?? socket.ws.readyState === 1);
      expect([what, socket.refused]).toEqual([what, opens ? undefined : 403]);
      socket.ws.terminate();
    }
    await eventually('the streams to be released', () => service().app.hub.size.streams === 0);
  });
});

/** Headers of requests for what anybody may read, and whether they are answered. */
const reads: readonly (readonly [what: string, headers: Record<string, string>, isAnswered: boolean])[] = [
  ['an image elsewhere', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }, false],
  ['an image of a neighbour', { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'no-cors' }, false],
  [
    'a frame elsewhere',
    { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' },
    false,
  ],
  [
    'a link that is fetched ahead',
    { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-purpose': 'prefetch' },
    false,
  ],
  ['a page that is not allowed', { origin: 'https://elsewhere.example.net' }, false],
  ['a program', {}, true],
  ['an allowed page', { origin: 'https://news.example.org', 'sec-fetch-site': 'cross-site' }, true],
  [
    'a link elsewhere',
    { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' },
    true,
  ],
  ['a page of the service', { 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'no-cors' }, true],
];

describe('feeds, oEmbed, numbers of comments and sitemaps', () => {
  // Points for four sitemaps.
  const service = useApp({
    ALLOWED_ORIGINS: 'https://news.example.org',
    RATE_LIMITS: 'on',
    MAX_COST_PER_MINUTE: '10000',
  });

  // Not by `fetch`, which sets its own `Sec-Fetch-Mode`.
  async function get(path: string, headers: Record<string, string> = {}) {
    const asked = request(service().url + path, { headers, agent: false });
    asked.end();
    const [response] = (await once(asked, 'response')) as [IncomingMessage];
    let text = '';
    for await (const chunk of response) text += String(chunk);
    return { status: response.statusCode, text };
  }

  it('are not fetched for pages of others, which would use up the budget of whoever visits them', async () => {
    const { slug } = await service().addArticle();
    const url = encodeURIComponent(`${service().url}/articles/${slug}`);
    const paths = ['/sitemap.xml', '/feed.json', `/oembed?url=${url}`, `/comment-counts?url=${url}`];
    for (const [what, headers, isAnswered] of reads)
      for (const path of isAnswered ? paths.slice(1) : paths) {
        const { status, text } = await get(path, headers);
        expect([what, path, status]).toEqual([what, path, isAnswered ? 200 : 403]);
        expect(text.includes('"ORIGIN_NOT_ALLOWED"')).toBe(!isAnswered);
      }
    // The five that were refused would have used up more than there is.
    expect((await get('/sitemap.xml')).status).toBe(200);
  });
});

describeInBrowser('a page of another origin', () => {
  const service = useApp();

  it('cannot hold a stream open by images, scripts, frames or links', async () => {
    const { id } = await service().addArticle();
    const stream = service().url + subscription(id);
    const site = createServer((_request, response) => {
      response.setHeader('content-type', 'text/html').end(`<!doctype html><title>A site</title>
        <img src="${stream}&by=img"><script src="${stream}&by=script"></script>
        <link rel="stylesheet" href="${stream}&by=link"><iframe src="${stream}&by=frame"></iframe>
        <a href="${stream}&by=click">Read</a>`);
    }).listen(0, '127.0.0.1');
    await once(site, 'listening');
    const browser = await launchShell();
    try {
      const page = await browser.newPage();
      // Under another host name, this machine is another site.
      await page.goto(`http://localhost:${(site.address() as AddressInfo).port}`);
      // The browser hides such responses from pages and from the test's driver, so the service's metrics count them.
      const refused = async () => {
        const metrics = await (await fetch(`${service().url}/metrics`)).text();
        const count =
          /^standfirst_http_request_seconds_count{route="\/graphql\/stream",method="GET",status="403"} (\d+)/m;
        return Number(count.exec(metrics)?.[1] ?? 0);
      };
      await eventually('the four embedded streams to be refused', async () => (await refused()) === 4);
      await page.getByRole('link', { name: 'Read' }).click();
      await eventually('the link to be refused', async () => (await refused()) === 5);
      expect(service().app.hub.size.streams).toBe(0);
      // A typed address is served.
      const typed = await browser.newPage();
      const answered = typed.waitForResponse((response) => response.url().includes('by=typed'));
      void typed.goto(`${stream}&by=typed`).catch(() => undefined);
      expect((await answered).status()).toBe(200);
    } finally {
      await browser.close();
      site.close();
    }
    await eventually('the stream to be released', () => service().app.hub.size.streams === 0);
  });
});
