/**
 * @seconds 10
 */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { maxUserErrors } from '../../../src/platform/errors/errors.ts';
import { checkInvariants } from '../../../harness/invariants.ts';
import { TestApp, type TestUser } from '../../support/app.ts';
import { write } from '../../support/articles.ts';
import { done } from '../../support/comments.ts';
import { eventually } from '../../support/eventually.ts';
import { watchForLeaks } from '../../support/leaks.ts';
import { html, page, Site } from '../../support/site.ts';
import { addToken } from '../../support/tokens.ts';

/** Nodes of one service; their settings differ where tests ask for another one. */
let app: TestApp;
const others: TestApp[] = [];
let site: Site;
let reader: TestUser;
let editor: TestUser;
let checkLeaks: () => Promise<void>;

async function node(settings: Record<string, string>): Promise<TestApp> {
  const other = await TestApp.start(settings, { database: app.database });
  others.push(other);
  return other;
}

const open = () => ({
  // The service itself as well, at whose addresses no thread begins.
  EMBED_SITES: `${site.origin},https://standfirst.example`,
  EMBED_UNKNOWN_ADDRESSES: 'open',
  WEBHOOK_PRIVATE_NETWORKS: 'on',
  PUBLIC_URL: 'https://standfirst.example',
});

beforeAll(async () => {
  checkLeaks = watchForLeaks();
  site = await new Site().open();
  app = await TestApp.start(open());
  reader = await app.signUp('Rea Example');
  editor = await app.signUp('Edith Example', 'EDITOR');
});

afterAll(async () => {
  for (const other of others) await other.close();
  await app.close();
  await site.close();
  await checkLeaks();
});

beforeEach(() => {
  site.requests.length = 0;
});

let count = 0;
/** An address that no other test uses, with a page at it. */
function newPage(title = 'A page'): { path: string; url: string } {
  count += 1;
  const path = `/articles/${count}`;
  site.pages.set(path, page(html(`<title>${title}</title>`)));
  return { path, url: site.url(path) };
}

const fields = `id slug title status commentPolicy canonicalUrl commentCount bodyHtml publishedAt viewerCanEdit
  author { name slug } tags { name }
  events(begin: OLDEST) { events { __typename ... on CommentAdded { idempotencyKey } } }`;

async function post(
  input: Record<string, unknown>,
  { token = reader.token, on = app }: { token?: string; on?: TestApp } = {},
) {
  const answer = await on.query(
    `mutation ($input: AddCommentInput!) { addComment(input: $input) { comment { id status bodyText }
      article { ${fields} } userErrors { code message field } } }`,
    { input: { body: 'First!', ...input } },
    { token },
  );
  if (answer.errors?.some(({ extensions }) => extensions['code'] === 'GRAPHQL_VALIDATION_FAILED'))
    throw new Error(JSON.stringify(answer.errors));
  return { ...answer.data?.addComment, errors: answer.errors };
}

const canBegin = async (url: string, token?: string, on = app): Promise<boolean> =>
  (await on.data('query ($url: URL!) { canBeginThread(url: $url) }', { url }, token)).canBeginThread;

const findByUrl = async (url: string, token?: string) =>
  (await app.data('query ($url: URL!) { articleByUrl(url: $url) { id status } }', { url }, token))
    .articleByUrl;

const stored = async (): Promise<Record<string, number>> =>
  (
    await app.app.db.query<Record<string, number>>(
      `SELECT (SELECT count(*)::int FROM article) AS articles, (SELECT count(*)::int FROM comment) AS comments,
        (SELECT count(*)::int FROM journalist) AS bylines, (SELECT count(*)::int FROM article_event) AS events`,
    )
  )[0]!;

