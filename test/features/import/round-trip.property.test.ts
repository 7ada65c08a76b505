import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type ImportDocumentInput, requireDocument } from '../../../src/features/import/document.ts';
import { exportArticle } from '../../../src/features/import/export.service.ts';
import { formatPartialDateTime } from '../../../src/platform/time/partial-date-time.ts';
import { TestApp } from '../../support/app.ts';
import { done } from '../../support/comments.ts';
import { bringIn, importerOf } from '../../support/imports.ts';
import { checkInvariants } from '../../../harness/invariants.ts';
import { watchForLeaks } from '../../support/leaks.ts';

/*
 * Any document that is imported and exported is the same document, with its texts in the form in which they are stored.
 * Importing the export into another database gives the same export, byte for byte; importing the export into its own
 * database changes nothing.
 */

let here: TestApp;
let elsewhere: TestApp;
let checkLeaks: () => Promise<void>;

beforeAll(async () => {
  checkLeaks = watchForLeaks();
  [here, elsewhere] = await Promise.all([TestApp.start(), TestApp.start()]);
});

afterAll(async () => {
  for (const app of [here, elsewhere]) {
    await checkInvariants(app.app.db);
    await app.close();
  }
  await checkLeaks();
});

// Any character of a text. Markup, addresses and line breaks are more frequent than in real texts.
const character = fc.oneof(
  { weight: 6, arbitrary: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }) },
  {
    weight: 4,
    arbitrary: fc.constantFrom(...'*_`#>-1. \n\t\\&<>[]()!|~'.split(''), 'e\u0301', '\u200d', '\r\n'),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom('a@example.org', 'https://example.org/x?y=z', '\u202e', '\ud800', 'x'),
  },
);
const text = (maxLength: number) => fc.array(character, { maxLength }).map((parts) => `A${parts.join('')}`);
const line = text(20);

const time = fc
  .record({
    at: fc.date({
      min: new Date('1500-01-01T00:00:00Z'),
      max: new Date('2025-01-01T00:00:00Z'),
      noInvalidDate: true,
    }),
    precision: fc.constantFrom('YEAR', 'MONTH', 'DAY', 'INSTANT'),
  })
  .map(({ at, precision }) => formatPartialDateTime({ at, precision }));
// A few values are frequent, so that many comments have equal times.
const commentTime = fc.oneof(fc.constantFrom('2015', '2015-01-01', '2015-07', '2016-01-01T00:00:00Z'), time);

const orNull = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null });

const comments = fc
  .array(
    fc.record({
      parent: fc.option(fc.nat(), { nil: null, freq: 3 }),
      author: fc.oneof(
        fc.record({ authorName: orNull(line) }),
        fc.record({ authorKey: fc.constantFrom('x:1', 'x:2', 'x:3') }),
      ),
      likes: fc.oneof(fc.constant(0), fc.nat({ max: 10_000_000 })),
      body: text(60),
      bodyFormat: fc.constantFrom('markdown' as const, 'text' as const),
      createdAt: commentTime,
      removed: fc.integer({ min: 0, max: 9 }).map((number) => number === 0),
    }),
    { maxLength: 25 },
  )
  .chain((list) =>
    fc.record({
      list: fc.constant(list),
      order: fc.shuffledSubarray([...list.keys()], { minLength: list.length }),
    }),
  )
  .map(({ list, order }) => {
    const written = list.map(({ parent, createdAt, removed, author, ...said }, index) => ({
      key: `k${index}`,
      parentKey: parent === null || index === 0 ? null : `k${parent % index}`,
      createdAt,
      ...(removed ? { removed } : { ...author, ...said }),
    }));
    // A document may list its comments in any order.
    return order.map((index) => written[index]!);
  });

