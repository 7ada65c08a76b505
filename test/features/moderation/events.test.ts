/**
 * @database either
 * @seconds 30
 */
import { afterEach, expect, it } from '@jest/globals';
import WebSocket from 'ws';
import { createLiveClient } from '../../../packages/client/src/live-client.ts';
import type { Role } from '../../../src/platform/auth/viewer.ts';
import { updateEpoch } from '../../../src/platform/events/log.ts';
import { moderationEventKinds } from '../../../src/platform/screening/moderation-event-kinds.ts';
import { moderationLog, systemActor } from '../../../src/platform/screening/moderation-log.ts';
import { type TestUser, useApp } from '../../support/app.ts';
import { done, keyOf } from '../../support/comments.ts';
import { erasureOf } from '../../support/erasure.ts';
import { EventStream, fetchStream } from '../../support/event-stream.ts';
import { eventually } from '../../support/eventually.ts';
import { actorOf, appendModeration, moderationHead, personIdOf } from '../../support/moderation.ts';
import { recordStatements } from '../../support/statements.ts';
import { addToken } from '../../support/tokens.ts';

const app = useApp({ MAX_REPLAY_EVENTS: '50' });

afterEach(async () => {
  await app().live.close();
  await eventually('every stream to be released', () => app().app.hub.size.streams === 0);
});

const selection = `__typename sequence cursor occurredAt
  ... on ModerationAction { actorKind actor { id name } person { id name } }
  ... on CommentAction { commentId revision comment { id bodyText status } item { held reportCount bodyText } }
  ... on CommentHeld { phase } ... on CommentReported { reportReason } ... on CommentClaimed { claimedUntil }
  ... on HookUnanswered { action } ... on CommentEscalated { suspicion }
  ... on DecisionAction { decisionId decision { kind commentId reason } }
  ... on DecisionUndone { item { held reportCount bodyText } } ... on RoleAction { role } ... on ModerationSettingsChanged { article { id } changes { setting before after } }
  ... on ModerationReset { resetReason }`;
const subscription = `subscription ($after: EventCursor) { moderationEvents(after: $after) { ${selection} } }`;

const moderator = (...roles: Role[]): Promise<TestUser> => app().signUp('Mo Example', 'MODERATOR', ...roles);

const listen = (user: TestUser, after?: string) =>
  app().live.subscribe(subscription, { after }, app().live.client({ token: user.token }));

async function page(user: TestUser, variables: { after?: string; begin?: string; first?: number } = {}) {
  const { moderationLog } = await app().data(
    `query ($after: EventCursor, $begin: LogBegin, $first: Int) { moderationLog(after: $after, begin: $begin, first: $first) {
       events { ${selection} } cursor hasMore } }`,
    variables,
    user.token,
  );
  return moderationLog;
}

/** All events after a cursor, page by page. */
async function readFrom(user: TestUser, after: string, first = 100): Promise<any[]> {
  const events: any[] = [];
  for (let next = after; ;) {
    const { events: some, cursor, hasMore } = await page(user, { after: next, first });
    events.push(...some);
    if (!hasMore) return events;
    next = cursor;
  }
}

const here = async (user: TestUser): Promise<string> => (await page(user)).cursor;

/** A public comment, and who has written it. */
async function addPublic(body = 'A comment.') {
  const author = await app().signUp('Ada Example');
  const { id: articleId, articleId: article } = await app().addArticle();
  const { comment } = await app().addComment(author, { articleId, body });
  const id = comment!.id;
  return { author, id, on: { articleId: article, commentId: keyOf(id), subjectId: author.accountId } };
}

