/**
 * @database either
 * @seconds 16
 */
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { GraphQLObjectType } from 'graphql';
import { randomUUID } from 'node:crypto';
import { type TestUser, useApp } from '../../support/app.ts';
import { committedSchema, everything } from '../../support/everything.ts';
import { done, footprint, keyOf, logOf, readComment, refusal } from '../../support/comments.ts';

describe('removeComment', () => {
  const service = useApp({
    MAX_QUERY_COST: '1000000000',
    MAX_EVENT_COST: '1000000000',
    MAX_QUERY_DEPTH: '100',
    MAX_QUERY_TOKENS: '100000',
  });
  let author: TestUser;
  let other: TestUser;
  let moderator: TestUser;

  beforeAll(async () => {
    author = await service().signUp('Zelda Zylinder', 'MODERATOR');
    await service().app.db.query(
      `UPDATE account SET avatar_url = 'https://example.org/zelda.png' WHERE id = $1`,
      [author.accountId],
    );
    other = await service().signUp('Bo Example');
    moderator = await service().signUp('Mo Example', 'MODERATOR');
  });

  const add = async (articleId: string, more: Record<string, unknown> = {}, user = author) =>
    (await done(service(), 'addComment', { articleId, body: 'A comment.', ...more }, user)).comment;
  const remove = (commentId: string, user = author) => done(service(), 'removeComment', { commentId }, user);
  const threadOf = async (slug: string) =>
    (
      await service().data(
        `query ($slug: String!) { article(slug: $slug) { commentCount
          comments { totalCount nodes { id status replyCount descendantCount replies { totalCount nodes { id } } } }
          allComments { totalCount nodes { id } } } }`,
        { slug },
      )
    ).article;

  it('makes a comment without replies vanish', async () => {
    const app = service();
    const { id, articleId, slug } = await app.addArticle();
    const root = await add(id);
    const leaf = await add(id, { parentId: root.id }, other);
    const payload = await remove(leaf.id, other);
    expect(payload).toMatchObject({
      comment: null,
      vanishedCommentId: leaf.id,
      article: { commentCount: 1 },
    });
    expect(await threadOf(slug)).toEqual({
      commentCount: 1,
      comments: {
        totalCount: 1,
        nodes: [
          {
            id: root.id,
            status: 'PUBLISHED',
            replyCount: 0,
            descendantCount: 0,
            replies: { totalCount: 0, nodes: [] },
          },
        ],
      },
      allComments: { totalCount: 1, nodes: [{ id: root.id }] },
    });
    for (const user of [undefined, author, other, moderator]) {
      expect(await readComment(app, leaf.id, user)).toBeNull();
      expect(
        (await app.data(`query ($id: ID!) { node(id: $id) { id } }`, { id: leaf.id }, user?.token)).node,
      ).toBeNull();
    }
    expect((await logOf(app, articleId)).at(-1)).toEqual({
      sequence: 3,
      kind: 'COMMENT_REMOVED',
      commentId: keyOf(leaf.id),
      vanished: true,
      key: null,
    });
  });

  it('of a comment with a reply leaves a tombstone and the reply', async () => {
    const app = service();
    const { id, articleId, slug } = await app.addArticle();
    const root = await add(id);
    const reply = await add(id, { parentId: root.id }, other);
    const payload = await remove(root.id);
    expect(payload).toMatchObject({
      comment: { id: root.id, status: 'REMOVED', bodyText: null, author: null, replyCount: 1 },
      vanishedCommentId: null,
      article: { commentCount: 1 },
    });
    expect(await threadOf(slug)).toEqual({
      commentCount: 1,
      comments: {
        totalCount: 1,
        nodes: [
          {
            id: root.id,
            status: 'REMOVED',
            replyCount: 1,
            descendantCount: 1,
            replies: { totalCount: 1, nodes: [{ id: reply.id }] },
          },
        ],
      },
      allComments: { totalCount: 2, nodes: [{ id: root.id }, { id: reply.id }] },
    });
    expect(await readComment(app, reply.id)).toMatchObject({ status: 'PUBLISHED', parent: { id: root.id } });
    expect((await logOf(app, articleId)).at(-1)).toMatchObject({ kind: 'COMMENT_REMOVED', vanished: false });
  });

  it('of a comment whose replies have all vanished leaves a tombstone too', async () => {
    const app = service();
    const { id, slug } = await app.addArticle();
    const root = await add(id);
    const reply = await add(id, { parentId: root.id });
    expect((await remove(reply.id)).vanishedCommentId).toBe(reply.id);
    expect(await remove(root.id)).toMatchObject({ comment: { status: 'REMOVED' }, vanishedCommentId: null });
    expect(await threadOf(slug)).toMatchObject({
      commentCount: 0,
      comments: { totalCount: 1 },
      allComments: { totalCount: 1 },
    });
  });

  it('in the middle of a thread keeps all counts right', async () => {
    const app = service();
    const { id, slug } = await app.addArticle();
    const root = await add(id);
    const middle = await add(id, { parentId: root.id });
    const low = await add(id, { parentId: middle.id });
    await add(id, { parentId: low.id });
    await remove(middle.id);
    await remove(low.id);
    expect(await threadOf(slug)).toMatchObject({
      commentCount: 2,
      comments: { nodes: [{ replyCount: 0, descendantCount: 1, replies: { totalCount: 1 } }] },
      allComments: { totalCount: 4 },
    });
    expect(await readComment(app, middle.id)).toMatchObject({ replyCount: 0, descendantCount: 1 });
    expect(await readComment(app, low.id)).toMatchObject({ replyCount: 1, descendantCount: 1 });
  });

  it('is allowed to the author and to moderators', async () => {
    const app = service();
    const { id, articleId } = await app.addArticle();
    const own = await add(id, {}, other);
    const third = await app.signUp('Cy Example');
    expect(await refusal(app, 'removeComment', { commentId: own.id }, third)).toEqual({
      code: 'FORBIDDEN',
      field: ['commentId'],
    });
    expect(await readComment(app, own.id, third)).toMatchObject({ viewerCanRemove: false });
    expect(await readComment(app, own.id, moderator)).toMatchObject({
      viewerCanRemove: true,
      viewerCanEdit: false,
    });
    expect((await remove(own.id, moderator)).vanishedCommentId).toBe(own.id);
    for (const role of ['EDITOR', 'ADMINISTRATOR'] as const) {
      const comment = await add(id, {}, other);
      expect((await remove(comment.id, await app.signUp('Ed Example', role))).vanishedCommentId).toBe(
        comment.id,
      );
    }
    const journalist = await app.signUp('Jo Example', 'JOURNALIST');
    const comment = await add(id, {}, other);
    expect((await refusal(app, 'removeComment', { commentId: comment.id }, journalist)).code).toBe(
      'FORBIDDEN',
    );

    const unknown = Buffer.from(`Comment:${articleId}:999999999`).toString('base64url');
    expect(await refusal(app, 'removeComment', { commentId: unknown }, moderator)).toEqual({
      code: 'NOT_FOUND',
      field: ['commentId'],
    });
    await app.app.db.query(`UPDATE article SET status = 'UNPUBLISHED' WHERE id = $1`, [articleId]);
    expect((await refusal(app, 'removeComment', { commentId: comment.id }, other)).code).toBe('NOT_FOUND');
  });

  it('is refused to suspended accounts', async () => {
    const app = service();
    const { id } = await app.addArticle();
    const user = await app.signUp('Sid Example', 'MODERATOR');
    const own = await add(id, {}, user);
    const foreign = await add(id);
    await app.app.db.query('UPDATE account SET suspended_at = clock_timestamp() WHERE id = $1', [
      user.accountId,
    ]);
    for (const comment of [own, foreign]) {
      expect((await refusal(app, 'removeComment', { commentId: comment.id }, user)).code).toBe(
        'ACCOUNT_SUSPENDED',
      );
      expect(await readComment(app, comment.id, user)).toMatchObject({
        viewerCanRemove: false,
        viewerCanEdit: false,
        viewerCanReply: false,
      });
    }
  });

  it('is reported when the idempotency key of a vanished comment is used again', async () => {
    const { id: articleId } = await service().addArticle();
    const input = { articleId, body: 'Posted once.', idempotencyKey: randomUUID() };
    const { id } = await add(articleId, input);
    await remove(id);
    const again = await service().addComment(author, input);
    expect(again).toMatchObject({ comment: null, userErrors: [{ code: 'COMMENT_REMOVED' }] });
  });

  it('has the same outcome when it is repeated, without a second event', async () => {
    const app = service();
    const { id, articleId } = await app.addArticle();
    const leaf = await add(id, {}, other);
    const root = await add(id, {}, other);
    await add(id, { parentId: root.id });
    await remove(leaf.id, other);
    await remove(root.id, other);
    const before = await footprint(app);
    for (const user of [other, moderator]) {
      expect(await remove(leaf.id, user)).toMatchObject({ comment: null, vanishedCommentId: leaf.id });
      expect(await remove(root.id, user)).toMatchObject({
        comment: { id: root.id },
        vanishedCommentId: null,
      });
    }
    const third = await app.signUp('Cy Example');
    expect((await refusal(app, 'removeComment', { commentId: leaf.id }, third)).code).toBe('NOT_FOUND');
    expect((await refusal(app, 'removeComment', { commentId: root.id }, third)).code).toBe('FORBIDDEN');
    expect(await footprint(app)).toEqual(before);
    expect((await logOf(app, articleId)).filter(({ kind }) => kind === 'COMMENT_REMOVED')).toHaveLength(2);
  });

  it('by author and moderator at once is one removal', async () => {
    const app = service();
    const { id, articleId } = await app.addArticle();
    const { id: commentId } = await add(id, {}, other);
    const outcomes = await Promise.all(
      [other, moderator, other, moderator].map((user) => remove(commentId, user)),
    );
    for (const outcome of outcomes) expect(outcome.vanishedCommentId).toBe(commentId);
    expect(await logOf(app, articleId)).toHaveLength(2);
  });

  describe('a tombstone', () => {
    /** Fields that describe the comment's place in the thread, but neither its text nor its author. */
    const ofPlace = new Set([
      'id',
      'article',
      'parent',
      'ancestors',
      'depth',
      'threadPosition',
      'createdAt',
      'status',
      'permalink',
      'replyCount',
      'descendantCount',
      'replies',
      'descendants',
    ]);
    const secrets = ['Zelda', 'Zylinder', 'zelda', 'swordfish', 'marlin', 'barracuda'];

    /** Whether a value is as empty as the same field of a comment that never had anything in it. */
    const isBlank = (name: string, value: unknown): boolean =>
      value === null ||
      value === false ||
      (Array.isArray(value) && value.length === 0) ||
      (name === 'revision' && value === 1);

    /** All values of a comment’s fields, in every comment in an answer that has this id. */
    function* appearances(value: unknown, id: string): Generator<Record<string, unknown>> {
      if (typeof value !== 'object' || value === null) return;
      if ((value as { id?: unknown }).id === id) yield value as Record<string, unknown>;
      for (const inner of Object.values(value)) yield* appearances(inner, id);
    }

    it('reveals nothing through any field, to any viewer, by any query', async () => {
      const app = service();
      const { id, articleId, slug } = await app.addArticle();
      const start = (
        await app.data(`query ($slug: String!) { article(slug: $slug) { liveCursor } }`, { slug })
      ).article.liveCursor;
      const top = await add(id, {}, other);
      const said = await add(id, { parentId: top.id, body: 'marlin', idempotencyKey: randomUUID() });
      await done(app, 'editComment', { commentId: said.id, body: 'swordfish **marlin**' }, author);
      await app.app.db.query(
        `UPDATE comment SET import_key = 'barracuda', author_name = 'Zelda Zylinder' WHERE article_id = $1 AND id = $2`,
        [articleId, keyOf(said.id)],
      );
      const below = await add(id, { parentId: said.id }, other);
      const selection = everything('Comment', 2);
      const queries = {
        comment: `query ($id: ID!) { comment(id: $id) { ${selection} } }`,
        node: `query ($id: ID!) { node(id: $id) { __typename id ... on Comment { ${selection} } } }`,
        list: `query ($slug: String!) { article(slug: $slug) { allComments { nodes { ${selection} } } } }`,
        tree: `query ($slug: String!) { article(slug: $slug) { comments { nodes { id replies { nodes { ${selection} } } } } } }`,
        parent: `query ($below: ID!) { comment(id: $below) { id parent { ${selection} } ancestors { ${selection} } } }`,
      };
      const variables = { id: said.id, below: below.id, slug };
      const answers = async (): Promise<[string, any][]> => {
        const found: [string, any][] = [];
        for (const [name, query] of Object.entries(queries)) {
          for (const user of [undefined, other, moderator, author]) {
            found.push([name, await app.data(query, variables, user?.token)]);
          }
        }
        for (const token of [undefined, other.token, moderator.token, author.token]) {
          const listener = app.live.subscribe(
            `subscription ($id: ID!, $after: EventCursor) { articleEvents(articleId: $id, after: $after) {
              __typename sequence cursor ... on CommentEvent { comment { ${selection} } } } }`,
            { id, after: start },
            app.live.client(token === undefined ? {} : { token }),
          );
          await listener.waitFor(1, 'ArticleCheckpoint');
          listener.unsubscribe();
          expect(listener.errors).toEqual([]);
          found.push(['events', listener.events]);
        }
        return found;
      };

      // Before the removal, the same queries find all secrets; otherwise the test would prove nothing.
      const before = JSON.stringify(await answers());
      for (const secret of secrets) expect(before).toContain(secret);

      await remove(said.id);
      const after = await answers();
      const authorId = Buffer.from(`CommentAuthor:${author.accountId}`).toString('base64url');
      for (const [name, answer] of after) {
        const text = JSON.stringify(answer);
        for (const secret of [...secrets, authorId])
          expect([name, secret, text.includes(secret)]).toEqual([name, secret, false]);
        const tombstones = [...appearances(answer, said.id)];
        expect([name, tombstones.length > 0]).toEqual([name, true]);
        for (const tombstone of tombstones) {
          for (const [field, value] of Object.entries(tombstone)) {
            if (!ofPlace.has(field) && field !== '__typename' && !(field === 'status' && value === 'REMOVED'))
              expect([name, field, isBlank(field, value)]).toEqual([name, field, true]);
          }
        }
      }
      const commentType = committedSchema.getType('Comment') as GraphQLObjectType;
      const [first] = [...appearances(after[0]?.[1], said.id)];
      expect(Object.keys(first ?? {}).sort()).toEqual(Object.keys(commentType.getFields()).sort());
      expect(first).toMatchObject({
        status: 'REMOVED',
        replyCount: 1,
        descendantCount: 1,
        parent: { id: top.id },
      });

      // An imported comment has an author object of its own, which disappears with the comment.
      const [row] = await app.app.db.query<{ id: string }>(
        `UPDATE comment SET account_id = NULL WHERE article_id = $1 AND id = $2 RETURNING id::text AS id`,
        [articleId, keyOf(said.id)],
      );
      const ownAuthor = Buffer.from(`CommentAuthor:${articleId}:${row?.id}`).toString('base64url');
      const node = `query ($id: ID!) { node(id: $id) { id } }`;
      expect(await app.data(node, { id: ownAuthor })).toEqual({ node: null });
    });

    it('hides the author’s account if the comment was the account’s only public content', async () => {
      const app = service();
      const { id } = await app.addArticle();
      const quiet = await app.signUp('Quinn Example');
      const node = `query ($id: ID!) { node(id: $id) { ... on CommentAuthor { name } } }`;
      const comment = await add(id, {}, quiet);
      await add(id, { parentId: comment.id });
      const authorId = Buffer.from(`CommentAuthor:${quiet.accountId}`).toString('base64url');
      expect(await app.data(node, { id: authorId })).toEqual({ node: { name: 'Quinn Example' } });
      await remove(comment.id, quiet);
      expect(await app.data(node, { id: authorId })).toEqual({ node: null });
    });
  });
});
