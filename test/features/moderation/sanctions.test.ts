/** @database either */
import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { undoSanction } from '../../../src/features/moderation/sanctions/sanction.service.ts';
import { lockDecision } from '../../../src/platform/screening/moderation-decision.queries.ts';
import { Inbox } from '../../../src/features/notifications/inbox/inbox.ts';
import { type TestUser, useApp } from '../../support/app.ts';
import { eventually } from '../../support/eventually.ts';
import { logAbout, onPerson, personId } from '../../support/persons.ts';

const inAnHour = () => new Date(Date.now() + 3_600_000).toISOString();

const told = `viewer { isSuspended
  suspension { kind until reason note decidedAt } premoderation { until reason note }
  notifications(first: 10) { nodes { kind article { id } decision { kind reason note until } } } }`;

const comment = `mutation ($input: AddCommentInput!) { addComment(input: $input) { comment { id }
  userErrors { code suspension { kind until reason note } } } }`;

describe('a sanction', () => {
  const service = useApp();
  let moderator: TestUser;
  let administrator: TestUser;
  let article: { id: string };

  beforeAll(async () => {
    moderator = await service().signUp('Mo Example', 'MODERATOR');
    administrator = await service().signUp('Al Example', 'ADMINISTRATOR');
    article = await service().addArticle();
  });

  afterEach(async () => {
    await service().live.close();
  });

  const act = (
    name: Parameters<typeof onPerson>[2],
    of: TestUser,
    input: Record<string, unknown> = {},
    by = moderator,
  ) => onPerson(service(), by, name, { personId: personId(of.accountId), ...input });

  const ownView = async (user: TestUser) => (await service().data(`{ ${told} }`, {}, user.token)).viewer;

  const post = async (user: TestUser) =>
    (await service().data(comment, { input: { articleId: article.id, body: 'A text.' } }, user.token))
      .addComment.userErrors[0];

  it('until a time is told to the person wherever they meet it, with its reason, its note and its end', async () => {
    const person = await service().signUp();
    const until = inAnHour();
    const input = { until, reason: 'SPAM', note: 'Ten advertisements.' };
    expect(await act('suspendAccount', person, input)).toMatchObject({ refused: undefined });
    const suspension = { kind: 'SUSPENSION', until, reason: 'SPAM', note: 'Ten advertisements.' };
    expect(await post(person)).toEqual({ code: 'ACCOUNT_SUSPENDED', suspension });
    const view = await ownView(person);
    expect(view).toMatchObject({ isSuspended: true, suspension, premoderation: null });
    expect(view.notifications.nodes).toEqual([
      {
        kind: 'ACCOUNT_SUSPENDED',
        article: null,
        decision: { kind: 'SUSPENDED', reason: 'SPAM', note: 'Ten advertisements.', until },
      },
    ]);
    expect(await logAbout(service(), person.accountId)).toEqual([
      { kind: 'SANCTIONED', actor: moderator.accountId, detail: { decision: 'SUSPENDED', until } },
    ]);
  });

  it('that is repeated changes nothing, and another one takes its place', async () => {
    const person = await service().signUp();
    const input = { until: inAnHour(), reason: 'ABUSE' };
    await act('suspendAccount', person, input);
    await act('suspendAccount', person, input);
    expect(await logAbout(service(), person.accountId)).toHaveLength(1);
    await act('banAccount', person, { reason: 'HATE' });
    await act('banAccount', person, { reason: 'HATE' });
    expect(await logAbout(service(), person.accountId)).toHaveLength(2);
    expect((await ownView(person)).suspension).toMatchObject({ until: null, reason: 'HATE', note: null });
  });

  it('is lifted before its time, and the person is told', async () => {
    const person = await service().signUp();
    await act('banAccount', person, { reason: 'HATE' });
    await act('premoderateAccount', person, { reason: 'ABUSE' });
    expect((await ownView(person)).premoderation).toMatchObject({ until: null, reason: 'ABUSE' });
    await act('liftSanction', person, { kind: 'SUSPENSION', note: 'A mistake.' });
    await act('liftSanction', person, { kind: 'SUSPENSION' });
    expect(await post(person)).toBeUndefined();
    const view = await ownView(person);
    expect(view).toMatchObject({ isSuspended: false, suspension: null, premoderation: { reason: 'ABUSE' } });
    expect(view.notifications.nodes[0]).toMatchObject({
      kind: 'SANCTION_LIFTED',
      decision: { kind: 'SUSPENSION_LIFTED', note: 'A mistake.' },
    });
    expect((await logAbout(service(), person.accountId)).map(({ kind }) => kind)).toEqual([
      'SANCTIONED',
      'SANCTIONED',
      'SANCTION_LIFTED',
      // The comment that the premoderated account has sent.
      'HELD',
    ]);
  });

  it('ends by itself, for requests and on an open stream', async () => {
    const app = service();
    const person = await app.signUp();
    const author = await app.signUp();
    await act('suspendAccount', person, { until: inAnHour(), reason: 'SPAM' });
    const client = app.live.client({ token: person.token });
    const events = `subscription ($articleId: ID!) { articleEvents(articleId: $articleId) {
      __typename ... on CommentEvent { comment { bodyText viewerCanReply } } } }`;
    const stream = app.live.subscribe(events, { articleId: article.id }, client);
    await stream.waitFor(1, 'ArticleCheckpoint');
    const canReply = async (body: string): Promise<boolean> => {
      await app.addComment(author, { articleId: article.id, body });
      const event = await eventually(body, () =>
        stream.events.find((each) => each.comment?.bodyText === body),
      );
      return event.comment.viewerCanReply;
    };
    expect(await canReply('while it stands')).toBe(false);
    expect(await post(person)).toMatchObject({ code: 'ACCOUNT_SUSPENDED' });
    // The time comes; nothing else is written. The end has to be in the future when the command arrives.
    await eventually('a suspension with an end', async () => {
      const until = new Date(Date.now() + 3000).toISOString();
      return (await act('suspendAccount', person, { until, reason: 'SPAM' })).refused === undefined;
    });
    let tries = 0;
    await eventually('the stream to show its end', async () => canReply(`later ${(tries += 1)}`));
    expect(await post(person)).toBeUndefined();
    expect(await ownView(person)).toMatchObject({ isSuspended: false, suspension: null });
  });

  it('of oneself, and of staff by a moderator, is refused', async () => {
    const other = await service().signUp('Ed Example', 'EDITOR');
    const reader = await service().signUp();
    const input = { reason: 'SPAM' };
    expect((await act('banAccount', moderator, input)).refused).toBe('FORBIDDEN');
    expect((await act('banAccount', other, input)).refused).toBe('FORBIDDEN');
    expect((await act('banAccount', other, input, reader)).refused).toBe('FORBIDDEN');
    expect((await act('banAccount', other, input, administrator)).refused).toBeUndefined();
    const second = await service().signUp('Bea Example', 'ADMINISTRATOR');
    expect((await act('banAccount', administrator, input, second)).refused).toBeUndefined();
    const bySuspended = await act('banAccount', second, input, administrator);
    expect(bySuspended.refused).toBe('ACCOUNT_SUSPENDED');
    await act('liftSanction', administrator, { kind: 'SUSPENSION' }, second);
    const missing = await onPerson(service(), moderator, 'banAccount', {
      personId: personId('999999'),
      ...input,
    });
    expect(missing.refused).toBe('NOT_FOUND');
  });

  it('has an end that is a time to come, of at most ten years', async () => {
    const person = await service().signUp();
    for (const until of ['2020-01-01T00:00:00Z', new Date(Date.now() + 4e11).toISOString()])
      expect((await act('suspendAccount', person, { until, reason: 'SPAM' })).refused).toBe('INVALID_INPUT');
    const note = 'x'.repeat(501);
    expect((await act('banAccount', person, { reason: 'SPAM', note })).refused).toBe('TOO_LONG');
    expect(await logAbout(service(), person.accountId)).toEqual([]);
  });

  it('that is undone gives the earlier one back, unless another one has replaced it', async () => {
    const { db, bus } = service().app;
    const person = await service().signUp();
    const until = inAnHour();
    await act('suspendAccount', person, { until, reason: 'SPAM' });
    await act('banAccount', person, { reason: 'HATE' });
    const [first, second] = await db.query<{ id: string }>(
      'SELECT id::text AS id FROM moderation_decision WHERE subject_id = $1 ORDER BY id',
      [person.accountId],
    );
    const undo = (id = '0') =>
      db.transaction(async (tx) => {
        const decision = await lockDecision(tx, id);
        return decision !== undefined && (await undoSanction(tx, new Inbox(bus), decision));
      });
    expect(await undo(first?.id)).toBe(false);
    expect(await undo(second?.id)).toBe(true);
    expect((await ownView(person)).suspension).toMatchObject({ until, reason: 'SPAM' });
    expect(await undo(first?.id)).toBe(true);
    expect((await ownView(person)).suspension).toBeNull();
  });

  it('that ended before another one began does not come back when its end is undone', async () => {
    const person = await service().signUp();
    await act('banAccount', person, { reason: 'HATE' });
    await act('liftSanction', person, { kind: 'SUSPENSION' });
    await act('suspendAccount', person, { until: inAnHour(), reason: 'SPAM' });
    await act('liftSanction', person, { kind: 'SUSPENSION' });
    const lifts = await service().app.db.query<{ id: string }>(
      `SELECT id::text AS id FROM moderation_decision WHERE subject_id = $1 AND kind = 'SUSPENSION_LIFTED' ORDER BY id`,
      [person.accountId],
    );
    const undo = async (id: string | undefined) =>
      (
        await service().data(
          'mutation ($id: ID!) { undoDecision(input: { decisionId: $id }) { userErrors { code } } }',
          { id: Buffer.from(`ModerationDecision:${id}`).toString('base64url') },
          moderator.token,
        )
      ).undoDecision.userErrors;
    expect(await undo(lifts[0]?.id)).toEqual([{ code: 'DECISION_NOT_UNDOABLE' }]);
    expect((await ownView(person)).isSuspended).toBe(false);
    expect(await undo(lifts[1]?.id)).toEqual([]);
    expect((await ownView(person)).suspension).toMatchObject({ reason: 'SPAM' });
  });

  it('shows on the person, who is found by the beginning of their name, role and sanction', async () => {
    const name = `Zoë ${Date.now()}`;
    const person = await service().signUp(`${name} the second`);
    const first = await service().signUp(`${name} the first`);
    await act('banAccount', person, { reason: 'HATE' });
    const query = `query ($filter: PersonFilter, $after: Cursor) { persons(filter: $filter, first: 1, after: $after) {
      nodes { name suspension { reason } commentCounts { published pending rejected removed }
        decisions(first: 5) { nodes { kind removal { isDone } } } viewerCanSanction viewerCanChangeRoles }
      pageInfo { hasNextPage endCursor } } }`;
    const found = async (filter: object, after?: string, by = moderator) =>
      (await service().data(query, { filter, after }, by.token)).persons;
    const page = await found({ name: name.toUpperCase() });
    expect(page.nodes).toMatchObject([
      { name: first.name, suspension: null, viewerCanSanction: true, viewerCanChangeRoles: false },
    ]);
    expect(page.pageInfo.hasNextPage).toBe(true);
    const next = await found({ name: name.toUpperCase() }, page.pageInfo.endCursor);
    expect(next.nodes).toMatchObject([
      {
        name: person.name,
        suspension: { reason: 'HATE' },
        decisions: { nodes: [{ kind: 'BANNED', removal: null }] },
      },
    ]);
    expect(next.nodes[0].commentCounts).toEqual({ published: 0, pending: 0, rejected: 0, removed: 0 });
    expect(next.pageInfo.hasNextPage).toBe(false);
    expect((await found({ name, sanction: 'SUSPENSION' })).nodes).toMatchObject([{ name: person.name }]);
    expect((await found({ name, sanction: 'PREMODERATION' })).nodes).toEqual([]);
    expect((await found({ name, role: 'ADMINISTRATOR' })).nodes).toEqual([]);
    const staff = await found({ name: 'Al Ex', role: 'ADMINISTRATOR' }, undefined, administrator);
    expect(staff.nodes).toMatchObject([{ viewerCanSanction: false, viewerCanChangeRoles: true }]);
    const refused = await service().query(query, {}, { token: person.token });
    expect(refused.errors?.[0]?.extensions.code).toBe('FORBIDDEN');
  });
});