let number = 0;
const document = fc
  .record({
    journalist: fc.record({ name: line, location: orNull(line), bio: orNull(text(40)) }),
    article: fc.record({
      title: line,
      standfirst: orNull(text(40)),
      body: text(200),
      bodyFormat: fc.constantFrom('markdown' as const, 'text' as const),
      publishedAt: time,
      commentPolicy: fc.constantFrom('OPEN' as const, 'PREMODERATED' as const, 'CLOSED' as const),
      tags: fc.uniqueArray(fc.constantFrom('Ferries', '#ferries', 'letters', 'sea  side', '##x'), {
        maxLength: 4,
      }),
      signatures: fc.array(fc.record({ name: line, role: orNull(line) }), { maxLength: 3 }),
    }),
    endorsements: fc
      .array(
        fc.record({
          displayName: line,
          affiliation: orNull(line),
          statement: orNull(text(30)),
          createdAt: commentTime,
          featured: fc.boolean(),
        }),
        { maxLength: 6 },
      )
      .map((list) => list.map((each, index) => ({ key: `e${index}`, ...each }))),
    names: fc.tuple(line, line, line),
    comments,
  })
  .map(({ names, ...given }): ImportDocumentInput => {
    number += 1;
    return {
      ...given,
      journalist: { ...given.journalist, slug: `journalist-${number}` },
      article: { ...given.article, slug: `article-${number}` },
      // One author has one name everywhere, and these have others in each document.
      authors: names.map((name, index) => ({ key: `a${number}.x:${index + 1}`, name })),
      comments: given.comments.map((comment) =>
        'authorKey' in comment ? { ...comment, authorKey: `a${number}.${comment.authorKey}` } : comment,
      ),
    };
  });

/** The expected export of a document: all fields present, texts as they are stored, lists sorted by time. */
function normalForm(input: ImportDocumentInput): unknown {
  const { journalist, article, ...lists } = requireDocument(input, 100);
  const byTime = <T extends { createdAt: { at: Date } }>(items: readonly T[]): T[] =>
    [...items].sort((a, b) => a.createdAt.at.getTime() - b.createdAt.at.getTime());
  return {
    journalist: { ...journalist, photoUrl: null },
    article: {
      slug: article.slug,
      title: article.title,
      standfirst: article.standfirst,
      body: article.markdown,
      bodyFormat: 'markdown',
      publishedAt: formatPartialDateTime(article.publishedAt),
      canonicalUrl: null,
      commentPolicy: article.commentPolicy,
      tags: article.tags,
      signatures: article.signatures?.map((signature) => ({ ...signature, organisation: null })),
    },
    endorsements: byTime(lists.endorsements).map(({ createdAt, ...said }) => ({
      ...said,
      createdAt: formatPartialDateTime(createdAt),
    })),
    authors: lists.authors.filter(({ key }) => lists.comments.some(({ authorKey }) => authorKey === key)),
    comments: byTime(lists.comments).map(
      ({ key, parentKey, createdAt, authorName, authorKey, likes, markdown }) => {
        const place = { key, parentKey, createdAt: formatPartialDateTime(createdAt) };
        if (markdown === null) return { ...place, removed: true };
        return { ...place, authorName, authorKey, body: markdown, bodyFormat: 'markdown', likes };
      },
    ),
  };
}

const json = (value: unknown) => JSON.stringify(value, null, 2);

