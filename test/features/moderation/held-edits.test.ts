/** @database either */
import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { exportArticle } from '../../../src/features/import/export.service.ts';
import { type TestUser, useApp } from '../../support/app.ts';
import { done, logOf, mutate, refusal } from '../../support/comments.ts';
import { checkInvariants } from '../../../harness/invariants.ts';

const shown = `id status revision bodyText bodyHtml editedAt
  viewerHeldEdit { status revision bodyText bodyHtml viewerBodyMarkdown }`;
const eventsQuery = `subscription ($articleId: ID!, $after: EventCursor) { articleEvents(articleId: $articleId, after: $after) {
  __typename cursor ... on CommentEvent { comment { ${shown} } } } }`;

describe('a new text of a public comment', () => {
  const service = useApp({ EDIT_WINDOW_SECONDS: '3600' });
  let author: TestUser;
  let other: TestUser;
  let moderator: TestUser;
  let suspendedModerator: TestUser;
  let article: { id: string; articleId: string; slug: string };

  beforeAll(async () => {
    const app = service();
    author = await app.signUp('Ada Example');
    other = await app.signUp('Bo Example');
    moderator = await app.signUp('Mo Example', 'MODERATOR');
    suspendedModerator = await app.signUp('Sid Example', 'MODERATOR');
    await app.app.db.query('UPDATE account SET suspended_at = clock_timestamp() WHERE id = $1', [
      suspendedModerator.accountId,
    ]);
  });

  beforeEach(async () => {
    article = await service().addArticle();
    await setPolicy('PREMODERATED');
  });

  const setPolicy = (commentPolicy: string) =>
    service().data(
      `mutation ($input: SetCommentPolicyInput!) { setCommentPolicy(input: $input) { userErrors { code } } }`,
      { input: { articleId: article.id, commentPolicy } },
      moderator.token,
    );
  const post = async (body = 'Approved', user = author): Promise<string> =>
    (await done(service(), 'addComment', { articleId: article.id, body }, user)).comment.id;
  const approve = (commentId: string, expectedRevision?: number) =>
    done(service(), 'approveComment', { commentId, expectedRevision }, moderator);
  const reject = (commentId: string, expectedRevision?: number) =>
    done(service(), 'rejectComment', { commentId, expectedRevision }, moderator);
  const edit = (commentId: string, body: string, expectedRevision?: number) =>
    done(service(), 'editComment', { commentId, body, expectedRevision }, author);
  const refusedTo = (
    name: 'approveComment' | 'rejectComment',
    commentId: string,
    expectedRevision?: number,
  ) => refusal(service(), name, { commentId, expectedRevision }, moderator);
  /** Posts a comment that a moderator approves. @returns its id */
  const approved = async (): Promise<string> => {
    const id = await post();
    await approve(id);
    return id;
  };
  const read = async (id: string, user?: TestUser) =>
    (await service().data(`query ($id: ID!) { comment(id: $id) { ${shown} } }`, { id }, user?.token)).comment;
  const heldOf = async (id: string, user = author) => (await read(id, user)).viewerHeldEdit;
  const queue = async (status = 'PENDING'): Promise<string[]> => {
    const { heldComments } = await service().data(
      `query ($status: CommentStatus) { heldComments(status: $status, first: 100) { totalCount nodes { id article { id } } } }`,
      { status },
      moderator.token,
    );
    expect(heldComments.totalCount).toBe(heldComments.nodes.length);
    return heldComments.nodes.filter((node: any) => node.article.id === article.id).map(({ id }: any) => id);
  };
  const kindsOf = async () => (await logOf(service(), article.articleId)).map(({ kind }) => kind);
  /** Everything about the article that is public. */
  const publicFace = async () => ({
    page: await service().data(
      `query ($slug: String!) { article(slug: $slug) { commentCount liveCursor
        allComments { totalCount nodes { id status revision bodyText bodyHtml editedAt } } } }`,
      { slug: article.slug },
    ),
    log: await logOf(service(), article.articleId),
    exported: await exportArticle(service().app.db, article.slug),
  });

  it('waits for a moderator without any public trace', async () => {
    const id = await approved();
    const before = await publicFace();
    const { comment } = await edit(id, 'Anything *at all*');
    expect(comment).toMatchObject({ status: 'PUBLISHED', revision: 1, bodyText: 'Approved', editedAt: null });
    expect(await publicFace()).toEqual(before);
    for (const user of [undefined, other, suspendedModerator])
      expect(await read(id, user)).toMatchObject({ bodyText: 'Approved', viewerHeldEdit: null });
    const text = {
      status: 'PENDING',
      revision: 2,
      bodyText: 'Anything at all',
      bodyHtml: '<p dir="auto">Anything <em>at all</em></p>',
    };
    expect(await heldOf(id)).toEqual({ ...text, viewerBodyMarkdown: 'Anything *at all*' });
    expect(await heldOf(id, moderator)).toEqual({ ...text, viewerBodyMarkdown: null });
    expect(await queue()).toEqual([id]);
    await checkInvariants(service().app.db);
  });

  it('becomes the comment’s text when it is approved by its revision, with one event', async () => {
    const id = await approved();
    const listener = service().live.subscribe(eventsQuery, { articleId: article.id });
    await listener.waitFor(1, 'ArticleCheckpoint');
    await edit(id, 'Second');
    // A moderator who passes no revision, or another one than the new text's, has not read the new text.
    for (const revision of [undefined, 1, 3])
      expect(await refusedTo('approveComment', id, revision)).toEqual({
        code: 'STALE_REVISION',
        field: ['expectedRevision'],
      });
    expect((await approve(id, 2)).comment).toMatchObject({ revision: 2, bodyText: 'Second' });
    const [event] = await listener.waitFor(1, 'CommentEdited');
    expect(event?.comment).toMatchObject({ bodyText: 'Second', revision: 2, viewerHeldEdit: null });
    expect(await read(id)).toMatchObject({ editedAt: expect.any(String), bodyText: 'Second' });
    // Approving again changes nothing.
    await approve(id, 2);
    expect((await kindsOf()).filter((kind) => kind === 'COMMENT_EDITED')).toHaveLength(1);
    expect([await heldOf(id), await queue()]).toEqual([null, []]);
    await checkInvariants(service().app.db);
  });

  it('has a revision that no other text of the comment has or had', async () => {
    const id = await approved();
    const numberOf = async (body: string) => {
      await edit(id, body);
      return (await heldOf(id)).revision as number;
    };
    const numbers = [await numberOf('Replaced'), await numberOf('Approved, too')];
    expect((await refusedTo('approveComment', id, numbers[0])).code).toBe('STALE_REVISION');
    await approve(id, numbers[1]);
    // The number that the moderator has read stays that of the text.
    expect(await read(id)).toMatchObject({ revision: numbers[1], bodyText: 'Approved, too' });
    numbers.push(await numberOf('Rejected'));
    await reject(id, numbers[2]);
    numbers.push(await numberOf('Withdrawn'));
    await edit(id, 'Approved, too');
    expect([await heldOf(id), await queue()]).toEqual([null, []]);
    numbers.push(await numberOf('The last one'));
    expect(new Set(numbers).size).toBe(5);
    for (const number of numbers.slice(0, -1))
      expect((await refusedTo('approveComment', id, number)).code).toBe('STALE_REVISION');
    await approve(id, numbers.at(-1));
    expect(await read(id)).toMatchObject({ revision: numbers.at(-1), bodyText: 'The last one' });
    await checkInvariants(service().app.db);
  });

  it('is hidden from readers when it is rejected, and its author may write another one', async () => {
    const id = await approved();
    const before = await publicFace();
    await edit(id, 'Second');
    for (const revision of [undefined, 1])
      expect((await refusedTo('rejectComment', id, revision)).code).toBe('STALE_REVISION');
    await reject(id, 2);
    await reject(id, 2);
    expect(await publicFace()).toEqual(before);
    expect(await heldOf(id)).toMatchObject({ status: 'REJECTED', bodyText: 'Second' });
    expect([await queue(), await queue('REJECTED')]).toEqual([[], [id]]);
    // As with a comment, a moderator may approve a text that was rejected.
    await edit(id, 'Third');
    expect([await queue(), await queue('REJECTED')]).toEqual([[id], []]);
    await reject(id, 3);
    expect((await approve(id, 3)).comment).toMatchObject({ bodyText: 'Third' });
    expect((await refusedTo('rejectComment', id)).code).toBe('WRONG_STATUS');
    await checkInvariants(service().app.db);
  });

  it('is based on the text that its author saw last', async () => {
    const id = await approved();
    await edit(id, 'Second', 1);
    for (const expectedRevision of [1, 3]) {
      const input = { commentId: id, body: 'Third', expectedRevision };
      expect((await refusal(service(), 'editComment', input, author)).code).toBe('STALE_REVISION');
    }
    await edit(id, 'Second', 2);
    expect(await heldOf(id)).toMatchObject({ revision: 2 });
    await edit(id, 'Third', 2);
    expect(await heldOf(id)).toMatchObject({ revision: 3, bodyText: 'Third' });
  });

  it('waits even if the comment was published without approval, and is public at once if a new comment would be', async () => {
    await setPolicy('OPEN');
    const [id, mine] = [await post(), await post('Mine', moderator)];
    await edit(id, 'Edited in the open');
    expect(await read(id)).toMatchObject({ bodyText: 'Edited in the open', revision: 2 });
    for (const policy of ['PREMODERATED', 'CLOSED']) {
      await setPolicy(policy);
      await edit(id, `Edited, ${policy}`);
      expect(await read(id)).toMatchObject({ bodyText: 'Edited in the open', revision: 2 });
      const body = `Mine, ${policy}`;
      await done(service(), 'editComment', { commentId: mine, body }, moderator);
      expect(await read(mine)).toMatchObject({ bodyText: body });
    }
    // A new text that waits under the old policy continues to wait, as comments do; the next one does not wait.
    await setPolicy('OPEN');
    expect(await queue()).toEqual([id]);
    expect(await read(id)).toMatchObject({ bodyText: 'Edited in the open' });
    await edit(id, 'Open again', 4);
    expect(await read(id, author)).toMatchObject({
      bodyText: 'Open again',
      // No text that has waited had this number.
      revision: 5,
      viewerHeldEdit: null,
    });
    expect(await queue()).toEqual([]);
    await checkInvariants(service().app.db);
  });

  it('is removed and restored with its comment, and then still waits', async () => {
    const id = await approved();
    const reply = await post('A reply', moderator);
    await done(service(), 'addComment', { articleId: article.id, parentId: id, body: 'Below' }, moderator);
    await edit(id, 'Second');
    await done(service(), 'removeComment', { commentId: id }, moderator);
    for (const user of [author, moderator]) expect(await heldOf(id, user)).toBeNull();
    expect(await queue()).toEqual([]);
    for (const name of ['approveComment', 'rejectComment'] as const)
      expect((await refusedTo(name, id, 2)).code).toBe('COMMENT_REMOVED');
    await done(service(), 'restoreComment', { commentId: id }, moderator);
    expect(await read(id)).toMatchObject({ bodyText: 'Approved' });
    expect(await queue()).toEqual([id]);
    await approve(id, 2);
    expect(await read(id)).toMatchObject({ bodyText: 'Second' });
    expect(await read(reply)).toMatchObject({ bodyText: 'A reply' });
    await checkInvariants(service().app.db);
  });

  it('is in the same queue as comments that wait', async () => {
    const ids: string[] = [];
    for (let n = 0; n < 6; n++) {
      const id = n % 2 === 0 ? await approved() : await post(`Waits, ${n}`);
      ids.push(id);
      if (n % 2 === 0) await edit(id, `Waits as an edit, ${n}`);
    }
    expect(await queue()).toEqual(ids);
    const page = async (variables: object) =>
      (
        await service().data(
          `query ($first: Int, $after: Cursor, $last: Int, $before: Cursor) {
            heldComments(first: $first, after: $after, last: $last, before: $before) {
              nodes { id article { id } } pageInfo { startCursor endCursor hasNextPage hasPreviousPage } } }`,
          { ...variables },
          moderator.token,
        )
      ).heldComments;
    const own = (nodes: any[]) =>
      nodes.filter((node) => node.article.id === article.id).map(({ id }) => id as string);
    for (const size of [1, 2, 5]) {
      const [forth, back]: string[][] = [[], []];
      for (let after: string | null = null, more = true; more;) {
        const { nodes, pageInfo } = await page({ first: size, after });
        forth?.push(...own(nodes as any[]));
        [after, more] = [pageInfo.endCursor, pageInfo.hasNextPage];
      }
      for (let before: string | null = null, more = true; more;) {
        const { nodes, pageInfo } = await page({ last: size, before });
        back?.unshift(...own(nodes as any[]));
        [before, more] = [pageInfo.startCursor, pageInfo.hasPreviousPage];
      }
      expect([forth, back]).toEqual([ids, ids]);
    }
  });

  it('is in events only for its author and moderators, in its present state', async () => {
    const app = service();
    const id = await approved();
    await edit(id, 'Second');
    const listen = async (user?: TestUser, after?: string) => {
      const client = app.live.client(user ? { token: user.token } : {});
      const listener = app.live.subscribe(eventsQuery, { articleId: article.id, after }, client);
      await listener.waitFor(1, 'ArticleCheckpoint');
      return listener;
    };
    const second = await app.signUp('Mia Example', 'MODERATOR');
    const see = [await listen(author), await listen(moderator), await listen(second)];
    const not = [await listen(), await listen(other), await listen(suspendedModerator)];
    for (const [n, body] of ['Second', 'Third'].entries()) {
      if (n > 0) await edit(id, body);
      await done(app, n === 0 ? 'react' : 'unreact', { commentId: id, kind: 'LIKE' }, other);
      for (const listener of [...see, ...not]) {
        const events = await listener.waitFor(n + 1, 'CommentReactionsChanged');
        expect(events.at(-1)?.comment.viewerHeldEdit?.bodyText).toBe(
          see.includes(listener) ? body : undefined,
        );
      }
    }
    // No event follows this edit, but renderings from before the edit are outdated all the same.
    await edit(id, 'Fourth');
    const start = see[1]?.events[0]?.cursor;
    for (const user of [author, moderator, second]) {
      const events = await (await listen(user, start)).waitFor(2, 'CommentReactionsChanged');
      for (const event of events) expect(event.comment.viewerHeldEdit).toMatchObject({ bodyText: 'Fourth' });
    }
    await app.live.close();
  });

  it('is never made public unread, whatever the order of a concurrent edit and approval', async () => {
    const app = service();
    const outcomes = new Set<string>();
    for (let n = 0; n < 12; n++) {
      const id = await approved();
      await edit(id, 'Read by a moderator');
      const rewrite = () =>
        mutate(app, 'editComment', { commentId: id, body: 'Unread', expectedRevision: 2 }, author);
      const first = n % 2 === 0 ? rewrite() : undefined;
      const approvals = [1, 2].map(() =>
        mutate(app, 'approveComment', { commentId: id, expectedRevision: 2 }, moderator),
      );
      const [edited, ...decided] = await Promise.all([first ?? rewrite(), ...approvals]);
      const codes = [edited, ...decided].map(({ userErrors }) => userErrors[0]?.code ?? 'done');
      outcomes.add(codes.join());
      const { bodyText } = await read(id);
      expect(bodyText).not.toBe('Unread');
      if (codes[1] === 'done') expect(bodyText).toBe('Read by a moderator');
      expect(codes.every((code) => ['done', 'STALE_REVISION'].includes(code))).toBe(true);
    }
    expect(outcomes.size).toBeGreaterThan(1);
    await checkInvariants(app.app.db);
  });

  it('and a concurrent removal of its comment leave a consistent state', async () => {
    const app = service();
    for (let n = 0; n < 12; n++) {
      const id = await approved();
      const rewrite = () => mutate(app, 'editComment', { commentId: id, body: 'Second' }, author);
      const first = n % 2 === 0 ? rewrite() : undefined;
      const [edited] = await Promise.all([
        first ?? rewrite(),
        done(app, 'removeComment', { commentId: id }, moderator),
      ]);
      // A vanished comment does not exist for its author any more.
      expect(['done', 'NOT_FOUND']).toContain(edited.userErrors[0]?.code ?? 'done');
      expect(await read(id, author)).toBeNull();
    }
    expect(await queue()).toEqual([]);
    await checkInvariants(app.app.db);
  });
});
