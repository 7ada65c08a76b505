/** @database either */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { articleEventsQuery } from '../../support/live.ts';
import { type TestUser, useApp } from '../../support/app.ts';
import { done, keyOf, logOf, mutate, readComment, refusal, sendMutation } from '../../support/comments.ts';
import { PinnedClock } from '../../support/pinned-clock.ts';

const clock = new PinnedClock();
const editWindowSeconds = 600;

describe('writing comments', () => {
  const service = useApp(
    {
      ACCESS_TOKEN_TTL_SECONDS: '86400',
      EDIT_WINDOW_SECONDS: String(editWindowSeconds),
      MAX_COMMENT_DEPTH: '3',
    },
    { clock },
  );
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
  const remove = (commentId: string, user = author) => done(service(), 'removeComment', { commentId }, user);

  /** Sets the policy or status of an article in the database. */
  const setArticle = (articleId: string, column: 'status' | 'comment_policy', value: string) =>
    service().app.db.query(`UPDATE article SET ${column} = $2 WHERE id = $1`, [articleId, value]);

  describe('addComment', () => {
    it('makes a comment, counts it, and appends an event', async () => {
      const app = service();
      const { id, articleId } = await app.addArticle();
      const key = randomUUID();
      const first = await done(
        app,
        'addComment',
        { articleId: id, body: 'One', idempotencyKey: key },
        author,
      );
      expect(first.comment).toMatchObject({
        status: 'PUBLISHED',
        depth: 0,
        revision: 1,
        bodyText: 'One',
        editedAt: null,
        author: { name: 'Ada Example' },
        parent: null,
        replyCount: 0,
      });
      expect(first.article).toMatchObject({ id, commentCount: 1 });
      const reply = await done(
        app,
        'addComment',
        { articleId: id, parentId: first.comment.id, body: 'Two' },
        other,
      );
      expect(reply.comment).toMatchObject({ depth: 1, parent: { id: first.comment.id } });
      expect(reply.comment.threadPosition.startsWith(first.comment.threadPosition)).toBe(true);
      expect(reply.article.commentCount).toBe(2);
      expect(await readComment(app, first.comment.id)).toMatchObject({ replyCount: 1, descendantCount: 1 });
      expect(await logOf(app, articleId)).toEqual([
        { sequence: 1, kind: 'COMMENT_ADDED', commentId: keyOf(first.comment.id), vanished: false, key },
        {
          sequence: 2,
          kind: 'COMMENT_ADDED',
          commentId: keyOf(reply.comment.id),
          vanished: false,
          key: null,
        },
      ]);
    });

    it('returns a cursor and edges that fit into lists loaded before', async () => {
      const app = service();
      const { id, slug } = await app.addArticle();
      const root = await add(id);
      const liveCursorQuery = 'query ($slug: String!) { article(slug: $slug) { liveCursor } }';
      const mutation = `mutation ($input: AddCommentInput!) { addComment(input: $input) {
        oldest: commentEdge { cursor node { id } } newest: commentEdge(orderBy: NEWEST) { cursor }
        article { liveCursor } } }`;
      for (const [parentId, list] of [
        [null, 'comments'],
        [root.id, 'comments(first: 1, orderBy: OLDEST) { nodes { replies'],
      ] as const) {
        const input = { articleId: id, parentId, body: 'x' };
        const { article: before } = await app.data(liveCursorQuery, { slug });
        const { addComment } = await app.data(mutation, { input }, author.token);
        const later = await add(id, { parentId });
        for (const [orderBy, cursor, behind] of [
          ['OLDEST', addComment.oldest.cursor, [later.id]],
          ['NEWEST', addComment.newest.cursor, parentId === null ? [root.id] : []],
        ] as const) {
          const page = `${list}(orderBy: ${orderBy}, after: $after) { nodes { id } } ${parentId === null ? '' : '} }'}`;
          const { article } = await app.data(
            `query ($slug: String!, $after: Cursor) { article(slug: $slug) { ${page} } }`,
            { slug, after: cursor },
          );
          const { nodes } = parentId === null ? article.comments : article.comments.nodes[0].replies;
          expect(nodes.map((node: { id: string }) => node.id)).toEqual(behind);
        }
        const listener = app.live.events(id, addComment.article.liveCursor);
        const [next] = await listener.waitFor(1, 'CommentAdded');
        expect(next?.comment.id).toBe(later.id);
        listener.unsubscribe();
        // Subscribers receive the same edges as the author.
        const edges = app.live.subscribe(
          `subscription ($id: ID!, $after: EventCursor) { commentAdded(articleId: $id, after: $after) {
            comment { id } oldest: commentEdge { cursor node { id } } newest: commentEdge(orderBy: NEWEST) { cursor } } }`,
          { id, after: before.liveCursor },
        );
        const [event] = await edges.waitFor(1);
        expect(event).toMatchObject({ oldest: addComment.oldest, newest: addComment.newest });
        edges.unsubscribe();
      }
    });

    it('replays the event of a comment that has vanished in the meantime without an edge', async () => {
      const app = service();
      const { id, slug } = await app.addArticle();
      const liveCursorQuery = 'query ($slug: String!) { article(slug: $slug) { liveCursor } }';
      const { article } = await app.data(liveCursorQuery, { slug });
      const comment = await add(id);
      await done(app, 'removeComment', { commentId: comment.id }, author);
      const replay = app.live.subscribe(
        `subscription ($id: ID!, $after: EventCursor) { commentAdded(articleId: $id, after: $after) {
          comment { id bodyText } commentEdge { cursor } } }`,
        { id, after: article.liveCursor },
      );
      const [event] = await replay.waitFor(1);
      expect(event).toEqual({ comment: { id: comment.id, bodyText: null }, commentEdge: null });
      replay.unsubscribe();
    });

    it('renders Markdown, sanitised, with addresses hidden', async () => {
      const { id } = await service().addArticle();
      const body =
        '**Hi** <script>alert(1)</script> [x](javascript:alert(1)) [y](https://example.org) bo@example.org';
      const comment = await add(id, { body });
      expect(comment.bodyHtml).toBe(
        '<p dir="auto"><strong>Hi</strong> &lt;script&gt;alert(1)&lt;/script&gt; [x](javascript:alert(1)) ' +
          '<a href="https://example.org" rel="ugc nofollow noopener">y</a> [address hidden]</p>',
      );
      expect(comment.bodyText).toBe(
        'Hi <script>alert(1)</script> [x](javascript:alert(1)) y [address hidden]',
      );
      expect(comment.viewerBodyMarkdown).toBe(body);
    });

    it.each([
      ['NUL', 'a\u0000b', 'ab'],
      ['bidirectional overrides', 'a\u202eb\u2066c', 'abc'],
      ['zero-width spaces', 'a\u200bb\ufeff', 'ab'],
      ['lone surrogates', 'a\ud800b', 'ab'],
      ['line ends and white space', ' \r\na\r\nb\u00a0\n', 'a\nb'],
      ['composition', 'e\u0301', 'é'],
      ['emoji', '👩\u200d👧😀', '👩\u200d👧😀'],
    ])('stores the normal form of the text: %s', async (_, body, normal) => {
      const { id } = await service().addArticle();
      expect(await add(id, { body })).toMatchObject({ viewerBodyMarkdown: normal, bodyText: normal });
    });

    it('accepts 10,000 characters and no more', async () => {
      const { id } = await service().addArticle();
      expect((await add(id, { body: '😀'.repeat(10_000) })).bodyText).toHaveLength(20_000);
      expect((await add(id, { body: `  ${'a'.repeat(10_000)}\u200b\n` })).bodyText).toHaveLength(10_000);
      for (const body of ['a'.repeat(10_001), '😀'.repeat(10_001), 'a'.repeat(41_000)]) {
        expect(await refusal(service(), 'addComment', { articleId: id, body }, author)).toEqual({
          code: 'TOO_LONG',
          field: ['body'],
        });
      }
    });

    it.each([
      '',
      ' \n\t',
      '\u0000',
      '\u200b\u202e',
      '\ud800',
      '\u3164',
      '> ',
      '---',
      '&nbsp;',
      '&#8203;',
      '- ',
      '```\n```',
      '>'.repeat(1000) + ' x',
      '****',
    ])('refuses the body %j, which has no visible text', async (body) => {
      const { id } = await service().addArticle();
      expect(await refusal(service(), 'addComment', { articleId: id, body }, author)).toEqual({
        code: 'EMPTY_TEXT',
        field: ['body'],
      });
    });

    it('needs an article that the viewer may see', async () => {
      const app = service();
      const { id, articleId } = await app.addArticle();
      const notFound = { code: 'NOT_FOUND', field: ['articleId'] };
      const unknown = Buffer.from('Article:999999999').toString('base64url');
      expect(await refusal(app, 'addComment', { articleId: unknown, body: 'x' }, author)).toEqual(notFound);
      for (const status of ['DRAFT', 'UNPUBLISHED']) {
        await setArticle(articleId, 'status', status);
        expect(await refusal(app, 'addComment', { articleId: id, body: 'x' }, author)).toEqual(notFound);
        expect(await refusal(app, 'addComment', { articleId: id, body: 'x' }, moderator)).toEqual(notFound);
      }
      await setArticle(articleId, 'status', 'DRAFT');
      const editor = await app.signUp('Ed Example', 'EDITOR');
      // A viewer who may see the draft may know that it does not accept comments.
      expect(await refusal(app, 'addComment', { articleId: id, body: 'x' }, editor)).toEqual({
        code: 'COMMENTS_CLOSED',
        field: ['articleId'],
      });
    });

    it('needs an article that accepts comments', async () => {
      const app = service();
      const { id, articleId } = await app.addArticle();
      await setArticle(articleId, 'comment_policy', 'CLOSED');
      for (const user of [author, moderator]) {
        expect(await refusal(app, 'addComment', { articleId: id, body: 'x' }, user)).toEqual({
          code: 'COMMENTS_CLOSED',
          field: ['articleId'],
        });
      }
    });

    it('refuses suspended accounts and signed-out viewers', async () => {
      const app = service();
      const { id } = await app.addArticle();
      const input = { articleId: id, body: 'x' };
      expect((await refusal(app, 'addComment', input, suspended)).code).toBe('ACCOUNT_SUSPENDED');
      const comment = await add(id);
      for (const [name, given] of [
        ['addComment', input],
        ['editComment', { commentId: comment.id, body: 'x' }],
        ['removeComment', { commentId: comment.id }],
      ] as const) {
        const { data, errors } = await sendMutation(app, name, given);
        expect(data).toBeNull();
        expect(errors).toMatchObject([{ path: [name], extensions: { code: 'UNAUTHENTICATED' } }]);
      }
      expect(await readComment(app, comment.id)).toMatchObject({ status: 'PUBLISHED', revision: 1 });
    });

    it('refuses ids of other types of objects', async () => {
      const app = service();
      const { id } = await app.addArticle();
      const { id: commentId } = await add(id);
      for (const [name, input] of [
        ['addComment', { articleId: commentId, body: 'x' }],
        ['addComment', { articleId: '1', body: 'x' }],
        ['addComment', { articleId: id, parentId: id, body: 'x' }],
        ['editComment', { commentId: id, body: 'x' }],
        ['removeComment', { commentId: `${commentId}=` }],
        ['removeComment', { commentId: '' }],
      ] as const) {
        const { data, errors } = await sendMutation(app, name, input, author);
        expect(data).toBeNull();
        expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
      }
    });

    it('refuses replies to comments of another article, to vanished comments and to tombstones', async () => {
      const app = service();
      const { id, articleId } = await app.addArticle();
      const elsewhere = await app.addArticle();
      const foreign = await add(elsewhere.id);
      const reply = (parentId: string) =>
        refusal(app, 'addComment', { articleId: id, parentId, body: 'x' }, other);
      const notFound = { code: 'NOT_FOUND', field: ['parentId'] };
      expect(await reply(foreign.id)).toEqual(notFound);
      // The id has the same number under this article, which has no such comment.
      const forged = Buffer.from(`Comment:${articleId}:${keyOf(foreign.id)}`).toString('base64url');
      expect(await reply(forged)).toEqual(notFound);

      const gone = await add(id);
      await remove(gone.id);
      expect(await reply(gone.id)).toEqual({ code: 'PARENT_REMOVED', field: ['parentId'] });
      const tombstone = await add(id);
      const child = await add(id, { parentId: tombstone.id });
      await remove(tombstone.id);
      expect(await reply(tombstone.id)).toEqual({ code: 'PARENT_REMOVED', field: ['parentId'] });
      // Replies to comments below a tombstone are accepted.
      expect(await add(id, { parentId: child.id })).toMatchObject({ depth: 2 });
    });

    it('nests as deep as MAX_COMMENT_DEPTH allows', async () => {
      const app = service();
      const { id } = await app.addArticle();
      let parentId: string | null = null;
      for (let depth = 0; depth <= 3; depth++) {
        const comment = await add(id, { parentId });
        expect(comment).toMatchObject({ depth, viewerCanReply: depth < 3 });
        parentId = comment.id;
      }
      expect(await refusal(app, 'addComment', { articleId: id, parentId, body: 'x' }, author)).toEqual({
        code: 'NESTED_TOO_DEEP',
        field: ['parentId'],
      });
    });

    it('returns the first result for a repeated key, and refuses the key with other input', async () => {
      const app = service();
      const { id, articleId } = await app.addArticle();
      const elsewhere = await app.addArticle();
      const idempotencyKey = randomUUID();
      const input = { articleId: id, body: 'Once', idempotencyKey };
      const first = await add(id, input);
      for (const again of [
        input,
        { ...input, body: ' Once\u200b ' },
        { ...input, idempotencyKey: idempotencyKey.toUpperCase() },
      ]) {
        const payload = await done(app, 'addComment', again, author);
        expect(payload).toMatchObject({ comment: { id: first.id }, article: { commentCount: 1 } });
      }
      for (const changed of [
        { ...input, body: 'Twice' },
        { ...input, parentId: first.id },
        { ...input, articleId: elsewhere.id },
      ]) {
        expect(await refusal(app, 'addComment', changed, author)).toEqual({
          code: 'IDEMPOTENCY_KEY_REUSED',
          field: ['idempotencyKey'],
        });
      }
      expect((await add(id, input, other)).id).not.toBe(first.id);
      expect(await logOf(app, articleId)).toHaveLength(2);
    });

    it('leaves the key of a refused comment unused', async () => {
      const app = service();
      const { id, articleId } = await app.addArticle();
      const input = { articleId: id, body: 'x', idempotencyKey: randomUUID() };
      await setArticle(articleId, 'comment_policy', 'CLOSED');
      expect((await refusal(app, 'addComment', input, author)).code).toBe('COMMENTS_CLOSED');
      await setArticle(articleId, 'comment_policy', 'OPEN');
      expect((await done(app, 'addComment', input, author)).comment.status).toBe('PUBLISHED');
    });

    it('returns the comment’s present state when the key is repeated later', async () => {
      const app = service();
      const { id } = await app.addArticle();
      const [edited, buried, gone] = [0, 1, 2].map((n) => ({
        articleId: id,
        body: `No. ${n}`,
        idempotencyKey: randomUUID(),
      }));
      const first = await add(id, edited);
      clock.set(new Date(first.createdAt));
      await done(app, 'editComment', { commentId: first.id, body: 'Changed' }, author);
      expect(await add(id, edited)).toMatchObject({ id: first.id, bodyText: 'Changed' });
      const second = await add(id, buried);
      await add(id, { parentId: second.id });
      await remove(second.id);
      expect(await add(id, buried)).toMatchObject({ id: second.id, status: 'REMOVED', bodyText: null });
      const third = await add(id, gone);
      await remove(third.id);
      const again = await mutate(app, 'addComment', { ...gone }, author);
      expect(again).toMatchObject({
        comment: null,
        article: null,
        userErrors: [{ code: 'COMMENT_REMOVED', field: ['idempotencyKey'] }],
      });
    });

    it('makes a pending comment under a pre-moderated article, which only its author and moderators see', async () => {
      const app = service();
      const { id, articleId, slug } = await app.addArticle();
      const open = await add(id);
      await setArticle(articleId, 'comment_policy', 'PREMODERATED');
      const listener = app.live.events(id);
      await listener.waitFor(1, 'ArticleCheckpoint');
      const payload = await done(
        app,
        'addComment',
        { articleId: id, parentId: open.id, body: 'Held' },
        author,
      );
      const held = payload.comment;
      expect(payload).toMatchObject({
        comment: { status: 'PENDING', bodyText: 'Held' },
        article: { commentCount: 1 },
      });
      for (const user of [author, moderator]) {
        expect(await readComment(app, held.id, user)).toMatchObject({ id: held.id, viewerCanReply: false });
      }
      for (const user of [other, suspended, undefined]) {
        expect(await readComment(app, held.id, user)).toBeNull();
        const { node, article } = await app.data(
          `query ($id: ID!, $slug: String!) { node(id: $id) { id } article(slug: $slug) {
            commentCount comments { totalCount nodes { id replyCount descendantCount replies { totalCount nodes { id } } } }
            allComments { totalCount nodes { id } } } }`,
          { id: held.id, slug },
          user?.token,
        );
        expect(node).toBeNull();
        expect(article).toEqual({
          commentCount: 1,
          comments: {
            totalCount: 1,
            nodes: [
              { id: open.id, replyCount: 0, descendantCount: 0, replies: { totalCount: 0, nodes: [] } },
            ],
          },
          allComments: { totalCount: 1, nodes: [{ id: open.id }] },
        });
        if (!user) continue;
        const code = user === suspended ? 'ACCOUNT_SUSPENDED' : 'NOT_FOUND';
        expect(
          (await refusal(app, 'addComment', { articleId: id, parentId: held.id, body: 'x' }, user)).code,
        ).toBe(code);
        expect((await refusal(app, 'editComment', { commentId: held.id, body: 'x' }, user)).code).toBe(
          'NOT_FOUND',
        );
        expect((await refusal(app, 'removeComment', { commentId: held.id }, user)).code).toBe('NOT_FOUND');
      }
      for (const user of [author, moderator]) {
        expect(
          (await refusal(app, 'addComment', { articleId: id, parentId: held.id, body: 'x' }, user)).code,
        ).toBe('NOT_FOUND');
      }
      clock.set(new Date(held.createdAt));
      const edited = await done(app, 'editComment', { commentId: held.id, body: 'Held, better' }, author);
      expect(edited.comment).toMatchObject({ status: 'PENDING', revision: 2 });
      expect(await remove(held.id)).toMatchObject({
        vanishedCommentId: held.id,
        article: { commentCount: 1 },
      });
      expect(await readComment(app, held.id, author)).toBeNull();

      // A moderator's own comment needs no approval, and is the next event of the log.
      const own = await add(id, {}, moderator);
      expect(own.status).toBe('PUBLISHED');
      const [event] = await listener.waitFor(1, 'CommentAdded');
      expect(event).toMatchObject({ sequence: 2, comment: { id: own.id } });
      expect((await logOf(app, articleId)).map((entry) => entry.commentId)).toEqual([
        keyOf(open.id),
        keyOf(own.id),
      ]);
    });
  });

  describe('editComment', () => {
    it('sets a new text, keeps the old one, and appends an event', async () => {
      const app = service();
      const { id, articleId } = await app.addArticle();
      const comment = await add(id, { body: 'First *text*' });
      clock.set(new Date(comment.createdAt));
      const { comment: edited } = await done(
        app,
        'editComment',
        { commentId: comment.id, body: 'Second **text**' },
        author,
      );
      expect(edited).toMatchObject({
        id: comment.id,
        revision: 2,
        bodyHtml: '<p dir="auto">Second <strong>text</strong></p>',
        bodyText: 'Second text',
        createdAt: comment.createdAt,
        threadPosition: comment.threadPosition,
      });
      expect(edited.editedAt).not.toBeNull();
      await done(app, 'editComment', { commentId: comment.id, body: 'Third', expectedRevision: 2 }, author);
      const revisions = await app.app.db.query(
        `SELECT revision, body_markdown AS body FROM comment_revision
         WHERE article_id = $1 AND comment_id = $2 ORDER BY revision`,
        [articleId, keyOf(comment.id)],
      );
      expect(revisions).toEqual([
        { revision: 1, body: 'First *text*' },
        { revision: 2, body: 'Second **text**' },
      ]);
      expect((await logOf(app, articleId)).map(({ kind }) => kind)).toEqual([
        'COMMENT_ADDED',
        'COMMENT_EDITED',
        'COMMENT_EDITED',
      ]);
    });

    it('to the same text changes nothing', async () => {
      const app = service();
      const { id, articleId } = await app.addArticle();
      const comment = await add(id, { body: 'Same' });
      clock.set(new Date(comment.createdAt));
      for (const body of ['Same', ' Same\u200b\r\n']) {
        const { comment: same } = await done(
          app,
          'editComment',
          { commentId: comment.id, body, expectedRevision: 1 },
          author,
        );
        expect(same).toMatchObject({ revision: 1, editedAt: null });
      }
      expect(await logOf(app, articleId)).toHaveLength(1);
    });

    it('refuses a text that is based on another revision', async () => {
      const app = service();
      const { id } = await app.addArticle();
      const { id: commentId, createdAt } = await add(id);
      clock.set(new Date(createdAt));
      await done(app, 'editComment', { commentId, body: 'New', expectedRevision: 1 }, author);
      for (const expectedRevision of [1, 0, -1, 3]) {
        const input = { commentId, body: 'Newer', expectedRevision };
        expect(await refusal(app, 'editComment', input, author)).toEqual({
          code: 'STALE_REVISION',
          field: ['expectedRevision'],
        });
      }
    });

    it('is possible until the window closes, to the millisecond', async () => {
      const app = service();
      const { id } = await app.addArticle();
      const { id: commentId, createdAt } = await add(id);
      const end = new Date(createdAt).getTime() + editWindowSeconds * 1000;
      clock.set(new Date(end - 1));
      expect(await readComment(app, commentId, author)).toMatchObject({ viewerCanEdit: true });
      await done(app, 'editComment', { commentId, body: 'In time' }, author);
      clock.set(new Date(end));
      expect(await readComment(app, commentId, author)).toMatchObject({
        viewerCanEdit: false,
        viewerBodyMarkdown: null,
      });
      expect(await refusal(app, 'editComment', { commentId, body: 'Too late' }, author)).toEqual({
        code: 'EDIT_WINDOW_OVER',
        field: ['commentId'],
      });
    });

    it('has the limits of a new comment’s text', async () => {
      const app = service();
      const { id } = await app.addArticle();
      const { id: commentId, createdAt } = await add(id);
      clock.set(new Date(createdAt));
      const edit = (body: string) => refusal(app, 'editComment', { commentId, body }, author);
      expect(await edit('a'.repeat(10_001))).toEqual({ code: 'TOO_LONG', field: ['body'] });
      expect(await edit('\u200b')).toEqual({ code: 'EMPTY_TEXT', field: ['body'] });
      expect(await edit('---')).toEqual({ code: 'EMPTY_TEXT', field: ['body'] });
    });

    it('is allowed only to the author, unless suspended, and only for an existing comment', async () => {
      const app = service();
      const { id, articleId } = await app.addArticle();
      const { id: commentId, createdAt } = await add(id);
      clock.set(new Date(createdAt));
      const edit = async (user: TestUser) =>
        (await refusal(app, 'editComment', { commentId, body: 'x' }, user)).code;
      for (const user of [other, moderator]) expect(await edit(user)).toBe('FORBIDDEN');
      await setArticle(articleId, 'status', 'UNPUBLISHED');
      expect(await edit(author)).toBe('NOT_FOUND');
      await setArticle(articleId, 'status', 'PUBLISHED');
      const suspend = (at: Date | null) =>
        app.app.db.query('UPDATE account SET suspended_at = $2 WHERE id = $1', [author.accountId, at]);
      await suspend(new Date());
      expect(await edit(author)).toBe('ACCOUNT_SUSPENDED');
      await suspend(null);
      await add(id, { parentId: commentId });
      await remove(commentId);
      expect(await edit(author)).toBe('COMMENT_REMOVED');
      expect(await edit(other)).toBe('FORBIDDEN');
      const leaf = await add(id);
      await remove(leaf.id);
      for (const user of [author, other, moderator]) {
        expect((await refusal(app, 'editComment', { commentId: leaf.id, body: 'x' }, user)).code).toBe(
          'NOT_FOUND',
        );
      }
    });
  });
});