it('every kind of action is shown by one type, with its facts', async () => {
  const [mo, ed] = [await moderator(), await app().signUp('Ed Example', 'ADMINISTRATOR')];
  const { author, id, on } = await addPublic();
  const start = await here(mo);
  const [actor, decided] = [actorOf(mo), { ...on, decisionId: '999', reason: 'SPAM' as const }];
  const sanction = { subjectId: author.accountId, decisionId: '998' };
  const until = new Date('2030-01-01T00:00:00.000Z');
  const settings = { maxLinks: { before: 1, after: null }, words: { added: ['a', 'b'], removed: [] }, no: 7 };
  const role = { subjectId: mo.accountId, detail: { role: 'MODERATOR' } };
  await appendModeration(
    app(),
    { kind: 'HELD', actor: systemActor, ...on, revision: 1, detail: { phase: 'WORDS' } },
    { kind: 'REPORTED', actor, ...on, revision: 1, reason: 'ABUSE' },
    { kind: 'CLAIMED', actor, ...on, detail: { until: until.toISOString() } },
    { kind: 'RELEASED', actor, ...on },
    { kind: 'WITHDRAWN', actor: actorOf(author), ...on },
    { kind: 'HOOK_UNANSWERED', actor: systemActor, ...on, revision: 1, detail: { action: 'HOLD' } },
    { kind: 'ESCALATED', actor, ...on, revision: 1, reason: 'HATE' },
    { kind: 'DECIDED', actor, ...decided },
    { kind: 'UNDONE', actor, ...decided },
    { kind: 'SANCTIONED', actor, ...sanction, reason: 'HATE' },
    { kind: 'SANCTION_LIFTED', actor: systemActor, subjectId: author.accountId },
    { kind: 'APPEALED', actor: actorOf(author), ...sanction },
    { kind: 'APPEAL_ANSWERED', actor, ...sanction },
    { kind: 'NOTE_ADDED', actor, subjectId: author.accountId },
    { kind: 'SETTINGS_CHANGED', actor, articleId: on.articleId, detail: settings },
    { kind: 'ROLE_GRANTED', actor: actorOf(ed), ...role },
    // Written by another version, differently.
    { kind: 'ROLE_REVOKED', actor: actorOf(ed), ...role, detail: { roles: ['MODERATOR'] } },
    { kind: 'SIGNED_IN', actor, subjectId: mo.accountId },
  );
  const { events } = await page(mo, { after: start });
  expect(events).toHaveLength(moderationEventKinds.length);
  const [by, to] = [
    { actorKind: 'PERSON', actor: { id: personIdOf(mo), name: 'Mo Example' } },
    { person: { id: personIdOf(author), name: 'Ada Example' } },
  ];
  const comment = { commentId: id, comment: { id, bodyText: 'A comment.', status: 'PUBLISHED' }, item: null };
  const decision = {
    decisionId: Buffer.from('ModerationDecision:999').toString('base64url'),
    decision: null,
  };
  const about = { decisionId: Buffer.from('ModerationDecision:998').toString('base64url') };
  const self = { actor: to.person, ...to };
  const changes = [
    { setting: 'no', before: null, after: null },
    { setting: 'words', before: null, after: 'a, b' },
    { setting: 'maxLinks', before: '1', after: null },
  ];
  expect(events).toMatchObject([
    {
      __typename: 'CommentHeld',
      actorKind: 'SYSTEM',
      actor: null,
      ...to,
      ...comment,
      revision: 1,
      phase: 'WORDS',
    },
    { __typename: 'CommentReported', ...by, ...to, ...comment, revision: 1, reportReason: 'ABUSE' },
    { __typename: 'CommentClaimed', ...by, ...to, ...comment, claimedUntil: until.toISOString() },
    { __typename: 'CommentClaimed', ...by, ...to, ...comment, claimedUntil: null },
    { __typename: 'CommentWithdrawn', ...self, ...comment },
    { __typename: 'HookUnanswered', actor: null, ...to, ...comment, revision: 1, action: 'HOLD' },
    { __typename: 'CommentEscalated', ...by, ...to, ...comment, suspicion: 'HATE' },
    { __typename: 'DecisionMade', ...by, ...to, ...decision },
    { __typename: 'DecisionUndone', ...by, ...to, ...decision },
    { __typename: 'PersonSanctioned', ...by, ...to, ...about },
    {
      __typename: 'SanctionLifted',
      actorKind: 'SYSTEM',
      actor: null,
      ...to,
      decisionId: null,
      decision: null,
    },
    { __typename: 'DecisionAppealed', ...self, ...about },
    { __typename: 'AppealAnswered', ...by, ...to, ...about },
    { __typename: 'PersonNoted', ...by, ...to },
    {
      __typename: 'ModerationSettingsChanged',
      ...by,
      person: null,
      article: { id: expect.any(String) },
      changes,
    },
    { __typename: 'RoleGranted', actor: { name: 'Ed Example' }, person: by.actor, role: 'MODERATOR' },
    { __typename: 'RoleRevoked', actor: { name: 'Ed Example' }, person: by.actor, role: null },
    { __typename: 'StaffSignedIn', ...by, person: by.actor },
  ]);
  const sequences = events.map(({ sequence }: any) => sequence as number);
  expect(sequences).toEqual(sequences.map((_: number, index: number) => Number(sequences[0]) + index));
});

