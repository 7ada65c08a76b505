/**
 * Many accounts at once, at two nodes of one database.
 * @database either
 * @seconds 30
 */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { TestApp, type TestUser } from '../../support/app.ts';
import { done, logOf, sendMutation } from '../../support/comments.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { watchForLeaks } from '../../support/leaks.ts';
import { moderationLogOf, reportsOf } from '../../support/reports.ts';
import { checkInvariants } from '../../../harness/invariants.ts';

const reporterCount = 30;

describe('reports that reach a comment at once, at two nodes', () => {
  let checkLeaks: () => Promise<void>;
  let database: TestDatabase;
  let nodes: TestApp[] = [];
  let author: TestUser;
  let moderator: TestUser;
  const reporters: TestUser[] = [];
  let article: { id: string; articleId: string; slug: string };

  const node = (n: number): TestApp => {
    const found = nodes[n % nodes.length];
    if (!found) throw new Error('There are two nodes');
    return found;
  };

  beforeAll(async () => {
    checkLeaks = watchForLeaks();
    database = await createTestDatabase();
    nodes = [await TestApp.start({}, { database }), await TestApp.start({}, { database })];
    author = await node(0).signUp('Ada Example');
    moderator = await node(0).signUp('Mo Example', 'MODERATOR');
    for (let n = 0; n < reporterCount; n++) reporters.push(await node(n).signUp(`Reader ${n}`));
  }, 240_000);

  afterAll(async () => {
    for (const app of nodes) await app.close();
    await database.drop();
    await checkLeaks();
  });

  beforeEach(async () => {
    article = await node(0).addArticle();
  });

  const add = async (parentId?: string): Promise<string> => {
    const input = {
      articleId: article.id,
      body: 'A comment.',
      ...(parentId === undefined ? {} : { parentId }),
    };
    return (await done(node(0), 'addComment', input, author)).comment.id;
  };
  /** @returns `done`, or the code of the refusal */
  const send = async (
    n: number,
    name: Parameters<typeof sendMutation>[1],
    input: Record<string, unknown>,
    user: TestUser | undefined,
  ): Promise<string> => {
    const { data, errors } = await sendMutation(node(n), name, input, user);
    expect(errors).toBeUndefined();
    return data[name].userErrors[0]?.code ?? 'done';
  };
  const reportAll = (commentId: string, count: number) =>
    reporters
      .slice(0, count)
      .map((user, n) => send(n, 'reportComment', { commentId, reason: 'ABUSE' }, user));
  /** Reports that were found wrong cost standing, and the accounts are the same in each round. */
  const forgetRecords = () => node(0).app.db.query('DELETE FROM comment_report');
  const kindsOf = async (commentId: string) =>
    (await moderationLogOf(node(0), commentId)).map(({ kind }) => kind);
  const removalsOf = async () =>
    (await logOf(node(0), article.articleId)).filter(({ kind }) => kind === 'COMMENT_REMOVED').length;

  it('hold it exactly once, with the report that is the third', async () => {
    const commentId = await add();
    await add(commentId);
    const answers = await Promise.all(reportAll(commentId, reporterCount));
    expect(answers.filter((answer) => answer === 'done')).toHaveLength(3);
    expect(new Set(answers)).toEqual(new Set(['done', 'COMMENT_REMOVED']));
    expect(await kindsOf(commentId)).toEqual(['REPORTED', 'REPORTED', 'REPORTED', 'HELD']);
    expect(await removalsOf()).toBe(1);
    expect(await reportsOf(node(1), commentId)).toEqual({
      status: 'REMOVED',
      item: { held: 'REPORTS', reports: 3 },
      hold: { phase: 'REPORTS', rule: '3' },
      states: ['OPEN', 'OPEN', 'OPEN'],
    });
    await checkInvariants(node(0).app.db);
  });

  it('are all counted on a comment that reports never take back', async () => {
    const input = { articleId: article.id, body: 'By a moderator.' };
    const commentId = (await done(node(0), 'addComment', input, moderator)).comment.id;
    // Each of them twice at once, as by an impatient finger.
    const answers = await Promise.all([
      ...reportAll(commentId, reporterCount),
      ...reportAll(commentId, reporterCount),
    ]);
    expect(new Set(answers)).toEqual(new Set(['done']));
    expect(await kindsOf(commentId)).toEqual(Array.from({ length: reporterCount }, () => 'REPORTED'));
    expect(await reportsOf(node(1), commentId)).toMatchObject({
      status: 'PUBLISHED',
      item: { held: null, reports: reporterCount },
    });
  });

  it('leave nothing in the queue if the author removes the comment meanwhile, whichever comes first', async () => {
    const seen = new Set<string>();
    for (let round = 0; round < 30; round++) {
      const commentId = await add();
      const removal = () => send(1, 'removeComment', { commentId }, author);
      // The removal is sent before, between or behind the reports.
      const reports = () => reportAll(commentId, 1 + (round % 4));
      // At times all of them are answered before, so that the author removes what is held.
      if (round % 5 === 4) await Promise.all(reportAll(commentId, 3));
      const [first, second] = round % 2 === 0 ? [removal, reports] : [reports, removal];
      const sent = [first(), second()].flat();
      for (const answer of await Promise.all(sent)) seen.add(answer);
      const { status, item, states } = await reportsOf(node(0), commentId);
      expect([status, item]).toEqual(['REMOVED', null]);
      expect(states.every((state) => state === 'OBSOLETE')).toBe(true);
      const kinds = await kindsOf(commentId);
      expect(kinds.filter((kind) => kind === 'REPORTED')).toHaveLength(states.length);
      // What was in the queue was withdrawn: reported or held.
      const held = kinds.filter((kind) => kind === 'HELD').length;
      expect(kinds.filter((kind) => kind === 'WITHDRAWN')).toHaveLength(states.length > 0 ? 1 : 0);
      seen.add(held === 1 ? 'held' : states.length > 0 ? 'reported' : 'unreported');
    }
    expect([...seen]).toEqual(expect.arrayContaining(['done', 'NOT_FOUND', 'held', 'reported']));
    expect(await removalsOf()).toBe(30);
    await checkInvariants(node(0).app.db);
  });

  it('and a moderator who approves the comment leave it public, with the reports that came later in the queue', async () => {
    const seen = new Set<string>();
    for (let round = 0; round < 20; round++) {
      await forgetRecords();
      const commentId = await add();
      await Promise.all(reportAll(commentId, 3));
      const approve = () => send(round, 'restoreComment', { commentId }, moderator);
      const late = () =>
        reporters
          .slice(3, 9)
          .map((user, n) => send(round + n, 'reportComment', { commentId, reason: 'SPAM' }, user));
      const [first, second] = round % 2 === 0 ? [approve, late] : [late, approve];
      const answers = await Promise.all([first(), second()].flat());
      for (const answer of answers) seen.add(answer);
      // The approval is one of them.
      const accepted = answers.filter((answer) => answer === 'done').length - 1;
      const { status, item, states } = await reportsOf(node(0), commentId);
      expect(status).toBe('PUBLISHED');
      expect(item).toEqual(accepted === 0 ? null : { held: null, reports: accepted });
      expect([...states].sort()).toEqual(
        [
          ...Array.from({ length: 3 }, () => 'DISMISSED'),
          ...Array.from({ length: accepted }, () => 'OPEN'),
        ].sort(),
      );
      expect((await kindsOf(commentId)).filter((kind) => kind === 'HELD')).toHaveLength(1);
    }
    expect([...seen].sort()).toEqual(['NOT_FOUND', 'done']);
    await checkInvariants(node(0).app.db);
  });

  it('and a moderator who keeps the comment decide on the same reports: either it was taken back, or it stays', async () => {
    for (let round = 0; round < 20; round++) {
      await forgetRecords();
      const commentId = await add();
      await Promise.all(reportAll(commentId, 1 + (round % 2)));
      const keep = () => send(round, 'approveComment', { commentId, expectedRevision: 1 }, moderator);
      const late = () =>
        reporters
          .slice(3, 5)
          .map((user, n) => send(round + n, 'reportComment', { commentId, reason: 'SPAM' }, user));
      await Promise.all(round % 4 < 2 ? [keep(), ...late()] : [...late(), keep()]);
      const { status, item, states } = await reportsOf(node(0), commentId);
      // Whoever held it, the moderator has read it and approves.
      expect(status).toBe('PUBLISHED');
      const open = states.filter((state) => state === 'OPEN').length;
      expect(item).toEqual(open === 0 ? null : { held: null, reports: open });
    }
    await checkInvariants(node(0).app.db);
  });
});
