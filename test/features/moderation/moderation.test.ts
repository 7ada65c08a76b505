/** @database either */
import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { type TestUser, useApp } from '../../support/app.ts';
import {
  type CommentMutation,
  done,
  footprint,
  keyOf,
  logOf,
  mutate,
  readComment,
  refusal,
  sendMutation,
} from '../../support/comments.ts';
import { checkInvariants } from '../../../harness/invariants.ts';

const moderations = ['restoreComment', 'approveComment', 'rejectComment'] as const;

const eventsQuery = `subscription ($articleId: ID!) { articleEvents(articleId: $articleId) {
  __typename sequence cursor ... on CommentEvent { comment { id status bodyText replyCount } }
  ... on CommentAdded { idempotencyKey } ... on CommentPolicyChanged { article { id commentPolicy } } } }`;

describe('moderation', () => {
  const service = useApp();
  let author: TestUser;
  let other: TestUser;
  let moderator: TestUser;
  let editor: TestUser;
  let administrator: TestUser;
  let suspendedModerator: TestUser;
  let owner: TestUser;
  let article: { id: string; articleId: string; slug: string };

  beforeAll(async () => {
    const app = service();
    author = await app.signUp('Ada Example');
    other = await app.signUp('Bo Example');
    moderator = await app.signUp('Mo Example', 'MODERATOR');
    editor = await app.signUp('Ed Example', 'EDITOR');
    administrator = await app.signUp('Al Example', 'ADMINISTRATOR');
    owner = await app.signUp('Jo Example', 'JOURNALIST');
    suspendedModerator = await app.signUp('Sid Example', 'MODERATOR');
    await app.app.db.query('UPDATE account SET suspended_at = clock_timestamp() WHERE id = $1', [
      suspendedModerator.accountId,
    ]);
    await app.addArticle();
    await app.app.db.query(`UPDATE journalist SET account_id = $1 WHERE slug = 'ada-example'`, [
      owner.accountId,
    ]);
  });

  beforeEach(async () => {
    article = await service().addArticle();
  });

  const add = async (more: Record<string, unknown> = {}, user = author) =>
    (await done(service(), 'addComment', { articleId: article.id, body: 'A comment.', ...more }, user))
      .comment;
  const act = async (
    name: CommentMutation,
    commentId: string,
    more: Record<string, unknown> = {},
    user = moderator,
  ) => (await done(service(), name, { commentId, ...more }, user)).comment;
  const remove = (commentId: string, user = author) => done(service(), 'removeComment', { commentId }, user);
  const setArticle = (column: 'status' | 'comment_policy', value: string, { articleId } = article) =>
    service().app.db.query(`UPDATE article SET ${column} = $2 WHERE id = $1`, [articleId, value]);
  const hold = async (more: Record<string, unknown> = {}, user = author) => {
    await setArticle('comment_policy', 'PREMODERATED');
    const comment = await add(more, user);
    await setArticle('comment_policy', 'OPEN');
    return comment;
  };
  const kindsOf = async () => (await logOf(service(), article.articleId)).map(({ kind }) => kind);
  const countsOf = async () =>
    (
      await service().data(
        `query ($slug: String!) { article(slug: $slug) { commentCount
          comments { totalCount nodes { id replyCount descendantCount } } allComments { totalCount } } }`,
        { slug: article.slug },
      )
    ).article;
  const listen = async () => {
    const listener = service().live.subscribe(eventsQuery, { articleId: article.id });
    await listener.waitFor(1, 'ArticleCheckpoint');
    return listener;
  };

  describe('is refused', () => {
    it('to viewers who are signed out or no moderators, with a code that depends on what they see, and without a write', async () => {
      const app = service();
      const [root, leaf, held, rejected] = [await add(), await add(), await hold(), await hold()];
      await add({ parentId: root.id });
      for (const { id } of [root, leaf]) await remove(id);
      await act('rejectComment', rejected.id);
      const isSeen = (id: string, user: TestUser) =>
        id === root.id || (user === author && (id === held.id || id === rejected.id));
      for (const name of moderations) {
        for (const { id } of [root, leaf, held, rejected]) {
          for (const user of [author, other, owner, suspendedModerator]) {
            const may = user === suspendedModerator ? 'ACCOUNT_SUSPENDED' : 'FORBIDDEN';
            expect(await refusal(app, name, { commentId: id }, user)).toEqual({
              code: isSeen(id, user) ? may : 'NOT_FOUND',
              field: ['commentId'],
            });
          }
          const { data, errors } = await sendMutation(app, name, { commentId: id });
          expect([data, errors?.[0]?.extensions.code]).toEqual([null, 'UNAUTHENTICATED']);
        }
      }
    });

    it('for comments that do not exist or are not visible', async () => {
      const app = service();
      const root = await add();
      const unknown = Buffer.from(`Comment:${article.articleId}:999999999`).toString('base64url');
      for (const name of moderations) {
        expect((await refusal(app, name, { commentId: unknown }, moderator)).code).toBe('NOT_FOUND');
        for (const commentId of [article.id, 'x']) {
          const { errors } = await sendMutation(app, name, { commentId }, moderator);
          expect(errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
        }
      }
      for (const status of ['DRAFT', 'UNPUBLISHED']) {
        await setArticle('status', status);
        for (const name of moderations)
          expect((await refusal(app, name, { commentId: root.id }, moderator)).code).toBe('NOT_FOUND');
        expect((await refusal(app, 'rejectComment', { commentId: root.id }, editor)).code).toBe(
          'WRONG_STATUS',
        );
        // The article's journalist sees the comment, but is no moderator.
        expect((await refusal(app, 'rejectComment', { commentId: root.id }, owner)).code).toBe('FORBIDDEN');
      }
    });
  });

  describe('restoreComment', () => {
    it('gives a tombstone its text, author, reactions and edits back', async () => {
      const app = service();
      const root = await add({ body: 'First' });
      await act('editComment', root.id, { body: 'Second' }, author);
      await act('react', root.id, { kind: 'LIKE' }, other);
      const reply = await add({ parentId: root.id }, other);
      const before = await readComment(app, root.id);
      await remove(root.id, moderator);
      expect(await countsOf()).toMatchObject({ commentCount: 1, allComments: { totalCount: 2 } });
      const listener = await listen();
      for (const user of [moderator, editor, administrator]) {
        expect(await act('restoreComment', root.id, {}, user)).toMatchObject({
          id: root.id,
          bodyText: 'Second',
        });
      }
      expect(await readComment(app, root.id)).toEqual(before);
      expect(await countsOf()).toMatchObject({
        commentCount: 2,
        comments: { totalCount: 1, nodes: [{ id: root.id, replyCount: 1, descendantCount: 1 }] },
        allComments: { totalCount: 2 },
      });
      // Restoring again changes nothing.
      expect((await kindsOf()).filter((kind) => kind === 'COMMENT_RESTORED')).toHaveLength(1);
      const [event] = await listener.waitFor(1, 'CommentRestored');
      expect(event).toMatchObject({ comment: { id: root.id, bodyText: 'Second', replyCount: 1 } });
      await remove(root.id, moderator);
      await remove(reply.id, moderator);
      expect(await countsOf()).toMatchObject({ commentCount: 0, allComments: { totalCount: 1 } });
      await act('restoreComment', root.id);
      await checkInvariants(app.app.db);
    });

    it('puts a vanished comment back in its place, by the id that the removal returned', async () => {
      const app = service();
      const root = await add();
      const [first, second, third] = [
        await add({ parentId: root.id }),
        await add({ parentId: root.id, body: 'Back' }),
        await add({ parentId: root.id }),
      ];
      const { vanishedCommentId } = await remove(second.id, moderator);
      expect(vanishedCommentId).toBe(second.id);
      const listener = await listen();
      expect(await act('restoreComment', vanishedCommentId)).toMatchObject({
        id: second.id,
        status: 'PUBLISHED',
        bodyText: 'Back',
        threadPosition: second.threadPosition,
      });
      const [event] = await listener.waitFor(1, 'CommentRestored');
      expect(event?.comment).toMatchObject({ id: second.id, bodyText: 'Back' });
      const { comment } = await app.data(
        `query ($id: ID!) { comment(id: $id) { replyCount descendantCount replies { totalCount nodes { id } } } }`,
        { id: root.id },
      );
      expect(comment).toEqual({
        replyCount: 3,
        descendantCount: 3,
        replies: { totalCount: 3, nodes: [first, second, third].map(({ id }) => ({ id })) },
      });
      await checkInvariants(app.app.db);
    });

    it('leaves a moderator’s own comment that somebody else has removed to another moderator', async () => {
      const app = service();
      const own = await add({}, moderator);
      await remove(own.id, editor);
      expect(await refusal(app, 'restoreComment', { commentId: own.id }, moderator)).toEqual({
        code: 'FORBIDDEN',
        field: ['commentId'],
      });
      await act('restoreComment', own.id, {}, editor);
      // What they have removed themselves is theirs to restore, and nobody else's.
      await remove(own.id, moderator);
      expect((await refusal(app, 'restoreComment', { commentId: own.id }, editor)).code).toBe('FORBIDDEN');
      expect(await act('restoreComment', own.id)).toMatchObject({ id: own.id, status: 'PUBLISHED' });
      await checkInvariants(app.app.db);
    });

    it('restores a reply to a tombstone', async () => {
      const app = service();
      const root = await add();
      const reply = await add({ parentId: root.id });
      await remove(root.id, moderator);
      await remove(reply.id, moderator);
      expect(await countsOf()).toMatchObject({ commentCount: 0, comments: { nodes: [{ replyCount: 0 }] } });
      await act('restoreComment', reply.id);
      expect(await countsOf()).toMatchObject({
        commentCount: 1,
        comments: { nodes: [{ id: root.id, replyCount: 1, descendantCount: 1 }] },
      });
      expect(await readComment(app, reply.id)).toMatchObject({ parent: { id: root.id } });
      await checkInvariants(app.app.db);
    });

    it.each(['PENDING', 'REJECTED'])(
      'never publishes a comment that was removed while it was %s',
      async (status) => {
        const app = service();
        const idempotencyKey = randomUUID();
        const held = await hold({ idempotencyKey });
        if (status === 'REJECTED') await act('rejectComment', held.id);
        expect(await remove(held.id, moderator)).toMatchObject({ vanishedCommentId: held.id });
        for (const user of [undefined, author, other, moderator])
          expect(await readComment(app, held.id, user)).toBeNull();
        expect((await refusal(app, 'approveComment', { commentId: held.id }, moderator)).code).toBe(
          'COMMENT_REMOVED',
        );
        expect((await refusal(app, 'rejectComment', { commentId: held.id }, moderator)).code).toBe(
          'COMMENT_REMOVED',
        );
        expect(await act('restoreComment', held.id)).toMatchObject({ status });
        expect(await readComment(app, held.id, other)).toBeNull();
        expect(await countsOf()).toEqual({
          commentCount: 0,
          comments: { totalCount: 0, nodes: [] },
          allComments: { totalCount: 0 },
        });
        expect(await kindsOf()).toEqual([]);
        // A comment that waits is not removed.
        expect(await refusal(app, 'restoreComment', { commentId: held.id }, moderator)).toEqual({
          code: 'WRONG_STATUS',
          field: ['commentId'],
        });
        await act('approveComment', held.id);
        expect(await logOf(app, article.articleId)).toMatchObject([
          { kind: 'COMMENT_ADDED', commentId: keyOf(held.id), key: idempotencyKey },
        ]);
        await checkInvariants(app.app.db);
      },
    );

    it('responds to the id of a comment that vanished before its publication as to an unknown id', async () => {
      const app = service();
      const held = await hold();
      await remove(held.id);
      const unknown = Buffer.from(`Comment:${article.articleId}:999999999`).toString('base64url');
      const cursorOf = (id: string) =>
        Buffer.from(`comments:${article.articleId}::all:THREADED|${keyOf(id)}.`).toString('base64url');
      for (const commentId of [held.id, unknown]) {
        for (const name of ['editComment', 'removeComment', 'react', 'restoreComment'] as const) {
          const more = name === 'react' ? { kind: 'LIKE' } : name === 'editComment' ? { body: 'x' } : {};
          expect((await refusal(app, name, { commentId, ...more }, other)).code).toBe('NOT_FOUND');
        }
        const reply = { articleId: article.id, parentId: commentId, body: 'x' };
        expect((await refusal(app, 'addComment', reply, other)).code).toBe('NOT_FOUND');
        const { errors } = await app.query(
          `query ($slug: String!, $after: Cursor) { article(slug: $slug) { allComments(after: $after) { totalCount } } }`,
          { slug: article.slug, after: cursorOf(commentId) },
        );
        expect(errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
      }
    });
  });

  describe('approveComment', () => {
    it('makes a comment public, with the idempotency key of its post', async () => {
      const app = service();
      const idempotencyKey = randomUUID();
      const root = await add();
      const held = await hold({ parentId: root.id, idempotencyKey, body: 'Held' });
      const listener = await listen();
      expect(await act('approveComment', held.id)).toMatchObject({ status: 'PUBLISHED', bodyText: 'Held' });
      expect(await act('approveComment', held.id, {}, editor)).toMatchObject({ status: 'PUBLISHED' });
      const [event] = await listener.waitFor(1, 'CommentAdded');
      expect(event).toMatchObject({
        sequence: 2,
        idempotencyKey,
        comment: { id: held.id, bodyText: 'Held' },
      });
      expect(await kindsOf()).toEqual(['COMMENT_ADDED', 'COMMENT_ADDED']);
      expect(await countsOf()).toEqual({
        commentCount: 2,
        comments: { totalCount: 1, nodes: [{ id: root.id, replyCount: 1, descendantCount: 1 }] },
        allComments: { totalCount: 2 },
      });
      // A retry of the post returns the comment in its present state.
      const again = await app.addComment(author, {
        articleId: article.id,
        parentId: root.id,
        body: 'Held',
        idempotencyKey,
      });
      expect(again.comment).toMatchObject({ id: held.id, status: 'PUBLISHED' });
      // A public comment can be removed, and stays as a tombstone if it has a reply.
      await add({ parentId: held.id });
      expect(await remove(held.id)).toMatchObject({ vanishedCommentId: null });
      await checkInvariants(app.app.db);
    });

    it('accepts a rejected comment, and still knows its idempotency key', async () => {
      const idempotencyKey = randomUUID();
      const held = await hold({ idempotencyKey });
      await act('rejectComment', held.id);
      expect(await act('approveComment', held.id)).toMatchObject({ status: 'PUBLISHED' });
      expect(await logOf(service(), article.articleId)).toMatchObject([
        { kind: 'COMMENT_ADDED', key: idempotencyKey },
      ]);
    });

    it('publishes the text that its author has edited meanwhile, and refuses the revision of another text', async () => {
      const app = service();
      const held = await hold({ body: 'First' });
      await act('editComment', held.id, { body: 'Second' }, author);
      expect(await kindsOf()).toEqual([]);
      for (const name of ['approveComment', 'rejectComment'] as const) {
        for (const expectedRevision of [1, 0, 3]) {
          expect(await refusal(app, name, { commentId: held.id, expectedRevision }, moderator)).toEqual({
            code: 'STALE_REVISION',
            field: ['expectedRevision'],
          });
        }
      }
      expect(await act('approveComment', held.id, { expectedRevision: 2 })).toMatchObject({
        bodyText: 'Second',
        revision: 2,
      });
    });

    it('is refused if the parent has vanished, and not if the parent left a tombstone', async () => {
      const app = service();
      const [gone, kept] = [await add(), await add()];
      await add({ parentId: kept.id });
      const [lost, found] = [await hold({ parentId: gone.id }), await hold({ parentId: kept.id })];
      // A reply that waits does not count as a reply.
      expect(await remove(gone.id, moderator)).toMatchObject({ vanishedCommentId: gone.id });
      expect(await remove(kept.id, moderator)).toMatchObject({ vanishedCommentId: null });
      expect(await refusal(app, 'approveComment', { commentId: lost.id }, moderator)).toEqual({
        code: 'PARENT_REMOVED',
        field: ['commentId'],
      });
      expect(await readComment(app, lost.id, author)).toMatchObject({ status: 'PENDING', parent: null });
      expect(await act('approveComment', found.id)).toMatchObject({ parent: { id: kept.id } });
      await act('rejectComment', lost.id);
      await act('restoreComment', gone.id);
      expect(await act('approveComment', lost.id)).toMatchObject({ parent: { id: gone.id } });
      await checkInvariants(app.app.db);
    });

    it('and a concurrent removal of the parent leave a consistent state', async () => {
      const app = service();
      const outcomes = new Set<string>();
      for (let n = 0; n < 12; n++) {
        const parent = await add();
        const held = await hold({ parentId: parent.id });
        const approve = () => mutate(app, 'approveComment', { commentId: held.id }, moderator);
        const first = n % 2 === 0 ? approve() : undefined;
        const [removal, approval] = await Promise.all([remove(parent.id), first ?? approve()]);
        const code = approval.userErrors[0]?.code ?? 'done';
        outcomes.add(code);
        expect(removal.vanishedCommentId).toBe(code === 'done' ? null : parent.id);
        expect(['done', 'PARENT_REMOVED']).toContain(code);
      }
      await checkInvariants(app.app.db);
    });
  });

  describe('rejectComment', () => {
    it('withholds a comment that waits: no event, no count, visible only to its author and moderators', async () => {
      const app = service();
      const held = await hold();
      expect(await act('rejectComment', held.id)).toMatchObject({ status: 'REJECTED' });
      const before = await footprint(app);
      expect(await act('rejectComment', held.id, { expectedRevision: 7 })).toMatchObject({
        status: 'REJECTED',
      });
      expect(await footprint(app)).toEqual(before);
      expect(await kindsOf()).toEqual([]);
      for (const user of [author, moderator, editor, administrator])
        expect(await readComment(app, held.id, user)).toMatchObject({
          status: 'REJECTED',
          viewerCanReply: false,
        });
      for (const user of [undefined, other, owner, suspendedModerator])
        expect(await readComment(app, held.id, user)).toBeNull();
      // The author can not edit the rejected comment, but may remove it.
      expect((await readComment(app, held.id, author)).viewerCanEdit).toBe(false);
      expect((await refusal(app, 'editComment', { commentId: held.id, body: 'x' }, author)).code).toBe(
        'COMMENT_REMOVED',
      );
      await remove(held.id);
      await checkInvariants(app.app.db);
    });

    it('is refused for public comments and tombstones', async () => {
      const app = service();
      const root = await add();
      expect(await refusal(app, 'rejectComment', { commentId: root.id }, moderator)).toEqual({
        code: 'WRONG_STATUS',
        field: ['commentId'],
      });
      await add({ parentId: root.id });
      await remove(root.id);
      expect((await refusal(app, 'rejectComment', { commentId: root.id }, moderator)).code).toBe(
        'COMMENT_REMOVED',
      );
    });
  });

  describe('setCommentPolicy', () => {
    const mutation = `mutation ($input: SetCommentPolicyInput!) { setCommentPolicy(input: $input) {
      article { id commentPolicy viewerCanComment } userErrors { code field } } }`;
    const set = async (commentPolicy: string, user?: TestUser) =>
      service().query(
        mutation,
        { input: { articleId: article.id, commentPolicy } },
        user ? { token: user.token } : {},
      );
    const policyOf = async () =>
      (
        await service().app.db.query<{ policy: string }>(
          'SELECT comment_policy AS policy FROM article WHERE id = $1',
          [article.articleId],
        )
      )[0]?.policy;

    it('is allowed to the article’s journalist, editors and moderators, and appends one event', async () => {
      const listener = await listen();
      let events = 0;
      for (const user of [owner, moderator, editor, administrator]) {
        for (const policy of ['CLOSED', 'PREMODERATED', 'OPEN']) {
          const { data } = await set(policy, user);
          expect(data.setCommentPolicy).toEqual({
            article: { id: article.id, commentPolicy: policy, viewerCanComment: policy !== 'CLOSED' },
            userErrors: [],
          });
          await set(policy, user);
          const seen = await listener.waitFor(++events, 'CommentPolicyChanged');
          expect(seen.at(-1)).toMatchObject({ sequence: events, article: { commentPolicy: policy } });
        }
      }
      expect(await kindsOf()).toEqual(Array.from({ length: events }, () => 'COMMENT_POLICY_CHANGED'));
    });

    it('is refused to everybody else', async () => {
      const code = async (user?: TestUser) => {
        const { data, errors } = await set('CLOSED', user);
        return errors?.[0]?.extensions.code ?? data.setCommentPolicy.userErrors[0]?.code;
      };
      const expectAll = async (expected: Record<string, TestUser[]>) => {
        for (const [wanted, users] of Object.entries(expected))
          for (const user of users) expect([user.name, await code(user)]).toEqual([user.name, wanted]);
        expect(await code()).toBe('UNAUTHENTICATED');
        expect(await policyOf()).toBe('OPEN');
      };
      await expectAll({ FORBIDDEN: [author, other], ACCOUNT_SUSPENDED: [suspendedModerator] });
      await setArticle('status', 'UNPUBLISHED');
      await expectAll({ NOT_FOUND: [author, other, moderator, suspendedModerator] });
      // An unpublished article has no events.
      expect(await code(owner)).toBeUndefined();
      expect(await policyOf()).toBe('CLOSED');
      expect(await kindsOf()).toEqual([]);
    });

    it('decides the status of comments that are posted afterwards', async () => {
      const app = service();
      await set('PREMODERATED', owner);
      expect((await add()).status).toBe('PENDING');
      // Comments by users who may approve comments do not wait.
      for (const user of [moderator, editor, administrator])
        expect((await add({}, user)).status).toBe('PUBLISHED');
      // Comments by the article’s journalist wait.
      expect((await add({}, owner)).status).toBe('PENDING');
      await set('CLOSED', owner);
      for (const user of [author, owner, moderator, administrator]) {
        const input = { articleId: article.id, body: 'x' };
        expect((await refusal(app, 'addComment', input, user)).code).toBe('COMMENTS_CLOSED');
      }
      await set('OPEN', owner);
      expect((await add()).status).toBe('PUBLISHED');
    });
  });

  describe('heldComments', () => {
    const query = `query ($status: CommentStatus, $first: Int, $after: Cursor, $last: Int, $before: Cursor) {
      heldComments(status: $status, first: $first, after: $after, last: $last, before: $before) {
        totalCount nodes { id } edges { cursor node { id status bodyText article { id } author { name } } }
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`;
    const held = async (user: TestUser, variables: Record<string, unknown> = {}) =>
      (await service().data(query, variables, user.token)).heldComments;
    const code = async (user?: TestUser, variables: Record<string, unknown> = {}) => {
      const { data, errors } = await service().query(query, variables, user ? { token: user.token } : {});
      expect(data?.heldComments ?? null).toBeNull();
      return errors?.[0]?.extensions.code;
    };

    beforeEach(async () => {
      await service().app.db.query(
        `UPDATE comment SET status = 'REMOVED', removed_status = status, removed_at = clock_timestamp()
         WHERE status IN ('PENDING', 'REJECTED')`,
      );
    });

    it('is allowed only to moderators', async () => {
      expect(await code()).toBe('UNAUTHENTICATED');
      for (const user of [author, owner, suspendedModerator]) expect(await code(user)).toBe('FORBIDDEN');
      for (const user of [moderator, editor, administrator])
        expect(await held(user)).toMatchObject({
          totalCount: 0,
          nodes: [],
          pageInfo: { hasNextPage: false },
        });
      for (const status of ['PUBLISHED', 'REMOVED']) {
        expect(await code(moderator, { status })).toBe('BAD_USER_INPUT');
        expect(await code(author, { status })).toBe('FORBIDDEN');
      }
      for (const wrong of [{ first: 0 }, { first: 101 }, { first: 1, last: 1 }, { after: 'x' }])
        expect(await code(moderator, wrong)).toBe('BAD_USER_INPUT');
    });

    it('pages through the waiting comments of the whole site, oldest first, in both directions', async () => {
      const articles = [article, await service().addArticle()];
      const ids: string[] = [];
      for (let n = 0; n < 5; n++) {
        article = articles[n % 2] ?? article;
        ids.push((await hold({ body: `No. ${n}` })).id);
      }
      const rejected = [await hold(), await hold()].map(({ id }) => id);
      for (const id of rejected) await act('rejectComment', id);
      expect(await held(moderator)).toMatchObject({
        totalCount: 5,
        edges: [
          { node: { status: 'PENDING', bodyText: 'No. 0', author: { name: 'Ada Example' } } },
          {},
          {},
          {},
          {},
        ],
      });
      expect(await held(moderator, { status: null })).toMatchObject({ totalCount: 5 });
      for (const [status, expected] of [
        ['PENDING', ids],
        ['REJECTED', rejected],
      ] as const) {
        for (const size of [1, 2, 5]) {
          const [forth, back]: [string[], string[]] = [[], []];
          for (let after = null, more = true; more;) {
            const page: any = await held(moderator, { status, first: size, after });
            expect(page.totalCount).toBe(expected.length);
            expect(page.pageInfo.hasPreviousPage).toBe(forth.length > 0);
            forth.push(...page.nodes.map(({ id }: { id: string }) => id));
            [after, more] = [page.pageInfo.endCursor, page.pageInfo.hasNextPage];
          }
          for (let before = null, more = true; more;) {
            const page: any = await held(moderator, { status, last: size, before });
            expect(page.pageInfo.hasNextPage).toBe(back.length > 0);
            back.unshift(...page.nodes.map(({ id }: { id: string }) => id));
            [before, more] = [page.pageInfo.startCursor, page.pageInfo.hasPreviousPage];
          }
          expect([forth, back]).toEqual([expected, expected]);
        }
      }
      const { edges } = await held(moderator);
      expect(await code(moderator, { status: 'REJECTED', after: edges[1].cursor })).toBe('BAD_USER_INPUT');
      // A cursor marks a place: it works even if its comment is no longer in the list.
      await act('approveComment', ids[1] ?? '');
      expect((await held(moderator, { after: edges[1].cursor })).nodes[0].id).toBe(ids[2]);
    });

    it('shows no comments on articles that the moderator does not see', async () => {
      const hidden = article;
      const [waits] = [await hold()];
      article = await service().addArticle();
      const shown = await hold();
      await setArticle('status', 'UNPUBLISHED', hidden);
      const ids = async (user: TestUser) => {
        const { totalCount, nodes } = await held(user);
        expect(totalCount).toBe(nodes.length);
        return nodes.map(({ id }: { id: string }) => id);
      };
      expect(await ids(moderator)).toEqual([shown.id]);
      for (const user of [editor, administrator]) expect(await ids(user)).toEqual([waits.id, shown.id]);
      // A moderator who is the article's journalist sees the article.
      await service().app.db.query(
        `UPDATE account SET roles = '{READER,JOURNALIST,MODERATOR}' WHERE id = $1`,
        [owner.accountId],
      );
      expect(await ids(owner)).toEqual([waits.id, shown.id]);
      await service().app.db.query(`UPDATE account SET roles = '{READER,JOURNALIST}' WHERE id = $1`, [
        owner.accountId,
      ]);
    });
  });
});
