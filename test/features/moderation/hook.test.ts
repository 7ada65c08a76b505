/**
 * @database embedded
 * @seconds 15
 */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { checkInvariants } from '../../../harness/invariants.ts';
import { TestApp, type TestUser, useApp } from '../../support/app.ts';
import { done } from '../../support/comments.ts';
import { eventually } from '../../support/eventually.ts';
import { Adapter, addHook, Classifier, passDeadlines, type TestHook } from '../../support/moderation-hook.ts';
import { personId, onPerson } from '../../support/persons.ts';
import { PinnedClock } from '../../support/pinned-clock.ts';
import { commentKeyOf, moderationEvents, moderationHead, setSettings } from '../../support/screening.ts';
import { sendWebhookMutation } from '../../support/webhooks.ts';

const settings = { MODERATION_POLL_MS: '50', WEBHOOK_POLL_MS: '100', MODERATION_HOOK_PRIVATE_NETWORKS: 'on' };
const clock = new PinnedClock();
let classifier: Classifier;
let adapter: Adapter;
let hook: TestHook;
let moderator: TestUser;
let reader: TestUser;

// Before the service ends, which finds what is left open.
afterAll(async () => {
  await adapter.kill();
  await classifier.close();
});
const app = useApp(settings, { clock });

beforeAll(async () => {
  classifier = await Classifier.open();
  adapter = await Adapter.prepare(app().url, classifier);
  await adapter.reserve();
  hook = await addHook(app(), adapter.url);
  adapter.set(hook.adapter);
  await adapter.start();
  moderator = await app().signUp('Mo Example', 'MODERATOR');
  reader = await app().signUp('Ada Example');
});
afterEach(async () => {
  await setSettings(app(), { asksHook: true, hookDeadlineAction: 'HOLD' }, hook.administrator);
  await checkInvariants(app().app.db);
});

const post = async (
  articleId: string,
  body: string,
  user = reader,
): Promise<{ id: string; status: string }> => {
  const { comment, userErrors } = await app().addComment(user, { articleId, body });
  if (!comment) throw new Error(JSON.stringify(userErrors));
  return comment;
};

const statusOf = async (id: string): Promise<string> => {
  const query = 'query ($id: ID!) { comment(id: $id) { status } }';
  return (await app().data(query, { id }, moderator.token)).comment?.status;
};

const isDecided = (id: string, status: string): Promise<unknown> =>
  eventually(
    `${id} to be ${status}, with the adapter saying ${adapter.out}`,
    async () => (await statusOf(id)) === status,
  );

const isAsked = (text: string, times = 1): Promise<unknown> =>
  eventually(
    `${text} to be asked`,
    () => classifier.asked.filter((asked) => asked === text).length === times,
  );

/** The comment's entry in the queue. */
const itemOf = async (id: string): Promise<any> => {
  const commentId = Buffer.from(
    Buffer.from(id, 'base64url').toString().replace('Comment', 'ModerationItem'),
  ).toString('base64url');
  const query = `query ($id: ID!) { node(id: $id) { ... on ModerationItem { phase hookState suspicion hookDueAt revision } } }`;
  return (await app().data(query, { id: commentId }, moderator.token)).node;
};

/** What the log says of a comment: kinds, actors and details. */
const toldOf = async (id: string): Promise<string[]> =>
  (await moderationEvents(app()))
    .filter(({ commentId }) => commentId === commentKeyOf(id))
    .map(({ kind, actorKind, detail }) =>
      [kind, actorKind, detail?.phase ?? detail?.decision ?? detail?.action].filter(Boolean).join(' '),
    );

const decide = async (token: string, ...decisions: object[]): Promise<any[]> => {
  const { decideComments } = await app().data(
    `mutation ($decisions: [CommentDecisionInput!]!) { decideComments(input: { decisions: $decisions }) {
      results { decision { id kind } item { hookState } userErrors { code } } userErrors { code } } }`,
    { decisions },
    token,
  );
  return decideComments.results.map(
    ({ decision, item, userErrors }: any) => userErrors[0]?.code ?? decision?.id ?? item?.hookState,
  );
};

async function undo(id: string): Promise<unknown> {
  const mutation =
    'mutation ($id: ID!) { undoDecision(input: { decisionId: $id }) { item { hookState } userErrors { code } } }';
  return (await app().data(mutation, { id }, moderator.token)).undoDecision;
}

/**
 * Waits until nothing is to be delivered any more: an endpoint is asked few things at once, and attempts that fail have it left
 * alone, so that texts without an answer would hold up those of the next test.
 */
