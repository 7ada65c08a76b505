/**
 * @database either
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { features } from '../../../src/app/features.ts';
import { articlePage } from '../../../src/features/articles/article.page.ts';
import { servedOf } from '../../../src/platform/feature/gather.ts';
import { withParts } from '../../../src/platform/page/compose-pages.ts';
import { TestApp, useApp } from '../../support/app.ts';
import { onDatabase, serverUrl } from '../../support/database.ts';
import { watchForLeaks } from '../../support/leaks.ts';
import { makeWebRoot, readPage, script } from '../../support/web-page.ts';

const browser = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';
const web = makeWebRoot();
afterAll(() => web.remove());

const getFrom = (app: TestApp, path: string, headers: Record<string, string> = {}, method = 'GET') =>
  fetch(`${app.url}${path}`, { headers: { accept: '*/*', ...headers }, method, redirect: 'manual' });

/** The status for a path exactly as given; `fetch` would normalise the path. */
const statusOf = (app: TestApp, path: string, headers: Record<string, string> = {}): Promise<number> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(app.url);
    request({ hostname, port, path, headers, agent: false }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode ?? 0));
    })
      .on('error', reject)
      .end();
  });

const isPage = (response: Response) => response.headers.get('content-type') === 'text/html; charset=utf-8';