describe('the deepest nesting', () => {
  const service = useApp({ MAX_COMMENT_DEPTH: '250' });

  it('has 250 levels, which fit into the index, and no more', async () => {
    const app = service();
    const comments = Array.from({ length: 249 }, (_, depth) => ({
      key: `c${depth}`,
      ...(depth > 0 ? { parentKey: `c${depth - 1}` } : {}),
      body: `Level ${depth}`,
      createdAt: new Date(Date.UTC(2024, 4, 1, 10, 0, depth)).toISOString(),
    }));
    const { id, articleId, slug } = await app.addArticle({ comments });
    const user = await app.signUp();
    const [deepest] = await app.app.db.query<{ id: string }>(
      'SELECT id::text AS id FROM comment WHERE article_id = $1 AND depth = 248',
      [articleId],
    );
    let parentId = Buffer.from(`Comment:${articleId}:${deepest?.id}`).toString('base64url');
    for (const depth of [249, 250]) {
      const { comment } = await done(
        app,
        'addComment',
        { articleId: id, parentId, body: `Level ${depth}` },
        user,
      );
      expect(comment).toMatchObject({ depth, viewerCanReply: depth < 250 });
      parentId = comment.id;
    }
    expect((await refusal(app, 'addComment', { articleId: id, parentId, body: 'x' }, user)).code).toBe(
      'NESTED_TOO_DEEP',
    );
    const { comment } = await app.data(
      `query ($id: ID!) { comment(id: $id) { threadPosition ancestors { depth bodyText } } }`,
      { id: parentId },
    );
    expect(comment.ancestors.map((ancestor: { depth: number }) => ancestor.depth)).toEqual(
      Array.from({ length: 250 }, (_, depth) => depth),
    );
    const { article } = await app.data(
      `query ($slug: String!) { article(slug: $slug) { allComments(last: 2) { totalCount nodes { id depth } }
        comments { nodes { descendantCount } } } }`,
      { slug },
    );
    expect(article.comments.nodes).toEqual([{ descendantCount: 250 }]);
    expect(article.allComments).toMatchObject({
      totalCount: 251,
      nodes: [{ depth: 249 }, { id: parentId, depth: 250 }],
    });
    const listener = app.live.subscribe(articleEventsQuery, { articleId: id });
    await listener.waitFor(1, 'ArticleCheckpoint');
    await done(app, 'removeComment', { commentId: parentId }, user);
    const [event] = await listener.waitFor(1, 'CommentRemoved');
    expect(event?.vanishedCommentId).toBe(parentId);
  });
});
