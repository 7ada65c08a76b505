/**
 * @database either
 */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { Agent, request } from 'node:http';
import { type TestApp, useApp } from '../../support/app.ts';
import { setArticle } from '../../support/article-states.ts';
import { eventually } from '../../support/eventually.ts';
import { ask, readXml } from '../../support/feeds.ts';
import { recordStatements } from '../../support/statements.ts';

const base = 'https://news.example.org';

describe('sitemaps', () => {
  const service = useApp({ PUBLIC_URL: base }, { sitemapPartSize: 3 });
  let app: TestApp;
  const slugs: string[] = [];
  const updates = new Map<string, string>();

  const get = (path: string, headers: Record<string, string> = {}, method: 'GET' | 'HEAD' = 'GET') =>
    ask(app.url + path, headers, method);

  /** The addresses in a sitemap or in the index, each with its `lastmod`. */
  async function listAt(path: string): Promise<{ address: string; lastModified: string | undefined }[]> {
    const answer = await get(path);
    expect([path, answer.status, answer.headers.get('content-type')]).toEqual([
      path,
      200,
      'application/xml; charset=utf-8',
    ]);
    const found: { address: string; lastModified: string | undefined }[] = [];
    for (const { name, text } of readXml(answer.text)) {
      if (name === 'loc') found.push({ address: text, lastModified: undefined });
      const last = found.at(-1);
      if (name === 'lastmod' && last) last.lastModified = text;
    }
    return found;
  }

  const addressesAt = async (path: string) => (await listAt(path)).map(({ address }) => address);

  const sitemapsOf = async (kind: string) =>
    (await addressesAt('/sitemap.xml'))
      .map((address) => address.slice(base.length))
      .filter((path) => path.includes(kind));

  async function allOf(kind: string): Promise<string[]> {
    const paths = await sitemapsOf(kind);
    return (await Promise.all(paths.map((path) => addressesAt(path)))).flat();
  }

  beforeAll(async () => {
    app = service();
    for (let n = 0; n < 8; n += 1) {
      const { slug, articleId } = await app.addArticle({
        journalist: { slug: `writer-${n % 2}`, name: `Writer ${n % 2}` },
        article: { title: `Number ${n}`, tags: [n % 2 ? 'küste & meer' : 'ferries', 'third'] },
      });
      slugs.push(slug);
      const updatedAt = new Date(Date.UTC(2024, 0, n + 1)).toISOString();
      await setArticle(app, articleId, { updatedAt });
      updates.set(slug, updatedAt);
    }
    // No new tag can have such a name.
    await app.app.db.query(`UPDATE tag SET name = 'me@example.org' WHERE name = 'third'`);
    const { articleId } = await app.addArticle({
      journalist: { slug: 'silent', name: 'Silent' },
      article: { slug: 'secret', tags: ['secrets'] },
    });
    await setArticle(app, articleId, { status: 'UNPUBLISHED' });
  });

  it('are named by robots.txt', async () => {
    const robots = await get('/robots.txt');
    expect(robots.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(robots.text).toBe(
      `User-agent: *
Disallow: /account
Disallow: /write
Disallow: /mails
Disallow: /webhooks
Disallow: /moderation
Disallow: /my/
Disallow: /unsubscribe/

Sitemap: ${base}/sitemap.xml
`,
    );
  });

  it('have every published article once, in parts, each with the time of its last change', async () => {
    const paths = await sitemapsOf('articles');
    expect(paths).toEqual(['/sitemap-articles-1.xml', '/sitemap-articles-2.xml', '/sitemap-articles-3.xml']);
    const parts = await Promise.all(paths.map((path) => listAt(path)));
    expect(parts.map((part) => part.length)).toEqual([3, 3, 2]);
    expect(parts.flat()).toEqual(
      slugs.map((slug) => ({ address: `${base}/articles/${slug}`, lastModified: updates.get(slug) })),
    );
    const index = await listAt('/sitemap.xml');
    expect(index.slice(0, 3).map(({ lastModified }) => lastModified)).toEqual(
      [2, 5, 7].map((n) => updates.get(slugs[n] ?? '')),
    );
  });

  it('have the journalists and the tags of published articles, but no e-mail address', async () => {
    expect((await allOf('journalists')).sort()).toEqual([
      `${base}/journalists/writer-0`,
      `${base}/journalists/writer-1`,
    ]);
    expect((await allOf('tags')).sort()).toEqual([
      `${base}/tags/ferries`,
      `${base}/tags/k%C3%BCste%20%26%20meer`,
    ]);
  });

  it('are sent only once to a client that keeps them, and tell of what is gone at once', async () => {
    const path = '/sitemap-articles-1.xml';
    const answer = await get(path);
    const etag = answer.headers.get('etag') ?? '';
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'cache-control': 'public, max-age=10, stale-while-revalidate=10',
      'content-encoding': 'gzip',
    });
    const { statements, stop } = recordStatements();
    const again = await get(path, { 'if-none-match': etag });
    stop();
    expect([again.status, again.text]).toEqual([304, '']);
    expect(statements.filter((text) => text.includes('AS digest'))).toHaveLength(1);
    expect(statements.filter((text) => text.includes('LIMIT $3'))).toEqual([]);
    const head = await get(path, {}, 'HEAD');
    expect([head.status, head.headers.get('etag'), head.headers.get('content-length')]).toEqual([
      200,
      etag,
      null,
    ]);
    const [gone = ''] = slugs;
    const [row] = await app.app.db.query<{ id: string }>('SELECT id FROM article WHERE slug = $1', [gone]);
    await setArticle(app, row?.id ?? '', { status: 'UNPUBLISHED' });
    const after = await get(path, { 'if-none-match': etag });
    expect([after.status, after.text.includes(gone)]).toEqual([200, false]);
    await setArticle(app, row?.id ?? '', { status: 'PUBLISHED' });
    expect((await get(path)).headers.get('etag')).toBe(etag);
    await app.app.db.query('UPDATE article SET slug = $2 WHERE slug = $1', [gone, 'other-slug']);
    expect((await get(path)).headers.get('etag')).not.toBe(etag);
  });

  it('are not found where a part holds nothing', async () => {
    for (const path of [
      '/sitemap-articles-0.xml',
      '/sitemap-articles-9.xml',
      '/sitemap-other-1.xml',
      '/sitemap-articles-x.xml',
    ])
      expect([path, (await get(path)).status]).toEqual([path, 404]);
  });
});