it('what moderators do with the queue arrives with its entry and its decision as they are by then', async () => {
  const [mo, other] = [await moderator(), await moderator()];
  const author = await app().signUp('Ada Example');
  const { id: articleId } = await app().addArticle();
  const policy = `mutation ($input: SetCommentPolicyInput!) { setCommentPolicy(input: $input) { userErrors { code } } }`;
  const { moderationQueue } = await app().data('{ moderationQueue { liveCursor } }', {}, other.token);
  const stream = listen(other, moderationQueue.liveCursor);
  await app().data(policy, { input: { articleId, commentPolicy: 'PREMODERATED' } }, mo.token);
  const [changed] = await stream.waitFor(1, 'ModerationSettingsChanged');
  expect(changed).toMatchObject({
    article: { id: articleId },
    changes: [{ setting: 'commentPolicy', before: 'OPEN', after: 'PREMODERATED' }],
  });
  const commentId = (await app().addComment(author, { articleId, body: 'Let me in' })).comment!.id;
  const act = (name: string, type: string, input: object) =>
    app().data(
      `mutation ($input: ${type}!) { ${name}(input: $input) { userErrors { code } } }`,
      { input },
      mo.token,
    );
  await act('claimComments', 'ClaimCommentsInput', { commentIds: [commentId] });
  const [claimed] = await stream.waitFor(1, 'CommentClaimed');
  expect(claimed).toMatchObject({
    commentId,
    actor: { id: personIdOf(mo) },
    claimedUntil: expect.any(String),
  });
  expect(claimed?.item).toEqual({ held: 'COMMENT', reportCount: 0, bodyText: 'Let me in' });
  const decision = { commentId, expectedRevision: 1, verdict: 'REJECT', reason: 'SPAM' };
  await act('decideComments', 'DecideCommentsInput', { decisions: [decision] });
  const [made] = await stream.waitFor(1, 'DecisionMade');
  expect(made).toMatchObject({
    decision: { kind: 'REJECTED', commentId, reason: 'SPAM' },
    person: { name: 'Ada Example' },
  });
  await act('undoDecision', 'UndoDecisionInput', { decisionId: made?.decisionId as string });
  const [undone] = await stream.waitFor(1, 'DecisionUndone');
  expect(undone).toMatchObject({
    decisionId: made?.decisionId,
    item: { held: 'COMMENT', bodyText: 'Let me in' },
  });
  // Seen from now, the first decision is the same one, and the entry is in the queue again.
  expect((await page(mo, { after: claimed!.cursor })).events[0]).toEqual(made);
  const sequences = stream.events
    .filter(({ __typename }) => !__typename.endsWith('Checkpoint'))
    .map((e) => e.sequence);
  expect(sequences).toEqual(sequences.map((_, index) => sequences[0]! + index));
});

it('pages, WebSocket, event streams and the client give the same events, from any cursor on', async () => {
  const mo = await moderator();
  const { on } = await addPublic();
  const start = await here(mo);
  for (let revision = 1; revision <= 7; revision++)
    await appendModeration(app(), { kind: 'HELD', actor: systemActor, ...on, revision });
  const all = await readFrom(mo, start, 3);
  expect(all.map(({ revision }) => revision as number)).toEqual([1, 2, 3, 4, 5, 6, 7]);
  const isAction = ({ __typename }: any) => __typename === 'CommentHeld';
  for (const [index, { cursor }] of all.entries()) {
    const rest = all.slice(index + 1);
    expect(await readFrom(mo, cursor)).toEqual(rest);
    const live = await listen(mo, cursor).waitFor(rest.length + 1);
    expect(live.filter(isAction)).toEqual(rest);
    expect(live.at(-1)).toMatchObject({ __typename: 'ModerationCheckpoint', cursor: all.at(-1).cursor });
  }

  const headers = { authorization: `Bearer ${mo.token}` };
  const stream = await EventStream.open(app().url, {
    query: subscription,
    variables: { after: start },
    headers,
  });
  expect((await stream.waitFor(7)).slice(0, 7)).toEqual(all);
  await eventually('the position of the last', () => stream.lastEventId === all[6].cursor);
  stream.abort();
  const resumed = await EventStream.open(app().url, {
    query: subscription,
    headers: { ...headers, 'last-event-id': all[3].cursor as string },
  });
  expect((await resumed.waitFor(3)).slice(0, 3)).toEqual(all.slice(4));
  await appendModeration(app(), { kind: 'HELD', actor: systemActor, ...on, revision: 8 });
  expect((await resumed.waitFor(5)).filter(isAction).at(-1)).toMatchObject({ revision: 8 });
  resumed.abort();
});

