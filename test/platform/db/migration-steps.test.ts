/**
 * @seconds 100
 */
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import type { DataSource, QueryRunner } from 'typeorm';
import { holdAllTables } from '../../../faults/migration/dump.ts';
import { fillInitial } from '../../../faults/migration/initial-data.ts';
import { migrateUnderLoad } from '../../../faults/migration/under-load.ts';
import { buildIndex } from '../../../migrations/support/indexes.ts';
import { changeTables } from '../../../migrations/support/table-locks.ts';
import { createDataSource } from '../../../src/platform/db/data-source.ts';
import { migrateUp, migrationApplicationName, selectBridges } from '../../../src/platform/db/migrate.ts';
import { released } from '../../../migrations/released.ts';
import { features } from '../../../src/app/features.ts';
import { migrationsOf, tablesOf } from '../../../src/platform/feature/gather.ts';
import { databaseUrl, onDatabase, serverUrl } from '../../support/database.ts';
import { TestApp } from '../../support/app.ts';
import { eventually } from '../../support/eventually.ts';
import { checkInvariants } from '../../../harness/invariants.ts';

const migrations = migrationsOf(features);

const releasedFolder = join(import.meta.dirname, 'released-migrations');
/** The migrations that were released as one transaction each. */
const releasedTexts = (await readdir(releasedFolder)).sort();
const size = { articles: 20, comments: 6000 };

const databases: string[] = [];
const sources: DataSource[] = [];

async function createEmpty(): Promise<string> {
  const name = `${process.env.TEST_TEMPLATE}_steps_${randomBytes(4).toString('hex')}`;
  await onDatabase(serverUrl(), (client) => client.query(`CREATE DATABASE "${name}"`));
  databases.push(name);
  return databaseUrl(name);
}

async function open(url: string, classes = migrations): Promise<DataSource> {
  const source = createDataSource({
    url,
    poolSize: 2,
    statementTimeoutMs: 0,
    entities: tablesOf(features),
    migrations: classes,
    applicationName: migrationApplicationName,
    onPoolError: () => undefined,
  });
  sources.push(source);
  return source.initialize();
}

/** Applies the first migrations in the text of their release. */
async function applyReleased(url: string, names: readonly string[]): Promise<void> {
  await onDatabase(url, async (client) => {
    for (const name of names) await client.query(await readFile(join(releasedFolder, name), 'utf8'));
  });
}

/** Everything that migrations create, one line each, in PostgreSQL's own notation. */
function catalog(client: Client): Promise<string[]> {
  return lines(
    client,
    `WITH tables AS (SELECT oid, relname FROM pg_class
      WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname <> 'migration')
    SELECT concat_ws(' ', relname, attnum, attname, format_type(atttypid, atttypmod),
      CASE WHEN attnotnull THEN 'NOT NULL' END, nullif(attidentity, ''), pg_get_expr(adbin, adrelid)) AS line
    FROM tables JOIN pg_attribute ON attrelid = tables.oid AND attnum > 0
      LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
    UNION ALL SELECT concat_ws(' ', relname, conname, convalidated, pg_get_constraintdef(c.oid))
    FROM tables JOIN pg_constraint c ON conrelid = tables.oid
    UNION ALL SELECT concat_ws(' ', pg_get_indexdef(indexrelid), indisvalid, indisready, indislive)
    FROM tables JOIN pg_index ON indrelid = tables.oid
    UNION ALL SELECT concat_ws(' ', relname, tgname) FROM tables JOIN pg_trigger ON tgrelid = tables.oid WHERE NOT tgisinternal
    UNION ALL SELECT concat_ws(' ', relname, reloptions::text) FROM pg_class WHERE relnamespace = 'public'::regnamespace
      AND relkind IN ('r', 'S') AND relname NOT LIKE 'migration%'
    UNION ALL SELECT proname FROM pg_proc p WHERE pronamespace = 'public'::regnamespace
      AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = p.oid AND deptype = 'e')
    UNION ALL SELECT extname FROM pg_extension
    UNION ALL SELECT concat_ws(' ', cfgname, maptokentype, mapseqno, mapdict::regdictionary)
    FROM pg_ts_config JOIN pg_ts_config_map ON mapcfg = pg_ts_config.oid WHERE cfgnamespace = 'public'::regnamespace`,
  );
}