describe('the first comment at an address without an article', () => {
  it('makes the article in the same write, with the title of its page, under the byline of its site', async () => {
    const { url } = newPage('The *harbour* &amp; <a href="https://elsewhere.example">me@example.org</a>');
    const idempotencyKey = randomUUID();
    expect(await canBegin(url)).toBe(true);
    const { article, comment, userErrors } = await post({ articleUrl: `${url}#comments`, idempotencyKey });
    expect(userErrors).toEqual([]);
    expect(comment).toMatchObject({ status: 'PUBLISHED', bodyText: 'First!' });
    const { host } = new URL(url);
    expect(article).toMatchObject({
      title: 'The *harbour* & <a href="https://elsewhere.example">[address hidden]</a>',
      status: 'PUBLISHED',
      commentPolicy: 'OPEN',
      canonicalUrl: url,
      commentCount: 1,
      viewerCanEdit: false,
      author: { name: host, slug: host.replace(/\W/g, '-') },
      tags: [],
      events: { events: [{ __typename: 'ArticleUpdated' }, { __typename: 'CommentAdded', idempotencyKey }] },
    });
    expect(`${article.title}${article.bodyHtml}`).not.toContain('me@example.org');
    expect(article.bodyHtml).toContain(`<a href="${url}"`);
    expect(article.bodyHtml.match(/<a /g)).toHaveLength(1);
    expect(article.bodyHtml).not.toContain('<em>');
    expect(await canBegin(url)).toBe(false);
    expect(await findByUrl(`${url}/`)).toMatchObject({ id: article.id });
    // It is an article like any other.
    const { articles, search } = await app.data(
      '{ articles(first: 1) { nodes { id } } search(query: "harbour") { nodes { id } } }',
    );
    expect([articles.nodes[0].id, search.nodes[0]?.id]).toEqual([article.id, article.id]);
  });

  it('is followed by others in the same article, without asking again, and by replies', async () => {
    const { url } = newPage();
    const first = await post({ articleUrl: url });
    const second = await post({ articleUrl: `${url}/#x`, parentId: first.comment.id });
    expect(second).toMatchObject({ userErrors: [], article: { id: first.article.id, commentCount: 2 } });
    expect(site.requests).toHaveLength(1);
    const other = await post({ articleUrl: newPage().url });
    expect(other.article.author).toEqual(first.article.author);
    expect(await post({ articleUrl: newPage().url, parentId: first.comment.id })).toMatchObject({
      userErrors: [{ code: 'NOT_FOUND', field: ['parentId'] }],
    });
    expect(await post({ articleUrl: other.article.canonicalUrl, parentId: first.comment.id })).toMatchObject({
      userErrors: [{ code: 'NOT_FOUND', field: ['parentId'] }],
    });
  });

  it('belongs to the canonical address, however many query strings lead there', async () => {
    const { path, url } = newPage();
    const canonical = `<link rel="canonical" href="${url}">`;
    site.pages.set(path, page(html('<title>Own words</title>', canonical)));
    for (const n of [1, 2])
      site.pages.set(`${path}?a=${n}`, page(html(`<title>Words ${n}</title>`, canonical)));
    const { article } = await post({ articleUrl: `${url}?a=1` });
    expect(article).toMatchObject({ canonicalUrl: url, title: 'Own words' });
    expect((await post({ articleUrl: `${url}?a=2` })).article).toMatchObject({
      id: article.id,
      commentCount: 2,
    });
  });

  it('is sent many times at two nodes, and there is one article with all comments', async () => {
    const second = await node(open());
    const { path, url } = newPage();
    const waiting: ServerResponse[] = [];
    site.pages.set(path, (response) => void waiting.push(response));
    site.pages.set(`${path}/`, (response) => void waiting.push(response));
    const writers = await Promise.all(Array.from({ length: 4 }, (_, n) => app.signUp(`Writer ${n}`)));
    const retried = { articleUrl: url, body: 'Retried', idempotencyKey: randomUUID() };
    const sent = writers.flatMap(({ token }, n) =>
      [app, second].flatMap((on) => [
        post({ articleUrl: n % 2 === 0 ? url : `${url}/`, body: `By ${n}` }, { token, on }),
        post(retried, { on }),
      ]),
    );
    await eventually('both addresses at both nodes', () => waiting.length === 4);
    for (const response of waiting) page(html('<title>A page</title>'))(response);
    const answers = await Promise.all(sent);
    expect(answers.flatMap(({ userErrors, errors }) => errors ?? userErrors)).toEqual([]);
    expect(new Set(answers.map(({ article }) => article.id)).size).toBe(1);
    const rows = await app.app.db.query('SELECT a.id FROM article a WHERE canonical_url LIKE $1', [
      `${url}%`,
    ]);
    expect(rows).toHaveLength(1);
    // Two of each writer, and one that was sent with one key eight times.
    expect(await post({ articleUrl: url })).toMatchObject({ article: { commentCount: 10 } });
    expect(site.requests).toHaveLength(4);
    await checkInvariants(app.app.db);
  });

  it('makes no second article for an address that a draft takes meanwhile', async () => {
    const { path, url } = newPage();
    const waiting: ServerResponse[] = [];
    site.pages.set(path, (response) => void waiting.push(response));
    const sent = post({ articleUrl: url });
    await eventually('the request', () => waiting.length > 0);
    await write(
      app,
      'createArticle',
      { title: 'Mine', body: 'Text.', canonicalUrl: url, journalistId: await journalistId() },
      editor,
    );
    page(html('<title>A page</title>'))(waiting[0]!);
    expect(await sent).toMatchObject({ comment: null, userErrors: [{ code: 'ARTICLE_URL_UNAVAILABLE' }] });
  });

  it('holds no transaction open while the page is asked for', async () => {
    const { path, url } = newPage();
    const waiting: ServerResponse[] = [];
    site.pages.set(path, (response) => void waiting.push(response));
    const sent = post({ articleUrl: url });
    await eventually('the request', () => waiting.length > 0);
    expect(
      await app.app.db.query(
        `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in transaction%'
         UNION ALL SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND objid = 7302`,
      ),
    ).toEqual([]);
    page(html('<title>A page</title>'))(waiting[0]!);
    expect(await sent).toMatchObject({ userErrors: [] });
  });

  it('by a machine token takes the scope to comment', async () => {
    const { secret } = await addToken(app, reader, { scopes: ['COMMENT'] });
    const without = await addToken(app, reader, { scopes: ['ENDORSE'] });
    const { url } = newPage();
    expect(await post({ articleUrl: url }, { token: without.secret })).toMatchObject({
      errors: [{ extensions: { code: 'FORBIDDEN' } }],
    });
    expect(site.requests).toEqual([]);
    expect(await post({ articleUrl: url }, { token: secret })).toMatchObject({ userErrors: [] });
  });

  it('waits for a moderator where the setting says so; the article is public', async () => {
    const on = await node({ ...open(), EMBED_UNKNOWN_ADDRESSES: 'premoderated' });
    const { url } = newPage();
    const { article, comment, userErrors } = await post({ articleUrl: url }, { on });
    expect(userErrors).toEqual([]);
    expect(comment.status).toBe('PENDING');
    expect(article).toMatchObject({
      commentPolicy: 'PREMODERATED',
      status: 'PUBLISHED',
      commentCount: 0,
      events: { events: [{ __typename: 'ArticleUpdated' }] },
    });
    await done(app, 'approveComment', { commentId: comment.id }, editor);
    expect(await post({ articleUrl: url }, { token: editor.token })).toMatchObject({
      article: { commentCount: 2 },
    });
    await checkInvariants(app.app.db);
  });
});