it('the client resumes by its cursor, loads again after a reset, and ends when the rights are taken away', async () => {
  const mo = await moderator();
  const { on } = await addPublic();
  const start = await here(mo);
  const append = (count: number, revision: number) =>
    appendModeration(
      app(),
      ...Array.from(
        { length: count },
        () => ({ kind: 'HELD', actor: systemActor, ...on, revision }) as const,
      ),
    );
  await append(2, 1);
  const client = createLiveClient({
    url: `${app().url}/graphql`,
    webSocketImpl: WebSocket,
    token: () => mo.token,
    maxWaitMs: 20,
  });
  const follow = (cursor?: string) => {
    const seen: unknown[] = [];
    const listening = client.moderation({
      document: subscription,
      cursor,
      onEvent: (event) => seen.push(event.revision ?? event.__typename),
      onReset: ({ reason }) => void seen.push(reason),
    });
    return { seen, listening };
  };
  const first = follow(start);
  await eventually('the first to be live', () => first.listening.state.status === 'live');
  expect(first.seen).toEqual([1, 1, 'ModerationCheckpoint']);
  const { cursor } = first.listening;
  first.listening.stop();
  await append(1, 2);
  const second = follow(cursor);
  await eventually('the second to be live', () => second.listening.state.status === 'live');
  expect(second.seen).toEqual([2, 'ModerationCheckpoint']);
  second.listening.stop();
  await append(51, 3);
  const third = follow(cursor);
  await eventually('the third to be live', () => third.listening.state.status === 'live');
  expect(third.seen).toEqual(['TOO_MANY', 'ModerationCheckpoint']);
  await append(1, 4);
  await eventually('an event after the reset', () => third.seen.includes(4));
  await app().app.db.query(`UPDATE account SET roles = '{READER}' WHERE id = $1`, [mo.accountId]);
  expect(await third.listening.ended).toMatchObject({
    because: 'failed',
    error: { kind: 'refused', code: 'FORBIDDEN' },
  });
  client.close();
});

it('a cursor from which nothing can be resumed is answered with a reset', async () => {
  const mo = await moderator();
  const { on } = await addPublic();
  const start = await here(mo);
  const { node } = await app().data('query ($id: ID!) { node(id: $id) { ... on Article { liveCursor } } }', {
    id: Buffer.from(`Article:${on.articleId}`).toString('base64url'),
  });
  const resetOf = async (after: string) => {
    const stream = listen(mo, after);
    const [first] = await stream.waitFor(1);
    stream.unsubscribe();
    return first?.resetReason as unknown;
  };
  for (let n = 0; n < 51; n++) await appendModeration(app(), { kind: 'HELD', actor: systemActor, ...on });
  expect(await resetOf(start)).toBe('TOO_MANY');
  expect(await resetOf(node.liveCursor)).toBe('UNKNOWN_CURSOR');
  expect((await page(mo, { after: node.liveCursor })).events).toMatchObject([
    { __typename: 'ModerationReset', resetReason: 'UNKNOWN_CURSOR' },
  ]);
  // Pages have no limit of what was missed.
  const all = await readFrom(mo, start, 20);
  expect(all).toHaveLength(51);

  const { db } = app().app;
  await db.query(
    `WITH aged AS (UPDATE moderation_log SET events_since = now() - interval '366 days')
     UPDATE moderation_event SET occurred_at = now() - interval '366 days' WHERE sequence <= $1`,
    [all[9].sequence],
  );
  await db.transaction((tx) => moderationLog.prune(tx, new Date(), { retentionHours: 365 * 24 }));
  expect((await moderationHead(app())).pruned).toBe(all[9].sequence);
  const expired = all[8].cursor as string;
  await eventually('the stream to know of it', async () => (await resetOf(expired)) === 'EXPIRED');
  expect((await page(mo, { after: expired })).events).toMatchObject([{ resetReason: 'EXPIRED' }]);
  expect((await page(mo, { after: all[9].cursor })).events).toHaveLength(41);
  expect((await page(mo, { begin: 'OLDEST', first: 1 })).events).toEqual([all[10]]);

  await updateEpoch(db);
  expect((await page(mo, { after: all[20].cursor })).events).toMatchObject([
    { resetReason: 'EPOCH_CHANGED' },
  ]);
  await eventually(
    'the stream to know of it',
    async () => (await resetOf(all[20].cursor)) === 'EPOCH_CHANGED',
  );
});

