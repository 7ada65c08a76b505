/**
 * @database either
 * @seconds 60
 */
import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { checkInvariants } from '../../../harness/invariants.ts';
import { TestApp } from '../../support/app.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { eventually } from '../../support/eventually.ts';
import { onPerson, personId } from '../../support/persons.ts';
import { buildProgram } from '../../support/program.ts';
import { Service } from '../../support/service.ts';

const count = 3000;
let database: TestDatabase;
/** Decides, and carries nothing out. */
let app: TestApp;
let service: Service | undefined;

beforeAll(async () => {
  await buildProgram();
  database = await createTestDatabase();
  app = await TestApp.start({}, { database });
}, 240_000);
afterEach(async () => {
  await service?.end('SIGKILL');
});
afterAll(async () => {
  await app.close();
  await database.drop();
});

const start = (): Service =>
  (service = new Service({
    DATABASE_URL: database.url,
    SESSION_SECRET: 'a secret that only the tests know and use',
    FUNDING: 'off',
    MODERATION_POLL_MS: '50',
  }));

it('a removal goes on where a process was killed, and every comment is removed, counted and told of once', async () => {
  const [person, moderator] = [await app.signUp(), await app.signUp('Mo Example', 'MODERATOR')];
  const comments = Array.from({ length: count }, (_, n) => ({
    key: `c${n}`,
    ...(n % 3 === 1 ? { parentKey: `c${n - 1}` } : {}),
    authorName: 'Somebody',
    body: `Text ${n}`,
    createdAt: new Date(Date.UTC(2024, 5, 1) + n * 1000).toISOString(),
  }));
  const { articleId } = await app.addArticle({ comments });
  await app.app.db.query('UPDATE comment SET account_id = $2, author_name = NULL WHERE article_id = $1', [
    articleId,
    person.accountId,
  ]);
  await onPerson(app, moderator, 'removeCommentsSince', {
    personId: personId(person.accountId),
    since: '2024-06-01T00:00:00Z',
    reason: 'SPAM',
  });
  const removed = async (): Promise<number> => {
    const [row] = await app.app.db.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM comment WHERE article_id = $1 AND status = 'REMOVED'`,
      [articleId],
    );
    return row?.count ?? 0;
  };
  for (const share of [0.1, 0.4]) {
    const killed = start();
    await eventually('a part to be removed', async () => (await removed()) > share * count, 60_000);
    expect(await killed.end('SIGKILL')).toBe('SIGKILL');
    expect(await removed()).toBeLessThan(count);
  }
  start();
  await eventually(
    'all to be done',
    async () => (await app.app.db.query('SELECT FROM comment_removal WHERE look_at IS NULL')).length === 1,
    60_000,
  );
  expect(await removed()).toBe(count);
  await app.app.db.query('ANALYZE comment, comment_counter');
  await checkInvariants(app.app.db);
  const [told] = await app.app.db.query(
    `SELECT count(*)::int AS events, count(DISTINCT subject_id)::int AS comments,
       (SELECT count(*)::int FROM moderation_decision_comment) AS stored
     FROM article_event WHERE article_id = $1 AND kind = 'COMMENT_REMOVED'`,
    [articleId],
  );
  expect(told).toEqual({ events: count, comments: count, stored: count });
});