async function settle(): Promise<void> {
  classifier.answerAll({ verdict: 'APPROVE' });
  await eventually('everything to be delivered', async () => {
    clock.advance(1);
    return (await endpoint()).pendingCount === 0;
  });
}

/** The endpoint as administrators see it. */
async function endpoint(): Promise<any> {
  const query =
    'query ($id: ID!) { node(id: $id) { ... on Webhook { pendingCount attempts { httpStatus fault } } } }';
  return (await app().data(query, { id: hook.webhook }, hook.administrator.token)).node;
}

describe('the hook', () => {
  beforeEach(settle);

  it('holds what nothing else holds until the program has decided, and tells readers and authors what they need', async () => {
    const { id: articleId, articleId: key } = await app().addArticle();
    classifier.judge = (text) =>
      text.includes('spam')
        ? { verdict: 'REJECT', reason: 'SPAM' }
        : {
            verdict: text.includes('look') ? 'ESCALATE' : 'APPROVE',
            ...(text.includes('look') && { reason: 'HATE' }),
          };
    const author = await app().signUp('Bo Example');
    const [good, bad, unclear] = [
      await post(articleId, 'A good text', author),
      await post(articleId, 'A spam text', author),
      await post(articleId, 'Do look', author),
    ];
    expect([good.status, bad.status, unclear.status]).toEqual(['PENDING', 'PENDING', 'PENDING']);
    await isDecided(good.id, 'PUBLISHED');
    await isDecided(bad.id, 'REJECTED');
    await eventually('the escalation', async () => (await itemOf(unclear.id)).hookState === 'ESCALATED');
    expect(await toldOf(good.id)).toEqual(['HELD SYSTEM HOOK', 'DECIDED SERVICE_ACCOUNT APPROVED']);
    expect(await toldOf(bad.id)).toEqual(['HELD SYSTEM HOOK', 'DECIDED SERVICE_ACCOUNT REJECTED']);
    expect(await toldOf(unclear.id)).toEqual(['HELD SYSTEM HOOK', 'ESCALATED SERVICE_ACCOUNT']);
    expect(await itemOf(unclear.id)).toEqual({
      phase: 'HOOK',
      hookState: 'ESCALATED',
      suspicion: 'HATE',
      hookDueAt: null,
      revision: 1,
    });
    // Nobody is notified that a program let a text pass.
    const { viewer } = await app().data(
      '{ viewer { notifications(first: 10) { nodes { __typename kind } } } }',
      {},
      author.token,
    );
    expect(viewer.notifications.nodes.map(({ kind }: any) => kind)).toEqual(['COMMENT_REJECTED']);
    const own = '{ viewer { decisions(first: 9) { nodes { kind actorKind } } } }';
    expect((await app().data(own, {}, author.token)).viewer.decisions.nodes).toContainEqual({
      kind: 'REJECTED',
      actorKind: 'SERVICE_ACCOUNT',
    });
    // No deadline ends what is left to a moderator, and another word of the program changes nothing.
    await setSettings(app(), { hookDeadlineAction: 'PUBLISH' }, hook.administrator);
    await passDeadlines(app(), key);
    expect(await decide(hook.token, escalation(unclear.id))).toEqual(['ESCALATED']);
    expect(await toldOf(unclear.id)).toHaveLength(2);
    expect(await statusOf(unclear.id)).toBe('PENDING');
  });

  it('leaves to moderators what something else holds, lets staff pass, and asks about new texts', async () => {
    const { id: articleId } = await app().addArticle();
    expect((await post(articleId, 'By staff', moderator)).status).toBe('PUBLISHED');
    const { id } = await post(articleId, 'An old text');
    await isDecided(id, 'PUBLISHED');
    await setSettings(app(), { maxLinks: 0 }, hook.administrator);
    const linked = await post(articleId, 'See https://one.example/');
    await setSettings(app(), { maxLinks: null }, hook.administrator);
    // The author takes out what was found: a person has been called all the same.
    await done(app(), 'editComment', { commentId: linked.id, body: 'See nothing' }, reader);
    expect(await itemOf(linked.id)).toMatchObject({ phase: 'LINKS', hookState: null, revision: 2 });
    await done(app(), 'editComment', { commentId: id, body: 'A new text' }, reader);
    await eventually('the new text', async () => {
      const { comment } = await app().data('query ($id: ID!) { comment(id: $id) { bodyText } }', { id });
      return comment.bodyText === 'A new text';
    });
    expect(classifier.asked).not.toContain('See nothing');
    expect(await statusOf(linked.id)).toBe('PENDING');
  });

  it('decides once although the adapter is killed with every verdict half sent, and its verdicts are doubled', async () => {
    const { id: articleId } = await app().addArticle();
    classifier.judge = () => undefined;
    const texts = ['Killed 1', 'Killed 2', 'Killed 3'];
    const posted: { id: string }[] = [];
    for (const text of texts) posted.push(await post(articleId, text));
    for (const text of texts) await isAsked(text);
    await adapter.kill();
    for (const { id } of posted) expect(await statusOf(id)).toBe('PENDING');
    classifier.judge = () => ({ verdict: 'REJECT', reason: 'SPAM' });
    await adapter.start();
    // They are tried again, each some seconds after its attempt has failed.
    await eventually('the decisions', async () => {
      clock.advance(1);
      return (await Promise.all(posted.map(({ id }) => statusOf(id)))).every(
        (status) => status === 'REJECTED',
      );
    });
    // Everything again, and the verdicts by hand.
    await sendWebhookMutation(app(), hook.administrator, 'redeliverWebhook', {
      webhookId: hook.webhook,
      since: new Date(0).toISOString(),
    });
    const verdict = { commentId: posted[0]!.id, expectedRevision: 1, verdict: 'REJECT', reason: 'SPAM' };
    const [one, two] = [await decide(hook.token, verdict), await decide(hook.token, verdict)];
    expect(one).toEqual(two);
    expect(one[0]).not.toBe('ALREADY_DECIDED');
    await settle();
    expect((await endpoint()).attempts[0]).toEqual({ httpStatus: 204, fault: null });
    for (const comment of posted)
      expect(await toldOf(comment.id)).toEqual(['HELD SYSTEM HOOK', 'DECIDED SERVICE_ACCOUNT REJECTED']);
  });

  it.each(['PUBLISH', 'HOLD'] as const)(
    'that is late leaves the text to the setting %s, and both are in the log',
    async (action) => {
      const { id: articleId, articleId: key } = await app().addArticle();
      await setSettings(app(), { hookDeadlineAction: action }, hook.administrator);
      classifier.judge = () => undefined;
      const text = `Late with ${action}`;
      const { id } = await post(articleId, text);
      await isAsked(text);
      const { hookState, hookDueAt } = await itemOf(id);
      expect(hookState).toBe('ASKED');
      const left = new Date(hookDueAt).getTime() - Date.now();
      expect(left).toBeGreaterThan(250_000);
      expect(left).toBeLessThanOrEqual(300_000);
      await passDeadlines(app(), key);
      const status = action === 'PUBLISH' ? 'PUBLISHED' : 'PENDING';
      const told = ['HELD SYSTEM HOOK', `HOOK_UNANSWERED SYSTEM ${action}`];
      if (action === 'PUBLISH') told.push('DECIDED SYSTEM APPROVED');
      await eventually('the deadline', async () => (await toldOf(id)).length === told.length);
      expect(await toldOf(id)).toEqual(told);
      expect(await statusOf(id)).toBe(status);
      if (action === 'HOLD')
        expect(await itemOf(id)).toEqual({
          phase: 'HOOK',
          hookState: 'UNANSWERED',
          suspicion: null,
          hookDueAt: null,
          revision: 1,
        });
      // The verdict comes after all: it counts if nothing was decided.
      classifier.answer(text, { verdict: 'REJECT', reason: 'SPAM' });
      await eventually('the verdict', () => adapter.out.includes(`${id} REJECT`));
      if (action === 'PUBLISH') {
        expect(adapter.out).toContain(`${id} REJECT ALREADY_DECIDED`);
        expect(await statusOf(id)).toBe('PUBLISHED');
      } else {
        expect(await statusOf(id)).toBe('REJECTED');
      }
    },
  );

  it('does not decide about a text that was changed meanwhile, and is asked about the new one', async () => {
    const { id: articleId } = await app().addArticle();
    classifier.judge = () => undefined;
    const { id } = await post(articleId, 'Before');
    await isAsked('Before');
    await done(app(), 'editComment', { commentId: id, body: 'After' }, reader);
    classifier.answer('Before', { verdict: 'APPROVE' });
    await eventually('the refusal', () => adapter.out.includes(`${id} APPROVE STALE_REVISION`));
    expect(await statusOf(id)).toBe('PENDING');
    await isAsked('After');
    classifier.answer('After', { verdict: 'REJECT', reason: 'SPAM' });
    await isDecided(id, 'REJECTED');
    expect(await toldOf(id)).toEqual([
      'HELD SYSTEM HOOK',
      'HELD SYSTEM HOOK',
      'DECIDED SERVICE_ACCOUNT REJECTED',
    ]);
  });

  it('gives way to persons: to a claim, a decision, the undoing of one, a sanction, and to being switched off', async () => {
    const { id: articleId, articleId: key } = await app().addArticle();
    await setSettings(app(), { hookDeadlineAction: 'PUBLISH' }, hook.administrator);
    classifier.judge = () => undefined;
    const [claimed, decided, banned, undone] = [
      await post(articleId, 'Claimed'),
      await post(articleId, 'Decided'),
      await post(articleId, 'Banned', await app().signUp('Cy Example')),
      await post(articleId, 'Undone'),
    ];
    const claim =
      'mutation ($id: ID!) { claimComments(input: { commentIds: [$id] }) { items { id } userErrors { code } } }';
    await app().data(claim, { id: claimed.id }, moderator.token);
    const approval = (commentId: string) => ({ commentId, expectedRevision: 1, verdict: 'APPROVE' });
    const rejection = (commentId: string) => ({ ...approval(commentId), verdict: 'REJECT', reason: 'ABUSE' });
    await decide(moderator.token, rejection(decided.id));
    expect(await decide(hook.token, approval(claimed.id), escalation(decided.id))).toEqual([
      'CLAIMED',
      'ALREADY_DECIDED',
    ]);
    // What a person has undone, a late verdict and the deadline leave alone.
    const [decisionId] = await decide(hook.token, approval(undone.id));
    expect(await undo(decisionId)).toEqual({ item: { hookState: null }, userErrors: [] });
    expect(await decide(hook.token, approval(undone.id))).toEqual(['ALREADY_DECIDED']);
    const person = (await moderationEvents(app())).find(
      ({ commentId }) => commentId === commentKeyOf(banned.id),
    );
    await onPerson(app(), moderator, 'banAccount', { personId: personId(person.subjectId), reason: 'SPAM' });
    await passDeadlines(app(), key);
    for (const { id } of [claimed, banned]) {
      await eventually('the deadline', async () => (await itemOf(id)).hookState === 'UNANSWERED');
      expect(await toldOf(id)).toContain('HOOK_UNANSWERED SYSTEM HOLD');
    }
    // Taken back, and without a reply that would leave a tombstone.
    expect(await statusOf(undone.id)).toBeUndefined();
    expect(await itemOf(undone.id)).toMatchObject({ phase: 'HOOK', hookState: null });
    expect(await statusOf(decided.id)).toBe('REJECTED');

    const waiting = await post(articleId, 'Waiting');
    await setSettings(app(), { asksHook: false }, hook.administrator);
    expect((await post(articleId, 'Not asked')).status).toBe('PUBLISHED');
    await passDeadlines(app(), key);
    await eventually('the deadline', async () => (await itemOf(waiting.id)).hookState === 'UNANSWERED');
    expect(await statusOf(waiting.id)).toBe('PENDING');
    expect(await decide(hook.token, rejection(waiting.id))).not.toContain('ALREADY_DECIDED');
    // While somebody works on a text, it is delivered again and again.
    const release =
      'mutation ($id: ID!) { releaseComments(input: { commentIds: [$id] }) { userErrors { code } } }';
    await app().data(release, { id: claimed.id }, moderator.token);
  });

  it('has one deadline on two nodes, also against verdicts at the same moment', async () => {
    const { id: articleId, articleId: key } = await app().addArticle();
    await setSettings(app(), { hookDeadlineAction: 'PUBLISH' }, hook.administrator);
    classifier.judge = () => undefined;
    const posted: { id: string }[] = [];
    for (let n = 0; n < 12; n += 1) posted.push(await post(articleId, `Racing ${n}`));
    const other = await TestApp.start(settings, { clock, database: app().database });
    try {
      const start = await moderationHead(app());
      await passDeadlines(app(), key);
      await Promise.all(
        posted.map(({ id: commentId }) =>
          decide(hook.token, { commentId, expectedRevision: 1, verdict: 'REJECT', reason: 'SPAM' }),
        ),
      );
      await eventually('all to be decided', async () =>
        (await Promise.all(posted.map(({ id }) => statusOf(id)))).every((status) => status !== 'PENDING'),
      );
      const told = (await moderationEvents(app(), start)).filter(({ kind }) => kind === 'DECIDED');
      expect(told.map(({ commentId }) => commentId).sort()).toEqual(
        posted.map(({ id }) => commentKeyOf(id)).sort(),
      );
      // What goes on waiting is told of once, too.
      await setSettings(app(), { hookDeadlineAction: 'HOLD' }, hook.administrator);
      const held: { id: string }[] = [];
      for (let n = 0; n < 12; n += 1) held.push(await post(articleId, `Waiting ${n}`));
      await passDeadlines(app(), key);
      await eventually('all to be told of', async () =>
        (await Promise.all(held.map(({ id }) => itemOf(id)))).every(
          ({ hookState }) => hookState === 'UNANSWERED',
        ),
      );
      for (const { id } of held)
        expect(await toldOf(id)).toEqual(['HELD SYSTEM HOOK', 'HOOK_UNANSWERED SYSTEM HOLD']);
    } finally {
      await other.close();
    }
  });

  it('leaves to persons what they have met: texts of removed and reported comments, edits of what waits for them, closed articles', async () => {
    const { id: articleId, articleId: key } = await app().addArticle();
    await setSettings(app(), { hookDeadlineAction: 'PUBLISH', reportsToHold: 1 }, hook.administrator);
    const bodyOf = async (id: string): Promise<string> =>
      (await app().data('query ($id: ID!) { comment(id: $id) { bodyText } }', { id })).comment.bodyText;
    const edit = (commentId: string, body: string) => done(app(), 'editComment', { commentId, body }, reader);
    const approval = (commentId: string) => ({ commentId, expectedRevision: 1, verdict: 'APPROVE' });
    const other = await app().signUp('Flo Example');

    // A public comment whose new text waits is removed and restored: nobody was asked about it since.
    const removed = await post(articleId, 'Removed and restored');
    const edited = await post(articleId, 'Edited twice');
    const reported = await post(articleId, 'Reported');
    for (const { id } of [removed, edited, reported]) await isDecided(id, 'PUBLISHED');
    classifier.judge = () => undefined;
    await edit(removed.id, 'Not read by anybody');
    await isAsked('Not read by anybody');
    await done(app(), 'removeComment', { commentId: removed.id }, moderator);
    classifier.answer('Not read by anybody', { verdict: 'APPROVE' });
    await eventually('the refusal', () => adapter.out.includes(`${removed.id} APPROVE ALREADY_DECIDED`));
    await done(app(), 'restoreComment', { commentId: removed.id }, moderator);
    expect(await itemOf(removed.id)).toMatchObject({ phase: 'HOOK', hookState: 'ASKED', revision: 2 });

    // The second of two new texts is published, while the first still waits for an answer.
    await edit(edited.id, 'One');
    await isAsked('One');
    await edit(edited.id, 'Two');
    // An answer about a text that was replaced is none.
    classifier.answer('One', { verdict: 'APPROVE' });
    await isAsked('Two');
    classifier.answer('Two', { verdict: 'APPROVE' });
    await eventually('the new text', async () => (await bodyOf(edited.id)) === 'Two');
    await done(app(), 'reportComment', { commentId: edited.id, reason: 'SPAM' }, other);
    expect(await statusOf(edited.id)).not.toBe('PUBLISHED');

    // An approval that comes twice is about no report.
    const [first] = await decide(hook.token, approval(reported.id));
    await setSettings(app(), { reportsToHold: 0 }, hook.administrator);
    await done(app(), 'reportComment', { commentId: reported.id, reason: 'SPAM' }, other);
    expect(await decide(hook.token, approval(reported.id))).toEqual([first]);
    expect(await itemOf(reported.id)).toMatchObject({ phase: null, hookState: null, revision: 1 });
    // Nor if the reports have taken the comment back, or came after a person has let it stay.
    const kept = { ...approval(reported.id), idempotencyKey: randomUUID() };
    expect(await decide(moderator.token, kept)).not.toEqual(['ALREADY_DECIDED']);
    const [later, last] = [await app().signUp(), await app().signUp()];
    await done(app(), 'reportComment', { commentId: reported.id, reason: 'SPAM' }, later);
    expect(await decide(hook.token, approval(reported.id))).toEqual(['ALREADY_DECIDED']);
    const again = await post(articleId, 'Taken back');
    await isAsked('Taken back');
    classifier.answer('Taken back', { verdict: 'APPROVE' });
    await isDecided(again.id, 'PUBLISHED');
    await setSettings(app(), { reportsToHold: 1 }, hook.administrator);
    await done(app(), 'reportComment', { commentId: again.id, reason: 'SPAM' }, last);
    const [made] = await decide(hook.token, approval(again.id));
    expect(typeof made).toBe('string');
    expect(made).not.toBe('ALREADY_DECIDED');
    expect(await statusOf(again.id)).not.toBe('PUBLISHED');

    // What a moderator has to decide does not become the hook's because its author changes it.
    const escalated = await post(articleId, 'Escalated');
    await isAsked('Escalated');
    const undone = await post(articleId, 'Its rejection undone');
    await isAsked('Its rejection undone');
    const [rejection] = await decide(hook.token, {
      ...approval(undone.id),
      verdict: 'REJECT',
      reason: 'SPAM',
    });
    await decide(hook.token, escalation(escalated.id));
    await undo(rejection);
    await edit(escalated.id, 'Escalated, and changed');
    await edit(undone.id, 'Undone, and changed');
    expect(await itemOf(escalated.id)).toMatchObject({ phase: 'HOOK', hookState: 'ESCALATED', revision: 2 });
    expect(await itemOf(undone.id)).toMatchObject({ phase: 'HOOK', hookState: null, revision: 2 });

    const closed = await post(articleId, 'Before it was closed');
    const close =
      'mutation ($id: ID!) { setCommentPolicy(input: { articleId: $id, commentPolicy: CLOSED }) { userErrors { code } } }';
    await app().data(close, { id: articleId }, moderator.token);
    await passDeadlines(app(), key);
    await eventually('the deadline', async () => (await itemOf(closed.id)).hookState === 'UNANSWERED');
    await eventually('the end of the time', async () => (await itemOf(removed.id)).hookState === null);
    expect(await bodyOf(removed.id)).toBe('Removed and restored');
    for (const { id } of [escalated, undone, closed]) expect(await statusOf(id)).toBe('PENDING');
    await setSettings(app(), { reportsToHold: 3 }, hook.administrator);
  });

  it('is delivered nothing of a text that was erased, and nothing at all once its account is no moderator', async () => {
    const { id: articleId } = await app().addArticle();
    const author = await app().signUp('Di Example');
    await adapter.kill();
    const { id } = await post(articleId, 'To be erased', author);
    const last = async (): Promise<any> => (await endpoint()).attempts[0];
    await eventually('a failed attempt', async () => (await last()).fault !== null);
    await done(app(), 'removeComment', { commentId: id }, author);
    await adapter.start();
    await eventually('the delivery', async () => {
      clock.advance(1);
      return (await last()).httpStatus === 204;
    });
    expect(classifier.asked).not.toContain('To be erased');

    const revoke =
      'mutation ($id: ID!) { revokeRole(input: { personId: $id, role: MODERATOR }) { userErrors { code } } }';
    const account = Buffer.from(hook.serviceAccountId, 'base64url').toString().split(':')[1] ?? '';
    await app().data(revoke, { id: personId(account) }, hook.administrator.token);
    await post(articleId, 'Not to be seen');
    await eventually('the refusal', async () => /not a moderator/.test((await last()).fault ?? ''));
    expect(classifier.asked).not.toContain('Not to be seen');
  });
});