const journalistId = async (): Promise<string> =>
  (await app.data('{ journalists(first: 1) { nodes { id } } }')).journalists.nodes[0].id;

describe('an article that a comment has made', () => {
  it('can be edited, closed and taken back by editors, and no comment makes it again', async () => {
    const { url } = newPage();
    const { article } = await post({ articleUrl: url });
    const { id: articleId } = article;
    await write(app, 'updateArticle', { articleId, title: 'A better title' }, editor);
    await app.data(
      `mutation ($input: SetCommentPolicyInput!) { setCommentPolicy(input: $input) { userErrors { code } } }`,
      { input: { articleId, commentPolicy: 'CLOSED' } },
      editor.token,
    );
    expect(await post({ articleUrl: url })).toMatchObject({
      userErrors: [{ code: 'COMMENTS_CLOSED', field: ['articleUrl'] }],
    });
    await write(app, 'unpublishArticle', { articleId }, editor);
    const before = await stored();
    const requests = site.requests.length;
    const refused = await post({ articleUrl: url });
    expect(refused).toMatchObject({
      comment: null,
      article: null,
      userErrors: [{ code: 'ARTICLE_URL_UNAVAILABLE', field: ['articleUrl'] }],
    });
    // Nothing distinguishes it from an address whose page does not answer as it has to.
    const none = site.url('/none');
    expect((await post({ articleUrl: none })).userErrors).toEqual(refused.userErrors);
    expect([await canBegin(url), await canBegin(none)]).toEqual([true, true]);
    expect(await findByUrl(url)).toBeNull();
    expect(site.requests.length).toBeGreaterThanOrEqual(requests);
    expect(await canBegin(url, editor.token)).toBe(false);
    expect(await post({ articleUrl: url }, { token: editor.token })).toMatchObject({
      userErrors: [{ code: 'COMMENTS_CLOSED', field: ['articleUrl'] }],
    });
    expect(await stored()).toEqual(before);
    expect(await findByUrl(url, editor.token)).toMatchObject({ id: articleId, status: 'UNPUBLISHED' });
  });

  it('stays under the byline of its site, whoever gets a byline of that name', async () => {
    const { article } = await post({ articleUrl: newPage().url });
    const { slug } = article.author;
    await app.app.db.query('UPDATE journalist SET account_id = $2 WHERE slug = $1', [slug, reader.accountId]);
    const next = await post({ articleUrl: newPage().url });
    expect(next.article.author).toMatchObject({ slug: `${slug}-2` });
    expect((await post({ articleUrl: newPage().url })).article.author).toMatchObject({ slug: `${slug}-2` });
    await app.app.db.query('UPDATE journalist SET account_id = NULL WHERE slug = $1', [slug]);
  });
});