describe('the page of the service', () => {
  const service = useApp({}, { webRoot: web.path });
  const get = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
    getFrom(service(), path, headers, method);
  let slug: string;
  let commentId: string;

  beforeAll(async () => {
    const app = service();
    const article = await app.addArticle({ article: { title: 'A title', tags: ['ferries'] } });
    slug = article.slug;
    const { comment } = await app.addComment(await app.signUp(), { articleId: article.id });
    commentId = comment?.id ?? '';
  });

  it('is served at `/` to browsers, while programs receive the addresses of the API', async () => {
    const page = await get('/', { accept: browser });
    expect([page.status, isPage(page)]).toEqual([200, true]);
    // It is long enough to be compressed, which the header names as well.
    expect(page.headers.get('vary')).toMatch(/^accept\b/);
    for (const accept of ['*/*', 'application/json', 'text/html;q=0.5,application/json']) {
      const answer = await get('/', { accept });
      expect(answer.headers.get('vary')).toMatch(/^accept\b/);
      expect(await answer.json()).toMatchObject({ graphql: '/graphql' });
    }
    expect((await (await get('/graphql', { accept: browser })).text()).slice(0, 400)).toContain('explorer');
  });

  it('is served at each of its paths to every client, also for HEAD and with a trailing slash', async () => {
    const paths = [
      `/articles/${slug}`,
      `/articles/${slug}/`,
      `/articles/${slug}/comments/${commentId}`,
      `/articles/${slug}/edit`,
      '/articles/none-yet/edit',
      `/articles/${slug}/campaign`,
      '/journalists/ada-example',
      '/tags/ferries',
      '/tags/%23Ferries',
      '/search?q=boat',
      '/sign-in',
      '/sign-up',
      '/write',
      '/my/comments',
      '/my/articles',
      '/my/pledges',
      '/mails',
      '/webhooks',
      '/moderation',
      '/webhooks/V2ViaG9vazox',
    ];
    for (const path of paths) {
      for (const accept of [browser, 'application/json']) {
        const answer = await get(path, { accept });
        expect([path, answer.status, isPage(answer)]).toEqual([path, 200, true]);
        expect(await answer.text()).toContain('<div id="root">');
      }
      const head = await get(path, {}, 'HEAD');
      expect([path, head.status, isPage(head), await head.text()]).toEqual([path, 200, true, '']);
    }
    expect((await get('/', { accept: browser }, 'HEAD')).status).toBe(200);
  });

  it('may be indexed by search engines only where it has public content', async () => {
    const robots = async (path: string) =>
      readPage(await (await get(path, { accept: browser })).text()).meta.robots;
    for (const path of ['/', `/articles/${slug}`, '/journalists/ada-example', '/tags/ferries'])
      expect([path, await robots(path)]).toEqual([path, undefined]);
    const own = [
      '/my/comments',
      '/my/articles',
      '/my/pledges',
      '/mails',
      '/webhooks',
      '/moderation',
      '/webhooks/V2ViaG9vazox',
      '/write',
      '/sign-in',
      '/sign-up',
      '/search',
    ];
    for (const path of [
      ...own,
      `/articles/${slug}/edit`,
      `/articles/${slug}/campaign`,
      '/articles/none',
      '/nowhere',
    ])
      expect([path, await robots(path)]).toEqual([path, 'noindex']);
  });

  it('has a content security policy that allows its own files, photos and this server', async () => {
    for (const path of ['/', `/articles/${slug}`, '/articles/none', '/my/comments', '/nowhere']) {
      const { headers } = await get(path, { accept: browser });
      const { host } = new URL(service().url);
      expect(headers.get('content-security-policy')).toBe(
        "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; " +
          `img-src 'self' http://${host} https: data:; connect-src 'self' ws://${host}; ` +
          "manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
      );
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('referrer-policy')).toBe('strict-origin-when-cross-origin');
    }
  });

  it('names the service in its policy, whatever name a request has', async () => {
    const { hostname, port, host } = new URL(service().url);
    const policy = await new Promise((resolve, reject) => {
      const headers = { accept: browser, host: 'attacker.example', 'x-forwarded-host': 'attacker.example' };
      request({ hostname, port, path: '/', headers, agent: false }, (response) => {
        response.resume().on('end', () => resolve(response.headers['content-security-policy']));
      })
        .on('error', reject)
        .end();
    });
    expect(policy).toContain(`connect-src 'self' ws://${host};`);
    expect(policy).not.toContain('attacker');
  });

  it('is revalidated each time, and sent again only when something in it has changed', async () => {
    const app = service();
    const { id, slug: own } = await app.addArticle();
    const path = `/articles/${own}`;
    const first = await get(path);
    expect(first.headers.get('cache-control')).toBe('no-cache');
    const etag = first.headers.get('etag') ?? '';
    expect(etag).toMatch(/^W\/".{43}"$/);
    const known = { 'if-none-match': `"other", ${etag}` };
    const again = await get(path, known);
    expect([again.status, await again.text(), again.headers.get('etag')]).toEqual([304, '', etag]);
    await app.addComment(await app.signUp(), { articleId: id });
    expect((await get(path, known)).status).toBe(200);
  });

  it('is compressed for clients that accept it', async () => {
    const packed = await get(`/articles/${slug}`, { 'accept-encoding': 'gzip' });
    expect(packed.headers.get('content-encoding')).toBe('gzip');
    const plain = await get(`/articles/${slug}`, { 'accept-encoding': 'identity' });
    expect(plain.headers.get('content-encoding')).toBeNull();
    expect(await packed.text()).toBe(await plain.text());
  });

  it('has the status 404 where an object does not exist or is not public', async () => {
    const app = service();
    const other = await app.addArticle();
    const { articleId, slug: draft } = await app.addArticle();
    await app.app.db.query(
      `UPDATE article SET status = 'DRAFT', published_at = NULL, published_precision = NULL
      WHERE id = $1`,
      [articleId],
    );
    const paths = [
      `/articles/${draft}`,
      `/articles/${draft}/comments/${commentId}`,
      '/articles/none',
      '/journalists/none',
      '/tags/none',
      `/articles/none/comments/${commentId}`,
      `/articles/${other.slug}/comments/${commentId}`,
      `/articles/${slug}/comments/none`,
    ];
    for (const path of paths) {
      const answer = await get(path);
      expect([path, answer.status, isPage(answer)]).toEqual([path, 404, true]);
      expect([answer.headers.get('cache-control'), answer.headers.get('etag')]).toEqual(['no-cache', null]);
    }
  });

  it('is served with 404 to browsers at unknown paths, where programs receive a JSON error', async () => {
    const page = await get('/nowhere', { accept: browser });
    expect([page.status, isPage(page), page.headers.get('vary')]).toEqual([404, true, 'accept']);
    const unreadable = await get('/articles/%E0%A4%A', { accept: browser });
    expect([unreadable.status, isPage(unreadable)]).toEqual([404, true]);
    const refused: [path: string, accept: string][] = [
      ['/nowhere', '*/*'],
      ['/nowhere', 'application/json'],
      ['/favicon.ico', 'image/avif,image/*,*/*;q=0.8'],
      ...['/graphql/nowhere', '/assets/none.js', '/assets/', '/assets', '/health/nowhere', '/metrics/x'].map(
        (path): [string, string] => [path, browser],
      ),
    ];
    for (const [path, accept] of refused) {
      const answer = await get(path, { accept });
      expect([path, answer.status]).toEqual([path, 404]);
      expect(await answer.json()).toMatchObject({ errors: [{ extensions: { code: 'NOT_FOUND' } }] });
      expect(answer.headers.get('cache-control')).toBeNull();
    }
    const posted = await get('/nowhere', { accept: browser }, 'POST');
    expect([posted.status, isPage(posted)]).toEqual([404, false]);
    for (const path of ['/write', '/articles/some', '/assets/some.js', '/assets/*'])
      expect([path, (await get(path, {}, 'POST')).status]).toEqual([path, 405]);
    for (const path of ['/assets/*', '/assets/:a('])
      expect([path, (await get(path)).status]).toEqual([path, 404]);
  });

  it('has a regular status at any path, however odd', async () => {
    const app = service();
    const long = 'a'.repeat(12_000);
    const odd = [
      '%00',
      long,
      `${'a-'.repeat(60)}a`,
      '..%2f..%2fetc',
      '%3Cscript%3E',
      '__proto__',
      '%F0%9F%9B%A5',
    ];
    for (const path of odd) {
      for (const prefix of ['/articles/', '/journalists/', '/tags/', `/articles/${slug}/comments/`])
        expect([prefix, path, await statusOf(app, prefix + path)]).toEqual([prefix, path, 404]);
    }
    const { slug: longest } = await app.addArticle({ article: { slug: 'a'.repeat(200) } });
    expect(await statusOf(app, `/articles/${longest}`)).toBe(200);
    expect(await statusOf(app, `/articles/${longest}a`)).toBe(404);
    for (const path of ['/articles/%ff', '/articles/%ED%A0%80', '/tags/%zz', '/%ff']) {
      expect([path, await statusOf(app, path, { accept: browser })]).toEqual([path, 404]);
      expect([path, await statusOf(app, path, { accept: '*/*' })]).toEqual([path, 400]);
    }
    for (const path of ['/assets/%00', '/assets/..%2findex.html', '/assets/../index.html', '/assets/.hidden'])
      expect([path, [400, 403, 404].includes(await statusOf(app, path))]).toEqual([path, true]);
  });

  it('has immutable files that were compressed at build time', async () => {
    const forms: [accepted: string, encoding: string | null, mark: string][] = [
      ['br, gzip', 'br', 'br'],
      ['gzip', 'gzip', 'gzip'],
      ['identity', null, 'plain'],
    ];
    for (const [accepted, encoding, mark] of forms) {
      const file = await get('/assets/index-abc123.js', { 'accept-encoding': accepted });
      expect([file.status, file.headers.get('content-encoding')]).toEqual([200, encoding]);
      expect(await file.text()).toBe(`${script}// ${mark}`);
      expect(file.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
      expect(file.headers.get('vary')).toBe('accept-encoding');
      expect(file.headers.get('content-type')).toMatch(/javascript/);
      expect(file.headers.get('x-content-type-options')).toBe('nosniff');
    }
    const font = await get('/assets/inter-def456.woff2');
    expect([font.status, font.headers.get('content-type')]).toEqual([200, 'font/woff2']);
    const icon = await get('/favicon.svg');
    expect([icon.status, icon.headers.get('content-type')]).toEqual([200, 'image/svg+xml; charset=utf-8']);
    expect(icon.headers.get('cache-control')).toBe('public, max-age=86400');
    const licences = await get('/licences.txt');
    expect([licences.status, licences.headers.get('content-type')]).toEqual([
      200,
      'text/plain; charset=utf-8',
    ]);
    expect(await licences.text()).toBe('A licence.');
    expect((await get('/assets/index-abc123.js', {}, 'HEAD')).status).toBe(200);
    expect((await get('/index.html')).status).toBe(404);
  });
});