it('an endpoint goes on showing its log, and takes that log’s kinds', async () => {
  const { administrator, serviceAccountId } = hook;
  const input = { name: 'Hook', url: 'http://127.0.0.1:1/', serviceAccountId };
  const moderation = 'subscription { moderationEvents { cursor } }';
  const site = 'subscription { siteEvents { cursor } }';
  const create = async (more: object): Promise<any> =>
    sendWebhookMutation(app(), administrator, 'createWebhook', { ...input, ...more });
  // The account is no moderator any more.
  expect((await create({ document: moderation })).userErrors).toMatchObject([
    { field: ['serviceAccountId'] },
  ]);
  expect((await create({ document: site, actionKinds: ['HELD'] })).userErrors).toMatchObject([
    { code: 'INVALID_INPUT', field: ['actionKinds'] },
  ]);
  const { webhook } = await create({ document: site, eventKinds: [] });
  expect(
    (
      await sendWebhookMutation(app(), administrator, 'updateWebhook', {
        webhookId: hook.webhook,
        document: site,
      })
    ).userErrors,
  ).toMatchObject([{ code: 'INVALID_INPUT', field: ['document'] }]);
  await sendWebhookMutation(app(), administrator, 'deleteWebhook', { webhookId: webhook.id });
});

const escalation = (commentId: string) => ({ commentId, expectedRevision: 1, verdict: 'ESCALATE' });
