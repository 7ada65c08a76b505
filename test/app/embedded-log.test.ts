/**
 * @database embedded
 * @seconds 25
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '@standfirst/embedded-postgres';
import { migrateDatabase } from '../../src/app/migration-source.ts';
import { TestApp } from '../support/app.ts';
import { onDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { keptLogger } from '../support/kept-logger.ts';

const onLinux = process.platform === 'linux' ? describe : describe.skip;

onLinux('the logs of a service on its embedded database', () => {
  const { logger, lines } = keptLogger();
  let folder: string;
  let postgres: EmbeddedPostgres;
  let app: TestApp;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'standfirst-embedded-log-'));
    await chmod(folder, 0o755);
    postgres = await startEmbeddedPostgres({ dataDir: join(folder, 'data'), log: () => undefined });
    const { url } = postgres;
    await migrateDatabase(url);
    app = await TestApp.start(
      {},
      { database: { name: 'standfirst', url, drop: () => Promise.resolve() }, logger },
    );
  }, 240_000);

  afterAll(async () => {
    await app.close();
    await postgres.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const postgresLog = () => readFile(join(postgres.dataDir, 'postgres.log'), 'utf8');

  /** Runs a statement that fails, and returns the code of its error. */
  const fail = async (statement: string, values?: unknown[]): Promise<unknown> =>
    onDatabase(postgres.url, (client) =>
      client.query(statement, values).then(
        () => undefined,
        (error: { code?: string }) => error.code,
      ),
    );

  const signUp = (email: string, name: string) =>
    app.query(
      `mutation ($input: SignUpInput!) { signUp(input: $input) { session { refreshToken } userErrors { code } } }`,
      { input: { email, name, password: 'correct horse battery' } },
    );

  it('contain no address, name, token or text, whatever fails', async () => {
    const word = `w${randomUUID().replaceAll('-', '')}`;
    const email = `${word}@example.org`;
    const answers = await Promise.all([1, 2, 3].map(() => signUp(email, word)));
    const codes = answers.flatMap(({ data }) => data.signUp.userErrors).map(({ code }) => code);
    expect(codes).toEqual(['EMAIL_TAKEN', 'EMAIL_TAKEN']);

    // Errors with a value in their DETAIL, message, CONTEXT or statement.
    const insert = 'INSERT INTO account (email, name, password_hash) VALUES';
    expect([
      await fail(`${insert} ($1, $2, $2)`, [email, word]),
      await fail(`${insert} ('${email}', '${word}', 'x')`),
      await fail(`${insert} ($1, $2, NULL)`, [`other-${email}`, word]),
      await fail(`${insert} (upper($1), $2, 'x')`, [email, word]),
      await fail('SELECT $1::bigint', [email]),
      await fail(`SELECT to_date($1, 'YYYY')`, [word]),
      await fail(`SELECT to_tsquery('simple', $1)`, [`${word} ${email}`]),
      await fail(`DO $$ BEGIN RAISE EXCEPTION 'of %', '${email}'; END $$`),
      await fail(`SELECT '${email}' FROM nowhere`),
      await fail(`SET statement_timeout = 1; SELECT pg_sleep(1), '${email}'`),
    ]).toEqual(['23505', '23505', '23502', '23514', '22P02', '22007', '42601', 'P0001', '42P01', '57014']);

    // Faults of the service.
    const { db } = app.app;
    for (const statement of [
      'ALTER TABLE account ADD CONSTRAINT broken CHECK (false) NOT VALID',
      'ALTER TABLE account DROP CONSTRAINT broken, ADD CHECK (name::bigint > 0) NOT VALID',
    ]) {
      await db.query(statement);
      const faults = lines.filter((line) => line.includes('"fault"')).length;
      const { errors } = await signUp(`new-${email}`, word);
      expect(errors?.[0]?.extensions.code).toBe('INTERNAL_SERVER_ERROR');
      expect(lines.filter((line) => line.includes('"fault"'))).toHaveLength(faults + 1);
    }
    await fetch(`${app.url}/articles/${email}?of=${email}`);
    await fetch(`${app.url}/${encodeURIComponent(email)}`);

    // A crash of the server, which names the running statement.
    const client = new Client({ connectionString: postgres.url });
    const broken = new Promise((resolve) => client.once('error', resolve));
    await client.connect();
    const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    const running = client.query(`SELECT pg_sleep(600), '${email}'`).catch(() => undefined);
    await eventually('the statement to run', async () => {
      const found = await onDatabase(postgres.url, (other) =>
        other.query(`SELECT 1 FROM pg_stat_activity WHERE pid = $1 AND query LIKE '%pg_sleep(600)%'`, [
          rows[0]?.pid,
        ]),
      );
      return found.rows.length === 1;
    });
    process.kill(rows[0]!.pid, 'SIGKILL');
    await Promise.all([broken, running]);
    await client.end().catch(() => undefined);
    await eventually('the crash in the log', async () =>
      (await postgresLog()).includes(`(PID ${rows[0]?.pid}) was terminated by signal 9`),
    );

    const logs = { service: lines.join(''), postgres: await postgresLog() };
    for (const [name, log] of Object.entries(logs)) {
      const found = log.split('\n').filter((line) => line.toLowerCase().includes(word));
      expect([name, found]).toEqual([name, []]);
    }
    // The service's log still identifies the fault and the path.
    expect(logs.service).toContain(String.raw`invalid input syntax for type bigint: \"…\"`);
    expect(logs.service).toContain('"path":"/articles/…"');
    // All clients connect from 127.0.0.1, which is also the address that the service listens on.
    const clients = lines.filter((line) => !line.includes('Server listening at'));
    expect(clients.filter((line) => /127\.0\.0\.1|::1\b/.test(line))).toEqual([]);
  });
});
