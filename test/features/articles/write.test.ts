/** @database either */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { TestApp, type TestUser, useApp } from '../../support/app.ts';
import {
  articleFields,
  keyIn,
  refusals,
  sendArticleMutation,
  write,
  writingNothing,
} from '../../support/articles.ts';
import { logOf } from '../../support/comments.ts';
import { checkInvariants } from '../../../harness/invariants.ts';

const service = useApp();
let journalist: TestUser;
let other: TestUser;
let editor: TestUser;
let reader: TestUser;

beforeAll(async () => {
  journalist = await service().signUp('Jo Example', 'JOURNALIST');
  other = await service().signUp('Other Example', 'JOURNALIST');
  editor = await service().signUp('Edith Example', 'EDITOR');
  reader = await service().signUp('Rita Example');
});

const draft = (input: Record<string, unknown> = {}, user = journalist): Promise<any> =>
  write(service(), 'createArticle', { title: 'A title', body: 'A body.', ...input }, user);

const update = (input: Record<string, unknown>, user = journalist): Promise<any> =>
  write(service(), 'updateArticle', input, user);

const published = async (input: Record<string, unknown> = {}): Promise<any> =>
  write(service(), 'publishArticle', { articleId: (await draft(input)).id }, journalist);

const refusedCreate = (input: Record<string, unknown>, user = journalist) =>
  refusals(service(), 'createArticle', { title: 'A title', body: 'A body.', ...input }, user);

const read = async (app: TestApp, slug: string, user?: TestUser): Promise<any> =>
  (
    await app.data(
      `query ($slug: String!) { article(slug: $slug) { ${articleFields} } }`,
      { slug },
      user?.token,
    )
  ).article;

const kinds = async (id: string) => (await logOf(service(), keyIn(id))).map(({ kind }) => kind);

