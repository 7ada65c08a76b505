/** @database either */
import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type TestUser, useApp } from '../../support/app.ts';
import { done, keyOf, readComment } from '../../support/comments.ts';
import { erasureOf } from '../../support/erasure.ts';
import { eventually } from '../../support/eventually.ts';
import { encodeGlobalId } from '../../../src/platform/graphql/global-id.ts';
import { onPerson, personId } from '../../support/persons.ts';

const noticeFields = `decisionId kind reason note commentId until undoneAt canAppeal
  appeal { text outcome answer answeredAt }`;
const appealFields = `id text outcome answer person { name } answeredBy { name } decision { kind undoneAt commentId }`;

describe('appeals', () => {
  const service = useApp();
  let author: TestUser;
  let moderator: TestUser;
  let second: TestUser;
  let article: { id: string; articleId: string };

  beforeAll(async () => {
    const app = service();
    author = await app.signUp('Ada Example');
    moderator = await app.signUp('Mo Example', 'MODERATOR');
    second = await app.signUp('Mia Example', 'MODERATOR');
  });

  beforeEach(async () => {
    article = await service().addArticle();
  });

  /** A comment of the author that the moderator has removed. */
  const removed = async (): Promise<{ id: string }> => {
    const { comment } = await done(
      service(),
      'addComment',
      { articleId: article.id, body: 'A comment.' },
      author,
    );
    await done(service(), 'removeComment', { commentId: comment.id, reasonCode: 'OFF_TOPIC' }, moderator);
    return comment;
  };
  const decisions = async (user = author): Promise<any[]> =>
    (await service().data(`{ viewer { decisions { nodes { ${noticeFields} } } } }`, {}, user.token)).viewer
      .decisions.nodes;
  const appeal = async (
    decisionId: string,
    text = 'It was about the harbour.',
    user = author,
  ): Promise<any> =>
    (
      await service().data(
        `mutation ($decisionId: ID!, $text: String!) { appealDecision(input: { decisionId: $decisionId, text: $text }) {
          decision { ${noticeFields} } userErrors { code field } } }`,
        { decisionId, text },
        user.token,
      )
    ).appealDecision;
  const list = async (isAnswered = false, user = moderator): Promise<any> =>
    (
      await service().data(
        `query ($isAnswered: Boolean) { moderationAppeals(isAnswered: $isAnswered, first: 100) { totalCount nodes { ${appealFields} } } }`,
        { isAnswered },
        user.token,
      )
    ).moderationAppeals;
  const answer = async (appealId: string, outcome: string, user = second, text?: string): Promise<any> =>
    (
      await service().data(
        `mutation ($appealId: ID!, $outcome: AppealOutcome!, $answer: String) {
          answerAppeal(input: { appealId: $appealId, outcome: $outcome, answer: $answer }) {
            appeal { ${appealFields} } userErrors { code field } } }`,
        { appealId, outcome, answer: text },
        user.token,
      )
    ).answerAppeal;
  const appealed = async (): Promise<{ commentId: string; decisionId: string; appealId: string }> => {
    const { id: commentId } = await removed();
    const [{ decisionId }] = await decisions();
    expect((await appeal(decisionId)).userErrors).toEqual([]);
    const { nodes } = await list();
    return { commentId, decisionId, appealId: nodes.at(-1).id };
  };
  const eventsOf = async (decisionId: string): Promise<unknown> =>
    service().app.db.query(
      `SELECT kind, detail FROM moderation_event WHERE decision_id = $1 AND kind <> 'DECIDED' ORDER BY sequence`,
      [keyOf(decisionId)],
    );

  it('are made once by whom the decision is about, in one text', async () => {
    const { id } = await removed();
    const [decision] = await decisions();
    expect(decision).toMatchObject({ kind: 'REMOVED', reason: 'OFF_TOPIC', commentId: id, canAppeal: true });
    expect((await appeal(decision.decisionId, 'No.', moderator)).userErrors).toEqual([
      { code: 'NOT_FOUND', field: ['decisionId'] },
    ]);
    expect((await appeal(decision.decisionId, 'x'.repeat(2001))).userErrors).toMatchObject([
      { code: 'TOO_LONG' },
    ]);
    expect((await appeal(decision.decisionId, ' \u200B')).userErrors).toMatchObject([{ code: 'EMPTY_TEXT' }]);
    const twice = await Promise.all([appeal(decision.decisionId), appeal(decision.decisionId)]);
    expect(twice.flatMap(({ userErrors }) => userErrors)).toEqual([
      { code: 'ALREADY_APPEALED', field: ['decisionId'] },
    ]);
    expect(await decisions()).toMatchObject([
      { canAppeal: false, appeal: { text: 'It was about the harbour.', outcome: null } },
    ]);
    expect(await eventsOf(decision.decisionId)).toEqual([{ kind: 'APPEALED', detail: null }]);
  });

  it('are answered by somebody else, who lets the decision stand', async () => {
    const { appealId, decisionId, commentId } = await appealed();
    expect((await answer(appealId, 'UPHELD', moderator)).userErrors).toMatchObject([{ code: 'FORBIDDEN' }]);
    expect((await answer(appealId, 'UPHELD', author)).userErrors).toMatchObject([{ code: 'FORBIDDEN' }]);
    const answers = await Promise.all([
      answer(appealId, 'UPHELD', second, 'It stands.'),
      answer(appealId, 'UPHELD', second, 'It stands.'),
    ]);
    expect(answers.flatMap(({ userErrors }) => userErrors)).toMatchObject([{ code: 'ALREADY_DECIDED' }]);
    expect((await list(true)).nodes.at(-1)).toMatchObject({
      id: appealId,
      outcome: 'UPHELD',
      answer: 'It stands.',
      answeredBy: { name: 'Mia Example' },
      decision: { undoneAt: null },
    });
    expect(await readComment(service(), commentId)).toBeNull();
    expect((await decisions())[0]).toMatchObject({ appeal: { outcome: 'UPHELD', answer: 'It stands.' } });
    expect(await eventsOf(decisionId)).toEqual([
      { kind: 'APPEALED', detail: null },
      { kind: 'APPEAL_ANSWERED', detail: { outcome: 'UPHELD' } },
    ]);
    const { viewer } = await service().data(
      '{ viewer { notifications(first: 1) { nodes { kind decision { kind } } } } }',
      {},
      author.token,
    );
    expect(viewer.notifications.nodes).toMatchObject([{ kind: 'APPEAL_ANSWERED' }]);
  });

  it('show the text that is gone for readers, to those who answer and to its author', async () => {
    const { decisionId } = await appealed();
    const { moderationAppeals } = await service().data(
      '{ moderationAppeals { nodes { decision { comment { id } bodyText bodyHtml article { id } } } } }',
      {},
      second.token,
    );
    const shown = {
      comment: null,
      bodyText: 'A comment.',
      bodyHtml: '<p dir="auto">A comment.</p>',
      article: { id: article.id },
    };
    expect(moderationAppeals.nodes.map(({ decision }: any) => decision)).toContainEqual(shown);
    const { viewer } = await service().data(
      '{ viewer { decisions(first: 1) { nodes { decisionId actorKind bodyHtml } } } }',
      {},
      author.token,
    );
    expect(viewer.decisions.nodes).toEqual([
      { decisionId, actorKind: 'PERSON', bodyHtml: '<p dir="auto">A comment.</p>' },
    ]);
  });

  it('that are granted undo the decision, in the same transaction', async () => {
    const { appealId, decisionId, commentId } = await appealed();
    const { appeal: granted, userErrors } = await answer(appealId, 'OVERTURNED');
    expect(userErrors).toEqual([]);
    expect(granted).toMatchObject({ outcome: 'OVERTURNED', decision: { undoneAt: expect.any(String) } });
    expect(await readComment(service(), commentId)).toMatchObject({ status: 'PUBLISHED' });
    expect(await eventsOf(decisionId)).toEqual([
      { kind: 'APPEALED', detail: null },
      { kind: 'UNDONE', detail: { decision: 'REMOVED' } },
      { kind: 'APPEAL_ANSWERED', detail: { outcome: 'OVERTURNED' } },
    ]);
  });

  it('are granted after somebody has undone the decision, and told of', async () => {
    const { appealId, decisionId } = await appealed();
    const undo = 'mutation ($id: ID!) { undoDecision(input: { decisionId: $id }) { userErrors { code } } }';
    expect((await service().data(undo, { id: decisionId }, second.token)).undoDecision.userErrors).toEqual(
      [],
    );
    const { appeal: granted, userErrors } = await answer(appealId, 'OVERTURNED');
    expect(userErrors).toEqual([]);
    expect(granted).toMatchObject({ outcome: 'OVERTURNED' });
    expect((await list()).nodes.map(({ id }: { id: string }) => id)).not.toContain(appealId);
    expect(await eventsOf(decisionId)).toEqual([
      { kind: 'APPEALED', detail: null },
      { kind: 'UNDONE', detail: { decision: 'REMOVED' } },
      { kind: 'APPEAL_ANSWERED', detail: { outcome: 'OVERTURNED' } },
    ]);
  });

  it('can not be refused once the decision is undone, also not while it is being undone', async () => {
    const { appealId, decisionId } = await appealed();
    const { db } = service().app;
    const refused = [{ code: 'WRONG_STATUS', field: ['outcome'] }];
    let answering: Promise<any> = Promise.resolve();
    await db.transaction(async (tx) => {
      await tx.query('UPDATE moderation_decision SET undone_at = now(), undone_by = $2 WHERE id = $1', [
        keyOf(decisionId),
        moderator.accountId,
      ]);
      answering = answer(appealId, 'UPHELD');
      await eventually('the answer that waits for the decision', async () => {
        const waiting = await db.query(
          `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
        );
        return waiting.length > 0;
      });
    });
    expect((await answering).userErrors).toEqual(refused);
    expect((await answer(appealId, 'UPHELD')).userErrors).toEqual(refused);
    expect((await list()).nodes.at(-1)).toMatchObject({ id: appealId, outcome: null });
    expect((await answer(appealId, 'OVERTURNED')).userErrors).toEqual([]);
  });

  it('are granted after the comment was restored or approved, and leave it as it is', async () => {
    const { appealId, decisionId, commentId } = await appealed();
    await done(service(), 'restoreComment', { commentId }, second);
    const { appeal: granted, userErrors } = await answer(appealId, 'OVERTURNED');
    expect(userErrors).toEqual([]);
    expect(granted).toMatchObject({ outcome: 'OVERTURNED', decision: { undoneAt: expect.any(String) } });
    expect(await readComment(service(), commentId)).toMatchObject({ status: 'PUBLISHED' });
    expect(await eventsOf(decisionId)).toMatchObject([
      { kind: 'APPEALED' },
      { kind: 'UNDONE' },
      { kind: 'APPEAL_ANSWERED' },
    ]);
    // The restoring can not be undone any more: nothing stands that has removed the comment.
    const [restored] = await service().app.db.query<{ id: string }>(
      `SELECT id::text AS id FROM moderation_decision WHERE kind = 'RESTORED' ORDER BY id DESC LIMIT 1`,
    );
    const undo = 'mutation ($id: ID!) { undoDecision(input: { decisionId: $id }) { userErrors { code } } }';
    const id = encodeGlobalId('ModerationDecision', restored?.id ?? '');
    expect((await service().data(undo, { id }, second.token)).undoDecision.userErrors).toEqual([
      { code: 'DECISION_NOT_UNDOABLE' },
    ]);
  });

  it('are not granted while another decision stands against the comment, which has its own', async () => {
    const { appealId, commentId } = await appealed();
    await done(service(), 'restoreComment', { commentId }, second);
    await done(service(), 'removeComment', { commentId, reasonCode: 'SPAM' }, second);
    expect((await answer(appealId, 'OVERTURNED')).userErrors).toMatchObject([
      { code: 'DECISION_NOT_UNDOABLE' },
    ]);
    expect((await answer(appealId, 'UPHELD')).userErrors).toEqual([]);
  });

  it('are granted after the sanction was lifted, which then nobody brings back', async () => {
    const app = service();
    const sid = await app.signUp('Sid Example');
    const person = { personId: personId(sid.accountId) };
    await onPerson(app, moderator, 'banAccount', { ...person, reason: 'ABUSE' });
    const [decision] = await decisions(sid);
    expect((await appeal(decision.decisionId, 'Why?', sid)).userErrors).toEqual([]);
    await onPerson(app, moderator, 'liftSanction', { ...person, kind: 'SUSPENSION' });
    const { nodes } = await list();
    expect((await answer(nodes.at(-1).id, 'OVERTURNED')).userErrors).toEqual([]);
    const [lift] = await app.app.db.query<{ id: string }>(
      `SELECT id::text AS id FROM moderation_decision WHERE kind = 'SUSPENSION_LIFTED' AND subject_id = $1`,
      [sid.accountId],
    );
    const undo = 'mutation ($id: ID!) { undoDecision(input: { decisionId: $id }) { userErrors { code } } }';
    const id = encodeGlobalId('ModerationDecision', lift?.id ?? '');
    expect((await app.data(undo, { id }, second.token)).undoDecision.userErrors).toEqual([
      { code: 'DECISION_NOT_UNDOABLE' },
    ]);
    expect((await app.data('{ viewer { isSuspended } }', {}, sid.token)).viewer.isSuspended).toBe(false);
  });

  it('of staff are answered by administrators alone, whatever the answer', async () => {
    const app = service();
    const [administrator, other] = [
      await app.signUp('Al Example', 'ADMINISTRATOR'),
      await app.signUp('Ann Example', 'ADMINISTRATOR'),
    ];
    const editor = await app.signUp('Ed Example', 'EDITOR');
    const { banAccount } = await app.data(
      'mutation ($id: ID!) { banAccount(input: { personId: $id, reason: OTHER }) { userErrors { code } } }',
      { id: Buffer.from(`Person:${editor.accountId}`).toString('base64url') },
      administrator.token,
    );
    expect(banAccount.userErrors).toEqual([]);
    const [decision] = await decisions(editor);
    expect((await appeal(decision.decisionId, 'Why?', editor)).userErrors).toEqual([]);
    const { id } = (await list()).nodes.at(-1);
    for (const outcome of ['UPHELD', 'OVERTURNED'])
      expect((await answer(id, outcome)).userErrors).toMatchObject([{ code: 'FORBIDDEN' }]);
    expect((await answer(id, 'UPHELD', other)).userErrors).toEqual([]);
  });

  it('can not be granted for what nobody can undo, and stay open then', async () => {
    const { appealId, commentId } = await appealed();
    await service().app.db.query(
      `UPDATE comment SET body_markdown = '', body_html = '', body_text = '' WHERE article_id = $1 AND id = $2`,
      [article.articleId, keyOf(commentId)],
    );
    expect((await answer(appealId, 'OVERTURNED')).userErrors).toMatchObject([
      { code: 'DECISION_NOT_UNDOABLE' },
    ]);
    expect((await list()).nodes.map(({ id }: { id: string }) => id)).toContain(appealId);
  });

  it('are made by suspended accounts against their suspension, which ends when they are granted', async () => {
    const app = service();
    const sid = await app.signUp('Sid Example');
    const person = Buffer.from(`Person:${sid.accountId}`).toString('base64url');
    const { suspendAccount } = await app.data(
      `mutation ($person: ID!, $until: DateTime!) { suspendAccount(input: { personId: $person, until: $until, reason: SPAM }) {
        userErrors { code message } } }`,
      { person, until: new Date(Date.now() + 86_400_000).toISOString() },
      moderator.token,
    );
    expect(suspendAccount.userErrors).toEqual([]);
    const isSuspended = async (): Promise<boolean> =>
      (await app.data('{ viewer { isSuspended } }', {}, sid.token)).viewer.isSuspended;
    expect(await isSuspended()).toBe(true);
    const [decision] = await decisions(sid);
    expect(decision).toMatchObject({ kind: 'SUSPENDED', canAppeal: true, commentId: null });
    expect((await appeal(decision.decisionId, 'It was not me.', sid)).userErrors).toEqual([]);
    const { nodes } = await list();
    expect((await answer(nodes.at(-1).id, 'OVERTURNED')).userErrors).toEqual([]);
    expect(await isSuspended()).toBe(false);
  });

  it('are listed for moderators alone, and go with the account', async () => {
    const app = service();
    const { errors } = await app.query('{ moderationAppeals { totalCount } }', {}, { token: author.token });
    expect(errors?.[0]?.extensions.code).toBe('FORBIDDEN');
    const eve = await app.signUp('Eve Example');
    const { comment } = await done(app, 'addComment', { articleId: article.id, body: 'A comment.' }, eve);
    await done(app, 'removeComment', { commentId: comment.id }, moderator);
    const [{ decisionId }] = await decisions(eve);
    await appeal(decisionId, 'Why?', eve);
    const before = (await list()).totalCount;
    await erasureOf(app).erase(eve.email);
    expect((await list()).totalCount).toBe(before - 1);
  });

  it('are not answered with a blank text', async () => {
    const { appealId } = await appealed();
    expect((await answer(appealId, 'UPHELD', second, ' ')).userErrors).toEqual([
      { code: 'EMPTY_TEXT', field: ['answer'] },
    ]);
  });
});