it('an action that was pruned while a stream had its number is a reset, never nothing', async () => {
  const mo = await moderator();
  const start = await here(mo);
  await appendModeration(app(), { kind: 'SIGNED_IN', actor: actorOf(mo), subjectId: mo.accountId });
  await listen(mo, start).waitFor(1, 'StaffSignedIn');
  const { sequence } = await moderationHead(app());
  // As if it were pruned between two statements: the feed of the first stream still has the number.
  const [row] = await app().app.db.query<{ row: unknown }>(
    'DELETE FROM moderation_event e WHERE sequence = $1 RETURNING to_jsonb(e) AS row',
    [sequence],
  );
  await eventually('renderings of before to be too old', async () => {
    const [first, second] = await listen(mo, start).waitFor(2);
    expect([first, second]).toMatchObject([{ sequence }, { __typename: 'ModerationCheckpoint', sequence }]);
    return first?.resetReason === 'EXPIRED';
  });
  await app().app.db.query(
    'INSERT INTO moderation_event SELECT * FROM jsonb_populate_record(NULL::moderation_event, $1::jsonb)',
    [JSON.stringify(row?.row)],
  );
});

it('an action with a comment that is too large is a reset in its place, and the stream goes on', async () => {
  const mo = await moderator();
  const { id, on } = await addPublic('Huge');
  const start = await here(mo);
  // As written by a version that did not bound a text's HTML.
  await app().app.db.query(`UPDATE comment SET body_html = repeat('&amp;', 700000) WHERE id = $1`, [
    keyOf(id),
  ]);
  await appendModeration(app(), { kind: 'HELD', actor: systemActor, ...on });
  await appendModeration(app(), { kind: 'NOTE_ADDED', actor: actorOf(mo), subjectId: on.subjectId });
  const fields = `__typename sequence cursor ... on CommentAction { comment { bodyHtml } } ... on ModerationReset { resetReason }`;
  const expected = [
    { __typename: 'ModerationReset', resetReason: 'TOO_MANY' },
    { __typename: 'PersonNoted' },
  ];
  const live = app().live.subscribe(
    `subscription ($after: EventCursor) { moderationEvents(after: $after) { ${fields} } }`,
    { after: start },
    app().live.client({ token: mo.token }),
  );
  const received = (await live.waitFor(3)).slice(0, 2);
  expect(received).toMatchObject(expected);
  const { moderationLog } = await app().data(
    `query ($after: EventCursor) { moderationLog(after: $after) { events { ${fields} } } }`,
    { after: start },
    mo.token,
  );
  expect(moderationLog.events).toEqual(received);
});

it('it is for moderators who are not suspended, and for tokens with their scope', async () => {
  const [reader, mo] = [await app().signUp(), await moderator()];
  const suspended = await moderator();
  await app().app.db.query('UPDATE account SET suspended_at = now() WHERE id = $1', [suspended.accountId]);
  const codes = async (token?: string) => {
    const client = app().live.client(token === undefined ? {} : { token });
    const stream = app().live.subscribe(subscription, {}, client);
    const answer = () => stream.errors.length > 0 || stream.events.length > 0;
    await eventually('an answer', answer);
    const queries = ['moderationLog { cursor }', 'moderationHistory { nodes { sequence } }'].map((query) =>
      app().query(`{ ${query} }`, {}, token === undefined ? {} : { token }),
    );
    const errors = (await Promise.all(queries)).map(({ errors: given }) => given?.[0]?.extensions.code);
    return [(stream.errors[0] as any)?.extensions.code, ...errors] as unknown[];
  };
  const all = (code: string | undefined) => [code, code, code];
  expect(await codes()).toEqual(all('UNAUTHENTICATED'));
  expect(await codes(reader.token)).toEqual(all('FORBIDDEN'));
  expect(await codes(suspended.token)).toEqual(all('FORBIDDEN'));
  for (const role of ['MODERATOR', 'EDITOR', 'ADMINISTRATOR'] as const)
    expect(await codes((await app().signUp('Ed Example', role)).token)).toEqual(all(undefined));
  expect(await codes((await addToken(app(), mo, { scopes: ['READ'] })).secret)).toEqual(all('FORBIDDEN'));
  expect(await codes((await addToken(app(), mo, { scopes: ['READ', 'MODERATE'] })).secret)).toEqual(
    all(undefined),
  );
});