describe('the page without its data', () => {
  /** Expects the page without data, which must not be stored. */
  async function expectBare(response: Response): Promise<void> {
    expect([response.status, isPage(response), response.headers.get('cache-control')]).toEqual([
      200,
      true,
      'no-store',
    ]);
    const { title, jsonLd, meta, content } = readPage(await response.text());
    expect([title, jsonLd, meta, content.text]).toEqual(['Standfirst', undefined, {}, '']);
    expect(response.headers.get('etag')).toBeNull();
  }

  it('is sent when the budget of the address is spent', async () => {
    const checkLeaks = watchForLeaks();
    const limits = { MAX_QUERY_COST: '900', MAX_COST_PER_MINUTE: '900' };
    const settings = { RATE_LIMITS: 'on', TRUST_PROXY: 'true', ...limits };
    const app = await TestApp.start(settings, { webRoot: web.path });
    const { slug } = await app.addArticle({ article: { title: 'A title' } });
    const from = (address: string) => ({ 'x-forwarded-for': address });
    const titleFor = async (address: string) =>
      readPage(await (await getFrom(app, `/articles/${slug}`, from(address))).text()).title;
    // Whoever runs an operation first is charged for computing its price, too.
    await titleFor('192.0.2.9');
    expect(await titleFor('192.0.2.1')).toBe('A title – Standfirst');
    // The page costs as much as the same query.
    const leftOf = async (address: string, query: string, variables = {}) =>
      (await app.query(query, variables, { headers: from(address) })).extensions as any;
    const source = withParts(articlePage.operation ?? '', servedOf(features).parts);
    const same = await leftOf('192.0.2.3', source, { slug });
    const next = await leftOf('192.0.2.1', '{ __typename }');
    expect(next.cost.budget.remaining).toBe(same.cost.budget.remaining - 1);
    for (let count = 0; count < 3; count++) await titleFor('192.0.2.1');
    await expectBare(await getFrom(app, `/articles/${slug}`, from('192.0.2.1')));
    expect(await titleFor('192.0.2.2')).toBe('A title – Standfirst');
    // A page without data costs nothing.
    const own = await getFrom(app, '/my/comments', from('192.0.2.1'));
    expect(own.headers.get('cache-control')).toBe('no-cache');
    await app.close();
    await checkLeaks();
  });

  it('is sent when the database is unavailable', async () => {
    const checkLeaks = watchForLeaks();
    const app = await TestApp.start({}, { webRoot: web.path });
    const { slug } = await app.addArticle();
    const { name } = app.database;
    await onDatabase(serverUrl(), async (client) => {
      await client.query(`ALTER DATABASE "${name}" ALLOW_CONNECTIONS false`);
      await client.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [name]);
      for (const path of ['/', `/articles/${slug}`, '/journalists/ada-example', '/tags/ferries'])
        await expectBare(await getFrom(app, path, { accept: browser }));
      await client.query(`ALTER DATABASE "${name}" ALLOW_CONNECTIONS true`);
    });
    expect((await getFrom(app, `/articles/${slug}`)).headers.get('cache-control')).toBe('no-cache');
    await app.close();
    await checkLeaks();
  });
});

