/**
 * @database either
 * @seconds 30
 */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  systemActor,
  ModerationLog,
  type NewModerationEvent,
} from '../../../src/platform/screening/moderation-log.ts';
import { checkInvariants, findViolations } from '../../../harness/invariants.ts';
import { Random } from '../../../harness/random.ts';
import { TestApp, type TestUser, useApp } from '../../support/app.ts';
import { keyOf, mutate } from '../../support/comments.ts';
import { eventually } from '../../support/eventually.ts';
import type { Subscription } from '../../support/live.ts';
import { appendModeration, moderationHead } from '../../support/moderation.ts';

let other: TestApp;
let mo: TestUser;

// Before that of `useApp`, which checks that nothing is left open.
afterAll(() => other.close());
const app = useApp();
beforeAll(async () => {
  other = await TestApp.start({}, { database: app().database });
  mo = await app().signUp('Mo Example', 'MODERATOR');
});
const subscription = `subscription ($after: EventCursor) { moderationEvents(after: $after) {
  __typename sequence cursor ... on CommentHeld { revision commentId } ... on ModerationReset { resetReason } } }`;

const listen = (node: TestApp, after?: string): Subscription =>
  node.live.subscribe(subscription, { after }, node.live.client({ token: mo.token }));

const actionsOf = ({ events }: Subscription) =>
  events.filter(({ __typename }) => __typename === 'CommentHeld');

const cursorOf = async (): Promise<string> =>
  (await app().data('{ moderationLog { cursor } }', {}, mo.token)).moderationLog.cursor;

/** The log after a number, as it is stored. */
const logAfter = (sequence: number) =>
  app().app.db.query<{ sequence: number; revision: number; comment: string }>(
    `SELECT sequence::int, revision, comment_id::text AS comment FROM moderation_event WHERE sequence > $1 ORDER BY sequence`,
    [sequence],
  );

class RolledBack extends Error {}

/** Appends events of one transaction, all of one comment: each says by its revision which of them it is. */
async function write(node: TestApp, comment: string, size: number, fails: boolean): Promise<boolean> {
  const on = { kind: 'HELD', actor: systemActor, articleId: '1', commentId: comment } as const;
  const events = Array.from({ length: size }, (_, index): NewModerationEvent => ({
    ...on,
    revision: index + 1,
  }));
  try {
    await node.app.db.transaction(async (tx) => {
      await new ModerationLog(node.app.bus).append(tx, events);
      if (fails) throw new RolledBack();
    });
    return true;
  } catch (error) {
    if (error instanceof RolledBack) return false;
    throw error;
  }
}

it('50 writers on two nodes make one list without a gap, which every subscriber receives as it is', async () => {
  const [start, before] = [await cursorOf(), await moderationHead(app())];
  const nodes = [app(), other];
  const streams = nodes.flatMap((node) => [listen(node, start), listen(node, start), listen(node)]);
  for (const stream of streams) await stream.waitFor(1, 'ModerationCheckpoint');
  const random = new Random(7);
  const committed = new Map<string, number>();
  // Whoever reads the log while it is written never sees a number before those below it.
  let writing = true;
  const reader = (async () => {
    while (writing) {
      const numbers = (await logAfter(before.sequence)).map(({ sequence }) => sequence);
      expect(numbers).toEqual(numbers.map((_, index) => before.sequence + index + 1));
    }
  })();
  await Promise.all(
    Array.from({ length: 50 }, async (_, writer) => {
      for (let turn = 0; turn < 6; turn++) {
        const [comment, size] = [String(1 + 100 * writer + turn), 1 + Math.floor(random.next() * 3)];
        const node = random.chance(0.5) ? app() : other;
        if (await write(node, comment, size, random.chance(0.2))) committed.set(comment, size);
      }
    }),
  );
  writing = false;
  await reader;
  const log = await logAfter(before.sequence);
  expect(log.map(({ sequence }) => sequence)).toEqual(log.map((_, index) => before.sequence + index + 1));
  // The events of each transaction once, together and in their order; those of what was rolled back never.
  const runs = new Map<string, number[]>();
  for (const [index, { comment, revision }] of log.entries()) {
    if (revision > 1) expect(log[index - 1]).toMatchObject({ comment, revision: revision - 1 });
    runs.set(comment, [...(runs.get(comment) ?? []), revision]);
  }
  expect(new Map([...runs].map(([comment, { length }]) => [comment, length]))).toEqual(committed);
  for (const stream of streams) {
    await eventually('all events', () => actionsOf(stream).length >= log.length);
    const received = actionsOf(stream).map(({ sequence, revision, commentId }) => ({
      sequence,
      revision,
      comment: keyOf(commentId),
    }));
    expect(received).toEqual(log);
    expect(stream.errors).toEqual([]);
  }
  for (const stream of streams) stream.unsubscribe();
});

