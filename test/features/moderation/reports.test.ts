/**
 * @seconds 20
 */
import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { forgetAccount } from '../../../src/platform/screening/moderation-log-data.queries.ts';
import { type TestUser, useApp } from '../../support/app.ts';
import { done, logOf, mutate, readComment, refusal } from '../../support/comments.ts';
import { setArticle } from '../../support/article-states.ts';
import { personId } from '../../support/persons.ts';
import { close, commentKeyOf, decide, moderationLogOf, report, reportsOf } from '../../support/reports.ts';
import { checkInvariants } from '../../../harness/invariants.ts';

describe('reports of comments', () => {
  const service = useApp();
  let author: TestUser;
  let moderator: TestUser;
  let owner: TestUser;
  const readers: TestUser[] = [];
  let article: { id: string; articleId: string; slug: string };
  let commentId: string;

  const reader = (n: number): TestUser => readers[n] ?? author;
  const add = async (more: Record<string, unknown> = {}, user = author): Promise<string> =>
    (await done(service(), 'addComment', { articleId: article.id, body: 'A comment.', ...more }, user))
      .comment.id;
  /** As many accounts as there have to be, without any record. */
  const reportByThree = async (id = commentId) => {
    for (const n of [0, 1, 2]) await report(service(), reader(n), id);
  };
  const fieldsOf = async (id: string, user?: TestUser) =>
    (
      await service().data(
        'query ($id: ID!) { comment(id: $id) { viewerHasReported viewerCanReport } }',
        { id },
        user?.token,
      )
    ).comment;
  const ownReports = async (user: TestUser, args = 'first: 20') =>
    (
      await service().data(
        `{ viewer { reports(${args}) { nodes { reason note outcome createdAt comment { id status } }
          pageInfo { hasNextPage endCursor } } } }`,
        {},
        user.token,
      )
    ).viewer.reports;

  beforeAll(async () => {
    const app = service();
    author = await app.signUp('Ada Example');
    moderator = await app.signUp('Mo Example', 'MODERATOR');
    owner = await app.signUp('Jo Example', 'JOURNALIST');
    await app.addArticle();
    await app.app.db.query(`UPDATE journalist SET account_id = $1 WHERE slug = 'ada-example'`, [
      owner.accountId,
    ]);
  });

  beforeEach(async () => {
    const app = service();
    readers.length = 0;
    for (let n = 0; n < 4; n++) readers.push(await app.signUp(`Reader ${n}`));
    article = await app.addArticle();
    commentId = await add();
  });

  it('are stored once for each account, queued and logged, and change nothing that readers see', async () => {
    const app = service();
    const before = await logOf(app, article.articleId);
    for (let time = 0; time < 2; time++) {
      const { comment } = await report(app, reader(0), commentId, { reason: 'HATE', note: ' See the end. ' });
      expect(comment).toMatchObject({ id: commentId, status: 'PUBLISHED' });
    }
    expect(await reportsOf(app, commentId)).toEqual({
      status: 'PUBLISHED',
      item: { held: null, reports: 1 },
      hold: null,
      states: ['OPEN'],
    });
    expect(await moderationLogOf(app, commentId)).toEqual([
      {
        kind: 'REPORTED',
        actorKind: 'PERSON',
        actorId: reader(0).accountId,
        subjectId: author.accountId,
        reason: 'HATE',
        detail: null,
      },
    ]);
    expect(await logOf(app, article.articleId)).toEqual(before);
    expect(await fieldsOf(commentId, reader(0))).toEqual({ viewerHasReported: true, viewerCanReport: true });
    expect(await fieldsOf(commentId, reader(1))).toEqual({ viewerHasReported: false, viewerCanReport: true });
    expect(await fieldsOf(commentId, author)).toEqual({ viewerHasReported: false, viewerCanReport: false });
    expect(await fieldsOf(commentId)).toEqual({ viewerHasReported: false, viewerCanReport: false });
    const { nodes } = await ownReports(reader(0));
    expect(nodes).toMatchObject([
      { reason: 'HATE', note: 'See the end.', outcome: 'OPEN', comment: { id: commentId } },
    ]);
    expect((await ownReports(reader(1))).nodes).toEqual([]);
  });

  it('are refused for what is one’s own, what is not public, and what nobody may see', async () => {
    const app = service();
    const input = { commentId, reason: 'SPAM' };
    expect(await refusal(app, 'reportComment', input, author)).toMatchObject({ code: 'FORBIDDEN' });
    expect(await refusal(app, 'reportComment', { ...input, note: '' }, reader(0))).toEqual({
      code: 'EMPTY_TEXT',
      field: ['note'],
    });
    expect(await refusal(app, 'reportComment', { ...input, note: 'x'.repeat(501) }, reader(0))).toEqual({
      code: 'TOO_LONG',
      field: ['note'],
    });
    const parent = await add();
    await add({ parentId: parent }, reader(0));
    const vanishing = await add();
    for (const id of [parent, vanishing]) await done(app, 'removeComment', { commentId: id }, author);
    const codeOf = async (id: string, user: TestUser) =>
      (await refusal(app, 'reportComment', { ...input, commentId: id }, user)).code;
    expect(await codeOf(parent, reader(0))).toBe('COMMENT_REMOVED');
    expect(await codeOf(vanishing, reader(0))).toBe('NOT_FOUND');
    await setArticle(app, article.articleId, { status: 'UNPUBLISHED' });
    expect(await codeOf(commentId, reader(0))).toBe('NOT_FOUND');
  });

  it('by enough accounts in good standing take the comment back, which its author learns', async () => {
    const app = service();
    const parent = await add();
    await add({ parentId: parent }, reader(3));
    await reportByThree(parent);
    expect(await reportsOf(app, parent)).toEqual({
      status: 'REMOVED',
      item: { held: 'REPORTS', reports: 3 },
      hold: { phase: 'REPORTS', rule: '3' },
      states: ['OPEN', 'OPEN', 'OPEN'],
    });
    const events = await moderationLogOf(app, parent);
    expect(events.map(({ kind }) => kind)).toEqual(['REPORTED', 'REPORTED', 'REPORTED', 'HELD']);
    expect(events.at(-1)).toEqual({
      kind: 'HELD',
      actorKind: 'SYSTEM',
      actorId: null,
      subjectId: author.accountId,
      reason: null,
      detail: { phase: 'REPORTS', reports: 3 },
    });
    expect((await logOf(app, article.articleId)).at(-1)).toMatchObject({
      kind: 'COMMENT_REMOVED',
      commentId: commentKeyOf(parent).id,
      vanished: false,
    });
    expect(await readComment(app, parent, author)).toMatchObject({ status: 'REMOVED', bodyText: null });
    const inboxOf = async () =>
      (
        await app.data(
          '{ viewer { unreadNotificationCount notifications(first: 1) { nodes { kind comment { id status } } } } }',
          {},
          author.token,
        )
      ).viewer.notifications.nodes;
    expect(await inboxOf()).toEqual([{ kind: 'COMMENT_HELD', comment: { id: parent, status: 'REMOVED' } }]);
    const takenBack = async (user: TestUser) =>
      (
        await app.data(
          '{ viewer { takenBackComments(first: 9) { totalCount nodes { commentId bodyText article { id } } } } }',
          {},
          user.token,
        )
      ).viewer.takenBackComments;
    const own = { commentId: parent, bodyText: expect.any(String), article: { id: article.id } };
    expect(await takenBack(author)).toEqual({ totalCount: 1, nodes: [own] });
    expect(await takenBack(moderator)).toEqual({ totalCount: 0, nodes: [] });
    // The reporter learns no more than before, and whoever comes later finds a tombstone.
    expect((await ownReports(reader(2))).nodes).toMatchObject([{ outcome: 'OPEN' }]);
    expect(await report(app, reader(2), parent)).toMatchObject({ comment: { status: 'REMOVED' } });
    const late = { commentId: parent, reason: 'SPAM' };
    expect((await refusal(app, 'reportComment', late, moderator)).code).toBe('COMMENT_REMOVED');
    // Once it is restored there is nothing more to tell of the holding.
    await done(app, 'restoreComment', { commentId: parent }, moderator);
    expect(await reportsOf(app, parent)).toMatchObject({ status: 'PUBLISHED', item: null });
    expect(await inboxOf()).toMatchObject([{ kind: 'COMMENT_APPROVED' }]);
    await checkInvariants(app.app.db);
  });

  it('let a comment vanish that nobody has replied to, and repeating them succeeds', async () => {
    const app = service();
    await report(app, reader(0), commentId);
    await report(app, reader(1), commentId);
    for (let time = 0; time < 2; time++)
      expect(await mutate(app, 'reportComment', { commentId, reason: 'SPAM' }, reader(2))).toEqual({
        comment: null,
        userErrors: [],
      });
    expect(await readComment(app, commentId, author)).toBeNull();
    await checkInvariants(app.app.db);
  });

  it('count only if they are of the present text', async () => {
    const app = service();
    await report(app, reader(0), commentId);
    await report(app, reader(1), commentId);
    await done(app, 'editComment', { commentId, body: 'Another text.' }, author);
    await report(app, reader(2), commentId);
    expect(await reportsOf(app, commentId)).toMatchObject({
      status: 'PUBLISHED',
      item: { held: null, reports: 3 },
    });
  });

  it('do not count by accounts in bad standing, nor do they take back what staff or the journalist have written', async () => {
    const app = service();
    const by = async (user: TestUser) => {
      const id = await add({}, user);
      await reportByThree(id);
      return (await reportsOf(app, id)).status;
    };
    expect(await by(moderator)).toBe('PUBLISHED');
    expect(await by(owner)).toBe('PUBLISHED');
    // Two reports in bad faith cost the standing.
    for (let n = 0; n < 2; n++) {
      const other = await add();
      await report(app, reader(0), other);
      await close(app, other, { state: 'BAD_FAITH', decisionId: '1' });
    }
    await reportByThree();
    expect(await reportsOf(app, commentId)).toMatchObject({
      status: 'PUBLISHED',
      item: { held: null, reports: 3 },
    });
    await report(app, reader(3), commentId);
    expect(await reportsOf(app, commentId)).toMatchObject({ status: 'REMOVED', item: { held: 'REPORTS' } });
  });

  it('of an account that was suspended since do not count', async () => {
    const app = service();
    await report(app, reader(0), commentId);
    await app.app.db.query('UPDATE account SET suspended_at = clock_timestamp() WHERE id = $1', [
      reader(0).accountId,
    ]);
    await report(app, reader(1), commentId);
    await report(app, reader(2), commentId);
    expect((await reportsOf(app, commentId)).status).toBe('PUBLISHED');
  });

  it('queue what a person has decided to keep, and never take it back, unless that was undone or the text is another one', async () => {
    const app = service();
    await decide(app, commentId, { kind: 'KEPT', revision: 1 });
    await reportByThree();
    expect(await reportsOf(app, commentId)).toMatchObject({
      status: 'PUBLISHED',
      item: { held: null, reports: 3 },
    });
    await app.app.db.query('UPDATE moderation_decision SET undone_at = clock_timestamp()');
    await report(app, reader(3), commentId);
    expect(await reportsOf(app, commentId)).toMatchObject({ status: 'REMOVED', item: { held: 'REPORTS' } });
    const edited = await add();
    await decide(app, edited, { kind: 'KEPT', revision: 1 });
    await done(app, 'editComment', { commentId: edited, body: 'Another text.' }, author);
    await reportByThree(edited);
    expect((await reportsOf(app, edited)).status).toBe('REMOVED');
  });

  const queueOf = async (user = moderator) => {
    const { moderationQueue } = await service().data(
      `query ($articleId: ID!) { moderationQueue { items(filter: { articleId: $articleId }) { nodes { id held phase reportCount revision
        bodyText comment { id status } reports(first: 20) { pageInfo { hasNextPage } nodes { id reason note revision state createdAt
          reporter { name } reporterStanding { isGood upheld dismissed badFaith } } } } } } }`,
      { articleId: article.id },
      user.token,
    );
    return moderationQueue.items.nodes;
  };
  const decideItem = async (id: string, more: Record<string, unknown>) => {
    const { decideComments } = await service().data(
      `mutation ($input: DecideCommentsInput!) { decideComments(input: $input) { results {
        decision { id kind } item { held reportCount } userErrors { code field } } } }`,
      { input: { decisions: [{ commentId: id, expectedRevision: 1, ...more }] } },
      moderator.token,
    );
    return decideComments.results[0];
  };

  it('are shown to moderators in the queue, with who has made them and how they stand', async () => {
    const app = service();
    await report(app, reader(0), commentId, { note: 'Look.' });
    await done(app, 'editComment', { commentId, body: 'Another text.' }, author);
    await report(app, reader(1), commentId, { reason: 'ABUSE' });
    const standing = { isGood: true, upheld: 0, dismissed: 0, badFaith: 0 };
    expect(await queueOf()).toMatchObject([
      {
        held: null,
        reportCount: 2,
        reports: {
          nodes: [
            { reason: 'ABUSE', note: null, revision: 2, reporter: { name: 'Reader 1' } },
            {
              reason: 'SPAM',
              note: 'Look.',
              revision: 1,
              state: 'OPEN',
              reporter: { name: 'Reader 0' },
              reporterStanding: standing,
            },
          ],
        },
      },
    ]);
    const reportsBy = async (actor: TestUser, user: TestUser): Promise<number> => {
      const { moderationHistory } = await app.data(
        `query ($actorId: ID!) { moderationHistory(filter: { actorId: $actorId, kinds: [REPORTED] }, first: 50) {
          nodes { ... on CommentReported { commentId } } } }`,
        { actorId: personId(actor.accountId) },
        user.token,
      );
      return moderationHistory.nodes.filter((event: any) => event.commentId === commentId).length;
    };
    expect(await reportsBy(reader(1), moderator)).toBe(1);
    // A moderator who has written the comment does not find out by a list of each account's actions.
    await app.app.db.query(`UPDATE account SET roles = '{READER,MODERATOR}' WHERE id = $1`, [
      author.accountId,
    ]);
    expect(await reportsBy(reader(1), author)).toBe(0);
    await app.app.db.query(`UPDATE account SET roles = '{READER}' WHERE id = $1`, [author.accountId]);
    await app.app.db.transaction((tx) => forgetAccount(tx, reader(1).accountId));
    const [item] = await queueOf();
    expect(item.reports.nodes[0]).toMatchObject({ reporter: null, reporterStanding: null });
  });

  it('that have taken a comment back are decided on with its text, and dismissed if it comes back', async () => {
    const app = service();
    await reportByThree();
    expect(await queueOf()).toMatchObject([
      {
        held: 'REPORTS',
        phase: 'REPORTS',
        reportCount: 3,
        bodyText: 'A comment.',
        comment: { id: commentId, status: 'REMOVED' },
      },
    ]);
    const { decision } = await decideItem(commentId, { verdict: 'APPROVE' });
    expect(decision).toMatchObject({ kind: 'APPROVED' });
    expect(await reportsOf(app, commentId)).toMatchObject({
      status: 'PUBLISHED',
      item: null,
      states: ['DISMISSED', 'DISMISSED', 'DISMISSED'],
    });
    expect((await ownReports(reader(0))).nodes).toMatchObject([{ outcome: 'NO_ACTION' }]);
    // The same text is not taken back again, but queued.
    for (let n = 0; n < 3; n++) await report(app, await app.signUp(`Late ${n}`), commentId);
    expect(await reportsOf(app, commentId)).toMatchObject({
      status: 'PUBLISHED',
      item: { held: null, reports: 3 },
    });
    await checkInvariants(app.app.db);
  });

  it('are found right with a removal, those in bad faith apart, and open again when that is undone', async () => {
    const app = service();
    for (const n of [0, 1]) await report(app, reader(n), commentId);
    const other = await add();
    await report(app, reader(3), other);
    const reportsIn = async (id: string) =>
      (await queueOf()).find(({ comment }: any) => comment.id === id)?.reports.nodes;
    const [, first] = await reportsIn(commentId);
    const [foreign] = await reportsIn(other);
    const removal = { verdict: 'REMOVE', reason: 'SPAM' };
    expect(
      await decideItem(commentId, { ...removal, badFaithReportIds: [first.id, foreign.id] }),
    ).toMatchObject({
      decision: null,
      userErrors: [{ code: 'INVALID_INPUT', field: ['badFaithReportIds'] }],
    });
    expect(await reportsOf(app, commentId)).toMatchObject({ status: 'PUBLISHED', states: ['OPEN', 'OPEN'] });
    const { decision } = await decideItem(commentId, { ...removal, badFaithReportIds: [first.id] });
    expect(await reportsOf(app, commentId)).toMatchObject({
      status: 'REMOVED',
      item: null,
      states: ['BAD_FAITH', 'UPHELD'],
    });
    expect((await ownReports(reader(0))).nodes).toMatchObject([{ outcome: 'NO_ACTION', comment: null }]);
    expect((await ownReports(reader(1))).nodes).toMatchObject([{ outcome: 'ACTION_TAKEN' }]);
    await app.data(
      'mutation ($id: ID!) { undoDecision(input: { decisionId: $id }) { userErrors { code } } }',
      { id: decision.id },
      moderator.token,
    );
    expect(await reportsOf(app, commentId)).toMatchObject({
      status: 'PUBLISHED',
      item: { held: null, reports: 2 },
      states: ['OPEN', 'OPEN'],
    });
    await checkInvariants(app.app.db);
  });

  it('are out of date once the author has removed the comment', async () => {
    const app = service();
    await report(app, reader(0), commentId);
    await done(app, 'removeComment', { commentId }, author);
    expect(await reportsOf(app, commentId)).toMatchObject({ item: null, states: ['OBSOLETE'] });
    expect((await ownReports(reader(0))).nodes).toMatchObject([{ outcome: 'OBSOLETE', comment: null }]);
  });

  it('leave the queue when the author removes a comment that they have taken back', async () => {
    const app = service();
    const parent = await add();
    await add({ parentId: parent }, reader(3));
    await reportByThree(parent);
    for (let time = 0; time < 2; time++) await done(app, 'removeComment', { commentId: parent }, author);
    expect(await reportsOf(app, parent)).toMatchObject({
      status: 'REMOVED',
      item: null,
      states: ['OBSOLETE', 'OBSOLETE', 'OBSOLETE'],
    });
    expect((await moderationLogOf(app, parent)).slice(-2)).toMatchObject([
      { kind: 'HELD' },
      { kind: 'WITHDRAWN', actorKind: 'PERSON', actorId: author.accountId },
    ]);
  });

  it('are found right when a moderator removes a comment for good that they have taken back', async () => {
    const app = service();
    await reportByThree();
    for (let time = 0; time < 2; time++)
      await done(app, 'removeComment', { commentId, reasonCode: 'ABUSE' }, moderator);
    expect(await reportsOf(app, commentId)).toMatchObject({
      status: 'REMOVED',
      item: null,
      states: ['UPHELD', 'UPHELD', 'UPHELD'],
    });
    expect((await moderationLogOf(app, commentId)).slice(-2)).toMatchObject([
      { kind: 'HELD' },
      { kind: 'DECIDED', actorId: moderator.accountId, reason: 'ABUSE' },
    ]);
  });

  it('are listed for their reporter in pages, the newest first', async () => {
    const app = service();
    const ids = [commentId, await add(), await add()];
    for (const id of ids) await report(app, reader(0), id);
    const first = await ownReports(reader(0), 'first: 2');
    expect(first.nodes.map(({ comment }: any) => comment.id)).toEqual([ids[2], ids[1]]);
    expect(first.pageInfo.hasNextPage).toBe(true);
    const rest = await ownReports(reader(0), `first: 2, after: "${first.pageInfo.endCursor}"`);
    expect(rest.nodes.map(({ comment }: any) => comment.id)).toEqual([ids[0]]);
    const stolen = app.data(
      `{ viewer { reports(first: 2, after: "${first.pageInfo.endCursor}") { nodes { id } } } }`,
      {},
      reader(1).token,
    );
    await expect(stolen).rejects.toThrow(/cursor/);
  });

  it('are counted for moderators, with the standing of whoever has made them', async () => {
    const app = service();
    const reply = await add({}, reader(0));
    await report(app, reader(0), commentId);
    await report(app, reader(1), reply);
    await close(app, commentId, { state: 'UPHELD', decisionId: '1003' });
    const personOf = async (user: TestUser) =>
      (
        await app.data(
          `query ($id: ID!) { comment(id: $id) { viewerPerson {
            reporterStanding { isGood upheld dismissed badFaith }
            reportsMade { open upheld dismissed badFaith obsolete } reportsReceived { open upheld } } } }`,
          { id: reply },
          user.token,
        )
      ).comment.viewerPerson;
    expect(await personOf(moderator)).toEqual({
      reporterStanding: { isGood: true, upheld: 1, dismissed: 0, badFaith: 0 },
      reportsMade: { open: 0, upheld: 1, dismissed: 0, badFaith: 0, obsolete: 0 },
      reportsReceived: { open: 1, upheld: 0 },
    });
    expect(await personOf(reader(0))).toBeNull();
  });

  it('lose their reporter and their subject with the account, and stay counted', async () => {
    const app = service();
    await report(app, reader(0), commentId, { note: 'Mine.' });
    await app.app.db.transaction((tx) => forgetAccount(tx, reader(0).accountId));
    const [row] = await app.app.db.query(
      'SELECT account_id, note, subject_id::text AS subject FROM comment_report WHERE comment_id = $1',
      [commentKeyOf(commentId).id],
    );
    expect(row).toEqual({ account_id: null, note: null, subject: author.accountId });
    const { articleId, id } = commentKeyOf(commentId);
    const give = (account: string | null) =>
      app.app.db.query('UPDATE comment SET account_id = $3 WHERE article_id = $1 AND id = $2', [
        articleId,
        id,
        account,
      ]);
    const subjectOf = async () =>
      (
        await app.app.db.query<{ subject: string | null }>(
          'SELECT subject_id::text AS subject FROM comment_report WHERE article_id = $1 AND comment_id = $2',
          [articleId, id],
        )
      )[0]?.subject;
    await give(null);
    expect(await subjectOf()).toBeNull();
    await give(reader(1).accountId);
    expect(await subjectOf()).toBe(reader(1).accountId);
    expect(await reportsOf(app, commentId)).toMatchObject({ item: { reports: 1 }, states: ['OPEN'] });
  });
});

describe('the rate of reports', () => {
  const service = useApp({ RATE_LIMITS: 'on', MAX_REPORTS_PER_HOUR: '2' });

  it('is bounded for each account, before anything is done', async () => {
    const app = service();
    const author = await app.signUp('Ada Example');
    const reader = await app.signUp('Rea Example');
    const { id } = await app.addArticle();
    const send = async () => {
      const { comment } = await app.addComment(author, { articleId: id });
      return app.query(
        `mutation ($id: ID!) { reportComment(input: { commentId: $id, reason: SPAM }) { userErrors { code } } }`,
        { id: comment?.id },
        { token: reader.token },
      );
    };
    for (let n = 0; n < 2; n++) expect((await send()).data.reportComment.userErrors).toEqual([]);
    expect((await send()).errors?.[0]?.extensions).toMatchObject({ code: 'RATE_LIMITED', policy: 'reports' });
    expect(await app.app.db.query('SELECT FROM comment_report')).toHaveLength(2);
  });
});