it('what is wrong with a request is refused by the same code over WebSockets, event streams and plain HTTP', async () => {
  const [mo, reader] = [await moderator(), await app().signUp()];
  const on = (fields: string) =>
    `subscription ($after: EventCursor) { moderationEvents(after: $after) { ${fields} } }`;
  const log = (fields: string) =>
    `query ($after: EventCursor) { moderationLog(after: $after) { events { ${fields} } } }`;
  const codesOf = async (user: TestUser | undefined, fields: string, variables: Record<string, unknown>) => {
    const token = user?.token;
    const live = app().live.subscribe(
      on(fields),
      variables,
      app().live.client(token === undefined ? {} : { token }),
    );
    await eventually('an answer', () => live.errors.length > 0 || live.events.length > 0);
    const headers = token === undefined ? undefined : { authorization: `Bearer ${token}` };
    const sse = await fetchStream(app().url, {
      query: on(fields),
      variables,
      ...(headers ? { headers } : {}),
    });
    const plain = await app().query(log(fields), variables, token === undefined ? {} : { token });
    const text = await sse.text();
    return [
      (live.errors[0] as { extensions?: { code?: string } } | undefined)?.extensions?.code,
      /"code":"(\w+)"/.exec(text)?.[1],
      plain.errors?.[0]?.extensions.code,
    ];
  };
  for (const [user, fields, variables, code] of [
    [undefined, 'cursor', {}, 'UNAUTHENTICATED'],
    [reader, 'cursor', {}, 'FORBIDDEN'],
    [mo, 'cursor nonsense', {}, 'GRAPHQL_VALIDATION_FAILED'],
    [mo, 'cursor', { after: 5 }, 'BAD_USER_INPUT'],
    [mo, 'cursor', { after: { cursor: 'x' } }, 'BAD_USER_INPUT'],
  ] as const)
    expect([fields, variables, await codesOf(user, fields, variables)]).toEqual([
      fields,
      variables,
      [code, code, code],
    ]);
});