describe('with TRUSTED_DOCUMENTS', () => {
  const folder = mkdtempSync(join(tmpdir(), 'standfirst-manifest-'));
  const manifest = join(folder, 'documents.json');
  writeFileSync(manifest, JSON.stringify({ one: '{ __typename }' }));
  afterAll(() => rmSync(folder, { recursive: true }));
  const service = useApp({ TRUSTED_DOCUMENTS: manifest }, { webRoot: web.path });

  it('the page is sent with its data as usual', async () => {
    const { slug } = await service().addArticle({ article: { title: 'Of the list' } });
    const page = readPage(await (await getFrom(service(), `/articles/${slug}`)).text());
    expect(page.title).toBe('Of the list – Standfirst');
    expect((await service().query('{ articles { nodes { slug } } }')).errors?.[0]?.extensions.code).toBe(
      'OPERATION_NOT_TRUSTED',
    );
  });
});

describe.each([
  ['READER_PAGE is off', { READER_PAGE: 'off' }, web.path],
  ['no page was built', {}, join(web.path, 'nowhere')],
])('where %s', (_why, settings: Record<string, string>, webRoot) => {
  const service = useApp(settings, { webRoot });

  it('browsers are redirected to the explorer, and the paths of the page are unknown', async () => {
    const front = await getFrom(service(), '/', { accept: browser });
    expect([front.status, front.headers.get('location')]).toEqual([303, '/graphql']);
    expect(await (await getFrom(service(), '/')).json()).toMatchObject({ graphql: '/graphql' });
    const { slug } = await service().addArticle();
    for (const path of [
      `/articles/${slug}`,
      '/search',
      '/favicon.svg',
      '/licences.txt',
      '/assets/index-abc123.js',
      '/nowhere',
    ]) {
      const answer = await getFrom(service(), path, { accept: browser });
      expect([path, answer.status, isPage(answer)]).toEqual([path, 404, false]);
    }
    expect(service().app.hasPage).toBe(false);
  });
});

describe('a page template without its placeholders', () => {
  it('is refused at the start with an error that names the file', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'standfirst-web-'));
    const file = join(folder, 'index.html');
    for (const text of ['<!--head-->', '<!--content--><!--head-->', '<!--head--><!--head--><!--content-->']) {
      writeFileSync(file, text);
      await expect(TestApp.start({}, { webRoot: folder })).rejects.toThrow(file);
    }
    rmSync(folder, { recursive: true });
  });
});