/** All rows of the tables that have no current timestamps. */
const contents = async (client: Client): Promise<string[]> =>
  (
    await Promise.all(
      ['comment', 'comment_counter', 'article_search', 'search_word'].map((table) =>
        lines(client, `SELECT concat_ws(' ', '${table}', t::text) AS line FROM ${table} t`),
      ),
    )
  ).flat();

async function lines(client: Client, statement: string): Promise<string[]> {
  const { rows } = await client.query<{ line: string }>(`${statement} ORDER BY line`);
  return rows.map(({ line }) => line);
}

const checkInvariantsOf = (url: string) =>
  onDatabase(url, (client) =>
    checkInvariants({
      query: async <Row>(statement: string) => (await client.query(statement)).rows as Row[],
    }),
  );

async function withRunner<T>(source: DataSource, work: (runner: QueryRunner) => Promise<T>): Promise<T> {
  const runner = source.createQueryRunner();
  try {
    return await work(runner);
  } finally {
    await runner.release();
  }
}

afterEach(async () => {
  for (const source of sources.splice(0)) if (source.isInitialized) await source.destroy();
  for (const name of databases.splice(0))
    await onDatabase(serverUrl(), (client) => client.query(`DROP DATABASE "${name}" WITH (FORCE)`));
});

describe('the migrations, step by step', () => {
  it('produce the same schema and rows as their released text', async () => {
    const [before, now] = [await createEmpty(), await createEmpty()];
    await applyReleased(before, releasedTexts.slice(0, 1));
    await onDatabase(before, (client) => fillInitial(client, size));
    await applyReleased(before, releasedTexts.slice(1));

    const initial = await open(now, migrations.slice(0, 1));
    await migrateUp(initial);
    await onDatabase(now, (client) => fillInitial(client, size));
    await migrateUp(await open(now, migrations.slice(0, releasedTexts.length)));

    const [wanted, found] = await Promise.all(
      [before, now].map((url) =>
        onDatabase(url, async (client) => [await catalog(client), await contents(client)]),
      ),
    );
    expect(wanted?.[1]?.length).toBeGreaterThan(2 * size.comments);
    expect(found).toEqual(wanted);
    await migrateUp(await open(now));
    await checkInvariantsOf(now);
  });

  it('block no write of nodes of 0.2.0 while a dump is under way, and leave everything readable', async () => {
    const url = await createEmpty();
    const told: string[] = [];
    const size = { articles: 50, comments: 20_000 };
    const outcome = await migrateUnderLoad({
      url,
      size,
      writesPerSecond: 20,
      beginDump: holdAllTables,
      dumpMs: 2500,
      onProgress: (line) => told.push(line),
    });
    expect(outcome.refusals).toEqual([]);
    expect(outcome.applied).toEqual(migrations.slice(released.length).map(({ name }) => name));
    expect(outcome.times.length).toBeGreaterThan(40);
    const { done } = outcome;
    for (const count of Object.values(done)) expect(count).toBeGreaterThan(1);
    // The dump was indeed in the way, and was waited for without a lock request that others would have queued behind.
    expect(told.join('\n')).toMatch(/article_event: in use, waiting for .*pg_dump/);
    await checkInvariantsOf(url);

    // Events since the positions were written, which 0.2.0 knows nothing of.
    const [before] = await onDatabase(
      url,
      async (client) =>
        (
          await client.query<{ comments: number; events: number; later: number; untold: number }>(`
            SELECT (SELECT count(*)::int FROM comment WHERE import_key IS NOT NULL AND status = 'PUBLISHED') AS comments,
              sum(c.sequence)::int AS events, sum(c.sequence - s.sequence)::int AS later,
              sum(c.sequence - n.sequence)::int AS untold
            FROM article_counter c JOIN site_position s USING (article_id) JOIN notification_position n USING (article_id)`)
        ).rows,
    );
    expect(before?.events).toBe(
      3 * size.articles + done.comments + done.removed + done.reactions + done.endorsements,
    );
    expect(before?.later).toBeGreaterThan(0);
    expect(before?.untold).toBeGreaterThanOrEqual(before?.later ?? 0);

    const app = await TestApp.start(
      { SITE_LOG_POLL_MS: '100' },
      { database: { name: 'of 0.2.0', url, drop: () => Promise.resolve() } },
    );
    try {
      const { articles } = await app.data(
        '{ articles(first: 100) { nodes { slug commentCount endorsementCount comments(first: 1) { nodes { bodyHtml } } } } }',
      );
      const sum = (field: string) =>
        articles.nodes.reduce((total: number, article: any) => total + article[field], 0);
      expect(sum('commentCount')).toBe((before?.comments ?? 0) + done.comments - done.removed);
      expect(sum('endorsementCount')).toBe(3 * size.articles + done.endorsements);

      const [{ slug, comments }] = articles.nodes;
      expect(comments.nodes).toHaveLength(1);
      const { article } = await app.data(
        `query ($slug: String!) { article(slug: $slug) { events(begin: OLDEST) { events { __typename } } } }`,
        { slug },
      );
      expect(article.events.events.slice(0, 3)).toEqual(
        Array.from({ length: 3 }, () => ({ __typename: 'EndorsementAdded' })),
      );

      // The first account has signed up before the migrations began.
      const { refreshSession } = await app.data(
        `mutation ($input: RefreshSessionInput!) { refreshSession(input: $input) {
          session { accessToken } userErrors { code } } }`,
        { input: { refreshToken: outcome.refreshTokens[0] } },
      );
      expect(refreshSession.userErrors).toEqual([]);
      await app.app.db.query(
        `UPDATE account SET roles = '{READER,MODERATOR}' WHERE id = (SELECT min(id) FROM account WHERE name = 'New')`,
      );
      const { viewer, moderationQueue } = await app.data(
        `{ viewer { listsComments isEmailConfirmed } moderationQueue { items(first: 1) { totalCount } } }`,
        {},
        refreshSession.session.accessToken,
      );
      expect(viewer).toEqual({ listsComments: false, isEmailConfirmed: false });
      const [waiting] = await app.app.db.query<{ count: number }>(
        `SELECT (SELECT count(*) FROM comment WHERE status = 'PENDING')::int + (SELECT count(*) FROM held_edit e
           JOIN comment c USING (article_id) WHERE c.id = e.comment_id AND c.status = 'PUBLISHED' AND e.status = 'PENDING')::int
           AS count`,
      );
      expect(moderationQueue.items.totalCount).toBe(waiting?.count);

      await eventually('the site’s log to have every later event', async () => {
        const [{ count } = { count: 0 }] = await app.app.db.query<{ count: number }>(
          'SELECT count(*)::int AS count FROM site_event',
        );
        return count === before?.later;
      });
    } finally {
      await app.close();
    }
  }, 240_000);

  it('resume after an interruption at any statement, also with bridges and half-built indexes', async () => {
    const url = await createEmpty();
    await migrateUp(await open(url, migrations.slice(0, 1)));
    await onDatabase(url, (client) => fillInitial(client, size));
    const source = await open(url, migrations.slice(0, releasedTexts.length));
    // TypeORM logs each failure to the console.
    const log = jest.spyOn(console, 'log').mockImplementation(() => undefined);
    // Each attempt gets some more statements, until all migrations are applied.
    let [stops, done] = [0, false];
    for (let allowed = 60; !done; allowed += 7) {
      done = await stopAfter(source, allowed).then(
        () => true,
        (error: unknown) => {
          if (!String(error).includes('stopped by the test')) throw error;
          stops += 1;
          return false;
        },
      );
    }
    log.mockRestore();
    expect(stops).toBeGreaterThan(3);
    const reference = await createEmpty();
    await applyReleased(reference, releasedTexts);
    const [found, wanted] = await Promise.all([url, reference].map((one) => onDatabase(one, catalog)));
    expect(found).toEqual(wanted);
    await migrateUp(await open(url));
    await checkInvariantsOf(url);
  }, 240_000);

  it('begin a new epoch when the site’s log is taken away, whose cursors are for no other log', async () => {
    const source = await open(await createEmpty());
    await migrateUp(source);
    const epochOf = async (): Promise<unknown> => source.query('SELECT epoch FROM event_log');
    const [before, removed] = [
      await epochOf(),
      migrations.find(({ name }) => name.startsWith('Integrations')),
    ];
    if (!removed) throw new Error('There is no such migration');
    await withRunner(source, (runner) => new removed().down(runner));
    const between = await epochOf();
    expect(between).not.toEqual(before);
    await withRunner(source, (runner) => new removed().up(runner));
    expect(await epochOf()).toEqual(between);
  });

  it('keep the bridges while nodes are connected, which find what new nodes append in the columns that they read', async () => {
    const url = await createEmpty();
    await migrateUp(await open(url, migrations.slice(0, 1)));
    const node = new Client({ connectionString: url, application_name: 'standfirst' });
    await node.connect();
    try {
      const source = await open(url, migrations);
      await migrateUp(source);
      expect(await selectBridges(source)).toHaveLength(4);

      const app = await TestApp.start(
        {},
        { database: { name: 'bridged', url, drop: () => Promise.resolve() } },
      );
      try {
        const { id, articleId } = await app.addArticle();
        const author = await app.signUp();
        const write = (name: string, input: object): Promise<any> =>
          app.data(
            `mutation ($input: ${name.charAt(0).toUpperCase()}${name.slice(1)}Input!) {
              ${name}(input: $input) { userErrors { code } ${name === 'addComment' ? 'comment { id }' : ''} } }`,
            { input },
            author.token,
          );
        const { addComment } = await write('addComment', { articleId: id, body: 'Text.' });
        await write('removeComment', { commentId: addComment.comment.id });
        await write('endorse', { articleId: id });
        const { rows } = await node.query(
          `SELECT kind, comment_id IS NOT NULL AS comment, vanished, endorsement_id IS NOT NULL AS endorsement
           FROM article_event WHERE article_id = $1 AND subject_id IS NOT NULL ORDER BY sequence`,
          [articleId],
        );
        expect(rows).toEqual([
          { kind: 'COMMENT_ADDED', comment: true, vanished: false, endorsement: false },
          { kind: 'COMMENT_REMOVED', comment: true, vanished: true, endorsement: false },
          { kind: 'ENDORSEMENT_ADDED', comment: false, vanished: false, endorsement: true },
        ]);
      } finally {
        await app.close();
      }
    } finally {
      await node.end();
    }
  });
});