describe('createArticle', () => {
  it('creates a draft with all given fields, in the form in which they are stored', async () => {
    const input = {
      title: '  The last\n boat ',
      standfirst: 'It leaves at ten past eight.\r\n',
      body: 'One *two*.\r\n\r\nWrite to ada@example.org.',
      slug: 'the-last-boat',
      canonicalUrl: 'https://example.org/boat',
      tags: ['##Ferries', 'Zebra', 'FERRIES', '# the  sea'],
      signatures: [
        { name: ' Bea  Example', role: 'Captain', organisation: ' ' },
        { name: 'Al Example', organisation: 'The harbour' },
      ],
      commentPolicy: 'PREMODERATED',
    };
    const article = await draft(input);
    expect(article).toMatchObject({
      slug: 'the-last-boat',
      title: 'The last boat',
      standfirst: 'It leaves at ten past eight.',
      bodyText: 'One two.\n\nWrite to [address hidden].',
      viewerBodyMarkdown: 'One *two*.\n\nWrite to ada@example.org.',
      status: 'DRAFT',
      publishedAt: null,
      canonicalUrl: 'https://example.org/boat',
      commentPolicy: 'PREMODERATED',
      signatures: [
        { name: 'Bea Example', role: 'Captain', organisation: null },
        { name: 'Al Example', role: null, organisation: 'The harbour' },
      ],
      tags: [{ name: 'ferries' }, { name: 'zebra' }, { name: 'the sea' }],
      viewerCanEdit: true,
    });
    expect(await read(service(), article.slug, journalist)).toEqual(article);
    expect(await read(service(), article.slug)).toBeNull();
    expect(await kinds(article.id)).toEqual([]);
    const { article: seen } = await service().data(
      'query ($slug: String!) { article(slug: $slug) { viewerContactAddresses } }',
      article,
      journalist.token,
    );
    expect(seen.viewerContactAddresses).toEqual(['ada@example.org']);
    await checkInvariants(service().app.db);
  });

  it('accepts null and blank text for optional fields', async () => {
    const nothing = { standfirst: null, slug: null, canonicalUrl: null, tags: null, signatures: null };
    expect(
      await draft({ ...nothing, commentPolicy: null, journalistId: null, idempotencyKey: null }),
    ).toMatchObject({
      standfirst: null,
      canonicalUrl: null,
      tags: [],
      signatures: [],
      commentPolicy: 'OPEN',
    });
    expect(await draft({ standfirst: ' \u200b\n' })).toMatchObject({ standfirst: null });
  });

  describe('the byline', () => {
    it('is a journalist’s own, made of the account’s name with the first article', async () => {
      const app = service();
      const query = '{ viewer { canCreateArticle journalist { id name slug } } }';
      const first = await app.signUp('Nora Example', 'JOURNALIST');
      expect((await app.data(query, {}, first.token)).viewer).toEqual({
        canCreateArticle: true,
        journalist: null,
      });
      const { author } = await draft({}, first);
      expect(author).toMatchObject({ name: 'Nora Example', slug: 'nora-example' });
      expect((await app.data(query, {}, first.token)).viewer.journalist).toEqual(author);
      expect((await draft({}, first)).author).toEqual(author);
      expect((await draft({ journalistId: author.id }, first)).author).toEqual(author);

      const namesake = await app.signUp('Nora Example', 'JOURNALIST');
      expect((await draft({}, namesake)).author.slug).toBe('nora-example-2');
      const address = await app.signUp('nora@example.org', 'JOURNALIST');
      expect((await draft({}, address)).author).toMatchObject({
        name: '[address hidden]',
        slug: 'journalist',
      });
    });

    it('is any journalist’s for editors and administrators, who have to name it', async () => {
      const { author } = await draft();
      const administrator = await service().signUp('Admin Example', 'ADMINISTRATOR');
      for (const user of [editor, administrator]) {
        expect((await draft({ journalistId: author.id }, user)).author).toEqual(author);
        expect(await refusedCreate({}, user)).toEqual([{ code: 'INVALID_INPUT', field: ['journalistId'] }]);
        const unknown = Buffer.from('Journalist:99999').toString('base64url');
        expect(await refusedCreate({ journalistId: unknown }, user)).toEqual([
          { code: 'NOT_FOUND', field: ['journalistId'] },
        ]);
      }
    });

    it('is never another journalist’s for a journalist', async () => {
      const { author } = await draft();
      expect(await refusedCreate({ journalistId: author.id }, other)).toEqual([
        { code: 'FORBIDDEN', field: ['journalistId'] },
      ]);
    });

    it('is refused to readers, moderators and suspended journalists', async () => {
      const app = service();
      const moderator = await app.signUp('Mo Example', 'MODERATOR');
      const suspended = await app.signUp('Sus Example', 'JOURNALIST');
      await app.app.db.query('UPDATE account SET suspended_at = now() WHERE id = $1', [suspended.accountId]);
      for (const user of [reader, moderator, suspended]) {
        const code = user === suspended ? 'ACCOUNT_SUSPENDED' : 'FORBIDDEN';
        expect(await refusedCreate({}, user)).toEqual([{ code, field: null }]);
        const { viewer } = await app.data('{ viewer { canCreateArticle } }', {}, user.token);
        expect(viewer).toEqual({ canCreateArticle: false });
      }
      const { errors } = await sendArticleMutation(app, 'createArticle', { title: 'T', body: 'B' });
      expect(errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED');
    });
  });

  describe('the slug', () => {
    it('is made of the title, with a number where that slug is taken', async () => {
      const slugs = [];
      for (let n = 0; n < 3; n++) slugs.push((await draft({ title: 'Once & again' })).slug);
      expect(slugs).toEqual(['once-again', 'once-again-2', 'once-again-3']);
      await draft({ slug: 'once-again-5' });
      expect((await draft({ title: 'Once again' })).slug).toBe('once-again-4');
      expect((await draft({ title: 'Once again' })).slug).toBe('once-again-6');
      expect((await draft({ title: '北京' })).slug).toBe('beijing');
      expect((await draft({ title: '“…”' })).slug).toBe('article');
      expect((await draft({ title: 'Mail me@example.org now' })).slug).toBe('mail-now');
      const long = 'endless '.repeat(37);
      const both = [await draft({ title: long }), await draft({ title: long })];
      expect(both.map(({ slug }) => slug.length <= 120)).toEqual([true, true]);
    });

    it.each(['', 'Upper', 'two--hyphens', '-edge', 'edge-', 'under_score', 'é', 'a b', 'a/b', 'a\n'])(
      'is not %j',
      async (slug) => {
        expect(await refusedCreate({ slug })).toEqual([{ code: 'INVALID_INPUT', field: ['slug'] }]);
      },
    );

    it('of another journalist’s draft is taken, and so is the draft’s canonical address', async () => {
      const names = { slug: 'hidden-draft', canonicalUrl: 'https://example.org/hidden' };
      await draft(names, other);
      expect(await refusedCreate(names)).toEqual([
        { code: 'SLUG_TAKEN', field: ['slug'] },
        { code: 'CANONICAL_URL_TAKEN', field: ['canonicalUrl'] },
      ]);
      expect(await refusedCreate({ canonicalUrl: 'HTTPS://example.org:443/hidden' })).toEqual([
        { code: 'CANONICAL_URL_TAKEN', field: ['canonicalUrl'] },
      ]);
    });
  });

  it('reports all errors of an input at once, each with its path', async () => {
    const faults = await refusedCreate({
      title: ' \u200b ',
      standfirst: 's'.repeat(1001),
      body: 'b'.repeat(200_001),
      slug: 'Not a slug',
      canonicalUrl: 'ftp://example.org/',
      tags: ['fine', 't'.repeat(61), '##', 'me@example.org'],
      signatures: [{ name: ' ' }, { name: 'Fine', role: 'r'.repeat(121), organisation: 'o'.repeat(201) }],
    });
    expect(faults).toEqual([
      { code: 'EMPTY_TEXT', field: ['title'] },
      { code: 'TOO_LONG', field: ['standfirst'] },
      { code: 'INVALID_INPUT', field: ['canonicalUrl'] },
      { code: 'TOO_LONG', field: ['tags', '1'] },
      { code: 'EMPTY_TEXT', field: ['tags', '2'] },
      { code: 'INVALID_INPUT', field: ['tags', '3'] },
      { code: 'EMPTY_TEXT', field: ['signatures', '0', 'name'] },
      { code: 'TOO_LONG', field: ['signatures', '1', 'role'] },
      { code: 'TOO_LONG', field: ['signatures', '1', 'organisation'] },
      { code: 'INVALID_INPUT', field: ['slug'] },
      { code: 'TOO_LONG', field: ['body'] },
    ]);
    const { data } = await sendArticleMutation(
      service(),
      'createArticle',
      { title: 't'.repeat(301), body: 'b' },
      journalist,
    );
    expect(data.createArticle.userErrors).toEqual([
      { code: 'TOO_LONG', field: ['title'], message: '`title` is longer than 300 characters.' },
    ]);
  });

  it('counts in characters, and accepts every field at its limit', async () => {
    const names = (count: number, length: number) =>
      Array.from({ length: count }, (_, n) => String(n).padStart(length, 'x'));
    const article = await draft({
      title: '🚀'.repeat(300),
      standfirst: '한'.repeat(1000),
      body: `${'北'.repeat(99_999)}\n\n${'北'.repeat(99_999)}`,
      slug: 's'.repeat(120),
      tags: names(20, 60),
      signatures: names(100, 120).map((name) => ({ name })),
    });
    expect(article.signatures.map(({ name }: { name: string }) => name)).toEqual(names(100, 120));
    expect(article.tags).toHaveLength(20);
    expect(await refusedCreate({ tags: names(21, 5) })).toEqual([{ code: 'TOO_LONG', field: ['tags'] }]);
    expect(await refusedCreate({ signatures: names(101, 5).map((name) => ({ name })) })).toEqual([
      { code: 'TOO_LONG', field: ['signatures'] },
    ]);
    expect(await refusedCreate({ slug: 's'.repeat(121) })).toEqual([{ code: 'TOO_LONG', field: ['slug'] }]);
  });

  it.each([
    'javascript:alert(1)',
    'mailto:a@example.org',
    'https://a:b@example.org/',
    'https://example.org/?to=a@example.org',
    `https://example.org/${'x'.repeat(2000)}`,
  ])('refuses the canonical address %.60s', async (canonicalUrl) => {
    expect(await refusedCreate({ canonicalUrl })).toEqual([
      { code: 'INVALID_INPUT', field: ['canonicalUrl'] },
    ]);
  });

  it.each(['---', '> \n>', '***'])('refuses a body of Markdown syntax without content: %j', async (body) => {
    expect(await refusedCreate({ body })).toEqual([{ code: 'EMPTY_TEXT', field: ['body'] }]);
  });

  it('accepts a body that consists of a picture', async () => {
    expect((await draft({ body: '![](https://example.org/a.png)' })).bodyText).toBe('');
  });

  it('counts as a write against the rate limit', async () => {
    const limited = await TestApp.start({ RATE_LIMITS: 'on' }, { database: service().database });
    const input = { articleId: Buffer.from('Article:1').toString('base64url') };
    try {
      const codes = [];
      for (let n = 0; n < 61; n++) {
        const { errors } = await sendArticleMutation(limited, 'unpublishArticle', input, reader);
        codes.push(errors?.[0]?.extensions.code);
      }
      expect(codes.filter((code) => code !== undefined)).toEqual(['RATE_LIMITED']);
    } finally {
      await limited.close();
    }
  });

  describe('with an idempotency key', () => {
    it('creates one article however often it is sent, and returns the article’s present state', async () => {
      const input = { title: 'Keyed', body: 'B', tags: ['one'], idempotencyKey: randomUUID() };
      const first = await draft(input);
      expect(await writingNothing(service(), () => draft(input))).toEqual(first);
      expect(await draft({ ...input, idempotencyKey: input.idempotencyKey.toUpperCase() })).toEqual(first);
      await update({ articleId: first.id, title: 'Changed' });
      expect(await draft(input)).toMatchObject({ id: first.id, title: 'Changed', slug: 'keyed' });
      for (const change of [{ title: 'X' }, { tags: [] }, { slug: 'x' }, { commentPolicy: 'CLOSED' }]) {
        expect(await refusedCreate({ ...input, ...change })).toEqual([
          { code: 'IDEMPOTENCY_KEY_REUSED', field: ['idempotencyKey'] },
        ]);
      }
      expect((await draft(input, other)).id).not.toBe(first.id);
      await checkInvariants(service().app.db);
    });

    it('leaves the key free when refused', async () => {
      const input = { slug: 'keyed-slug', idempotencyKey: randomUUID() };
      const { id } = await draft({ slug: 'keyed-slug' }, other);
      expect(await refusedCreate(input)).toEqual([{ code: 'SLUG_TAKEN', field: ['slug'] }]);
      await update({ articleId: id, slug: 'keyed-slug-moved' }, other);
      expect((await draft(input)).slug).toBe('keyed-slug');
    });

    it('makes the key unusable for comments', async () => {
      const { id } = await published();
      const idempotencyKey = randomUUID();
      await draft({ idempotencyKey });
      const { userErrors } = await service().addComment(journalist, { articleId: id, idempotencyKey });
      expect(userErrors).toMatchObject([{ code: 'IDEMPOTENCY_KEY_REUSED' }]);
    });
  });
});

describe('updateArticle', () => {
  const full = {
    standfirst: 'S',
    canonicalUrl: undefined as string | undefined,
    tags: ['a', 'b'],
    signatures: [{ name: 'N', role: 'R' }],
  };

  it('changes the given fields and nothing else', async () => {
    const article = await draft({ ...full, canonicalUrl: `https://example.org/${randomUUID()}` });
    const changes: [Record<string, unknown>, Record<string, unknown>][] = [
      [{ title: ' New ' }, { title: 'New' }],
      [{ standfirst: 'T' }, { standfirst: 'T' }],
      [{ body: '*New*' }, { bodyText: 'New', viewerBodyMarkdown: '*New*' }],
      [{ slug: 'new-slug' }, { slug: 'new-slug' }],
      [{ canonicalUrl: 'https://example.org/new' }, { canonicalUrl: 'https://example.org/new' }],
      [{ tags: ['b', 'a', 'c'] }, { tags: [{ name: 'b' }, { name: 'a' }, { name: 'c' }] }],
      [{ signatures: [{ name: 'M' }] }, { signatures: [{ name: 'M', role: null, organisation: null }] }],
      [{ standfirst: null }, { standfirst: null }],
      [{ canonicalUrl: null }, { canonicalUrl: null }],
      [
        { tags: null, signatures: [] },
        { tags: [], signatures: [] },
      ],
    ];
    let expected = article;
    for (const [change, outcome] of changes) {
      const changed = await update({ articleId: article.id, ...change });
      expect(changed).toEqual({ ...expected, ...outcome, updatedAt: changed.updatedAt });
      expect(new Date(changed.updatedAt).getTime()).toBeGreaterThan(new Date(expected.updatedAt).getTime());
      expected = changed;
    }
    expect(await kinds(article.id)).toEqual([]);
  });

  it('of a public article appends one event for each change, and none where nothing changes', async () => {
    const article = await published(full);
    expect(await kinds(article.id)).toEqual(['ARTICLE_UPDATED']);
    const all = { ...full, title: 'A  title ', body: 'A body.\r\n', slug: article.slug, standfirst: ' S' };
    for (const change of [{}, all, { tags: ['#A', 'b'] }, { canonicalUrl: null }]) {
      const same = await writingNothing(service(), () => update({ articleId: article.id, ...change }));
      expect(same).toEqual(article);
    }
    const changed = await update({
      articleId: article.id,
      title: 'T',
      body: 'B',
      tags: [],
      signatures: null,
    });
    expect(await kinds(article.id)).toEqual(['ARTICLE_UPDATED', 'ARTICLE_UPDATED']);
    expect(changed.liveCursor).not.toBe(article.liveCursor);
    expect(await read(service(), article.slug)).toMatchObject({ title: 'T', bodyText: 'B', tags: [] });
    await write(service(), 'unpublishArticle', { articleId: article.id }, journalist);
    await update({ articleId: article.id, title: 'Unseen' });
    expect(await kinds(article.id)).toEqual(['ARTICLE_UPDATED', 'ARTICLE_UPDATED', 'ARTICLE_UNPUBLISHED']);
  });

  it('finds new contact addresses in a new text', async () => {
    const { id, slug } = await draft({ body: 'one@example.org' });
    await update({ articleId: id, body: 'two@example.org' });
    const query = 'query ($slug: String!) { article(slug: $slug) { viewerContactAddresses bodyHtml } }';
    expect((await service().data(query, { slug }, journalist.token)).article).toEqual({
      viewerContactAddresses: ['two@example.org'],
      bodyHtml: '<p dir="auto">[address hidden]</p>',
    });
  });

  it('refuses to clear required fields, and reports every error', async () => {
    const { id: articleId } = await draft();
    const input = { articleId, title: null, body: null, slug: null, tags: ['ok', ' '] };
    expect(await refusals(service(), 'updateArticle', input, journalist)).toEqual([
      { code: 'INVALID_INPUT', field: ['title'] },
      { code: 'INVALID_INPUT', field: ['body'] },
      { code: 'EMPTY_TEXT', field: ['tags', '1'] },
      { code: 'INVALID_INPUT', field: ['slug'] },
    ]);
    expect(await refusals(service(), 'updateArticle', { articleId, body: '***' }, journalist)).toEqual([
      { code: 'EMPTY_TEXT', field: ['body'] },
    ]);
  });

  it('refuses a slug and a canonical address that another article has', async () => {
    const names = { slug: 'taken-by-other', canonicalUrl: 'https://example.org/taken-by-other' };
    await draft(names, other);
    const { id: articleId } = await draft();
    expect(await refusals(service(), 'updateArticle', { articleId, ...names }, journalist)).toEqual([
      { code: 'SLUG_TAKEN', field: ['slug'] },
      { code: 'CANONICAL_URL_TAKEN', field: ['canonicalUrl'] },
    ]);
  });

  it('refuses to change the slug of an article that was ever public', async () => {
    const article = await published();
    const input = { articleId: article.id, slug: 'moved-away' };
    const refusal = [{ code: 'WRONG_STATUS', field: ['slug'] }];
    expect(await refusals(service(), 'updateArticle', input, journalist)).toEqual(refusal);
    await write(service(), 'unpublishArticle', { articleId: article.id }, journalist);
    expect(await refusals(service(), 'updateArticle', input, journalist)).toEqual(refusal);
  });

  it('based on an older revision is refused, unless the article already has the change', async () => {
    const { id: articleId, updatedAt } = await published();
    const first = { articleId, title: 'First', expectedUpdatedAt: updatedAt };
    const changed = await update(first);
    expect(await update(first)).toEqual(changed);
    const second = { articleId, title: 'Second', expectedUpdatedAt: updatedAt };
    expect(await refusals(service(), 'updateArticle', second, journalist)).toEqual([
      { code: 'STALE_REVISION', field: ['expectedUpdatedAt'] },
    ]);
    await update({ ...second, expectedUpdatedAt: changed.updatedAt });
    expect(await kinds(articleId)).toHaveLength(3);
  });

  it('is allowed to editors, and to the article’s journalist while they have that role', async () => {
    const app = service();
    const owner = await app.signUp('Owner Example', 'JOURNALIST');
    const { id: articleId } = await draft({}, owner);
    const moderator = await app.signUp('Mo Example', 'MODERATOR');
    const change = { articleId, title: 'Mine' };
    const outcomes = async () => {
      const codes: Record<string, string | null> = {};
      for (const user of [owner, editor, other, reader, moderator]) {
        const { data } = await sendArticleMutation(app, 'updateArticle', change, user);
        codes[user.name] = data.updateArticle.userErrors[0]?.code ?? null;
      }
      return Object.values(codes);
    };
    expect(await outcomes()).toEqual([null, null, 'NOT_FOUND', 'NOT_FOUND', 'NOT_FOUND']);
    await write(app, 'publishArticle', { articleId }, owner);
    expect(await outcomes()).toEqual([null, null, 'FORBIDDEN', 'FORBIDDEN', 'FORBIDDEN']);
    await app.app.db.query(`UPDATE account SET roles = '{READER}' WHERE id = $1`, [owner.accountId]);
    expect(await outcomes()).toEqual(['FORBIDDEN', null, 'FORBIDDEN', 'FORBIDDEN', 'FORBIDDEN']);
    await app.app.db.query(`UPDATE account SET suspended_at = now() WHERE id = $1`, [owner.accountId]);
    expect((await outcomes())[0]).toBe('ACCOUNT_SUSPENDED');
  });

  it('accepts ids of articles only', async () => {
    const { author } = await draft();
    const { errors } = await sendArticleMutation(
      service(),
      'updateArticle',
      { articleId: author.id },
      journalist,
    );
    expect(errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
    const unknown = Buffer.from('Article:99999').toString('base64url');
    expect(await refusals(service(), 'updateArticle', { articleId: unknown }, journalist)).toEqual([
      { code: 'NOT_FOUND', field: ['articleId'] },
    ]);
  });
});
