import { describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { createClient } from '../../../src/platform/db/data-source.ts';
import { lookMs, Readiness } from '../../../src/platform/db/readiness.ts';
import { useApp } from '../../support/app.ts';
import { onDatabase } from '../../support/database.ts';
import { eventually } from '../../support/eventually.ts';
import { untilReady } from '../../support/readiness.ts';

const addComment = `mutation ($input: AddCommentInput!) {
  addComment(input: $input) { comment { id } userErrors { code message } } }`;

describe('the database is shared', () => {
  const app = useApp({
    DATABASE_POOL_SIZE: '10',
    // Long enough for what other clients do meanwhile on a busy machine.
    DATABASE_WAIT_MS: '3000',
    DATABASE_LOCK_TIMEOUT_MS: '5000',
    // A statement may wait for two locks, one after the other.
    DATABASE_STATEMENT_TIMEOUT_MS: '20000',
    MAX_WAITING_STATEMENTS_PER_CLIENT: '20',
  });

  it('so that a client beyond its share leaves room for others and for readiness', async () => {
    const { db } = app().app;
    const greedy = db.of('address:greedy');
    await onDatabase(app().database.url, async (holder) => {
      await holder.query('SELECT pg_advisory_lock(25)');
      const reasons: Error[] = [];
      let answered = 0;
      const slow = Array.from({ length: 25 }, () =>
        greedy.query('SELECT pg_advisory_xact_lock_shared(25)').then(
          () => (answered += 1),
          (reason) => void reasons.push(reason),
        ),
      );
      // Claims beyond the queue's capacity are refused at once.
      await eventually('a refusal', () => reasons.some((reason) => (reason as any).code === 'RATE_LIMITED'));
      await Promise.all([
        untilReady(app().url),
        db.of('address:modest').query('SELECT 1'),
        db.forNode('live').query('SELECT 1'),
      ]);
      expect(answered).toBe(0);
      await eventually('a claim that has waited too long', () =>
        reasons.some(({ name }) => name === 'BusyError'),
      );
      await holder.query('SELECT pg_advisory_unlock(25)');
      await Promise.all(slow);
    });
  });

  it('so that a locked row delays its writers and no other client', async () => {
    const users = await Promise.all(Array.from({ length: 6 }, () => app().signUp()));
    const [locked, other] = [await app().addArticle(), await app().addArticle()];
    // None of those who wait: several of one writer's posts may hold that writer's whole share.
    const bystander = await app().signUp();
    const keys = Array.from({ length: 30 }, () => randomUUID());
    const post = (key: string, index: number) => {
      const input = { articleId: locked.id, body: 'A comment.', idempotencyKey: key };
      return app().query(addComment, { input }, { token: users[index % users.length]!.token });
    };
    await onDatabase(app().database.url, async (client) => {
      await client.query('BEGIN');
      await client.query('SELECT FROM article_counter WHERE article_id = $1 FOR UPDATE', [locked.articleId]);
      let answered = 0;
      const posts = keys.map((key, index) => post(key, index).finally(() => (answered += 1)));
      await eventually('posts that wait', async () => {
        const metrics = await (await fetch(`${app().url}/metrics`)).text();
        return /standfirst_database_waiting\{kind="subject"\} [1-9]/.test(metrics);
      });
      await app().addComment(bystander, { articleId: other.id });
      await app().data('query ($slug: String!) { article(slug: $slug) { title } }', { slug: locked.slug });
      await untilReady(app().url);
      expect(answered).toBeLessThan(keys.length);
      for (const { status, headers, errors } of await Promise.all(posts)) {
        expect([status, errors?.[0]?.extensions.code]).toEqual([503, 'UNAVAILABLE']);
        expect(errors?.[0]?.extensions.retryAfterSeconds).toBeGreaterThan(0);
        expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
      }
      await client.query('ROLLBACK');
    });
    for (const [index, key] of keys.entries()) expect((await post(key, index)).errors).toBeUndefined();
    const { article } = await app().data('query ($slug: String!) { article(slug: $slug) { commentCount } }', {
      slug: locked.slug,
    });
    expect(article.commentCount).toBe(keys.length);
  });
});

it('readiness is answered in time for a database that accepts connections and stays silent', async () => {
  const sockets = new Set<Socket>();
  const silent = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
  }).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const { port } = silent.address() as AddressInfo;
  let made = 0;
  let isGivenUp = false;
  const readiness = new Readiness({
    createClient: () => {
      made += 1;
      const url = `postgres://nobody@127.0.0.1:${port}/nothing`;
      const client = createClient({ url, statementTimeoutMs: lookMs, connectTimeoutMs: lookMs });
      client.on('end', () => (isGivenUp = true));
      return client;
    },
    askPool: () => Promise.reject(new Error('There is no pool')),
    findSchemaFault: () => Promise.resolve(undefined),
    onReadsOnly: () => undefined,
  });
  const answers = await Promise.all(Array.from({ length: 50 }, () => readiness.check()));
  // The checks did not wait for the look, which goes on.
  expect(isGivenUp).toBe(false);
  expect(new Set(answers)).toEqual(new Set(['the database does not answer']));
  // One look serves all checks.
  expect(made).toBe(1);
  await readiness.close();
  await eventually('the look to be given up', () => isGivenUp);
  for (const socket of sockets) socket.destroy();
  silent.close();
});
