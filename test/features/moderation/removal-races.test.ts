import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { checkInvariants } from '../../../harness/invariants.ts';
import { EventLog } from '../../../src/platform/events/log.ts';
import { ModerationLog } from '../../../src/platform/screening/moderation-log.ts';
import { RemovalBatches } from '../../../src/features/moderation/removals/removal-batches.ts';
import { TestApp, type TestUser } from '../../support/app.ts';
import { keyOf } from '../../support/comments.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { eventually } from '../../support/eventually.ts';
import { onPerson, personId } from '../../support/persons.ts';

describe('a removal of everything by somebody, and what is put back at the same moment', () => {
  // The test carries the works out, on either node.
  let database: TestDatabase;
  let app: TestApp;
  let other: TestApp;
  let moderator: TestUser;
  let person: TestUser;
  let commentId: string;

  beforeAll(async () => {
    database = await createTestDatabase();
    app = await TestApp.start({}, { database });
    other = await TestApp.start({}, { database });
    moderator = await app.signUp('Mo Example', 'MODERATOR');
  });

  afterAll(async () => {
    await other.close();
    await app.close();
    await database.drop();
  });

  afterEach(async () => {
    await checkInvariants(app.app.db);
    const left = await app.app.db.query('SELECT FROM comment_removal WHERE look_at IS NOT NULL');
    expect(left).toEqual([]);
  });

  const nextBatch = ({ app: { db, bus } }: TestApp): Promise<boolean> => {
    return new RemovalBatches(db, new EventLog(bus), new ModerationLog(bus)).next();
  };

  const begunBatch = (): Promise<boolean> => nextBatch(app);

  const carryOut = async (): Promise<void> => {
    while (await nextBatch(other));
  };

  const begin = async () => {
    person = await app.signUp('Spam Example');
    const { id } = await app.addArticle();
    commentId = (await app.addComment(person, { articleId: id, body: 'A text.' })).comment?.id ?? '';
  };

  const removeAll = async (reason: string): Promise<string> =>
    (
      await onPerson(app, moderator, 'removeCommentsSince', {
        personId: personId(person.accountId),
        since: new Date(Date.now() - 3_600_000).toISOString(),
        reason,
      })
    ).decision.id;

  const undo = async (id: string): Promise<void> => {
    const mutation =
      'mutation ($id: ID!) { undoDecision(input: { decisionId: $id }) { userErrors { code message } } }';
    const { undoDecision } = await app.data(mutation, { id }, moderator.token);
    expect(undoDecision.userErrors).toEqual([]);
  };

  const status = async (): Promise<string | undefined> =>
    (
      await app.app.db.query<{ status: string }>('SELECT status FROM comment WHERE id = $1', [
        keyOf(commentId),
      ])
    )[0]?.status;

  const waiting = async (): Promise<number> =>
    (
      await app.app.db.query(
        `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
      )
    ).length;

  /**
   * Begins two things while the comment is locked, the second one when the first waits for it. The comment is free once the second has
   * ended, or waits as well.
   */
  async function atOnce(first: () => Promise<unknown>, second: () => Promise<unknown>): Promise<void> {
    const both = await app.app.db.transaction(async (tx) => {
      await tx.query('SELECT FROM comment WHERE id = $1 FOR UPDATE', [keyOf(commentId)]);
      const begun = [first()];
      await eventually('the first to wait for the comment', async () => (await waiting()) === 1);
      let hasEnded = false;
      begun.push(second().finally(() => (hasEnded = true)));
      await eventually('the second to end, or to wait', async () => hasEnded || (await waiting()) === 2);
      return { begun };
    });
    await Promise.all(both.begun);
  }

  it('comes back when the earlier and the later removal of it are undone at once', async () => {
    await begin();
    const [earlier, later] = [await removeAll('SPAM'), await removeAll('ABUSE')];
    await carryOut();
    await undo(earlier);
    await atOnce(begunBatch, async () => {
      await undo(later);
      await carryOut();
    });
    await carryOut();
    expect(await status()).toBe('PUBLISHED');
  });

  it('is removed by a later removal that is decided while an earlier one is undone', async () => {
    await begin();
    const earlier = await removeAll('SPAM');
    await carryOut();
    await undo(earlier);
    await atOnce(begunBatch, async () => {
      await removeAll('ABUSE');
      await carryOut();
    });
    await carryOut();
    expect(await status()).toBe('REMOVED');
  });

  it('is removed by a removal of everything that is decided while a single removal is undone', async () => {
    await begin();
    const { removeComment } = await app.data(
      `mutation ($id: ID!) { removeComment(input: { commentId: $id, reasonCode: SPAM }) { decision { id } } }`,
      { id: commentId },
      moderator.token,
    );
    await atOnce(
      () => undo(removeComment.decision.id),
      async () => {
        await removeAll('ABUSE');
        await carryOut();
      },
    );
    await carryOut();
    expect(await status()).toBe('REMOVED');
  });
});
