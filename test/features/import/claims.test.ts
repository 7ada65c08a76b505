/** @database either */
import { afterEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { checkInvariants } from '../../../harness/invariants.ts';
import { type ImportDocumentInput, requireThreadDocument } from '../../../src/features/import/document.ts';
import { exportArticle } from '../../../src/features/import/export.service.ts';
import { features } from '../../../src/app/features.ts';
import { type TestUser, useApp } from '../../support/app.ts';
import { done, logOf } from '../../support/comments.ts';
import { erasureOf } from '../../support/erasure.ts';
import { eventually } from '../../support/eventually.ts';
import { bringIn, importerOf, letter } from '../../support/imports.ts';

// With the work that gives comments to whoever has claimed them.
const app = useApp({}, { features });

afterEach(async () => await checkInvariants(app().app.db));

/** A document with two comments of one author, whose address is known, and one of somebody else. */
function written(by: { readonly email: string; readonly key: string }, slug = randomUUID()) {
  const { journalist, article } = letter(slug);
  const comments: NonNullable<ImportDocumentInput['comments']> = [
    { key: 'c1', authorKey: by.key, body: 'The first', createdAt: '2015', likes: 3 },
    { key: 'c2', parentKey: 'c1', authorName: 'Bo Example', body: 'A reply', createdAt: '2016' },
    { key: 'c3', parentKey: 'c2', authorKey: by.key, body: 'The second', createdAt: '2017' },
  ];
  return { journalist, article, authors: [{ key: by.key, name: 'Ferry Fan', email: by.email }], comments };
}

const page = `query ($slug: String!) { article(slug: $slug) { id allComments(orderBy: OLDEST, first: 9) { nodes {
  id bodyText author { id name permalink } viewerCanRemove reactions { kind count } } } } }`;

const thread = async (slug: string, user?: TestUser) =>
  (await app().data(page, { slug }, user?.token)).article.allComments.nodes as any[];
const names = async (slug: string) => (await thread(slug)).map(({ author }) => author?.name ?? null);

const claimable = async (user: TestUser) =>
  (await app().data('{ viewer { importedAuthors { id name commentCount } } }', {}, user.token)).viewer
    .importedAuthors;

const claim = async (user: TestUser, authorId: string) =>
  (
    await app().data(
      `mutation ($input: ClaimImportedAuthorInput!) { claimImportedAuthor(input: $input) {
        viewer { id } userErrors { code field } } }`,
      { input: { authorId } },
      user.token,
    )
  ).claimImportedAuthor;

/** As a mailed link does. */
const proveAddress = ({ accountId }: TestUser) =>
  app().app.db.query('UPDATE account SET email_verified_at = now() WHERE id = $1', [accountId]);

describe('an author of imported comments', () => {
  it('is one author under all articles, whose name changes everywhere at once', async () => {
    const key = `x:${randomUUID()}`;
    const [first, second] = [
      written({ key, email: 'a@example.org' }),
      written({ key, email: 'a@example.org' }),
    ];
    for (const document of [first, second]) await bringIn(app(), document);
    const slugs = [first.article.slug!, second.article.slug!];
    const ids = (await Promise.all(slugs.map((slug) => thread(slug)))).flat().map(({ author }) => author.id);
    expect(new Set(ids).size).toBe(3);
    expect(ids[0]).toBe(ids[5]);
    const { node } = await app().data(
      'query ($id: ID!) { node(id: $id) { ... on CommentAuthor { name } } }',
      {
        id: ids[0],
      },
    );
    expect(node).toEqual({ name: 'Ferry Fan' });

    first.authors[0]!.name = 'Fay Ferrier';
    expect(await bringIn(app(), first)).toMatchObject({ outcome: 'changed', events: 0 });
    for (const slug of slugs) expect(await names(slug)).toEqual(['Fay Ferrier', 'Bo Example', 'Fay Ferrier']);
    // Of two names the one beside the later comment counts.
    const older = { ...second, authors: [{ key, name: 'An old name' }], comments: [second.comments[0]!] };
    expect(await bringIn(app(), older)).toMatchObject({ outcome: 'unchanged' });
    expect((await names(slugs[1]!))[0]).toBe('Fay Ferrier');
  });

  it('is claimed by an account that has proven the address, and by nobody else', async () => {
    const [owner, other] = [await app().signUp('Fay Ferrier'), await app().signUp('Other Example')];
    const document = written({ key: `x:${randomUUID()}`, email: ` ${owner.email.toUpperCase()}` });
    const slug = document.article.slug!;
    const { articleId } = await bringIn(app(), document);
    expect(await claimable(owner)).toEqual([]);
    const [{ author }] = await thread(slug);
    const notFound = { viewer: null, userErrors: [{ code: 'NOT_FOUND', field: ['authorId'] }] };
    expect(await claim(owner, author.id)).toEqual(notFound);
    await proveAddress(owner);
    await proveAddress(other);
    expect(await claimable(other)).toEqual([]);
    expect(await claim(other, author.id)).toEqual(notFound);
    expect(await claimable(owner)).toEqual([{ id: author.id, name: 'Ferry Fan', commentCount: 2 }]);

    expect(await claim(owner, author.id)).toEqual({ viewer: { id: owner.viewerId }, userErrors: [] });
    expect(await claim(owner, author.id)).toMatchObject({ userErrors: [] });
    await eventually(
      'the comments to be the account’s',
      async () => (await names(slug)).join() === 'Fay Ferrier,Bo Example,Fay Ferrier',
    );
    const [own] = await thread(slug, owner);
    expect(own).toMatchObject({
      viewerCanRemove: true,
      author: { permalink: expect.stringContaining('/people/') },
    });
    expect(await claimable(owner)).toEqual([]);
    expect((await logOf(app(), articleId)).map(({ kind }) => kind)).toEqual([
      'COMMENT_UPDATED',
      'COMMENT_UPDATED',
    ]);

    // What is imported later is the account's from the beginning, and nothing of the account is changed.
    const [root] = document.comments;
    const more = { ...root!, key: 'c9', body: 'Imported later', createdAt: '2018' };
    const again = { ...document, comments: [...document.comments, more] };
    again.comments[0] = { ...root!, body: 'Another text', likes: 7 };
    expect(await bringIn(app(), again)).toMatchObject({ outcome: 'changed', events: 1 });
    expect(
      (await thread(slug, owner)).map(({ bodyText, viewerCanRemove }) => [bodyText, viewerCanRemove]),
    ).toEqual([
      ['The first', true],
      ['A reply', false],
      ['The second', true],
      ['Imported later', true],
    ]);
    const exported = await exportArticle(app().app.db, slug);
    expect([exported.authors, exported.comments?.[0]]).toMatchObject([[], { authorName: 'Fay Ferrier' }]);
  });

  it('is forgotten with the account of the address, claimed or not, and no import brings the name back', async () => {
    const owner = await app().signUp('Fay Ferrier');
    const keys = [`claimed:${randomUUID()}`, `unclaimed:${randomUUID()}`];
    const documents = keys.map((key) => written({ key, email: owner.email }));
    for (const document of documents) await bringIn(app(), document);
    await proveAddress(owner);
    const slugs = documents.map(({ article }) => article.slug!);
    await claim(owner, (await thread(slugs[0]!))[0].author.id);
    await eventually('the claim', async () => (await names(slugs[0]!))[0] === 'Fay Ferrier');

    await erasureOf(app()).erase(owner.email);
    for (const slug of slugs) expect(await names(slug)).toEqual([null, 'Bo Example', null]);
    for (const [index, document] of documents.entries()) {
      const [root] = document.comments;
      const more = { ...root!, key: 'c9', body: 'Imported later', createdAt: '2018' };
      await bringIn(app(), { ...document, comments: [...document.comments, more] });
      expect(await names(slugs[index]!)).toEqual([null, 'Bo Example', null, null]);
      // Nor does one that has somebody else in the same place.
      const renamed = { ...root!, authorKey: `other:${randomUUID()}` };
      const authors = [{ key: renamed.authorKey, name: 'Ferry Fan' }];
      expect(await bringIn(app(), { ...document, authors, comments: [renamed] })).toMatchObject({
        events: 0,
      });
      expect((await names(slugs[index]!))[0]).toBeNull();
    }
    const rows = await app().app.db.query<{ text: string }>(
      'SELECT a::text AS text FROM imported_author a WHERE forgotten_at IS NOT NULL',
    );
    expect(rows).toHaveLength(2);
    for (const { text } of rows) expect(text).not.toMatch(/claimed:|Ferr/);
  });

  it('has an address that stands nowhere', async () => {
    const email = `${randomUUID()}@example.org`;
    const document = written({ key: `x:${randomUUID()}`, email });
    await bringIn(app(), document);
    const exported = await exportArticle(app().app.db, document.article.slug!);
    expect(exported.authors).toEqual([{ key: document.authors[0]!.key, name: 'Ferry Fan' }]);
    const tables = await app().app.db.query<{ name: string }>(
      `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'`,
    );
    for (const { name } of tables) {
      const found = await app().app.db.query(
        `SELECT FROM "${name}" t WHERE strpos(to_jsonb(t)::text, $1) > 0`,
        [email],
      );
      expect([name, found.length]).toEqual([name, 0]);
    }
  });
});

describe('imported likes', () => {
  const likesOf = async (slug: string) => (await thread(slug))[0].reactions[0].count as number;

  it('are counted beside those of accounts, exactly, through removal, restoring and another import', async () => {
    const document = written({ key: `x:${randomUUID()}`, email: 'a@example.org' });
    const slug = document.article.slug!;
    await bringIn(app(), document);
    expect(await likesOf(slug)).toBe(3);
    const [user, moderator] = [
      await app().signUp('Gil Example'),
      await app().signUp('Moderator', 'MODERATOR'),
    ];
    const [{ id: commentId }] = await thread(slug);
    await done(app(), 'react', { commentId, kind: 'LIKE' }, user);
    expect(await likesOf(slug)).toBe(4);
    document.comments[0]!.likes = 10;
    expect(await bringIn(app(), document)).toMatchObject({ outcome: 'changed', events: 1 });
    expect(await likesOf(slug)).toBe(11);
    expect(await bringIn(app(), document)).toMatchObject({ outcome: 'unchanged' });
    await done(app(), 'removeComment', { commentId }, moderator);
    await checkInvariants(app().app.db);
    await done(app(), 'restoreComment', { commentId }, moderator);
    expect(await likesOf(slug)).toBe(11);
    await erasureOf(app()).erase(user.email);
    expect(await likesOf(slug)).toBe(10);
    expect((await exportArticle(app().app.db, slug)).comments?.[0]).toMatchObject({ likes: 10 });
  });
});

describe('comments alone', () => {
  const alone = (document: Record<string, unknown>) =>
    importerOf(app()).importThread(requireThreadDocument(document, 100));

  it('are added to the article of an address or a slug, and leave the article as it is', async () => {
    const slug = randomUUID();
    await bringIn(app(), letter(slug));
    const comments = [{ key: 'd1', authorName: 'Hal Example', body: 'From elsewhere', createdAt: '2014' }];
    const articleUrl = `http://EXAMPLE.org/${slug}/#comments`;
    expect(await alone({ articleUrl, comments })).toMatchObject({
      outcome: 'changed',
      slug,
      addedComments: 1,
      events: 1,
    });
    expect(await alone({ articleSlug: slug, comments })).toMatchObject({ outcome: 'unchanged' });
    const { article } = await app().data('query ($slug: String!) { article(slug: $slug) { permalink } }', {
      slug,
    });
    for (const address of [article.permalink, `${article.permalink}/?from=feed#comments`])
      expect(await alone({ articleUrl: address, comments })).toMatchObject({ outcome: 'unchanged', slug });
    expect((await thread(slug)).map(({ bodyText }) => bodyText)).toEqual([
      'From elsewhere',
      'A reply',
      'A comment',
      '1 * 2 * 3',
    ]);
    await expect(alone({ articleUrl: 'https://example.org/none', comments })).rejects.toThrow(
      `articleUrl: no such article: it is no canonicalUrl, nor an article's page below ${app().url} (PUBLIC_URL)`,
    );
    await expect(alone({ articleSlug: 'none', comments })).rejects.toThrow('articleSlug: no such article');
    expect(() => requireThreadDocument({ articleSlug: 'a', articleUrl, comments }, 100)).toThrow(
      'one of both',
    );
    expect(() =>
      requireThreadDocument(
        { articleSlug: 'a', comments: [{ ...comments[0], authorName: null, authorKey: 'x' }] },
        100,
      ),
    ).toThrow('comments[0].authorKey: no such author');
  });
});
