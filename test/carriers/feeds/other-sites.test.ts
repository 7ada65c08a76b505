/**
 * @database either
 */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { type DefaultTreeAdapterTypes, parseFragment } from 'parse5';
import { type TestApp, type TestUser, useApp } from '../../support/app.ts';
import { setArticle } from '../../support/article-states.ts';
import { done } from '../../support/comments.ts';
import { ask as askFor } from '../../support/feeds.ts';
import { recordStatements } from '../../support/statements.ts';

// A site below a path, so that no address is taken for that of the host.
const base = 'https://www.example.org/news';
const front = 'https://front.example.com';

const service = useApp({ PUBLIC_URL: base, ALLOWED_ORIGINS: front });
let app: TestApp;
let di: TestUser;
beforeAll(async () => {
  app = service();
  di = await app.signUp('Di Example');
});

const get = (path: string, headers: Record<string, string> = {}) => askFor(app.url + path, headers);

describe('oEmbed', () => {
  const ask = (parameters: Record<string, string>) =>
    get(`/oembed?${String(new URLSearchParams(parameters))}`);
  const answerTo = async (url: string, more: Record<string, string> = {}): Promise<any> => {
    const answer = await ask({ url, ...more });
    if (answer.status !== 200) throw new Error(`${url}: ${answer.status}`);
    return JSON.parse(answer.text);
  };

  /** The text of a piece of HTML, and the addresses that it names. */
  function read(html: string): { text: string; links: string[] } {
    const links: string[] = [];
    const textOf = (node: DefaultTreeAdapterTypes.Node): string => {
      if ('attrs' in node)
        links.push(...node.attrs.filter(({ name }) => name === 'href').map(({ value }) => value));
      return 'value' in node ? node.value : 'childNodes' in node ? node.childNodes.map(textOf).join(' ') : '';
    };
    return { text: textOf(parseFragment(html)).replace(/\s+/g, ' ').trim(), links };
  }

  it('shows an article by its permalink, with a link, in the size that the other site allows', async () => {
    const { id: articleId, slug } = await app.addArticle({
      article: { title: 'The <last> boat', standfirst: 'It leaves at ten past eight.' },
    });
    await app.addComment(di, { articleId });
    const url = `${base}/articles/${slug}`;
    const { html, ...members } = await answerTo(url);
    expect(members).toEqual({
      version: '1.0',
      type: 'rich',
      title: 'The <last> boat',
      author_name: 'Ada Example',
      author_url: `${base}/journalists/ada-example`,
      provider_name: 'Standfirst',
      provider_url: `${base}/`,
      cache_age: 10,
      width: 600,
      height: 240,
    });
    expect(read(html)).toEqual({
      text: 'The <last> boat It leaves at ten past eight. Ada Example · Standfirst, 1 comment',
      links: [url],
    });
    expect(
      await answerTo(`${url}/?utm_source=x`, { maxwidth: '300', maxheight: '9999', format: 'json' }),
    ).toMatchObject({ width: 300, height: 240, title: 'The <last> boat' });
  });

  it('shows a comment by its permalink and by its page, until it is removed', async () => {
    const { id: articleId, slug } = await app.addArticle({ article: { title: 'Tides' } });
    const other = await app.addArticle();
    const { comment } = await app.addComment(di, { articleId, body: 'A *comment* <b>.' });
    await app.addComment(di, { articleId, parentId: comment?.id ?? '' });
    const id = comment?.id ?? '';
    const permalink = `${base}/articles/${slug}#comment-${id}`;
    const shown = await answerTo(permalink);
    expect(shown).toMatchObject({
      title: 'Di Example on “Tides”',
      author_name: 'Di Example',
      author_url: expect.stringContaining(`${base}/people/`),
    });
    expect(read(shown.html)).toEqual({
      text: 'Di Example on “Tides” A comment <b>. Standfirst',
      links: [permalink],
    });
    expect(await answerTo(`${base}/articles/${slug}/comments/${id}`)).toEqual(shown);
    expect((await ask({ url: `${base}/articles/${other.slug}#comment-${id}` })).status).toBe(404);
    await done(app, 'removeComment', { commentId: id }, di);
    expect((await ask({ url: permalink })).status).toBe(404);
  });

  it('finds nothing elsewhere, nor what is not public, and takes no other format', async () => {
    const { articleId, slug } = await app.addArticle();
    const { slug: shown } = await app.addArticle();
    await setArticle(app, articleId, { status: 'DRAFT' });
    const statusOf = async (parameters: Record<string, string>) => (await ask(parameters)).status;
    for (const url of [
      `${base}/articles/${slug}`,
      `${base}/articles/none`,
      `${base}/articles/a/comments/b/c`,
      `${base}/journalists/ada-example`,
      `https://www.example.org/articles/${slug}`,
      `https://example.net/news/articles/${shown}`,
      'no address',
      `${base.replace('https', 'javascript')}/articles/${shown}`,
      `${base.replace('https', 'ftp')}/articles/${shown}`,
      `${base.replace('www', 'user:password@www')}/articles/${shown}`,
    ])
      expect([url, await statusOf({ url })]).toEqual([url, 404]);
    const url = `${base}/articles/none`;
    expect(await statusOf({ url, format: 'xml' })).toBe(501);
    expect(await statusOf({})).toBe(400);
    for (const maxwidth of ['0', '-1', 'x', '1e3']) expect(await statusOf({ url, maxwidth })).toBe(400);
  });
});