it('a role that is taken away and a suspension end open streams, on both carriers, and those of others go on', async () => {
  const { on } = await addPublic();
  const [stays, loses, gains, is] = [
    await moderator(),
    await moderator(),
    await moderator(),
    await moderator(),
  ];
  const streams = [stays, loses, gains, is].map((user) => listen(user));
  const headers = { authorization: `Bearer ${loses.token}` };
  const sse = await EventStream.open(app().url, { query: subscription, headers });
  for (const stream of streams) await stream.waitFor(1, 'ModerationCheckpoint');
  await sse.waitFor(1);
  const set = (user: TestUser, change: string) =>
    app().app.db.query(`UPDATE account SET ${change} WHERE id = $1`, [user.accountId]);
  await set(loses, `roles = '{READER}'`);
  await set(gains, `roles = '{READER,MODERATOR,EDITOR}'`);
  await set(is, 'suspended_at = now()');
  const [staying, losing, gaining, suspended] = streams;
  await eventually('both to end', () => losing!.errors.length > 0 && suspended!.errors.length > 0);
  await sse.end();
  for (const ended of [losing, suspended])
    expect(ended!.errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
  expect(sse.text).toContain('FORBIDDEN');
  await appendModeration(app(), { kind: 'HELD', actor: systemActor, ...on });
  for (const stream of [staying, gaining]) {
    await stream!.waitFor(1, 'CommentHeld');
    expect(stream!.errors).toEqual([]);
  }
  for (const stream of [losing, suspended])
    expect(stream!.events.map(({ __typename }) => __typename)).toEqual(['ModerationCheckpoint']);
  // A browser that comes back is refused with a status after which it does not try again.
  const again = await fetchStream(app().url, {
    query: subscription,
    headers: { ...headers, 'last-event-id': sse.lastEventId ?? '' },
  });
  expect(again.status).toBe(400);
  expect(await again.text()).toContain('FORBIDDEN');
});

it('moderators with the same rights share one rendering', async () => {
  const { on } = await addPublic();
  const users = await Promise.all(Array.from({ length: 10 }, () => moderator()));
  const streams = users.map((user) => listen(user));
  for (const stream of streams) await stream.waitFor(1, 'ModerationCheckpoint');
  expect(app().app.hub.size).toEqual({ articles: 1, streams: 10, groups: 1 });
  const recorded = recordStatements();
  try {
    await appendModeration(app(), { kind: 'REPORTED', actor: actorOf(users[0]!), ...on, reason: 'SPAM' });
    for (const stream of streams) await stream.waitFor(1, 'CommentReported');
  } finally {
    recorded.stop();
  }
  const reads = (part: string) => recorded.statements.filter((text) => text.includes(part)).length;
  expect(reads('FROM moderation_event x WHERE x.sequence = ANY')).toBe(1);
  expect(reads('created_at AS "createdAt"\n     FROM account')).toBe(1);
  const shown = streams.map(({ events }) =>
    events.find(({ __typename }) => __typename === 'CommentReported'),
  );
  for (const event of shown) expect(event).toEqual(shown[0]);
});

it('ordinary comments do not touch the log', async () => {
  const mo = await moderator();
  const before = await moderationHead(app());
  const author = await app().signUp('Ada Example');
  const { id: articleId } = await app().addArticle();
  const { comment } = await app().addComment(author, { articleId });
  const reply = await app().addComment(author, { articleId, parentId: comment!.id });
  await done(app(), 'editComment', { commentId: comment!.id, body: 'Better', expectedRevision: 1 }, author);
  await done(app(), 'react', { commentId: comment!.id, kind: 'LIKE' }, mo);
  await done(app(), 'removeComment', { commentId: reply.comment!.id }, author);
  expect(await moderationHead(app())).toEqual(before);
});

it('a comment is shown as it is now, and by its id alone once it has vanished', async () => {
  const mo = await moderator();
  const { author, id, on } = await addPublic('In anger');
  const start = await here(mo);
  await appendModeration(app(), { kind: 'REPORTED', actor: actorOf(mo), ...on, reason: 'ABUSE' });
  const shown = async () => (await page(mo, { after: start })).events[0];
  expect(await shown()).toMatchObject({ comment: { bodyText: 'In anger' } });
  await done(app(), 'editComment', { commentId: id, body: 'Calmly', expectedRevision: 1 }, author);
  expect(await shown()).toMatchObject({ comment: { bodyText: 'Calmly' } });
  await done(app(), 'removeComment', { commentId: id }, author);
  expect(await shown()).toMatchObject({ commentId: id, comment: null });
});

it('what an erased account has done stays, and says nothing of it any more', async () => {
  const mo = await moderator();
  const gone = await app().signUp('Gone Example', 'MODERATOR');
  const { on } = await addPublic();
  const start = await here(mo);
  await appendModeration(app(), {
    kind: 'DECIDED',
    actor: actorOf(gone),
    ...on,
    decisionId: '1',
    reason: 'SPAM',
  });
  await appendModeration(app(), { kind: 'NOTE_ADDED', actor: actorOf(mo), subjectId: gone.accountId });
  const before = await page(mo, { after: start });
  expect(JSON.stringify(before)).toContain('Gone Example');
  await erasureOf(app()).erase(gone.email);
  const after = await page(mo, { after: start });
  expect(after.events).toMatchObject([
    {
      __typename: 'DecisionMade',
      actorKind: 'PERSON',
      actor: null,
      person: { name: 'Ada Example' },
    },
    { __typename: 'PersonNoted', actor: { name: 'Mo Example' }, person: null },
  ]);
  expect(JSON.stringify(after)).not.toContain('Gone Example');
  const stored = await app().app.db.query<{ row: string }>('SELECT e::text AS row FROM moderation_event e');
  expect(
    stored.filter(({ row }) => new RegExp(`\\b${gone.accountId}\\b`).test(row.split(',')[3] ?? '')),
  ).toEqual([]);
  const { moderationHistory } = await app().data(
    `query ($filter: ModerationHistoryFilter) { moderationHistory(filter: $filter) { nodes { sequence } } }`,
    { filter: { actorId: personIdOf(gone) } },
    mo.token,
  );
  expect(moderationHistory.nodes).toEqual([]);
});
