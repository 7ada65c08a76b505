import { selectLastDecisions } from '../../../src/features/comments/held/last-decision.queries.ts';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { type TestUser, useApp } from '../../support/app.ts';
import { done, keyOf, logOf, mutate, readComment } from '../../support/comments.ts';
import { encodeGlobalId } from '../../../src/platform/graphql/global-id.ts';
import { eventually } from '../../support/eventually.ts';
import { setSettings } from '../../support/screening.ts';
import { checkInvariants } from '../../../harness/invariants.ts';

const itemFields = `id held phase revision bodyText bodyHtml publicBodyHtml since reportCount claimedUntil
  claimedBy { name } person { id name roles } article { slug } comment { id status bodyText }`;
const decisionFields = `id kind actorKind actor { name } person { name } commentId revision reason note decidedAt undoneAt
  undoneBy { name }`;
const resultFields = `results { commentId decision { ${decisionFields} } comment { status bodyText } item { ${itemFields} }
  userErrors { code field message } } userErrors { code }`;

interface Decision {
  readonly commentId: string;
  readonly expectedRevision: number;
  readonly verdict: 'APPROVE' | 'REJECT' | 'REMOVE';
  readonly reason?: string;
  readonly note?: string;
  readonly idempotencyKey?: string;
}

describe('the moderators’ queue', () => {
  const service = useApp();
  let author: TestUser;
  let moderator: TestUser;
  let second: TestUser;
  let article: { id: string; articleId: string; slug: string };

  beforeAll(async () => {
    const app = service();
    author = await app.signUp('Ada Example');
    moderator = await app.signUp('Mo Example', 'MODERATOR');
    second = await app.signUp('Mia Example', 'MODERATOR');
  });

  beforeEach(async () => {
    article = await service().addArticle();
  });

  afterEach(async () => {
    await checkInvariants(service().app.db);
  });

  const setPolicy = (policy: string): Promise<unknown> =>
    service().app.db.query('UPDATE article SET comment_policy = $2 WHERE id = $1', [
      article.articleId,
      policy,
    ]);
  const add = async (body = 'A comment.', more: Record<string, unknown> = {}): Promise<any> =>
    (await done(service(), 'addComment', { articleId: article.id, body, ...more }, author)).comment;
  const hold = async (body = 'A comment.', more: Record<string, unknown> = {}): Promise<any> => {
    await setPolicy('PREMODERATED');
    const comment = await add(body, more);
    await setPolicy('OPEN');
    return comment;
  };
  const holdAll = async (count: number): Promise<any[]> => {
    await setPolicy('PREMODERATED');
    const comments = await Promise.all(Array.from({ length: count }, () => add()));
    await setPolicy('OPEN');
    return comments;
  };
  const holdEdit = async (comment: { id: string }, body: string): Promise<void> => {
    await setPolicy('PREMODERATED');
    await done(service(), 'editComment', { commentId: comment.id, body }, author);
    await setPolicy('OPEN');
  };
  const report = async ({ id }: { id: string }): Promise<void> => {
    const { articleId } = article;
    const commentId = keyOf(id);
    await service().app.db.query(
      `INSERT INTO comment_report (article_id, comment_id, reason, revision) VALUES ($1, $2, 'SPAM', 1)`,
      [articleId, commentId],
    );
  };
  const reportsOf = async ({ id }: { id: string }): Promise<unknown> => {
    const { articleId } = article;
    const commentId = keyOf(id);
    return service().app.db.query(
      'SELECT state FROM comment_report WHERE article_id = $1 AND comment_id = $2 ORDER BY id',
      [articleId, commentId],
    );
  };
  const queue = async (filter: Record<string, unknown> = {}, user = moderator): Promise<any> =>
    (
      await service().data(
        `query ($filter: ModerationQueueFilter) { moderationQueue { liveCursor
          items(filter: $filter, first: 100) { totalCount nodes { ${itemFields} } } } }`,
        { filter: { articleId: article.id, ...filter } },
        user.token,
      )
    ).moderationQueue.items;
  const decideAll = async (decisions: readonly Decision[], user = moderator): Promise<any> =>
    (
      await service().data(
        `mutation ($decisions: [CommentDecisionInput!]!) { decideComments(input: { decisions: $decisions }) { ${resultFields} } }`,
        { decisions },
        user.token,
      )
    ).decideComments;
  const decide = async (decision: Decision, user = moderator): Promise<any> => {
    const { results, userErrors } = await decideAll([decision], user);
    expect(userErrors).toEqual([]);
    return results[0];
  };
  const undo = async (decisionId: string, user = moderator): Promise<any> =>
    (
      await service().data(
        `mutation ($decisionId: ID!) { undoDecision(input: { decisionId: $decisionId }) {
          decision { ${decisionFields} } item { ${itemFields} } userErrors { code message field } } }`,
        { decisionId },
        user.token,
      )
    ).undoDecision;
  const claim = async (
    commentIds: readonly string[],
    user = moderator,
    name = 'claimComments',
  ): Promise<any> =>
    (
      await service().data(
        `mutation ($commentIds: [ID!]!) { ${name}(input: { commentIds: $commentIds }) { items { ${itemFields} } userErrors { code } } }`,
        { commentIds },
        user.token,
      )
    )[name];
  const moderationLog = async ({ id }: { id: string }): Promise<unknown> => {
    const { articleId } = article;
    const commentId = keyOf(id);
    return service().app.db.query(
      `SELECT kind, actor_id::text AS actor, revision, reason, detail FROM moderation_event
       WHERE article_id = $1 AND comment_id = $2 AND kind IN ('DECIDED', 'UNDONE', 'CLAIMED', 'RELEASED') ORDER BY sequence`,
      [articleId, commentId],
    );
  };
  const publicKinds = async (): Promise<string[]> =>
    (await logOf(service(), article.articleId)).map(({ kind }: { kind: string }) => kind);

  it('lists what waits and what was reported, in the order in which it came, with exact counts', async () => {
    const held = await hold('It waits.');
    const edited = await add('First text.');
    await holdEdit(edited, 'Second text.');
    const reported = await add('It was reported.');
    await report(reported);
    await report(reported);

    expect(await queue()).toMatchObject({
      totalCount: 3,
      nodes: [
        { held: 'COMMENT', revision: 1, bodyText: 'It waits.', publicBodyHtml: null, reportCount: 0 },
        {
          held: 'EDIT',
          revision: 2,
          bodyText: 'Second text.',
          publicBodyHtml: '<p dir="auto">First text.</p>',
        },
        { held: null, bodyText: 'It was reported.', reportCount: 2, person: { name: 'Ada Example' } },
      ],
    });
    const ids = async (filter: Record<string, unknown>): Promise<unknown> => {
      const { nodes, totalCount } = await queue(filter);
      expect(totalCount).toBe(nodes.length);
      return nodes.map(({ comment }: { comment: { id: string } }) => comment.id);
    };
    expect(await ids({ held: 'COMMENT' })).toEqual([held.id]);
    expect(await ids({ isReported: true })).toEqual([reported.id]);
    expect(await ids({ isReported: false })).toEqual([held.id, edited.id]);
    const { nodes } = await queue();
    expect(await ids({ personId: nodes[0].person.id })).toEqual([held.id, edited.id, reported.id]);
    expect(await ids({ phase: 'LINKS' })).toEqual([]);
  });

  it('is paged from both ends without a gap or a repetition, whatever leaves meanwhile', async () => {
    const comments = [];
    for (let index = 0; index < 7; index++) comments.push(await hold(`Number ${index}`));
    const page = async (args: string): Promise<any> =>
      (
        await service().data(
          `query ($id: ID!) { moderationQueue { items(filter: { articleId: $id }, ${args}) { pageInfo { hasNextPage hasPreviousPage
            startCursor endCursor } nodes { bodyText } } } }`,
          { id: article.id },
          moderator.token,
        )
      ).moderationQueue.items;
    const first = await page('first: 3');
    await decide({ commentId: comments[2].id, expectedRevision: 1, verdict: 'APPROVE' });
    const next = await page(`first: 3, after: "${first.pageInfo.endCursor}"`);
    expect(next.nodes.map(({ bodyText }: any) => bodyText)).toEqual(['Number 3', 'Number 4', 'Number 5']);
    expect(next.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: true });
    const before = await page(`last: 2, before: "${next.pageInfo.startCursor}"`);
    expect(before.nodes.map(({ bodyText }: any) => bodyText)).toEqual(['Number 0', 'Number 1']);
  });

  it('is shown to active moderators alone, without articles that they may not see', async () => {
    const app = service();
    const held = await hold();
    const ask = '{ moderationQueue { items { totalCount } } }';
    for (const [user, code] of [
      [author, 'FORBIDDEN'],
      [undefined, 'UNAUTHENTICATED'],
    ] as const) {
      const { errors } = await app.query(ask, {}, user ? { token: user.token } : {});
      expect(errors?.[0]?.extensions.code).toBe(code);
    }
    const {
      nodes: [item],
    } = await queue();
    const node = async (user: TestUser): Promise<unknown> =>
      (await app.data('query ($id: ID!) { node(id: $id) { __typename } }', { id: item.id }, user.token)).node;
    expect(await node(moderator)).toEqual({ __typename: 'ModerationItem' });
    expect(await node(author)).toBeNull();
    await app.app.db.query(`UPDATE article SET status = 'UNPUBLISHED' WHERE id = $1`, [article.articleId]);
    expect(await queue()).toEqual({ totalCount: 0, nodes: [] });
    expect(await node(moderator)).toBeNull();
    const result = await decide({ commentId: held.id, expectedRevision: 1, verdict: 'APPROVE' });
    expect(result.userErrors).toMatchObject([{ code: 'NOT_FOUND', field: ['commentId'] }]);
  });

  describe('decisions', () => {
    it('publish, reject and remove with reasons, each with one event, and leave the queue', async () => {
      const [one, two, reported] = [await hold('One'), await hold('Two'), await add('Three')];
      await report(reported);
      const { results } = await decideAll([
        { commentId: one.id, expectedRevision: 1, verdict: 'APPROVE' },
        {
          commentId: two.id,
          expectedRevision: 1,
          verdict: 'REJECT',
          reason: 'ABUSE',
          note: 'Please be kind.',
        },
        { commentId: reported.id, expectedRevision: 1, verdict: 'REMOVE', reason: 'SPAM' },
      ]);
      expect(results).toMatchObject([
        { decision: { kind: 'APPROVED', actor: { name: 'Mo Example' } }, comment: { status: 'PUBLISHED' } },
        {
          decision: {
            kind: 'REJECTED',
            reason: 'ABUSE',
            note: 'Please be kind.',
            person: { name: 'Ada Example' },
          },
          comment: { status: 'REJECTED' },
        },
        { decision: { kind: 'REMOVED', reason: 'SPAM', commentId: reported.id }, comment: null },
      ]);
      expect(await queue()).toEqual({ totalCount: 0, nodes: [] });
      expect(await reportsOf(reported)).toEqual([{ state: 'UPHELD' }]);
      expect(await moderationLog(two)).toEqual([
        {
          kind: 'DECIDED',
          actor: moderator.accountId,
          revision: 1,
          reason: 'ABUSE',
          detail: { decision: 'REJECTED' },
        },
      ]);
      expect(await publicKinds()).toEqual(['COMMENT_ADDED', 'COMMENT_ADDED', 'COMMENT_REMOVED']);
    });

    it('are shown to the author, with reason and note but not by whom, as long as they stand', async () => {
      const app = service();
      const held = await hold();
      const notice = async (user: TestUser): Promise<unknown> =>
        (
          await app.data(
            `query ($id: ID!) { comment(id: $id) { viewerDecision { decisionId kind revision reason note } } }`,
            { id: held.id },
            user.token,
          )
        ).comment.viewerDecision;
      expect(await notice(author)).toBeNull();
      const { decision } = await decide({
        commentId: held.id,
        expectedRevision: 1,
        verdict: 'REJECT',
        reason: 'HATE',
        note: 'Not here.',
      });
      const shown = {
        decisionId: decision.id,
        kind: 'REJECTED',
        revision: 1,
        reason: 'HATE',
        note: 'Not here.',
      };
      expect(await notice(author)).toEqual(shown);
      expect(await notice(moderator)).toBeNull();
      await undo(decision.id);
      expect(await notice(author)).toBeNull();
    });

    it('are about the text that was read, and about no public one that has come in its place', async () => {
      const reported = await add();
      await report(reported);
      await holdEdit(reported, 'A text that waits.');
      await done(service(), 'editComment', { commentId: reported.id, body: 'A public text.' }, author);
      expect(await readComment(service(), reported.id)).toMatchObject({ bodyText: 'A public text.' });
      for (const verdict of ['APPROVE', 'REMOVE'] as const) {
        const request = { commentId: reported.id, expectedRevision: 2, verdict, reason: 'SPAM' } as const;
        expect(await decide(request)).toMatchObject({ userErrors: [{ code: 'STALE_REVISION' }] });
      }
      expect(await readComment(service(), reported.id)).toMatchObject({ status: 'PUBLISHED', revision: 3 });
    });

    it('are made where a moderator removes a comment on its page, too, and close its reports', async () => {
      const reported = await add();
      await report(reported);
      await done(service(), 'removeComment', { commentId: reported.id, reasonCode: 'SPAM' }, moderator);
      expect(await moderationLog(reported)).toEqual([
        {
          kind: 'DECIDED',
          actor: moderator.accountId,
          revision: 1,
          reason: 'SPAM',
          detail: { decision: 'REMOVED' },
        },
      ]);
      expect(await reportsOf(reported)).toEqual([{ state: 'UPHELD' }]);
      const own = await add();
      await done(service(), 'removeComment', { commentId: own.id }, author);
      expect(await moderationLog(own)).toEqual([]);
    });

    it('keep a reported comment, and close its reports', async () => {
      const reported = await add();
      await report(reported);
      await report(reported);
      const { decision, item } = await decide({
        commentId: reported.id,
        expectedRevision: 1,
        verdict: 'APPROVE',
      });
      expect([decision.kind, item]).toEqual(['KEPT', null]);
      expect(await reportsOf(reported)).toEqual([{ state: 'DISMISSED' }, { state: 'DISMISSED' }]);
      expect(await publicKinds()).toEqual(['COMMENT_ADDED']);
    });

    it('are about the revision that was read', async () => {
      const held = await hold('First');
      await done(service(), 'editComment', { commentId: held.id, body: 'Second' }, author);
      const old = await decide({ commentId: held.id, expectedRevision: 1, verdict: 'APPROVE' });
      expect(old).toMatchObject({
        decision: null,
        item: { revision: 2, bodyText: 'Second' },
        userErrors: [{ code: 'STALE_REVISION', field: ['expectedRevision'] }],
      });
      const now = await decide({ commentId: held.id, expectedRevision: 2, verdict: 'APPROVE' });
      expect(now.decision).toMatchObject({ kind: 'APPROVED', revision: 2 });
    });

    it('need a reason, and refuse a note that is too long, without a trace', async () => {
      const held = await hold();
      const codes = async (more: Partial<Decision>): Promise<unknown> =>
        (await decide({ commentId: held.id, expectedRevision: 1, verdict: 'REJECT', ...more })).userErrors;
      expect(await codes({})).toMatchObject([{ code: 'INVALID_INPUT', field: ['reason'] }]);
      expect(await codes({ reason: 'SPAM', note: 'x'.repeat(501) })).toMatchObject([
        { code: 'TOO_LONG', field: ['note'] },
      ]);
      expect(await moderationLog(held)).toEqual([]);
      expect((await queue()).totalCount).toBe(1);
    });

    it('of two moderators at once are one', async () => {
      const comments = await holdAll(10);
      const decisions = comments.map(({ id }) => ({ commentId: id, expectedRevision: 1 }));
      expect((await queue()).totalCount).toBe(10);
      const [some, others] = await Promise.all([
        decideAll(decisions.map((each) => ({ ...each, verdict: 'APPROVE' }))),
        decideAll(
          decisions.map((each) => ({ ...each, verdict: 'REJECT', reason: 'SPAM' })),
          second,
        ),
      ]);
      for (const [index, comment] of comments.entries()) {
        const outcomes = [some.results[index], others.results[index]];
        expect(outcomes.filter(({ decision }) => decision !== null)).toHaveLength(1);
        expect(outcomes.flatMap(({ userErrors }) => userErrors)).toMatchObject([{ code: 'ALREADY_DECIDED' }]);
        expect(await moderationLog(comment)).toHaveLength(1);
      }
    });

    it('are the same one when a moderator repeats the request', async () => {
      const held = await hold();
      const request = { commentId: held.id, expectedRevision: 1, verdict: 'REJECT', reason: 'SPAM' } as const;
      const [first, again] = [await decide(request), await decide(request)];
      expect(again.decision).toEqual(first.decision);
      expect(await moderationLog(held)).toHaveLength(1);
      expect((await decide({ ...request, verdict: 'APPROVE' })).userErrors).toMatchObject([
        { code: 'ALREADY_DECIDED' },
      ]);
    });

    it('are made once under a key, and a repetition dismisses no report that was made since', async () => {
      const reported = await add('First');
      await report(reported);
      await holdEdit(reported, 'Second');
      const requests = [
        { commentId: (await hold()).id, expectedRevision: 1, verdict: 'APPROVE' },
        { commentId: reported.id, expectedRevision: 2, verdict: 'APPROVE' },
        { commentId: (await hold()).id, expectedRevision: 1, verdict: 'REJECT', reason: 'SPAM' },
      ] as const;
      for (const [index, request] of requests.entries()) {
        const keyed = { ...request, idempotencyKey: randomUUID() };
        const [first, at] = await Promise.all([decide(keyed), decide(keyed)]);
        expect(first.decision.kind).toBe(['APPROVED', 'EDIT_APPROVED', 'REJECTED'][index]);
        expect(at.decision).toEqual(first.decision);
        if (index === 0) await report({ id: request.commentId });
        const again = await decide({ ...keyed, idempotencyKey: keyed.idempotencyKey.toUpperCase() });
        expect(again).toMatchObject({ decision: first.decision, userErrors: [] });
        expect(await moderationLog({ id: request.commentId })).toHaveLength(1);
        if (index < 2) expect(await reportsOf({ id: request.commentId })).toEqual([{ state: 'OPEN' }]);
        const other = await decide({ ...keyed, verdict: 'REMOVE', reason: 'HATE' });
        expect(other.userErrors).toMatchObject([
          { code: 'IDEMPOTENCY_KEY_REUSED', field: ['idempotencyKey'] },
        ]);
      }
      // With another key it is another decision: the moderator has seen the reports.
      const { commentId } = requests[1];
      const kept = await decide({ ...requests[1], idempotencyKey: randomUUID() });
      expect([kept.decision.kind, kept.item]).toEqual(['KEPT', null]);
      expect(await reportsOf({ id: commentId })).toEqual([{ state: 'DISMISSED' }]);
    });

    it('stay undone when a request with their key is repeated, and a refused request leaves its key', async () => {
      const held = await hold();
      const request = { commentId: held.id, expectedRevision: 1, verdict: 'APPROVE' } as const;
      const idempotencyKey = randomUUID();
      const stale = await decide({ ...request, expectedRevision: 2, idempotencyKey });
      expect(stale.userErrors).toMatchObject([{ code: 'STALE_REVISION' }]);
      const { decision } = await decide({ ...request, idempotencyKey });
      await undo(decision.id, second);
      const again = await decide({ ...request, idempotencyKey });
      expect(again).toMatchObject({
        decision: { id: decision.id, undoneBy: { name: 'Mia Example' } },
        comment: null,
        item: { held: 'REPORTS' },
        userErrors: [],
      });
      const kinds = (await moderationLog(held)) as { kind: string }[];
      expect(kinds.map(({ kind }) => kind)).toEqual(['DECIDED', 'UNDONE']);
    });

    it('under a key that repeat one without a key are that one', async () => {
      const held = await hold();
      const request = { commentId: held.id, expectedRevision: 1, verdict: 'APPROVE' } as const;
      const { decision } = await decide(request);
      const keyed = { ...request, idempotencyKey: randomUUID() };
      for (const again of [await decide(keyed), await decide(keyed)])
        expect(again.decision).toEqual(decision);
      expect(await moderationLog(held)).toHaveLength(1);
    });

    it('about a new text that another moderator has rejected are not made, though reports keep its comment in the queue', async () => {
      const reported = await add('First');
      await report(reported);
      await holdEdit(reported, 'Second');
      const request = { commentId: reported.id, expectedRevision: 2 } as const;
      const { decision, item } = await decide({ ...request, verdict: 'REJECT', reason: 'SPAM' });
      expect(decision).toMatchObject({ kind: 'EDIT_REJECTED' });
      expect(item).toMatchObject({ held: null, revision: 1, reportCount: 1 });
      for (const verdict of [{ verdict: 'APPROVE' }, { verdict: 'REMOVE', reason: 'SPAM' }] as const)
        for (const user of [moderator, second])
          expect(await decide({ ...request, ...verdict }, user)).toMatchObject({
            decision: null,
            comment: { status: 'PUBLISHED', bodyText: 'First' },
            item: { held: null, reportCount: 1 },
            userErrors: [{ code: 'ALREADY_DECIDED', field: ['commentId'] }],
          });
      expect(await moderationLog(reported)).toHaveLength(1);
      const kept = await decide({ ...request, expectedRevision: 1, verdict: 'APPROVE' }, second);
      expect([kept.decision.kind, kept.item]).toEqual(['KEPT', null]);
    });

    it('about one’s own reported comment are another moderator’s, and its author does not learn who has reported it', async () => {
      const app = service();
      const { comment } = await done(app, 'addComment', { articleId: article.id, body: 'Mine.' }, moderator);
      await done(app, 'reportComment', { commentId: comment.id, reason: 'SPAM' }, author);
      const reporters = async (user: TestUser): Promise<unknown> => {
        const { moderationQueue, moderationHistory } = await app.data(
          `query ($id: ID!, $comment: ID!) {
            moderationQueue { items(filter: { articleId: $id }) { nodes { reports { nodes { reporter { name } reporterStanding { isGood } } } } } }
            moderationHistory(filter: { commentId: $comment }, first: 1) { nodes { ... on ModerationAction { actor { name } } } } }`,
          { id: article.id, comment: comment.id },
          user.token,
        );
        return [moderationQueue.items.nodes[0].reports.nodes[0], moderationHistory.nodes[0].actor];
      };
      const name = 'Ada Example';
      expect(await reporters(second)).toEqual([
        { reporter: { name }, reporterStanding: { isGood: true } },
        { name },
      ]);
      expect(await reporters(moderator)).toEqual([{ reporter: null, reporterStanding: null }, null]);
      const request = { commentId: comment.id, expectedRevision: 1, verdict: 'APPROVE' } as const;
      expect((await decide(request)).userErrors).toMatchObject([{ code: 'FORBIDDEN', field: ['commentId'] }]);
      const kept = await decide(request, second);
      expect(kept.decision).toMatchObject({ kind: 'KEPT' });
      expect((await undo(kept.decision.id)).userErrors).toMatchObject([
        { code: 'FORBIDDEN', field: ['decisionId'] },
      ]);
    });

    it('about a comment that waits are not for its author, who has become a moderator since', async () => {
      const writer = await service().signUp('Ada Example');
      await setPolicy('PREMODERATED');
      const { comment } = await service().addComment(writer, { articleId: article.id, body: 'A comment.' });
      await setPolicy('OPEN');
      await service().app.db.query(`UPDATE account SET roles = '{READER,MODERATOR}' WHERE id = $1`, [
        writer.accountId,
      ]);
      const held = { commentId: comment?.id ?? '', expectedRevision: 1 };
      for (const verdict of [
        { verdict: 'APPROVE' },
        { verdict: 'REJECT', reason: 'SPAM' },
        { verdict: 'REMOVE', reason: 'SPAM' },
      ] as const)
        expect((await decide({ ...held, ...verdict }, writer)).userErrors).toMatchObject([
          { code: 'FORBIDDEN', field: ['commentId'] },
        ]);
      expect((await decide({ ...held, verdict: 'APPROVE' })).decision).toMatchObject({ kind: 'APPROVED' });
    });

    it('are refused together to all but active moderators, and for more than 100 comments or one twice', async () => {
      const app = service();
      const held = await hold();
      const decision = { commentId: held.id, expectedRevision: 1, verdict: 'APPROVE' } as const;
      expect(await decideAll([decision], author)).toEqual({
        results: [],
        userErrors: [{ code: 'FORBIDDEN' }],
      });
      expect(await claim([held.id], author)).toEqual({ items: [], userErrors: [{ code: 'FORBIDDEN' }] });
      const sid = await app.signUp('Sid Example', 'MODERATOR');
      await app.app.db.query('UPDATE account SET suspended_at = clock_timestamp() WHERE id = $1', [
        sid.accountId,
      ]);
      expect(await decideAll([decision], sid)).toEqual({
        results: [],
        userErrors: [{ code: 'ACCOUNT_SUSPENDED' }],
      });
      for (const decisions of [[], [decision, decision], Array.from({ length: 101 }, () => decision)]) {
        const { errors } = await app.query(
          'mutation ($decisions: [CommentDecisionInput!]!) { decideComments(input: { decisions: $decisions }) { userErrors { code } } }',
          { decisions },
          { token: moderator.token },
        );
        expect(errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
      }
    });
  });

  describe('claims', () => {
    it('keep other moderators from deciding until they are given back or over', async () => {
      const held = await hold();
      const request = { commentId: held.id, expectedRevision: 1, verdict: 'APPROVE' } as const;
      expect((await claim([held.id])).items).toMatchObject([{ claimedBy: { name: 'Mo Example' } }]);
      // Again: it only lasts longer.
      await claim([held.id]);
      expect((await claim([held.id], second)).items).toMatchObject([{ claimedBy: { name: 'Mo Example' } }]);
      expect((await decide(request, second)).userErrors).toMatchObject([{ code: 'CLAIMED' }]);
      expect((await claim([held.id], moderator, 'releaseComments')).items).toMatchObject([
        { claimedBy: null, claimedUntil: null },
      ]);
      await claim([held.id]);
      await service().app.db.query(
        `UPDATE moderation_item SET claimed_until = clock_timestamp() WHERE article_id = $1`,
        [article.articleId],
      );
      expect((await queue()).nodes).toMatchObject([{ claimedBy: null, claimedUntil: null }]);
      expect((await decide(request, second)).decision).toMatchObject({ kind: 'APPROVED' });
      expect(await moderationLog(held)).toMatchObject([
        { kind: 'CLAIMED', actor: moderator.accountId },
        { kind: 'RELEASED' },
        { kind: 'CLAIMED' },
        { kind: 'DECIDED', actor: second.accountId },
      ]);
    });

    it('keep neither another moderator nor the author from removing the comment', async () => {
      const [held, own] = [await hold(), await hold()];
      await claim([held.id, own.id]);
      await done(service(), 'removeComment', { commentId: held.id, reason: 'Enough.' }, second);
      // A reason is the moderators': that of an author is not looked at.
      await done(service(), 'removeComment', { commentId: own.id, reason: ' ' }, author);
      expect((await queue()).nodes).toEqual([]);
      expect(await moderationLog(held)).toMatchObject([
        { kind: 'CLAIMED' },
        { kind: 'DECIDED', actor: second.accountId },
      ]);
    });

    it('and their end are about the author of the comment', async () => {
      const held = await hold();
      await claim([held.id]);
      await claim([held.id], moderator, 'releaseComments');
      const { moderationHistory } = await service().data(
        `query ($commentId: ID!) { moderationHistory(filter: { commentId: $commentId }, first: 2) { nodes {
          ... on CommentClaimed { claimedUntil actor { name } person { name } } } } }`,
        { commentId: held.id },
        second.token,
      );
      const about = { actor: { name: 'Mo Example' }, person: { name: 'Ada Example' } };
      expect(moderationHistory.nodes).toEqual([
        { ...about, claimedUntil: null },
        { ...about, claimedUntil: expect.any(String) },
      ]);
    });

    it('are of comments by others', async () => {
      const [own, other] = [await hold(), await hold()];
      await service().app.db.query('UPDATE comment SET account_id = $1 WHERE id = $2', [
        moderator.accountId,
        keyOf(own.id),
      ]);
      expect((await claim([own.id, other.id])).items).toMatchObject([
        { claimedBy: null },
        { claimedBy: { name: 'Mo Example' } },
      ]);
      expect((await claim([own.id], second)).items).toMatchObject([{ claimedBy: { name: 'Mia Example' } }]);
    });

    it('do not hold up a thread in which an author removes what is being claimed', async () => {
      const { db } = service().app;
      const root = await add();
      const [taken, other] = [
        await hold('One', { parentId: root.id }),
        await hold('Two', { parentId: root.id }),
      ];
      await decide({ commentId: taken.id, expectedRevision: 1, verdict: 'APPROVE' });
      await report(taken);
      const removal = await db.transaction(async (tx) => {
        // As a claim of several entries that waits for another one of them.
        await tx.query('SELECT FROM moderation_item WHERE comment_id = $1 FOR UPDATE', [keyOf(taken.id)]);
        const removing = done(service(), 'removeComment', { commentId: taken.id }, author);
        await eventually('the removal to wait for the entry', async () => {
          const waiting = await db.query(
            `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
          );
          return waiting.length > 0;
        });
        const approved = await decide({ commentId: other.id, expectedRevision: 1, verdict: 'APPROVE' });
        expect(approved).toMatchObject({ decision: { kind: 'APPROVED' }, userErrors: [] });
        return { removing };
      });
      await removal.removing;
    });

    it('of many at once are one’s each', async () => {
      const comments = await holdAll(20);
      const ids = comments.map(({ id }) => id);
      await Promise.all([claim(ids), claim([...ids].reverse(), second)]);
      const { nodes } = await queue();
      expect(nodes.every(({ claimedBy }: any) => claimedBy !== null)).toBe(true);
      const events = await service().app.db.query<{ count: number }>(
        `SELECT count(*)::int AS count FROM moderation_event WHERE kind = 'CLAIMED' AND article_id = $1`,
        [article.articleId],
      );
      expect(events).toEqual([{ count: 20 }]);
    });
  });

  describe('undoing', () => {
    it('a rejection and an approval, puts the comment back into the queue', async () => {
      const held = await hold();
      const told = async (): Promise<string[]> => {
        const query = '{ viewer { notifications(first: 9) { nodes { kind article { id } } } } }';
        const { viewer } = await service().data(query, {}, author.token);
        const ofArticle = viewer.notifications.nodes.filter((news: any) => news.article?.id === article.id);
        return ofArticle.map(({ kind }: any) => kind);
      };
      const request = { commentId: held.id, expectedRevision: 1 } as const;
      const rejected = await decide({ ...request, verdict: 'REJECT', reason: 'SPAM' });
      const undone = await undo(rejected.decision.id, second);
      expect(undone).toMatchObject({
        decision: { undoneBy: { name: 'Mia Example' } },
        item: { held: 'COMMENT', bodyText: 'A comment.' },
        userErrors: [],
      });
      const approved = await decide({ ...request, verdict: 'APPROVE' });
      expect((await undo(approved.decision.id)).item).toMatchObject({
        held: 'REPORTS',
        bodyText: 'A comment.',
      });
      expect(await readComment(service(), held.id)).toBeNull();
      // Its author had been told that it is public.
      expect(await told()).toEqual(['COMMENT_HELD']);
      const again = await decide({ ...request, verdict: 'APPROVE' });
      expect(await told()).toEqual(['COMMENT_APPROVED', 'COMMENT_APPROVED']);
      expect(again).toMatchObject({ decision: { kind: 'APPROVED' }, comment: { status: 'PUBLISHED' } });
      expect(await publicKinds()).toEqual(['COMMENT_ADDED', 'COMMENT_REMOVED', 'COMMENT_RESTORED']);
      expect(await moderationLog(held)).toMatchObject(
        ['DECIDED', 'UNDONE', 'DECIDED', 'UNDONE', 'DECIDED'].map((kind) => ({ kind })),
      );
    });

    it('is for others also where an imported comment has become the moderator’s own since', async () => {
      const { db } = service().app;
      const imported = await add();
      const give = (accountId: string | null) =>
        db.query('UPDATE comment SET account_id = $1, author_name = $2 WHERE id = $3', [
          accountId,
          accountId === null ? 'Imo Example' : null,
          keyOf(imported.id),
        ]);
      await give(null);
      const request = {
        commentId: imported.id,
        expectedRevision: 1,
        verdict: 'REMOVE',
        reason: 'SPAM',
      } as const;
      await report(imported);
      const removed = await decide(request);
      await give(second.accountId);
      expect((await undo(removed.decision.id, second)).userErrors).toMatchObject([{ code: 'FORBIDDEN' }]);
      const restored = await mutate(service(), 'restoreComment', { commentId: imported.id }, second);
      expect(restored.userErrors).toMatchObject([{ code: 'FORBIDDEN' }]);
      expect((await undo(removed.decision.id)).userErrors).toEqual([]);
    });

    it('an approval, leaves what was found in the text to be seen', async () => {
      const editor = await service().signUp('Ed Example', 'EDITOR');
      await setSettings(service(), { maxLinks: 0 }, editor);
      const held = await add('See https://example.org/one');
      await setSettings(service(), { maxLinks: null }, editor);
      const approved = await decide({ commentId: held.id, expectedRevision: 1, verdict: 'APPROVE' });
      await undo(approved.decision.id);
      const { moderationQueue } = await service().data(
        '{ moderationQueue { items(filter: { held: REPORTS }, last: 1) { nodes { held hold { phase match rule } } } } }',
        {},
        moderator.token,
      );
      const hold = { phase: 'LINKS', match: 'https://example.org/one', rule: 'maxLinks: 0' };
      expect(moderationQueue.items.nodes).toEqual([{ held: 'REPORTS', hold }]);
    });

    it('an approval of a comment with replies, leaves a tombstone until it is decided anew', async () => {
      const held = await hold();
      const request = { commentId: held.id, expectedRevision: 1 } as const;
      const approved = await decide({ ...request, verdict: 'APPROVE' });
      await add('A reply.', { parentId: held.id });
      await undo(approved.decision.id);
      expect(await readComment(service(), held.id)).toMatchObject({ status: 'REMOVED', bodyText: null });
      const removed = await decide({ ...request, verdict: 'REJECT', reason: 'HATE' });
      expect(removed).toMatchObject({
        decision: { kind: 'REMOVED' },
        item: null,
        comment: { status: 'REMOVED' },
      });
      expect((await queue()).totalCount).toBe(0);
    });

    it('a removal and a keeping, opens the reports again', async () => {
      const reported = await add();
      await report(reported);
      const request = { commentId: reported.id, expectedRevision: 1 } as const;
      const removed = await decide({ ...request, verdict: 'REMOVE', reason: 'SPAM' });
      expect((await undo(removed.decision.id)).item).toMatchObject({ held: null, reportCount: 1 });
      expect(await readComment(service(), reported.id)).toMatchObject({ status: 'PUBLISHED' });
      const kept = await decide({ ...request, verdict: 'APPROVE' });
      expect((await undo(kept.decision.id)).item).toMatchObject({ held: null, reportCount: 1 });
      expect(await reportsOf(reported)).toEqual([{ state: 'OPEN' }]);
    });

    it('an approved edit, shows the earlier text again and holds the new one', async () => {
      const comment = await add('First text.');
      await holdEdit(comment, 'Second text.');
      const approved = await decide({ commentId: comment.id, expectedRevision: 2, verdict: 'APPROVE' });
      expect(approved.decision.kind).toBe('EDIT_APPROVED');
      const { item, userErrors } = await undo(approved.decision.id);
      expect(userErrors).toEqual([]);
      expect(item).toMatchObject({
        held: 'EDIT',
        bodyText: 'Second text.',
        publicBodyHtml: '<p dir="auto">First text.</p>',
      });
      const rejected = await decide({
        commentId: comment.id,
        expectedRevision: item.revision,
        verdict: 'REJECT',
        reason: 'OFF_TOPIC',
      });
      expect(rejected.decision.kind).toBe('EDIT_REJECTED');
      expect((await undo(rejected.decision.id)).item).toMatchObject({
        held: 'EDIT',
        revision: item.revision,
      });
      expect(await readComment(service(), comment.id)).toMatchObject({ bodyText: 'First text.' });
    });

    it('a removal of what its author has removed as well, brings nothing back, and reports are out of date', async () => {
      const comment = await add();
      await report(comment);
      const request = { commentId: comment.id, expectedRevision: 1 } as const;
      const removed = await decide({ ...request, verdict: 'REMOVE', reason: 'SPAM' });
      expect(await reportsOf(comment)).toEqual([{ state: 'UPHELD' }]);
      await done(service(), 'removeComment', { commentId: comment.id }, author);
      expect(await undo(removed.decision.id)).toMatchObject({
        decision: { undoneAt: expect.any(String) },
        item: null,
        userErrors: [],
      });
      expect(await readComment(service(), comment.id)).toBeNull();
      expect(await reportsOf(comment)).toEqual([{ state: 'OBSOLETE' }]);
      const restored = await mutate(service(), 'restoreComment', { commentId: comment.id }, moderator);
      expect(restored.userErrors).toMatchObject([{ code: 'FORBIDDEN', field: ['commentId'] }]);
      expect((await queue()).totalCount).toBe(0);
    });

    it('a restoring, removes the comment again for the reason that it was removed for', async () => {
      const comment = await add();
      const note = 'An advertisement.';
      await done(service(), 'removeComment', { commentId: comment.id, reason: note }, moderator);
      const restoring = async (): Promise<string> => {
        await done(service(), 'restoreComment', { commentId: comment.id }, moderator);
        const [row] = await service().app.db.query<{ id: string }>(
          `SELECT max(id)::text AS id FROM moderation_decision WHERE kind = 'RESTORED'`,
        );
        return encodeGlobalId('ModerationDecision', row?.id ?? '');
      };
      const first = await restoring();
      expect((await undo(first)).userErrors).toEqual([]);
      expect(await readComment(service(), comment.id)).toBeNull();
      const [stands] = await selectLastDecisions(service().app.db, [
        { articleId: article.articleId, id: keyOf(comment.id) },
      ]);
      expect(stands).toMatchObject({ against: 'REMOVED', note });
      await restoring();
      expect(await readComment(service(), comment.id)).toMatchObject({ status: 'PUBLISHED' });
    });

    it('is refused once the comment was edited, decided anew, or the undoing was done by somebody else', async () => {
      const held = await hold();
      const approved = await decide({ commentId: held.id, expectedRevision: 1, verdict: 'APPROVE' });
      await done(service(), 'editComment', { commentId: held.id, body: 'Another text.' }, author);
      const refused = [{ code: 'DECISION_NOT_UNDOABLE', field: ['decisionId'] }];
      expect((await undo(approved.decision.id)).userErrors).toMatchObject(refused);
      const removed = (await done(service(), 'removeComment', { commentId: held.id }, author)).userErrors;
      expect(removed).toEqual([]);
      expect((await undo(approved.decision.id)).userErrors).toMatchObject(refused);

      const other = await hold();
      const rejected = await decide({
        commentId: other.id,
        expectedRevision: 1,
        verdict: 'REJECT',
        reason: 'SPAM',
      });
      const outcomes = await Promise.all([undo(rejected.decision.id), undo(rejected.decision.id, second)]);
      expect(outcomes.flatMap(({ userErrors }) => userErrors)).toMatchObject(refused);
      expect((await undo(rejected.decision.id, author)).userErrors).toMatchObject([{ code: 'FORBIDDEN' }]);
    });
  });
});