it('a client that comes back any number of times, anywhere, misses nothing and gets nothing twice', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.integer({ min: 1, max: 3 }), fc.boolean()), { minLength: 1, maxLength: 10 }),
      fc.array(fc.tuple(fc.integer({ min: 1, max: 6 }), fc.boolean()), { maxLength: 4 }),
      async (writes, visits) => {
        const [start, before] = [await cursorOf(), await moderationHead(app())];
        const writing = (async () => {
          for (const [size, isOther] of writes) await write(isOther ? other : app(), '1', size, false);
        })();
        const seen: number[] = [];
        let cursor = start;
        const total = writes.reduce((sum, [size]) => sum + size, 0);
        const visit = async (node: TestApp, count: number): Promise<void> => {
          const stream = listen(node, cursor);
          await eventually('some events', () => actionsOf(stream).length >= count);
          stream.unsubscribe();
          const some = actionsOf(stream).slice(0, count);
          seen.push(...some.map(({ sequence }) => sequence));
          cursor = some.at(-1)?.cursor ?? cursor;
        };
        for (const [count, isOther] of visits)
          await visit(isOther ? other : app(), Math.min(count, total - seen.length));
        await visit(app(), total - seen.length);
        await writing;
        expect(seen).toEqual(Array.from({ length: total }, (_, index) => before.sequence + 1 + index));
      },
    ),
    { numRuns: 15 },
  );
});

it('the queue’s rows equal a recount after any commands at the same time, and the check finds what differs', async () => {
  const author = await app().signUp('Ada Example');
  const { id: articleId, articleId: article } = await app().addArticle();
  const reader = await app().signUp('Bo Example');
  await app().data(
    `mutation ($id: ID!) { setCommentPolicy(input: { articleId: $id, commentPolicy: PREMODERATED }) { userErrors { code } } }`,
    { id: articleId },
    mo.token,
  );
  const ids: string[] = [];
  for (let n = 0; n < 12; n++)
    ids.push((await app().addComment(author, { articleId, body: `Number ${n}` })).comment!.id);
  await Promise.all(
    ids.flatMap((commentId, index) => [
      ...(index % 3 === 0 ? [mutate(app(), 'approveComment', { commentId }, mo)] : []),
      ...(index % 3 === 1 ? [mutate(other, 'rejectComment', { commentId }, mo)] : []),
      ...(index % 4 === 3 ? [mutate(other, 'removeComment', { commentId }, author)] : []),
    ]),
  );
  const [open] = ids;
  await app().app.db.query(
    `INSERT INTO comment_report (article_id, comment_id, account_id, reason, revision) VALUES ($1, $2, $3, 'SPAM', 1)`,
    [article, keyOf(open ?? ''), reader.accountId],
  );
  await appendModeration(app(), { kind: 'SIGNED_IN', actor: systemActor });
  await checkInvariants(app().app.db);

  const { db } = app().app;
  await db.query('UPDATE moderation_item SET reports = 2 WHERE reports = 1');
  await db.query('UPDATE moderation_log SET sequence = sequence + 1');
  const found = (await findViolations(db)).map((violation) => violation.split(':')[0]);
  expect(new Set(found)).toEqual(
    new Set(['the log of moderation counts from 1 without a gap', 'the moderators’ queue equals a recount']),
  );
  await db.query('UPDATE moderation_item SET reports = 1 WHERE reports = 2');
  await db.query('UPDATE moderation_log SET sequence = sequence - 1');
});
