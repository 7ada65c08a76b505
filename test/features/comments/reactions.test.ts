/** @database either */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { type TestUser, useApp } from '../../support/app.ts';
import { done, footprint, logOf, readComment, refusal, sendMutation } from '../../support/comments.ts';
import { checkInvariants } from '../../../harness/invariants.ts';

type Kind = 'LIKE' | 'INSIGHTFUL' | 'DISAGREE';

const counts = (like: number, insightful: number, disagree: number) => [
  { kind: 'LIKE', count: like },
  { kind: 'INSIGHTFUL', count: insightful },
  { kind: 'DISAGREE', count: disagree },
];

const changesQuery = `subscription ($articleId: ID!, $after: EventCursor) {
  articleEvents(articleId: $articleId, after: $after) { __typename sequence cursor
    ... on CommentEvent { comment { id status reactions { kind count } } } } }`;

describe('reactions', () => {
  const service = useApp();
  let author: TestUser;
  let other: TestUser;
  let moderator: TestUser;
  let suspended: TestUser;

  beforeAll(async () => {
    author = await service().signUp('Ada Example');
    other = await service().signUp('Bo Example');
    moderator = await service().signUp('Mo Example', 'MODERATOR');
    suspended = await service().signUp('Sid Example');
    await service().app.db.query('UPDATE account SET suspended_at = clock_timestamp() WHERE id = $1', [
      suspended.accountId,
    ]);
  });

  const add = async (articleId: string, more: Record<string, unknown> = {}, user = author) =>
    (await done(service(), 'addComment', { articleId, body: 'A comment.', ...more }, user)).comment;
  const react = async (commentId: string, kind: Kind = 'LIKE', user = other) =>
    (await done(service(), 'react', { commentId, kind }, user)).comment;
  const unreact = async (commentId: string, kind: Kind = 'LIKE', user = other) =>
    (await done(service(), 'unreact', { commentId, kind }, user)).comment;
  const remove = (commentId: string, user = author) => done(service(), 'removeComment', { commentId }, user);
  const restore = (commentId: string) => done(service(), 'restoreComment', { commentId }, moderator);
  const setArticle = (articleId: string, column: 'status' | 'comment_policy', value: string) =>
    service().app.db.query(`UPDATE article SET ${column} = $2 WHERE id = $1`, [articleId, value]);
  const kindsOf = async (articleId: string) => (await logOf(service(), articleId)).map(({ kind }) => kind);

  it('are counted by kind, at most one of each kind for an account', async () => {
    const app = service();
    const { id, articleId } = await app.addArticle();
    const comment = await add(id);
    expect(comment).toMatchObject({ reactions: counts(0, 0, 0), viewerReactions: [], viewerCanReact: true });
    expect(await react(comment.id)).toMatchObject({ reactions: counts(1, 0, 0), viewerReactions: ['LIKE'] });
    await react(comment.id, 'DISAGREE');
    // An account may react to its own comment.
    await react(comment.id, 'DISAGREE', author);
    await react(comment.id, 'INSIGHTFUL', moderator);
    const seen = await readComment(app, comment.id, other);
    expect(seen.reactions).toEqual(counts(1, 1, 2));
    expect([...seen.viewerReactions].sort()).toEqual(['DISAGREE', 'LIKE']);
    expect(await readComment(app, comment.id)).toMatchObject({
      reactions: counts(1, 1, 2),
      viewerReactions: [],
      viewerCanReact: false,
    });
    expect(await unreact(comment.id, 'DISAGREE')).toMatchObject({
      reactions: counts(1, 1, 1),
      viewerReactions: ['LIKE'],
    });
    expect(await kindsOf(articleId)).toEqual([
      'COMMENT_ADDED',
      ...Array.from({ length: 5 }, () => 'COMMENT_REACTIONS_CHANGED'),
    ]);
    await checkInvariants(app.app.db);
  });

  it('change nothing when they are repeated, or withdrawn where there is none', async () => {
    const app = service();
    const { id } = await app.addArticle();
    const comment = await add(id);
    expect((await unreact(comment.id)).reactions).toEqual(counts(0, 0, 0));
    await react(comment.id);
    const before = await footprint(app);
    expect((await react(comment.id)).reactions).toEqual(counts(1, 0, 0));
    expect((await unreact(comment.id, 'DISAGREE')).reactions).toEqual(counts(1, 0, 0));
    expect((await unreact(comment.id, 'LIKE', author)).reactions).toEqual(counts(1, 0, 0));
    expect(await footprint(app)).toEqual(before);
  });

  it('that are sent twenty times at once count once and append one event', async () => {
    const app = service();
    const { id, articleId } = await app.addArticle();
    const comment = await add(id);
    await Promise.all(Array.from({ length: 20 }, () => react(comment.id)));
    expect(await kindsOf(articleId)).toEqual(['COMMENT_ADDED', 'COMMENT_REACTIONS_CHANGED']);
    await Promise.all(Array.from({ length: 20 }, () => unreact(comment.id)));
    expect(await kindsOf(articleId)).toHaveLength(3);
    expect((await readComment(app, comment.id)).reactions).toEqual(counts(0, 0, 0));
  });

  it('are sent to streams with the present counts', async () => {
    const app = service();
    const { id } = await app.addArticle();
    const comment = await add(id);
    const listener = app.live.subscribe(changesQuery, { articleId: id });
    await listener.waitFor(1, 'ArticleCheckpoint');
    await react(comment.id, 'INSIGHTFUL');
    const [first] = await listener.waitFor(1, 'CommentReactionsChanged');
    expect(first).toMatchObject({
      sequence: 2,
      comment: { id: comment.id, status: 'PUBLISHED', reactions: counts(0, 1, 0) },
    });
    await unreact(comment.id, 'INSIGHTFUL');
    const [, second] = await listener.waitFor(2, 'CommentReactionsChanged');
    expect(second).toMatchObject({ sequence: 3, comment: { reactions: counts(0, 0, 0) } });
    expect(listener.errors).toEqual([]);
  });

  describe('are refused', () => {
    const refusals = async (commentId: string, user: TestUser) => {
      const input = { commentId, kind: 'LIKE' };
      const first = await refusal(service(), 'react', input, user);
      expect(await refusal(service(), 'unreact', input, user)).toEqual(first);
      if (first.code !== 'ACCOUNT_SUSPENDED') expect(first.field).toEqual(['commentId']);
      return first.code;
    };

    it('to signed-out viewers and suspended accounts', async () => {
      const app = service();
      const { id } = await app.addArticle();
      const comment = await add(id);
      expect(await refusals(comment.id, suspended)).toBe('ACCOUNT_SUSPENDED');
      for (const name of ['react', 'unreact'] as const) {
        const before = await footprint(app);
        const { data, errors } = await sendMutation(app, name, { commentId: comment.id, kind: 'LIKE' });
        expect([data, errors?.[0]?.extensions.code]).toEqual([null, 'UNAUTHENTICATED']);
        expect(await footprint(app)).toEqual(before);
      }
    });

    it('for an id that is not of a comment', async () => {
      const app = service();
      const { id } = await app.addArticle();
      for (const commentId of [id, 'x', '']) {
        const { errors } = await sendMutation(app, 'react', { commentId, kind: 'LIKE' }, other);
        expect(errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
      }
    });

    it('for a pending or rejected comment to viewers who may see it, and with NOT_FOUND to all others', async () => {
      const app = service();
      const { id, articleId } = await app.addArticle();
      await setArticle(articleId, 'comment_policy', 'PREMODERATED');
      const held = await add(id);
      for (const status of ['PENDING', 'REJECTED']) {
        if (status === 'REJECTED') await done(app, 'rejectComment', { commentId: held.id }, moderator);
        expect(await readComment(app, held.id, author)).toMatchObject({ status, viewerCanReact: false });
        for (const user of [author, moderator]) expect(await refusals(held.id, user)).toBe('WRONG_STATUS');
        for (const user of [other, suspended]) expect(await refusals(held.id, user)).toBe('NOT_FOUND');
      }
    });

    it('for a tombstone, and with NOT_FOUND for a vanished comment or a comment of an unpublished article', async () => {
      const app = service();
      const { id, articleId } = await app.addArticle();
      const [root, leaf, last] = [await add(id), await add(id), await add(id)];
      await add(id, { parentId: root.id }, other);
      await react(root.id);
      for (const comment of [root, leaf]) await remove(comment.id);
      for (const user of [author, other, moderator]) {
        expect(await refusals(root.id, user)).toBe('COMMENT_REMOVED');
        expect(await refusals(leaf.id, user)).toBe('NOT_FOUND');
      }
      const editor = await app.signUp('Ed Example', 'EDITOR');
      for (const status of ['DRAFT', 'UNPUBLISHED']) {
        await setArticle(articleId, 'status', status);
        for (const user of [author, moderator]) expect(await refusals(last.id, user)).toBe('NOT_FOUND');
        expect(await refusals(last.id, editor)).toBe('WRONG_STATUS');
        expect((await readComment(app, last.id, editor)).viewerCanReact).toBe(false);
      }
    });
  });

  it('of a removed comment are shown nowhere, and return when the comment is restored', async () => {
    const app = service();
    const { id } = await app.addArticle();
    const comment = await add(id);
    await add(id, { parentId: comment.id }, other);
    await react(comment.id, 'LIKE');
    await react(comment.id, 'INSIGHTFUL', author);
    await remove(comment.id, moderator);
    for (const user of [undefined, author, other, moderator]) {
      expect(await readComment(app, comment.id, user)).toMatchObject({
        status: 'REMOVED',
        reactions: [],
        viewerReactions: [],
        viewerCanReact: false,
      });
    }
    await checkInvariants(app.app.db);
    expect((await restore(comment.id)).comment).toMatchObject({ reactions: counts(1, 1, 0) });
    expect(await readComment(app, comment.id, other)).toMatchObject({ viewerReactions: ['LIKE'] });
    await unreact(comment.id);
    await react(comment.id, 'LIKE', moderator);
    expect((await readComment(app, comment.id)).reactions).toEqual(counts(1, 1, 0));
    await checkInvariants(app.app.db);
  });

  describe('order comments by TOP', () => {
    const pageQuery = `query ($slug: String!, $first: Int, $after: Cursor, $last: Int, $before: Cursor) {
      article(slug: $slug) { comments(orderBy: TOP, first: $first, after: $after, last: $last, before: $before) {
        totalCount edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } } }`;
    const repliesQuery = `query ($id: ID!, $first: Int, $after: Cursor, $last: Int, $before: Cursor) {
      comment(id: $id) { replies(orderBy: TOP, first: $first, after: $after, last: $last, before: $before) {
        totalCount edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } } }`;

    /** Seven comments with the scores 2, 1, 1, 0, 0, -1, -2 in this order: among equals the newest comes first. */
    async function ranked(parentId?: string, articleId?: string) {
      const article = articleId === undefined ? await service().addArticle() : { id: articleId, slug: '' };
      const made: string[] = [];
      for (let n = 0; n < 7; n++)
        made.push((await add(article.id, parentId === undefined ? {} : { parentId })).id);
      const [a, b, c, d, e, f, g] = made as [string, string, string, string, string, string, string];
      for (const [id, kind, user] of [
        [c, 'LIKE', other],
        [c, 'INSIGHTFUL', other],
        [b, 'INSIGHTFUL', author],
        [f, 'LIKE', other],
        // A like and a disagreement give a score of 0, as does no reaction.
        [a, 'LIKE', other],
        [a, 'DISAGREE', author],
        [g, 'DISAGREE', other],
        [d, 'DISAGREE', other],
        [d, 'DISAGREE', author],
      ] as const)
        await react(id, kind, user);
      return { ...article, order: [c, f, b, e, a, g, d] };
    }

    /** Reads a whole list page by page. @returns the ids in the list's order */
    async function walk(
      page: (args: Record<string, unknown>) => Promise<any>,
      size: number,
      way: 'on' | 'back',
    ) {
      const ids: string[] = [];
      let cursor: string | null = null;
      for (let more = true; more;) {
        const connection: any = await page(
          way === 'on' ? { first: size, after: cursor } : { last: size, before: cursor },
        );
        const { pageInfo, edges } = connection;
        const found = edges.map((edge: any) => edge.node.id);
        expect(pageInfo[way === 'on' ? 'hasPreviousPage' : 'hasNextPage']).toBe(ids.length > 0);
        if (way === 'on') ids.push(...found);
        else ids.unshift(...found);
        more = pageInfo[way === 'on' ? 'hasNextPage' : 'hasPreviousPage'];
        cursor = way === 'on' ? pageInfo.endCursor : pageInfo.startCursor;
      }
      return ids;
    }

    it('on the first level and among replies, in whole lists and pages of any size, in both directions', async () => {
      const app = service();
      const roots = await ranked();
      const rootPage = async (args: Record<string, unknown>) =>
        (await app.data(pageQuery, { slug: roots.slug, ...args })).article.comments;
      const under = await add(roots.id);
      const replies = await ranked(under.id, roots.id);
      const replyPage = async (args: Record<string, unknown>) =>
        (await app.data(repliesQuery, { id: under.id, ...args })).comment.replies;
      // The parent itself was added last and has the score 0, so it is the first comment with that score.
      const order = [...roots.order.slice(0, 3), under.id, ...roots.order.slice(3)];
      for (const [page, expected] of [
        [rootPage, order],
        [replyPage, replies.order],
      ] as const) {
        expect((await page({})).totalCount).toBe(expected.length);
        for (const size of [1, 2, 3, 100]) {
          expect(await walk(page, size, 'on')).toEqual(expected);
          expect(await walk(page, size, 'back')).toEqual(expected);
        }
      }
    });

    it('with cursors that no other order and no other list accepts, and refuse made-up cursors', async () => {
      const app = service();
      const { slug, order } = await ranked();
      const elsewhere = await ranked();
      const {
        article: { comments },
      } = await app.data(pageQuery, { slug, first: 1 });
      const cursor: string = comments.pageInfo.endCursor;
      const text = Buffer.from(cursor, 'base64url').toString();
      const madeUp = (to: string) => Buffer.from(to).toString('base64url');
      const wrong = [
        [elsewhere.slug, cursor],
        [slug, madeUp(text.replace('TOP', 'NEWEST'))],
        [slug, madeUp(text.replace('|2|', '|'))],
        [slug, madeUp(text.replace('|2|', '|x|'))],
        [slug, madeUp(text.replace('|2|', '|02|'))],
        [slug, madeUp(text.slice(0, -1))],
      ];
      for (const [of, after] of wrong) {
        const { errors } = await app.query(pageQuery, { slug: of, after });
        expect([after, errors?.[0]?.extensions.code]).toEqual([after, 'BAD_USER_INPUT']);
      }
      // A score that no column could hold is a place before the first comment or after the last one.
      const far = await app.data(pageQuery, { slug, after: madeUp(text.replace('|2|', '|-9000000000|')) });
      expect(far.article.comments.edges).toEqual([]);
      const near = await app.data(pageQuery, { slug, after: madeUp(text.replace('|2|', '|9000000000|')) });
      expect(near.article.comments.edges.map((edge: any) => edge.node.id)).toEqual(order);
    });

    it('with a score of 0 for tombstones, also in their cursors', async () => {
      const app = service();
      const { slug, id, order } = await ranked();
      const [best, , , , , , worst] = order as [string, string, string, string, string, string, string];
      const all = async () => (await app.data(pageQuery, { slug })).article.comments.edges;
      for (const commentId of [best, worst]) {
        await add(id, { parentId: commentId }, other);
        await remove(commentId, moderator);
      }
      const edges = await all();
      // The comments with the score 0, among them the two tombstones, newest first.
      const zeros = [order[3], worst, best, order[4]];
      expect(edges.map((edge: any) => edge.node.id)).toEqual([order[1], order[2], ...zeros, order[5]]);
      for (const { cursor, node } of edges) {
        const [, score] = Buffer.from(cursor, 'base64url').toString().split('|');
        if (zeros.includes(node.id)) expect(score).toBe('0');
      }
      await restore(best);
      await restore(worst);
      expect((await all()).map((edge: any) => edge.node.id)).toEqual(order);
      await checkInvariants(app.app.db);
    });

    it('with an edge for a new comment that has the comment’s place in that order', async () => {
      const app = service();
      const { slug, id, order } = await ranked();
      const { addComment } = await app.data(
        `mutation ($input: AddCommentInput!) { addComment(input: $input) {
          commentEdge(orderBy: TOP) { cursor node { id } } userErrors { code } } }`,
        { input: { articleId: id, body: 'New', idempotencyKey: randomUUID() } },
        author.token,
      );
      const { cursor } = addComment.commentEdge;
      const { article } = await app.data(pageQuery, { slug, after: cursor });
      expect(article.comments.edges.map((edge: any) => edge.node.id)).toEqual(order.slice(3));
      expect(article.comments.pageInfo.hasPreviousPage).toBe(true);
      const { article: before } = await app.data(pageQuery, { slug, before: cursor });
      expect(before.comments.edges.map((edge: any) => edge.node.id)).toEqual(order.slice(0, 3));
    });
  });

  it('to a comment that is removed at the same moment are counted only if it is restored', async () => {
    const app = service();
    const { id } = await app.addArticle();
    const outcomes = new Map<string, number>();
    for (let n = 0; n < 10; n++) {
      const comment = await add(id);
      await add(id, { parentId: comment.id });
      const reactions = [other, author, moderator].map(async (user) => {
        const { data } = await sendMutation(app, 'react', { commentId: comment.id, kind: 'LIKE' }, user);
        return data.react.userErrors[0]?.code ?? 'done';
      });
      const [answers] = await Promise.all([Promise.all(reactions), remove(comment.id, moderator)]);
      for (const answer of answers) outcomes.set(answer, (outcomes.get(answer) ?? 0) + 1);
      expect(await readComment(app, comment.id)).toMatchObject({ status: 'REMOVED', reactions: [] });
      await restore(comment.id);
      const done = answers.filter((answer) => answer === 'done').length;
      expect((await readComment(app, comment.id)).reactions).toEqual(counts(done, 0, 0));
    }
    expect([...outcomes.keys()].every((code) => ['done', 'COMMENT_REMOVED'].includes(code))).toBe(true);
    await checkInvariants(app.app.db);
  });
});
