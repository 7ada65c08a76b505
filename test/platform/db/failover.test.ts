import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onConnection } from '../../../harness/database.ts';
import { migrateDatabase } from '../../../src/app/migration-source.ts';
import { Postgres } from '../../../harness/servers/postgres.ts';
import { findPooler } from '../../../src/platform/db/pooler.ts';
import { TestApp } from '../../support/app.ts';
import { eventually } from '../../support/eventually.ts';
import { untilNotReady, untilReady } from '../../support/readiness.ts';

/** A primary and its replica, both running. */
async function startPair(folder: string): Promise<[primary: Postgres, replica: Postgres]> {
  const folders = ['one', 'other'].map((name) => join(folder, name)) as [string, string];
  for (const each of folders) await mkdir(each, { mode: 0o755 });
  const primary = await Postgres.create(folders[0]);
  await primary.start();
  await migrateDatabase(primary.url);
  await primary.server.stop('SIGINT');
  const replica = await primary.copyTo(folders[1]);
  await replica.follow(primary);
  await Promise.all([primary.start(), replica.start()]);
  return [primary, replica];
}

describe('a failover', () => {
  let folder: string;
  let primary: Postgres;
  let replica: Postgres;
  let app: TestApp;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'standfirst-failover-'));
    await chmod(folder, 0o755);
    [primary, replica] = await startPair(folder);
    // The replica comes first, and is unusable until it is promoted.
    const hosts = `127.0.0.1:${replica.port},127.0.0.1:${primary.port}`;
    const url = `postgres://standfirst@${hosts}/postgres?target_session_attrs=read-write`;
    app = await TestApp.start({}, { database: { name: 'postgres', url, drop: () => Promise.resolve() } });
  }, 240_000);

  it('is no reason to take a list of servers for a pooler', async () => {
    expect(await findPooler(app.app.dataSource)).toBe(false);
  });

  afterAll(async () => {
    await app.close();
    await Promise.all([primary, replica].map(({ server }) => server.stop('SIGQUIT')));
    await rm(folder, { recursive: true, force: true });
  });

  it('makes the service unavailable and not ready until a server accepts writes, and then it uses the new primary', async () => {
    const user = await app.signUp();
    const article = await app.addArticle();
    await app.addComment(user, { articleId: article.id, body: 'Before.' });
    await untilReady(app.url);

    const post = () =>
      app.query(
        `mutation ($input: AddCommentInput!) { addComment(input: $input) { comment { id } userErrors { code } } }`,
        {
          input: {
            articleId: article.id,
            body: 'Meanwhile.',
            idempotencyKey: 'c0ffee00-0000-4000-8000-000000000001',
          },
        },
        { token: user.token },
      );
    // A primary that was demoted in place: its connections stay open, and accept no writes.
    await onConnection(primary.url, async (client) => {
      await client.query('ALTER SYSTEM SET default_transaction_read_only = on');
      await client.query('SELECT pg_reload_conf()');
    });
    await eventually('read-only sessions', async () => {
      const { status, errors } = await post();
      if (errors === undefined) return false;
      expect([status, errors.map(({ extensions }) => extensions.code)]).toEqual([503, ['UNAVAILABLE']]);
      return true;
    });
    await untilNotReady(app.url, /^the database does not (accept writes|answer)$/);

    await primary.server.stop('SIGINT');
    await onConnection(replica.url, (client) => client.query('SELECT pg_promote()'));
    await untilReady(app.url);
    const { data } = await eventually('a post', async () => {
      const answer = await post();
      return answer.errors === undefined && answer;
    });
    expect(data.addComment.userErrors).toEqual([]);
    const { article: read } = await app.data(
      `query ($slug: String!) { article(slug: $slug) { allComments(first: 10) { nodes { bodyText } } } }`,
      { slug: article.slug },
    );
    const texts = read.allComments.nodes.map(({ bodyText }: { bodyText: string }) => bodyText);
    expect(texts).toEqual(expect.arrayContaining(['Before.', 'Meanwhile.']));
    expect(new Set(texts).size).toBe(texts.length);
  }, 240_000);
});