describe('no article is made', () => {
  it.each([
    ['another site', 'https://elsewhere.example.org/a'],
    ['an address with a password', 'http://me:secret@HOST/articles/x'],
    ['another scheme', 'https://HOST/articles/x'],
    ['the service itself', 'https://standfirst.example/articles/none'],
    ['an address that is too long', `http://HOST/${'x'.repeat(2000)}`],
  ])('for %s', async (_name, address) => {
    const url = address.replace('HOST', new URL(site.origin).host);
    const before = await stored();
    expect(await canBegin(url)).toBe(false);
    expect(await post({ articleUrl: url })).toMatchObject({
      comment: null,
      userErrors: [{ code: 'ARTICLE_URL_NOT_ALLOWED', field: ['articleUrl'] }],
    });
    expect(site.requests).toEqual([]);
    expect(await stored()).toEqual(before);
  });

  it('without the setting, while articles that exist take comments by their addresses', async () => {
    const on = await node({ ...open(), EMBED_UNKNOWN_ADDRESSES: 'off' });
    const { url } = newPage();
    expect(await canBegin(url, undefined, on)).toBe(false);
    expect(await post({ articleUrl: url }, { on })).toMatchObject({
      userErrors: [{ code: 'ARTICLE_URL_NOT_ALLOWED' }],
    });
    const { id, slug } = await app.addArticle({
      article: { canonicalUrl: 'https://elsewhere.example.org/b' },
    });
    for (const articleUrl of [
      'https://elsewhere.example.org/b/#x',
      `https://standfirst.example/articles/${slug}?q`,
    ])
      expect(await post({ articleUrl }, { on })).toMatchObject({ userErrors: [], article: { id } });
    expect(site.requests).toEqual([]);
  });

  it('for a site in a private network, which is not asked', async () => {
    const on = await node({ ...open(), WEBHOOK_PRIVATE_NETWORKS: 'off' });
    const { url } = newPage();
    expect(await post({ articleUrl: url }, { on })).toMatchObject({
      userErrors: [{ code: 'ARTICLE_URL_UNAVAILABLE' }],
    });
    expect(site.requests).toEqual([]);
  });

  it('for a page that does not answer as it has to, which is remembered for a while', async () => {
    const path = `/moved/${randomUUID()}`;
    site.pages.set(path, (response) => void response.writeHead(302, { location: '/articles/1' }).end());
    const before = await stored();
    for (const _ of [1, 2])
      expect(await post({ articleUrl: site.url(path) })).toMatchObject({
        comment: null,
        userErrors: [{ code: 'ARTICLE_URL_UNAVAILABLE', field: ['articleUrl'] }],
      });
    expect(site.requests).toEqual([path]);
    expect(await stored()).toEqual(before);
  });

  it('for a comment that is refused, and no page is asked for', async () => {
    const { url } = newPage();
    const before = await stored();
    const suspended = await app.signUp('Sue Example');
    await app.app.db.query('UPDATE account SET suspended_at = now() WHERE id = $1', [suspended.accountId]);
    const refusals = [
      await post({ articleUrl: url, body: '   ' }),
      await post({ articleUrl: url, body: 'x'.repeat(10_001) }),
      await post({ articleUrl: url }, { token: suspended.token }),
      await post({ articleUrl: url, articleId: (await app.addArticle()).id }),
      await post({}),
      await post({ articleId: null, articleUrl: null }),
    ];
    expect(refusals.map(({ userErrors }) => [userErrors[0]?.code, userErrors[0]?.field])).toEqual([
      ['EMPTY_TEXT', ['body']],
      ['TOO_LONG', ['body']],
      ['ACCOUNT_SUSPENDED', null],
      ['INVALID_INPUT', ['articleUrl']],
      ['INVALID_INPUT', ['articleId']],
      ['INVALID_INPUT', ['articleId']],
    ]);
    expect(refusals.every(({ userErrors }) => userErrors.length <= maxUserErrors)).toBe(true);
    expect(site.requests).toEqual([]);
    expect(await stored()).toMatchObject({ comments: before['comments'] });
    const answer = await app.query(
      'mutation ($input: AddCommentInput!) { addComment(input: $input) { userErrors { code } } }',
      { input: { articleUrl: url, body: 'x' } },
    );
    expect(answer.errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
  });

  it('for a key that was used for something else', async () => {
    const idempotencyKey = randomUUID();
    await post({ articleUrl: newPage().url, idempotencyKey });
    const before = await stored();
    expect(await post({ articleUrl: newPage().url, idempotencyKey })).toMatchObject({
      userErrors: [{ code: 'IDEMPOTENCY_KEY_REUSED' }],
    });
    expect(await stored()).toEqual(before);
  });

  it('beyond the limits of an account and of an address, and no page is asked for', async () => {
    const limits = { MAX_NEW_THREADS_PER_HOUR: '2', MAX_ADDRESS_NEW_THREADS_PER_HOUR: '3' };
    const on = await node({ ...open(), RATE_LIMITS: 'on', ...limits });
    const another = await app.signUp('Another Example');
    const known = newPage().url;
    await post({ articleUrl: known });
    for (const url of [newPage().url, site.url('/none')]) await post({ articleUrl: url }, { on });
    const beyond = (policy: string) => ({ errors: [{ extensions: { code: 'RATE_LIMITED', policy } }] });
    const { path, url } = newPage();
    expect(await post({ articleUrl: url }, { on })).toMatchObject(beyond('new-threads'));
    const { token } = another;
    expect(await post({ articleUrl: newPage().url }, { on, token })).toMatchObject({ userErrors: [] });
    expect(await post({ articleUrl: url }, { on, token })).toMatchObject(beyond('address-threads'));
    expect(site.requests).not.toContain(path);
    // What needs no page is not counted.
    expect(await post({ articleUrl: known }, { on })).toMatchObject({ userErrors: [] });
    expect(await post({ articleUrl: 'https://elsewhere.example.org/a' }, { on })).toMatchObject({
      userErrors: [{ code: 'ARTICLE_URL_NOT_ALLOWED' }],
    });
  });
});