describe('sitemaps of many pages', () => {
  const service = useApp({ PUBLIC_URL: base, RATE_LIMITS: 'on', MAX_COST_PER_MINUTE: '17500' });
  const path = '/sitemap-articles-1.xml';
  const get = () => ask(service().url + path);

  beforeAll(async () => {
    await service().addArticle();
    await service().app.db.query(
      `INSERT INTO article (journalist_id, slug, title, status, published_at, published_precision)
       SELECT j.id, 'number-' || n, 'One of many', 'PUBLISHED', now(), 'INSTANT'
       FROM journalist j, generate_series(1, 49999) n`,
    );
  });

  it('are read in pieces, and have every page once', async () => {
    const addresses = (await get()).text.match(/<loc>[^<]*/g);
    expect([addresses?.length, new Set(addresses).size]).toEqual([50_000, 50_000]);
    expect(addresses).toContain(`<loc>${base}/articles/number-49999`);
  });

  it('are refused to nobody for those whom others do not read', async () => {
    const agents: Agent[] = [];
    /** The status of an answer that is not read. */
    const unread = (localAddress: string): Promise<number> =>
      new Promise((resolve, reject) => {
        const agent = new Agent();
        agents.push(agent);
        const asked = request(service().url + path, { agent, localAddress }, (response) => {
          response.on('error', () => undefined);
          resolve(response.statusCode ?? 0);
        });
        asked.on('error', reject);
        asked.end();
      });
    const statuses = (addresses: readonly string[]) => Promise.all(addresses.map(unread));
    const addresses = Array.from({ length: 16 }, (_, index) => `127.0.7.${1 + (index % 4)}`);
    expect(new Set(await statuses(addresses))).toEqual(new Set([200]));
    // Those who have four places lose some of them, until everybody has one: they have had no turn yet.
    const others = Array.from({ length: 12 }, (_, index) => `127.0.8.${1 + index}`);
    expect(new Set(await statuses(others))).toEqual(new Set([200]));
    expect(await unread('127.0.9.1')).toBe(429);
    for (const agent of agents) agent.destroy();
    await eventually('a place', async () => (await unread('127.0.9.2')) === 200);
    for (const agent of agents) agent.destroy();
  });

  it('are read four at a time by one address, and cost it points of its budget', async () => {
    // Nobody reads their bodies, which are more than the connections hold.
    const unread = await Promise.all(Array.from({ length: 4 }, () => fetch(service().url + path)));
    expect(unread.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    const fifth = await get();
    expect([fifth.status, fifth.headers.get('cache-control'), fifth.headers.get('retry-after')]).toEqual([
      429,
      'no-store',
      '10',
    ]);
    for (const { body } of unread) await body?.cancel();
    await eventually('a place', async () => (await get()).status === 200);
    expect((await get()).text.length).toBeGreaterThan(5_000_000);
    expect(JSON.parse((await get()).text)).toMatchObject({
      errors: [{ extensions: { code: 'RATE_LIMITED', policy: 'cost' } }],
    });
  });
});
