/**
 * @database either
 */
import { describe, expect, it } from '@jest/globals';
import { parseFragment, serialize } from 'parse5';
import { xml } from '../../../src/carriers/feeds/xml.ts';
import { nothingKept, type TestApp, useApp } from '../../support/app.ts';
import { write } from '../../support/articles.ts';
import { done } from '../../support/comments.ts';
import { erasureOf } from '../../support/erasure.ts';
import { ask, type ReadAnswer, readAtom, readJsonFeed, readRss, readXml } from '../../support/feeds.ts';

const base = 'https://news.example.org';

const get = (
  app: TestApp,
  path: string,
  headers: Record<string, string> = {},
  method: 'GET' | 'HEAD' = 'GET',
) => ask(app.url + path, headers, method);

async function textAt(app: TestApp, path: string): Promise<string> {
  const answer = await get(app, path);
  if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${answer.text}`);
  return answer.text;
}

const atomAt = async (app: TestApp, path: string) => readAtom(await textAt(app, `${path}.atom`));
const rssAt = async (app: TestApp, path: string) => readRss(await textAt(app, `${path}.rss`));
const jsonAt = async (app: TestApp, path: string) => readJsonFeed(await textAt(app, `${path}.json`));

/** What all forms of a feed say of their entries, read by the same parser of feeds. */
async function entriesOf(
  app: TestApp,
  path: string,
): Promise<{ id?: string; title?: string; html?: string }[]> {
  const [atom, json] = [await atomAt(app, path), await jsonAt(app, path)];
  const ofAtom = (atom.entries ?? []).map(({ id, title, content }) => ({
    id,
    title: title?.value,
    html: content?.value,
  }));
  const ofJson = (json.items ?? []).map(({ id, title, content_html: html }) => ({ id, title, html }));
  const ofRss = ((await rssAt(app, path)).items ?? []).map(({ guid, title, content }) => ({
    id: guid?.value,
    title,
    html: content?.encoded,
  }));
  expect([ofAtom, ofRss]).toEqual([ofJson, ofJson]);
  return ofJson;
}

const titlesOf = async (app: TestApp, path: string) => (await entriesOf(app, path)).map(({ title }) => title);

describe.each([
  ['feeds', {}],
  ['feeds, of answers that are not kept,', nothingKept],
])('%s', (_, settings) => {
  const service = useApp({ PUBLIC_URL: base, ...settings });

  it('tell of the newest articles of the site, of a journalist and with a tag, with texts and exact times', async () => {
    const app = service();
    const bo = { slug: 'bo-example', name: 'Bo & Example' };
    const { slug: older } = await app.addArticle({
      journalist: bo,
      article: {
        title: 'Tide <tables>',
        standfirst: 'It leaves at ten past eight.',
        body: 'A *body* & more, write to me@example.org.',
        publishedAt: '2024-05-01T10:00:00Z',
        tags: ['tides', 'ferries'],
        canonicalUrl: 'https://first.example.org/tides?a=1&b=2',
      },
    });
    // Known by its month only: no instant is invented for it.
    await app.addArticle({ article: { title: 'Of July', publishedAt: '2024-07', tags: ['ferries'] } });
    const permalink = `${base}/articles/${older}`;
    const { updatedAt } = (await app.data(`{ article(slug: "${older}") { updatedAt } }`)).article;

    const journalist = await atomAt(app, '/journalists/bo-example/feed');
    expect(journalist).toMatchObject({
      id: `${base}/journalists/bo-example/feed.atom`,
      title: { value: 'Bo & Example – Standfirst' },
      updated: updatedAt,
      links: [
        { rel: 'self', href: `${base}/journalists/bo-example/feed.atom`, type: 'application/atom+xml' },
        { rel: 'alternate', href: `${base}/journalists/bo-example`, type: 'text/html' },
        { rel: 'alternate', href: `${base}/journalists/bo-example/feed.json`, type: 'application/feed+json' },
      ],
    });
    const author = { name: 'Bo & Example', uri: `${base}/journalists/bo-example` };
    expect(journalist.entries).toEqual([
      {
        id: permalink,
        title: { value: 'Tide <tables>' },
        authors: [author],
        published: '2024-05-01T10:00:00.000Z',
        updated: updatedAt,
        links: [
          { rel: 'alternate', href: permalink, type: 'text/html' },
          { rel: 'via', href: 'https://first.example.org/tides?a=1&b=2' },
        ],
        categories: [{ term: 'tides' }, { term: 'ferries' }],
        summary: { value: 'It leaves at ten past eight.' },
        content: {
          type: 'html',
          value: expect.stringMatching(/^<p dir="auto">A <em>body<\/em> &amp; more, write to (?!me@)/),
        },
      },
    ]);
    expect(await jsonAt(app, '/journalists/bo-example/feed')).toMatchObject({
      home_page_url: `${base}/journalists/bo-example`,
      feed_url: `${base}/journalists/bo-example/feed.json`,
      items: [
        {
          id: permalink,
          url: permalink,
          external_url: 'https://first.example.org/tides?a=1&b=2',
          title: 'Tide <tables>',
          summary: 'It leaves at ten past eight.',
          date_published: '2024-05-01T10:00:00.000Z',
          date_modified: updatedAt,
          authors: [{ name: 'Bo & Example', url: `${base}/journalists/bo-example` }],
          tags: ['tides', 'ferries'],
        },
      ],
    });
    const rss = await rssAt(app, '/journalists/bo-example/feed');
    expect(rss).toMatchObject({
      title: 'Bo & Example – Standfirst',
      link: `${base}/journalists/bo-example`,
      description: 'Bo & Example – Standfirst',
      lastBuildDate: new Date(updatedAt).toUTCString(),
      atom: {
        links: [
          { rel: 'self', href: `${base}/journalists/bo-example/feed.rss`, type: 'application/rss+xml' },
        ],
      },
      items: [
        {
          guid: { value: permalink },
          link: permalink,
          title: 'Tide <tables>',
          description: 'It leaves at ten past eight.',
          pubDate: 'Wed, 01 May 2024 10:00:00 GMT',
          dc: { creators: ['Bo & Example'] },
          categories: [{ name: 'tides' }, { name: 'ferries' }],
          atom: {
            updated: updatedAt,
            links: [{ rel: 'via', href: 'https://first.example.org/tides?a=1&b=2' }],
          },
        },
      ],
    });
    const [encoded] = readXml(await textAt(app, '/journalists/bo-example/feed.rss')).filter(
      ({ name }) => name === 'content:encoded',
    );
    const tree = parseFragment(encoded?.text ?? '');
    expect(serialize(tree)).toBe(encoded?.text);
    expect(encoded?.text).toMatch(/^<p dir="auto">A <em>body<\/em> &amp; more, write to (?!me@)/);
    expect(await titlesOf(app, '/tags/ferries/feed')).toEqual(['Of July', 'Tide <tables>']);
    expect(await titlesOf(app, '/tags/%23Tides/feed')).toEqual(['Tide <tables>']);
    expect((await titlesOf(app, '/feed')).slice(0, 2)).toEqual(['Of July', 'Tide <tables>']);
    const [ofJuly] = (await atomAt(app, '/feed')).entries ?? [];
    expect(ofJuly?.published).toBeUndefined();
    expect((await rssAt(app, '/feed')).items?.[0]?.pubDate).toBeUndefined();
    expect(await textAt(app, '/feed.json')).toContain('"version":"https://jsonfeed.org/version/1.1"');
  });

  it('tell of the newest comments of a thread, without what was removed, rejected or erased', async () => {
    const app = service();
    const [di, mo] = [await app.signUp('Di Example'), await app.signUp('Mo Example', 'MODERATOR')];
    const { id: articleId, slug } = await app.addArticle({ article: { title: 'With comments' } });
    const path = `/articles/${slug}/comments`;
    expect(await entriesOf(app, path)).toEqual([]);
    const { comment: first } = await app.addComment(di, { articleId, body: 'A *first* one.' });
    const { comment: reply } = await app.addComment(mo, {
      articleId,
      parentId: first?.id ?? '',
      body: 'A reply.',
    });
    const permalink = (id = '') => `${base}/articles/${slug}#comment-${id}`;
    const title = (name: string) => `${name} on “With comments”`;
    const both = await entriesOf(app, path);
    expect(both).toEqual([
      { id: permalink(reply?.id), title: title('Mo Example'), html: expect.stringContaining('A reply.') },
      {
        id: permalink(first?.id),
        title: title('Di Example'),
        html: expect.stringContaining('<em>first</em>'),
      },
    ]);
    const { entries: [newest, oldest] = [] } = await atomAt(app, path);
    expect([newest, oldest].map((entry) => entry?.thr?.inReplyTos?.[0]?.ref)).toEqual([
      permalink(first?.id),
      `${base}/articles/${slug}`,
    ]);
    expect(oldest?.authors).toEqual([
      { name: 'Di Example', uri: expect.stringContaining(`${base}/people/`) },
    ]);

    const before = await get(app, `${path}.atom`);
    await done(app, 'editComment', { commentId: reply?.id, body: 'Another reply.' }, mo);
    const [edited] = (await atomAt(app, path)).entries ?? [];
    expect(edited?.content?.value).toContain('Another reply.');
    expect(Date.parse(edited?.updated ?? '')).toBeGreaterThan(Date.parse(edited?.published ?? ''));

    await done(app, 'removeComment', { commentId: first?.id }, di);
    const text = await textAt(app, `${path}.atom`);
    expect(text).not.toMatch(/em&gt;first|Di Example/);
    expect(await titlesOf(app, path)).toEqual([title('Mo Example')]);
    // A removal makes no entry newer, but the time of the last modification tells of it.
    const after = await get(app, `${path}.atom`, { 'if-none-match': before.headers.get('etag') ?? '' });
    expect(after.status).toBe(200);
    const modified = ({ headers }: ReadAnswer) => Date.parse(headers.get('last-modified') ?? '');
    expect(modified(after)).toBeGreaterThanOrEqual(modified(before));

    await erasureOf(app).erase(mo.email);
    expect(await textAt(app, `${path}.json`)).not.toContain('Mo Example');
    expect(await titlesOf(app, path)).toEqual([title('No name given')]);
  });

  it('show nothing of drafts and of articles that were unpublished, and are not found where there is nothing', async () => {
    const app = service();
    const ed = await app.signUp('Ed Example', 'EDITOR', 'JOURNALIST');
    const { article } = await app
      .data(
        `mutation { createArticle(input: { title: "Secret", body: "Text.", tags: ["secrets"] }) { article { id slug } } }`,
        {},
        ed.token,
      )
      .then(({ createArticle }) => createArticle);
    const paths = [`/articles/${article.slug}/comments`, '/tags/secrets/feed'];
    const statuses = () =>
      Promise.all(
        paths.flatMap((path) =>
          ['.atom', '.rss', '.json'].map(async (form) => (await get(app, path + form)).status),
        ),
      );
    expect(await statuses()).toEqual([404, 404, 404, 404, 404, 404]);
    await write(app, 'publishArticle', { articleId: article.id }, ed);
    expect(await statuses()).toEqual([200, 200, 200, 200, 200, 200]);
    expect(await textAt(app, '/feed.atom')).toContain('Secret');
    await write(app, 'unpublishArticle', { articleId: article.id }, ed);
    expect(await statuses()).toEqual([404, 404, 404, 404, 404, 404]);
    expect(await textAt(app, '/feed.atom')).not.toContain('Secret');
    // Whoever asks: the feed is that of a signed-out reader.
    const own = await get(app, '/feed.atom', { authorization: `Bearer ${ed.token}` });
    expect(own.text).not.toContain('Secret');
    for (const path of [
      '/journalists/nobody/feed.atom',
      '/journalists/%00/feed.json',
      '/tags/none/feed.atom',
    ]) {
      const answer = await get(app, path, { accept: 'text/html' });
      expect([path, answer.status, answer.headers.get('cache-control')]).toEqual([path, 404, 'no-store']);
    }
  });

  it('may be stored, are compressed, and are sent only once to a client that keeps them', async () => {
    const app = service();
    await app.addArticle({ article: { title: 'Kept', body: 'word '.repeat(1000) } });
    for (const form of ['atom', 'json']) {
      const answer = await get(app, `/feed.${form}`);
      const text = answer.text;
      const { headers } = answer;
      expect(Object.fromEntries(headers)).toMatchObject({
        'cache-control': 'public, max-age=10, stale-while-revalidate=10',
        'content-encoding': 'gzip',
        'content-type': `application/${form === 'atom' ? 'atom+xml' : 'feed+json'}; charset=utf-8`,
        etag: expect.stringMatching(/^W\/"/),
        'last-modified': expect.stringMatching(/ GMT$/),
      });
      expect(headers.get('vary')?.match(/accept-encoding/gi)).toHaveLength(1);
      expect(headers.has('x-request-id')).toBe(false);
      const etag = headers.get('etag') ?? '';
      const again = await get(app, `/feed.${form}`, { 'if-none-match': `"other", ${etag}` });
      expect([again.status, again.text, again.headers.get('etag')]).toEqual([304, '', etag]);
      // By a date nobody learns of what was removed.
      const dated = await get(app, `/feed.${form}`, {
        'if-modified-since': headers.get('last-modified') ?? '',
      });
      expect([dated.status, dated.text]).toEqual([200, text]);
      const head = await get(app, `/feed.${form}`, {}, 'HEAD');
      expect([head.status, head.text, head.headers.get('etag')]).toEqual([200, '', etag]);
    }
    const first = (await get(app, '/feed.atom')).headers.get('etag');
    await app.addArticle({ article: { title: 'Newer', publishedAt: '2025-01-01T10:00:00Z' } });
    expect((await get(app, '/feed.atom')).headers.get('etag')).not.toBe(first);
    expect((await titlesOf(app, '/feed'))[0]).toBe('Newer');
  });

  it('are found at the addresses that readers of feeds try', async () => {
    const app = service();
    const names = {
      rss: ['feed', 'feed/', 'feed.xml', 'rss', 'rss.xml', 'index.xml'],
      atom: ['atom', 'atom.xml'],
    };
    const folders = [
      ['/', '/feed'],
      ['/journalists/bo-example/', '/journalists/bo-example/feed'],
      ['/tags/%23a%2Fb%22/', '/tags/%23a%2Fb%22/feed'],
      ['/articles/of-july/', '/articles/of-july/comments'],
    ] as const;
    for (const [folder, path] of folders)
      for (const [form, tried] of Object.entries(names))
        for (const name of tried) {
          const { status, headers } = await get(app, folder + name);
          expect([folder + name, status, headers.get('location')]).toEqual([
            folder + name,
            301,
            `${path}.${form}`,
          ]);
          expect(headers.get('cache-control')).toMatch(/^public/);
        }
    expect((await get(app, `/tags/${'x'.repeat(201)}/feed`)).status).toBe(404);
    const foreign = await get(app, '/rss.xml', { origin: 'https://elsewhere.example.net' });
    expect(foreign.status).toBe(403);
  });

  it('have 20 articles at most, and a million bytes of their texts: the older ones have their summaries', async () => {
    const app = service();
    const journalist = { slug: 'lo-example', name: 'Lo Example' };
    for (let n = 1; n <= 21; n += 1) {
      const body = n > 15 ? `${'word '.repeat(7800)}\n\n`.repeat(5) : 'Short.';
      const day = String(n).padStart(2, '0');
      await app.addArticle({
        journalist,
        article: {
          title: `Number ${n}`,
          standfirst: 'In short.',
          body,
          publishedAt: `2024-01-${day}T10:00:00Z`,
        },
      });
    }
    const text = await textAt(app, '/journalists/lo-example/feed.json');
    expect(text.length).toBeLessThan(1_100_000);
    const { items = [] } = readJsonFeed(text);
    expect(items.map(({ title }) => title)).toEqual(
      Array.from({ length: 20 }, (_, index) => `Number ${21 - index}`),
    );
    const withText = items.filter(({ content_html: html }) => html !== undefined);
    expect(withText).toHaveLength(5);
    expect(items[5]).toMatchObject({ content_text: 'In short.', summary: 'In short.' });
    const { entries = [] } = await atomAt(app, '/journalists/lo-example/feed');
    expect(entries.filter(({ content }) => content !== undefined)).toHaveLength(5);
  });

  it('leave out characters that XML does not have', () => {
    const { text } = xml`<a b="${'"<\u0000>\uFFFF'}">${'x\u0008\u{1F6A2}\uD800&'}</a>`;
    expect(text).toBe('<a b="&quot;&lt;&gt;">x\u{1F6A2}&amp;</a>');
    expect(readXml(text)).toEqual([{ name: 'a', text: 'x\u{1F6A2}&', attributes: { b: '"<>' } }]);
  });
});

