import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { PoolerError } from '../../../src/platform/db/pooler.ts';
import { TestApp } from '../../support/app.ts';
import { createTestDatabase, onDatabase, type TestDatabase } from '../../support/database.ts';
import { checkInvariants } from '../../../harness/invariants.ts';
import { watchForLeaks } from '../../support/leaks.ts';
import { type PgBouncer, startPgBouncer } from '../../support/pgbouncer.ts';
import { buildProgram, runProgram } from '../../support/program.ts';
import { describeWithPrograms } from '../../support/programs.ts';
import { untilReady } from '../../support/readiness.ts';

describeWithPrograms(['pgbouncer'], 'behind PgBouncer in transaction mode', () => {
  let checkLeaks: () => Promise<void>;
  let database: TestDatabase;
  const poolers: PgBouncer[] = [];

  beforeAll(async () => {
    await buildProgram();
    checkLeaks = watchForLeaks();
  }, 240_000);
  afterAll(() => checkLeaks());

  beforeEach(async () => {
    database = await createTestDatabase();
  });
  afterEach(async () => {
    for (const pooler of poolers.splice(0)) await pooler.stop();
    await database.drop();
  });

  /** The database, reached through its own pooler. */
  async function through(settings: Record<string, string | number> = {}): Promise<TestDatabase> {
    const pooler = await startPgBouncer(settings);
    poolers.push(pooler);
    return { ...database, url: pooler.url(database.name), drop: () => Promise.resolve() };
  }

  const setTimeLimit = (parameter: 'statement_timeout' | 'lock_timeout', value: string) =>
    onDatabase(database.url, (client) =>
      client.query(`ALTER DATABASE "${database.name}" SET ${parameter} = '${value}'`),
    );

  async function setTimeLimits(): Promise<void> {
    await setTimeLimit('statement_timeout', '10s');
    await setTimeLimit('lock_timeout', '2s');
  }

  /** The error of starting a service with these settings. */
  async function startFailure(pooled: TestDatabase, settings: Record<string, string> = {}): Promise<Error> {
    const started = await TestApp.start(settings, { database: pooled }).catch((error: Error) => error);
    if (started instanceof Error) return started;
    await started.close();
    throw new Error('The service has started');
  }

  it.each<{ pooler: Record<string, string | number>; settings: Record<string, string> }>([
    { pooler: {}, settings: {} },
    { pooler: { max_prepared_statements: 0 }, settings: { DATABASE_PREPARED_STATEMENTS: 'false' } },
    { pooler: { ignore_startup_parameters: 'statement_timeout' }, settings: {} },
    // Each transaction gets another server connection than the one before it, if any other is idle.
    { pooler: { server_round_robin: 1 }, settings: {} },
  ])('the service posts and streams with $pooler and $settings', async ({ pooler, settings }) => {
    await setTimeLimits();
    const app = await TestApp.start(settings, {
      database: await through(pooler),
    });
    try {
      const article = await app.addArticle();
      const users = await Promise.all(['Ada', 'Bo', 'Cy', 'Di'].map((name) => app.signUp(name)));
      const listener = app.live.events(article.id, undefined, app.live.client());
      await listener.waitFor(1, 'ArticleCheckpoint');
      const { comment: root } = await app.addComment(users[0]!, {
        articleId: article.id,
        body: 'The first.',
      });
      // Concurrent replies to one comment: they wait for each other's row locks, and their statements are pipelined.
      const replies = await Promise.all(
        Array.from({ length: 40 }, (_, n) =>
          app.addComment(users[n % users.length]!, {
            articleId: article.id,
            parentId: root!.id,
            body: `Reply ${n}.`,
            idempotencyKey: crypto.randomUUID(),
          }),
        ),
      );
      expect(replies.flatMap(({ userErrors }) => userErrors)).toEqual([]);
      const events = await listener.waitFor(41, 'CommentAdded');
      expect(events.map(({ sequence }) => sequence)).toEqual(Array.from({ length: 41 }, (_, n) => n + 1));
      expect(listener.errors).toEqual([]);
      // A failed statement aborts its transaction, and leaves no state on the connection.
      const failing = app.app.db.transaction(async (tx) => {
        await tx.query('UPDATE article_counter SET comment_count = 0');
        await tx.query('SELECT 1 / 0');
      });
      await expect(failing).rejects.toThrow('division by zero');
      await checkInvariants(app.app.db);
      await untilReady(app.url);
    } finally {
      await app.close();
    }
  });

  it('the service refuses to start where statements have no time limit', async () => {
    const refusal = await startFailure(await through());
    expect(refusal).toBeInstanceOf(PoolerError);
    expect(refusal.message).toMatch(/ALTER ROLE \S+ SET statement_timeout = 10000/);
    // A pooler that is configured to ignore the parameter drops it silently.
    const ignoring = await startFailure(await through({ ignore_startup_parameters: 'statement_timeout' }));
    expect(ignoring.message).toBe(refusal.message);
  });

  it('the service refuses to start where statements may outlast its own timeout', async () => {
    await setTimeLimits();
    await setTimeLimit('statement_timeout', '60s');
    const refusal = await startFailure(await through());
    expect(refusal).toBeInstanceOf(PoolerError);
    expect(refusal.message).toMatch(/it is 60000 ms; DATABASE_STATEMENT_TIMEOUT_MS allows 10000 ms/);
  });

  it.each([
    ['nothing', undefined],
    ['60000 ms', '60s'],
  ])(
    'the service refuses to start where a row lock may be awaited for longer than its own timeout: %s',
    async (_, limit) => {
      await setTimeLimit('statement_timeout', '10s');
      if (limit) await setTimeLimit('lock_timeout', limit);
      const refusal = await startFailure(await through(), { DATABASE_LOCK_TIMEOUT_MS: '2000' });
      expect(refusal).toBeInstanceOf(PoolerError);
      expect(refusal.message).toMatch(/ALTER ROLE \S+ SET lock_timeout = 2000/);
    },
  );

  it('the service refuses to start where prepared statements would be mixed up', async () => {
    await setTimeLimits();
    const refusal = await startFailure(await through({ max_prepared_statements: 0 }));
    expect(refusal).toBeInstanceOf(PoolerError);
    expect(refusal.message).toMatch(/DATABASE_PREPARED_STATEMENTS=false/);
  });

  it('the process of the service exits with 1 and the reason, and so does that of the migrations', async () => {
    const env = { DATABASE_URL: (await through()).url, SESSION_SECRET: 'a secret that only the tests know' };
    const service = await runProgram('main', [], { env });
    expect(service).toMatchObject({ code: 1 });
    expect(service.err).toContain(
      'DATABASE_URL leads to a connection pooler, which passes no statement_timeout on.',
    );
    const migrate = await runProgram('migrate', ['up'], { env });
    expect(migrate).toMatchObject({ code: 1, out: '' });
    expect(migrate.err).toContain(
      'DATABASE_URL leads to a connection pooler. Migrations need a session of their own',
    );
  });
});