describe('importing and exporting', () => {
  it('returns the document, which is the same from every database and changes nothing when imported again', async () => {
    await fc.assert(
      fc.asyncProperty(document, async (input) => {
        const { slug } = input.article;
        expect((await bringIn(here, input)).outcome).toBe('new');
        const exported = await exportArticle(here.app.db, slug!);
        expect(exported).toEqual(normalForm(input));

        // As JSON text, which is how users transfer an export.
        const file = JSON.parse(json(exported)) as unknown;
        expect((await bringIn(elsewhere, file)).outcome).toBe('new');
        expect(json(await exportArticle(elsewhere.app.db, slug!))).toBe(json(exported));

        for (const again of [input, file]) {
          expect(await bringIn(here, again)).toMatchObject({ outcome: 'unchanged', events: 0 });
        }
        expect(json(await exportArticle(here.app.db, slug!))).toBe(json(exported));
      }),
      { numRuns: 60 },
    );
  }, 240_000);

  it('keeps readers’ contributions without their identities, and recognises them when imported again', async () => {
    const slug = 'with-readers';
    const { id } = await here.addArticle({
      article: { slug },
      comments: [
        { key: 'c1', body: 'Imported', createdAt: '2015' },
        { key: 'c2', parentKey: 'c1', authorName: 'Bo', body: 'To be removed', createdAt: '2015' },
      ],
    });
    const user = await here.signUp('ed@example.org', 'MODERATOR');
    const post = (body: string, parentId?: string) =>
      here.addComment(user, { articleId: id, body, ...(parentId === undefined ? {} : { parentId }) });
    const { comment: root } = await post('Written *here*');
    const { comment: reply } = await post('A reply', root!.id);
    await post('Stays under the tombstone', reply!.id);
    const { comment: vanishing } = await post('Secret that vanishes');
    await done(here, 'removeComment', { commentId: reply!.id }, user);
    await done(here, 'removeComment', { commentId: vanishing!.id }, user);
    await here.data(
      `mutation ($input: EndorseInput!) { endorse(input: $input) { userErrors { code } } }`,
      { input: { articleId: id, statement: 'I do.' } },
      user.token,
    );
    await here.app.db.query(`UPDATE article SET comment_policy = 'PREMODERATED' WHERE slug = $1`, [slug]);
    const waiting = await here.addComment(await here.signUp('Waits'), {
      articleId: id,
      body: 'Secret that waits',
    });
    expect(waiting.comment?.status).toBe('PENDING');

    const exported = await exportArticle(here.app.db, slug);
    const file = json(exported);
    expect(file).not.toMatch(/Secret|A reply|ed@example\.org|@/);
    expect(exported.comments?.map(({ body, authorName, removed }) => [body, authorName, removed])).toEqual([
      ['Imported', null, undefined],
      ['To be removed', 'Bo', undefined],
      ['Written *here*', '[address hidden]', undefined],
      [undefined, undefined, true],
      ['Stays under the tombstone', '[address hidden]', undefined],
    ]);

    expect(await bringIn(elsewhere, JSON.parse(file))).toMatchObject({ outcome: 'new', addedComments: 5 });
    expect(json(await exportArticle(elsewhere.app.db, slug))).toBe(file);
    // The thread under the tombstone is complete, and the copy stores nothing of the removed comment.
    const stored = await elsewhere.app.db.query(
      `SELECT body_markdown, author_name FROM comment WHERE status = 'REMOVED'
         AND article_id = (SELECT id FROM article WHERE slug = $1)`,
      [slug],
    );
    expect(stored).toEqual([{ body_markdown: '', author_name: null }]);
    expect(await bringIn(here, JSON.parse(file))).toMatchObject({ outcome: 'unchanged', events: 0 });

    // After an edit by the author, the old export is imported again: an import never changes an account's comment.
    await done(here, 'editComment', { commentId: root!.id, body: 'Written *anew*' }, user);
    expect(await bringIn(here, JSON.parse(file))).toMatchObject({ outcome: 'unchanged', events: 0 });
  });

  it('transfers a removal to a copy, and does not undo the removal', async () => {
    const slug = 'mirrored';
    const input = {
      journalist: { name: 'Ada Example' },
      article: { slug, title: 'A title', body: 'A body', publishedAt: '2015' },
      comments: [
        { key: 'c1', authorName: 'Bo', body: 'To be removed', createdAt: '2015' },
        { key: 'c2', parentKey: 'c1', body: 'Stays', createdAt: '2015' },
      ],
    };
    await bringIn(here, input);
    await bringIn(elsewhere, await exportArticle(here.app.db, slug));
    await importerOf(here).import(
      requireDocument(
        { ...input, comments: [{ key: 'c1', createdAt: '2015', removed: true }, input.comments[1]] },
        100,
      ),
    );
    const exported = await exportArticle(here.app.db, slug);
    expect(await bringIn(elsewhere, exported)).toMatchObject({ outcome: 'changed', events: 1 });
    expect(await exportArticle(elsewhere.app.db, slug)).toEqual(exported);
    expect(await bringIn(elsewhere, input)).toMatchObject({ outcome: 'unchanged', events: 0 });
  });

  it('exports only published articles', async () => {
    await expect(exportArticle(here.app.db, 'no-such-article')).rejects.toThrow('There is no article');
    const { slug, articleId } = await here.addArticle();
    await here.app.db.query(`UPDATE article SET status = 'UNPUBLISHED' WHERE id = $1`, [articleId]);
    await expect(exportArticle(here.app.db, slug)).rejects.toThrow('is not published');
  });
});