describe('numbers of comments', () => {
  const countsAt = (urls: readonly string[]) =>
    get(`/comment-counts?${urls.map((url) => `url=${encodeURIComponent(url)}`).join('&')}`);
  const articles: { id: string; slug: string }[] = [];
  const canonical = (n: number) => `https://first.example.org/${n}`;

  beforeAll(async () => {
    for (let n = 0; n < 3; n += 1)
      articles.push(await app.addArticle({ article: { title: `Number ${n}`, canonicalUrl: canonical(n) } }));
    for (const n of [1, 2, 2]) await app.addComment(di, { articleId: articles[n]?.id ?? '' });
  });

  it('are there for many addresses at once, in their order, by three statements', async () => {
    const { articleId, slug } = await app.addArticle({ article: { canonicalUrl: canonical(9) } });
    await setArticle(app, articleId, { status: 'UNPUBLISHED' });
    const permalink = (n: number) => `${base}/articles/${articles[n]?.slug}`;
    const urls = [
      canonical(2),
      `${canonical(0)}/#top`,
      permalink(1),
      canonical(9),
      `${base}/articles/${slug}`,
      permalink(2),
    ];
    const { statements, stop } = recordStatements();
    const answer = await countsAt(urls);
    stop();
    expect(JSON.parse(answer.text)).toEqual({
      counts: [
        { url: urls[0], permalink: permalink(2), commentCount: 2 },
        { url: urls[1], permalink: permalink(0), commentCount: 0 },
        { url: urls[2], permalink: permalink(1), commentCount: 1 },
        { url: urls[3], permalink: null, commentCount: null },
        { url: urls[4], permalink: null, commentCount: null },
        { url: urls[5], permalink: permalink(2), commentCount: 2 },
      ],
    });
    const reads = statements.filter((text) => /a\.(slug|canonical_url) = ANY/.test(text));
    // Permalinks by their slugs, canonical addresses, and what could be a permalink but is none.
    expect(reads).toHaveLength(3);
    const query = `query ($urls: [URL!]!) { articlesByUrl(urls: $urls) { title commentCount } }`;
    const { articlesByUrl } = await app.data(query, { urls });
    expect(articlesByUrl).toEqual([
      { title: 'Number 2', commentCount: 2 },
      { title: 'Number 0', commentCount: 0 },
      { title: 'Number 1', commentCount: 1 },
      null,
      null,
      { title: 'Number 2', commentCount: 2 },
    ]);
  });

  it('may be stored, and used by pages of allowed origins without a preflight', async () => {
    const path = `/comment-counts?url=${encodeURIComponent(canonical(1))}`;
    const answer = await get(path, { origin: front });
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'cache-control': 'public, max-age=10, stale-while-revalidate=10',
      'access-control-allow-origin': front,
      vary: expect.stringMatching(/Origin.*accept-encoding/),
    });
    const etag = answer.headers.get('etag') ?? '';
    expect((await get(path, { 'if-none-match': etag })).status).toBe(304);
    const foreign = await get(path, { origin: 'https://elsewhere.example.net' });
    expect(foreign.headers.has('access-control-allow-origin')).toBe(false);
    await app.addComment(di, { articleId: articles[1]?.id ?? '' });
    const after = await get(path, { 'if-none-match': etag });
    expect(JSON.parse(after.text)).toMatchObject({ counts: [{ commentCount: 2 }] });
  });

  it('are null for what is no address, and there for the others', async () => {
    const urls = ['no address', canonical(2), 'http://', canonical(1), canonical(2), ''];
    const { counts } = JSON.parse((await countsAt(urls)).text) as {
      counts: { url: string; commentCount: unknown }[];
    };
    expect(counts.map(({ url, commentCount }) => [url, commentCount])).toEqual([
      [urls[0], null],
      [urls[1], 2],
      [urls[2], null],
      [urls[3], 2],
      [urls[4], 2],
      [urls[5], null],
    ]);
  });

  it('are there for a hundred addresses at most', async () => {
    const many = (count: number) => Array.from({ length: count }, (_, n) => `https://a.example.org/${n}`);
    const found = await countsAt(many(100));
    expect(found.status).toBe(200);
    expect((JSON.parse(found.text) as { counts: unknown[] }).counts).toHaveLength(100);
    for (const urls of [many(101), []]) {
      const answer = await countsAt(urls);
      expect([answer.status, answer.headers.get('cache-control')]).toEqual([400, 'no-store']);
      expect(answer.text).toContain('`url` is given once to 100 times');
    }
    const query = `query ($urls: [URL!]!) { articlesByUrl(urls: $urls) { id } }`;
    const refused = await app.query(query, { urls: many(101) });
    expect(refused.errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
    // An object for each address, and a leaf in it.
    const { extensions } = await app.query(query, { urls: many(100) });
    expect(extensions).toMatchObject({ cost: { requested: 106 } });
  });
});