/** Migrates with a runner that fails after a number of statements. */
async function stopAfter(source: DataSource, allowed: number): Promise<void> {
  const create = source.createQueryRunner.bind(source);
  let left = allowed;
  source.createQueryRunner = (...args) => {
    const runner = create(...args);
    const query = runner.query.bind(runner);
    runner.query = ((...call: Parameters<typeof query>) => {
      const isEnd = /^(RESET|SELECT pg_advisory_unlock|ROLLBACK)/.test(call[0]);
      if (!isEnd && left-- <= 0) return Promise.reject(new Error('stopped by the test'));
      return query(...call);
    }) as typeof runner.query;
    return runner;
  };
  try {
    await migrateUp(source);
  } finally {
    source.createQueryRunner = create;
  }
}

describe('a step of a migration', () => {
  let url: string;
  beforeEach(async () => {
    url = await createEmpty();
    await onDatabase(url, (client) =>
      client.query('CREATE TABLE thing (id int); INSERT INTO thing VALUES (1), (1)'),
    );
  });

  it('lets other sessions go first on a table in use, and runs when it is free', async () => {
    const source = await open(url);
    const told: string[] = [];
    const holder = new Client({ connectionString: url, application_name: 'a long report' });
    await holder.connect();
    await holder.query('BEGIN; SELECT * FROM thing');
    const changed = withRunner(source, (runner) => {
      runner.data = { onProgress: (line: string) => told.push(line) };
      return changeTables(runner, {
        mode: 'ACCESS EXCLUSIVE',
        tables: ['thing'],
        statements: ['ALTER TABLE thing ADD name text'],
      });
    });
    await eventually('the migration to wait', () => told.length > 0);
    expect(told[0]).toMatch(/^thing: in use, waiting for a long report \(process \d+\)$/);
    // A new reader does not have to wait.
    await onDatabase(url, (client) => client.query(`SET lock_timeout = '100ms'; SELECT * FROM thing`));
    await holder.query('COMMIT');
    await changed;
    await holder.end();
    await onDatabase(url, (client) => client.query('SELECT name FROM thing'));
  });

  it('rebuilds an index that a failed attempt left invalid', async () => {
    const source = await open(url);
    const index = { name: 'thing_key', unique: true, on: 'ON thing (id)' };
    await withRunner(source, async (runner) => {
      await expect(buildIndex(runner, index)).rejects.toThrow(/could not create unique index/);
      const valid = () =>
        runner.query(`SELECT indisvalid FROM pg_index WHERE indexrelid = 'thing_key'::regclass`);
      expect(await valid()).toEqual([{ indisvalid: false }]);
      await runner.query('TRUNCATE thing');
      await buildIndex(runner, index);
      expect(await valid()).toEqual([{ indisvalid: true }]);
    });
  });
});