describe('feeds of a service with tight limits', () => {
  const service = useApp({
    PUBLIC_URL: base,
    MAX_ANSWER_BYTES: '20000',
    RATE_LIMITS: 'on',
    MAX_COST_PER_MINUTE: '5000',
    TRUST_PROXY: 'true',
  });

  it('have no texts if these are more than one answer may have', async () => {
    const app = service();
    await app.addArticle({ article: { title: 'Long', standfirst: 'In short.', body: 'word '.repeat(8000) } });
    const { items } = await jsonAt(app, '/feed');
    expect(items).toMatchObject([{ title: 'Long', content_text: 'In short.' }]);
  });

  it('cost their address what their operations cost everybody', async () => {
    const app = service();
    const from = { 'x-forwarded-for': '192.0.2.7' };
    const statuses: number[] = [];
    while (statuses.at(-1) !== 429 && statuses.length < 20)
      statuses.push((await get(app, '/journalists/ada-example/feed.atom', from)).status);
    expect(statuses.length).toBeLessThan(6);
    const refused = await get(app, '/feed.atom', from);
    expect([refused.status, refused.headers.get('cache-control')]).toEqual([429, 'no-store']);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(JSON.parse(refused.text)).toMatchObject({
      errors: [{ extensions: { code: 'RATE_LIMITED', policy: 'cost' } }],
    });
    expect((await get(app, '/feed.atom', { 'x-forwarded-for': '192.0.2.8' })).status).toBe(200);
  });
});
