import { afterEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { useApp } from '../../support/app.ts';
import { done, logOf } from '../../support/comments.ts';
import { erasureOf } from '../../support/erasure.ts';
import { eventually } from '../../support/eventually.ts';
import { bringIn, faultsOf, importerOf, letter } from '../../support/imports.ts';
import { checkInvariants } from '../../../harness/invariants.ts';
import {
  lockComment,
  updateCommentsRemoved,
} from '../../../src/features/comments/writing/comment-write.queries.ts';
import { EventLog } from '../../../src/platform/events/log.ts';
import { requireDocument } from '../../../src/features/import/document.ts';
import { exportArticle } from '../../../src/features/import/export.service.ts';

const app = useApp();

afterEach(async () => await checkInvariants(app().app.db));

const page = `query ($slug: String!) { article(slug: $slug) {
  id liveCursor title standfirst bodyText publishedAt canonicalUrl commentPolicy commentCount endorsementCount
  author { slug name location } tags { name } signatures { name role organisation }
  endorsements(first: 50) { nodes { displayName affiliation statement featured createdAt } }
  allComments(orderBy: OLDEST, first: 100) { totalCount nodes {
    id importKey status revision bodyText createdAt depth replyCount author { name } parent { id } } } } }`;

const show = async (slug: string) => (await app().data(page, { slug })).article;
const texts = async (slug: string) => (await show(slug)).allComments.nodes.map((node: any) => node.bodyText);

/** Counts of everything that an import can write. */
const footprint = () =>
  app().app.db.query(
    `SELECT (SELECT count(*) FROM article) AS articles, (SELECT count(*) FROM journalist) AS journalists,
       (SELECT count(*) FROM comment) AS comments, (SELECT count(*) FROM endorsement) AS endorsements,
       (SELECT count(*) FROM comment_revision) AS revisions, (SELECT sum(revision) FROM comment) AS edits,
       (SELECT count(*) FROM article_event) AS events, (SELECT count(*) FROM tag) AS tags,
       (SELECT max(xmin::text::bigint) FROM article) AS written, (SELECT max(updated_at) FROM article) AS updated`,
  );

describe('a new document', () => {
  it('creates the whole article, whatever the order of its comments, without an event in the log', async () => {
    const slug = `new-${randomUUID()}`;
    expect(await bringIn(app(), letter(slug))).toMatchObject({
      outcome: 'new',
      slug,
      addedComments: 3,
      addedEndorsements: 2,
      events: 0,
    });
    expect(await show(slug)).toMatchObject({
      publishedAt: '2015-07-25',
      author: { name: 'Ada Example', location: 'LONDON, UK' },
      bodyText: 'We ask you. Write to [address hidden].',
      tags: [{ name: 'ferries' }, { name: 'open letters' }],
      signatures: [{ name: 'Bo Example', role: 'Skipper', organisation: null }],
      commentCount: 3,
      endorsementCount: 2,
      allComments: {
        nodes: [
          { importKey: 'c2', author: { name: 'Ed Example' }, depth: 1, createdAt: '2015' },
          { importKey: 'c1', replyCount: 1 },
          { importKey: 'c3', author: null, bodyText: '1 * 2 * 3' },
        ],
      },
    });
  });

  it('may be the example in examples/', async () => {
    const text = await readFile(new URL('../../../examples/article.json', import.meta.url), 'utf8');
    const { slug } = await bringIn(app(), JSON.parse(text));
    expect((await bringIn(app(), JSON.parse(text))).outcome).toBe('unchanged');
    expect(await show(slug)).toMatchObject({
      commentCount: 3,
      endorsementCount: 2,
      allComments: { totalCount: 4 },
    });
    const exported = await exportArticle(app().app.db, slug);
    expect(exported.endorsements?.[0]).toMatchObject({ key: 'e1', featured: true });
    expect((await bringIn(app(), exported)).outcome).toBe('unchanged');
  });

  it('changes nothing when imported again, even concurrently', async () => {
    const slug = `again-${randomUUID()}`;
    const outcomes = await Promise.all([1, 2, 3].map(() => bringIn(app(), letter(slug))));
    expect(outcomes.map(({ outcome }) => outcome).sort()).toEqual(['new', 'unchanged', 'unchanged']);
    const before = await footprint();
    expect(await bringIn(app(), letter(slug))).toMatchObject({ outcome: 'unchanged', events: 0 });
    expect(await footprint()).toEqual(before);
  });

  it('needs no slugs: the canonical address identifies its article, or the slug made from the title', async () => {
    const id = randomUUID();
    const { journalist, article } = letter(id);
    const noSlug = { ...article, slug: undefined, title: `Ferries, ${id}` };
    const byUrl = { journalist, article: noSlug };
    const { slug, articleId } = await bringIn(app(), byUrl);
    expect(slug).toBe(`ferries-${id}`);
    const renamed = { journalist, article: { ...noSlug, title: 'Another title altogether' } };
    expect(await bringIn(app(), renamed)).toMatchObject({ outcome: 'changed', articleId, slug });

    const title = `Untitled ${id}`;
    const byTitle = { journalist, article: { ...noSlug, title, canonicalUrl: undefined } };
    const first = await bringIn(app(), byTitle);
    expect(await bringIn(app(), byTitle)).toMatchObject({ outcome: 'unchanged', articleId: first.articleId });
    const others = { ...byTitle, journalist: { name: `Bo ${id}` } };
    expect(await bringIn(app(), others)).toMatchObject({ outcome: 'new', slug: `${first.slug}-2` });
    expect(await bringIn(app(), others)).toMatchObject({ outcome: 'unchanged', slug: `${first.slug}-2` });
  });
});

describe('a changed document', () => {
  it('is sent to subscribers, event by event, in order', async () => {
    const slug = `live-${randomUUID()}`;
    const document = letter(slug);
    await bringIn(app(), document);
    const { id, liveCursor } = await show(slug);
    const listener = app().live.events(id, liveCursor);
    await listener.waitFor(1, 'ArticleCheckpoint');

    document.article.title = 'Keep both ferries';
    document.article.commentPolicy = 'CLOSED';
    document.endorsements[0] = { ...document.endorsements[0]!, statement: null };
    document.endorsements.push({ key: 'e3', displayName: 'New', createdAt: '2016' });
    document.comments[1] = { ...document.comments[1]!, body: 'A changed comment', authorName: null };
    document.comments.push(
      { key: 'c5', parentKey: 'c4', body: 'Under the new one', createdAt: '2015' },
      { key: 'c4', parentKey: 'c1', body: 'A new one', createdAt: '2016-01-01T10:00:00Z' },
    );
    expect(await bringIn(app(), document)).toMatchObject({ outcome: 'changed', events: 8 });

    await listener.waitFor(9);
    expect(listener.errors).toEqual([]);
    const seen = listener.events.slice(1);
    expect(seen.map((event) => [event.sequence, event.__typename, event.comment?.bodyText])).toEqual([
      [1, 'ArticleUpdated', undefined],
      [2, 'CommentPolicyChanged', undefined],
      [3, 'EndorsementAdded', undefined],
      [4, 'EndorsementUpdated', undefined],
      [5, 'CommentAdded', 'A new one'],
      [6, 'CommentAdded', 'Under the new one'],
      [7, 'CommentEdited', 'A changed comment'],
      [8, 'CommentUpdated', 'A changed comment'],
    ]);
    expect(await show(slug)).toMatchObject({
      title: 'Keep both ferries',
      commentPolicy: 'CLOSED',
      commentCount: 5,
      endorsementCount: 3,
    });
    const { nodes } = (await show(slug)).allComments;
    expect(nodes.map((node: any) => node.importKey)).toEqual(['c2', 'c1', 'c3', 'c5', 'c4']);
    expect(nodes[1]).toMatchObject({ revision: 2, author: null, replyCount: 2 });
    const before = await footprint();
    expect((await bringIn(app(), document)).outcome).toBe('unchanged');
    expect(await footprint()).toEqual(before);
  });

  it('leaves absent fields unchanged, and clears fields that are null or empty', async () => {
    const slug = `kept-${randomUUID()}`;
    const { journalist, article } = letter(slug);
    await bringIn(app(), letter(slug));
    const bare = {
      journalist: { slug: journalist.slug, name: journalist.name },
      article: { slug, title: article.title, body: article.body, publishedAt: article.publishedAt },
    };
    const before = await footprint();
    expect((await bringIn(app(), bare)).outcome).toBe('unchanged');
    expect(await footprint()).toEqual(before);

    const emptied = {
      journalist: { ...bare.journalist, location: null },
      article: { ...bare.article, standfirst: null, canonicalUrl: null, tags: [], signatures: [] },
    };
    expect(await bringIn(app(), emptied)).toMatchObject({ outcome: 'changed', events: 1 });
    expect(await show(slug)).toMatchObject({
      author: { location: null },
      standfirst: null,
      canonicalUrl: null,
      tags: [],
      signatures: [],
      commentCount: 3,
    });
  });

  it('inserts new comments at their place in the document, also among equal times', async () => {
    const slug = `order-${randomUUID()}`;
    const document = letter(slug);
    const said = (key: string) => ({ key, body: key, createdAt: '2015' });
    await bringIn(app(), { ...document, comments: [said('b'), said('d')] });
    await bringIn(app(), { ...document, comments: ['a', 'b', 'c', 'd', 'e'].map(said) });
    expect(await texts(slug)).toEqual(['a', 'b', 'c', 'd', 'e']);
    // Comments that are no longer in the document stay where they were.
    await bringIn(app(), { ...document, comments: ['a', 'c', 'c2', 'e'].map(said) });
    expect(await texts(slug)).toEqual(['a', 'b', 'c', 'c2', 'd', 'e']);
  });

  it('does not change comments that accounts wrote here', async () => {
    const slug = `own-${randomUUID()}`;
    const document = letter(slug);
    await bringIn(app(), document);
    const { id, allComments } = await show(slug);
    const user = await app().signUp('Gil Example');
    const parentId = allComments.nodes[1].id;
    const reply = await app().addComment(user, { articleId: id, parentId, body: 'Written here' });
    const before = await footprint();
    expect((await bringIn(app(), document)).outcome).toBe('unchanged');
    expect(await footprint()).toEqual(before);
    document.comments.push({ key: 'late', parentKey: 'c1', body: 'Imported later', createdAt: '2015' });
    await bringIn(app(), document);
    expect((await show(slug)).commentCount).toBe(5);
    expect(await texts(slug)).toContain('Written here');
    expect(reply.userErrors).toEqual([]);
  });

  it('restores no comment that was removed here, and adds no reply to a vanished comment', async () => {
    const slug = `removed-${randomUUID()}`;
    const document = letter(slug);
    await bringIn(app(), document);
    const moderator = await app().signUp('Mo Example', 'MODERATOR');
    const idOf = async (key: string): Promise<string> =>
      (await show(slug)).allComments.nodes.find((node: any) => node.importKey === key).id;
    await done(app(), 'removeComment', { commentId: await idOf('c1') }, moderator);
    await done(app(), 'removeComment', { commentId: await idOf('c3') }, moderator);
    document.comments[1] = { ...document.comments[1]!, body: 'Back again?' };
    document.comments.push(
      { key: 'under-tombstone', parentKey: 'c1', body: 'Stays', createdAt: '2016' },
      { key: 'under-vanished', parentKey: 'c3', body: 'Left out', createdAt: '2016' },
      { key: 'deeper', parentKey: 'under-vanished', body: 'Left out too', createdAt: '2016' },
    );
    expect(await bringIn(app(), document)).toMatchObject({ addedComments: 1, events: 1, leftOut: 2 });
    expect(await texts(slug)).toEqual(['A reply', null, 'Stays']);
    expect(await bringIn(app(), document)).toMatchObject({ outcome: 'unchanged', leftOut: 2 });
  });

  it('removes the comments that it marks as removed, and leaves a tombstone where there was a reply', async () => {
    const slug = `tombs-${randomUUID()}`;
    const document = letter(slug);
    const { articleId } = await bringIn(app(), document);
    const removed = (key: string) => ({ key, createdAt: '2015', removed: true });
    document.comments = [
      document.comments[0]!,
      removed('c1'),
      removed('c3'),
      { key: 'c9', createdAt: '2014', removed: true },
    ];
    expect(await bringIn(app(), document)).toMatchObject({ events: 3 });
    expect(await show(slug)).toMatchObject({
      commentCount: 1,
      allComments: {
        totalCount: 3,
        nodes: [{ status: 'REMOVED' }, { bodyText: 'A reply' }, { status: 'REMOVED' }],
      },
    });
    expect((await logOf(app(), articleId)).map(({ kind, vanished }) => [kind, vanished])).toEqual([
      ['COMMENT_ADDED', false],
      ['COMMENT_REMOVED', false],
      ['COMMENT_REMOVED', true],
    ]);
    expect((await bringIn(app(), document)).outcome).toBe('unchanged');
  });

  it('does not restore an erased account’s name from an export that still contains the name', async () => {
    const user = await app().signUp('Carol Private');
    const { id, articleId, slug } = await app().addArticle();
    await app().addComment(user, { articleId: id, body: 'Written here' });
    const { db } = app().app;
    const before = await exportArticle(db, slug);
    expect(JSON.stringify(before)).toContain('Carol Private');
    await erasureOf(app()).erase(user.email);
    expect(await bringIn(app(), before)).toMatchObject({ outcome: 'unchanged', events: 0 });
    expect(JSON.stringify(await exportArticle(db, slug))).not.toContain('Carol Private');
    expect(
      await db.query('SELECT FROM comment WHERE article_id = $1 AND author_name IS NOT NULL', [articleId]),
    ).toEqual([]);
  });

  it('does not change an article that was unpublished here, and is refused for a draft', async () => {
    const slug = `back-${randomUUID()}`;
    const { articleId } = await bringIn(app(), letter(slug));
    const setStatus = (status: string) =>
      app().app.db.query('UPDATE article SET status = $2 WHERE id = $1', [articleId, status]);
    const changed = { ...letter(slug), comments: [] };
    changed.article.title = 'Changed';
    await setStatus('DRAFT');
    const faults = await faultsOf(() => bringIn(app(), changed));
    expect(faults).toEqual([`article.slug: "${slug}" is a draft here: publish or rename it first`]);
    await setStatus('UNPUBLISHED');
    expect(await bringIn(app(), changed)).toMatchObject({ outcome: 'left', events: 0 });
  });

  it('is refused as a whole if a text becomes far too long, with the place of the text', async () => {
    const slug = `multiplying-${randomUUID()}`;
    const multiplying = `[a]: http://b.cc "${'&'.repeat(2000)}"\n\n${'[a] '.repeat(700)}`;
    const refused = expect.stringMatching(/^[^:]+: becomes more than \d+ characters of HTML, 6 for each/);
    const before = await footprint();
    for (const path of ['comments[1].body', 'article.body', 'journalist.bio']) {
      const document = letter(slug);
      if (path.startsWith('c')) document.comments[1] = { ...document.comments[1]!, body: multiplying };
      else if (path.startsWith('a')) document.article.body = multiplying;
      else document.journalist = { name: `New ${slug}`, bio: multiplying };
      const faults = await faultsOf(() => bringIn(app(), document));
      expect(faults).toEqual([refused]);
      expect(faults[0]).toContain(`${path}: `);
    }
    expect(await footprint()).toEqual(before);

    await bringIn(app(), letter(slug));
    const edited = letter(slug);
    edited.comments[0] = { ...edited.comments[0]!, body: multiplying };
    expect(await faultsOf(() => bringIn(app(), edited))).toEqual([
      expect.stringContaining('comments[0].body: '),
    ]);
  });

  it('is refused as a whole if it would move comments or endorsements, or take another article’s address', async () => {
    const [slug, other] = [`moved-${randomUUID()}`, `other-${randomUUID()}`];
    await bringIn(app(), letter(slug));
    await bringIn(app(), letter(other));
    const document = letter(slug);
    document.article.title = 'Not to be seen';
    document.comments[0] = { ...document.comments[0]!, parentKey: 'c3' };
    document.comments[1] = { ...document.comments[1]!, createdAt: '2015-01' };
    const before = await footprint();
    expect(await faultsOf(() => bringIn(app(), document))).toEqual([
      "comments[0].parentKey: the comment is a reply to c1 here, and comments don't move",
      'comments[1].createdAt: is 2015 here, and a comment keeps its place',
    ]);
    const late = letter(slug);
    late.endorsements[1] = { ...late.endorsements[1]!, createdAt: '2015' };
    expect(await faultsOf(() => bringIn(app(), late))).toEqual([
      'endorsements[1].createdAt: is 2015-07 here, and an endorsement keeps its place',
    ]);
    const stolen = letter(slug);
    stolen.article.canonicalUrl = `https://example.org/${other}`;
    expect(await faultsOf(() => bringIn(app(), stolen))).toEqual([
      `article.canonicalUrl: is the one of another article here, "${other}"`,
    ]);
    expect(await footprint()).toEqual(before);
  });

  it('neither edits nor answers a comment whose removal is committed during the import', async () => {
    const slug = `meanwhile-${randomUUID()}`;
    const document = letter(slug);
    const { articleId } = await bringIn(app(), document);
    const { db, bus } = app().app;
    const [c3] = await db.query<{ id: string }>(
      `SELECT id::text AS id FROM comment WHERE article_id = $1 AND import_key = 'c3'`,
      [articleId],
    );
    const key = { articleId, id: c3!.id };
    document.comments[2] = { ...document.comments[2]!, body: 'Edited too late' };
    document.comments.push({ key: 'c4', parentKey: 'c3', body: 'Replied too late', createdAt: '2016' });
    let importing: ReturnType<typeof bringIn> | undefined;
    await db.transaction(async (tx) => {
      await lockComment(tx, key.articleId, key.id);
      importing = bringIn(app(), document);
      await eventually('the import to wait for the removal', async () => {
        const waiting = await db.query(
          `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
        );
        return waiting.length > 0;
      });
      await updateCommentsRemoved(tx, key.articleId, [key.id]);
      const counts = { commentCount: -1, listedCount: -1, listedRootCount: -1 };
      const detail = { vanished: true } as const;
      const event = { articleId, kind: 'COMMENT_REMOVED' as const, subjectId: key.id, detail };
      await new EventLog(bus).append(tx, { ...event, counts });
    });
    expect(await importing).toMatchObject({ outcome: 'unchanged', leftOut: 1 });
  });

  it('and concurrent comments and removals all take effect', async () => {
    const slug = `race-${randomUUID()}`;
    const document = letter(slug);
    document.comments = Array.from({ length: 40 }, (_, index) => ({
      key: `k${index}`,
      parentKey: index % 4 === 0 ? null : `k${index - (index % 4)}`,
      body: `Comment ${index}`,
      createdAt: '2015',
    }));
    await bringIn(app(), document);
    const { id, allComments } = await show(slug);
    const user = await app().signUp('Hal Example', 'MODERATOR');
    document.comments = document.comments.map((comment) => ({ ...comment, body: `${comment.body}, edited` }));
    for (let index = 0; index < 20; index += 1) {
      const parentKey = `k${index * 2}`;
      document.comments.push({ key: `n${index}`, parentKey, body: 'New', createdAt: '2015' });
    }
    const ids: string[] = allComments.nodes.map((node: any) => node.id);
    const [outcome] = await Promise.all([
      bringIn(app(), document),
      ...ids.slice(0, 10).map((parentId) => app().addComment(user, { articleId: id, parentId })),
      ...ids.slice(20, 40).map((commentId) => done(app(), 'removeComment', { commentId }, user)),
    ]);
    expect((await show(slug)).commentCount).toBe(40 + 20 - outcome.leftOut + 10 - 20);
  });

  it('is imported within seconds when it has 20,000 comments', async () => {
    const slug = `large-${randomUUID()}`;
    const document = letter(slug);
    document.comments = Array.from({ length: 20_000 }, (_, index) => ({
      key: `k${index}`,
      parentKey: index < 2000 ? null : `k${index >> 1}`,
      body: `Comment *${index}*`,
      createdAt: '2015',
    }));
    const reports: number[] = [];
    const checked = requireDocument(document, 100);
    await importerOf(app()).import(checked, (count) => reports.push(count));
    expect((await show(slug)).commentCount).toBe(20_000);
    expect(reports.at(-1)).toBe(20_000);
    expect(reports).toEqual([...reports].sort((a, b) => a - b));
  });
});
