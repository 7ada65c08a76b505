/**
 * @seconds 25
 */
import { expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { updateAlive } from '../../../../src/platform/jobs/process.queries.ts';
import {
  claimDeliveries,
  claimStatement,
  pruneDeliveries,
} from '../../../../src/features/integrations/webhooks/delivery.queries.ts';
import {
  nextAttemptAt,
  pauseSeconds,
} from '../../../../src/features/integrations/webhooks/webhook.policy.ts';
import { TestApp, useApp } from '../../../support/app.ts';
import { eventually } from '../../../support/eventually.ts';
import { PinnedClock } from '../../../support/pinned-clock.ts';
import { type Received, useReceivers } from '../../../support/receiver.ts';
import { addWebhook, sendWebhookMutation, webhookOf } from '../../../support/webhooks.ts';

const settings = {
  SITE_LOG_POLL_MS: '100',
  WEBHOOK_POLL_MS: '100',
  WEBHOOK_PRIVATE_NETWORKS: 'on',
  MODERATION_HOOK_PRIVATE_NETWORKS: 'on',
  // No attempt ends by itself while others are waited for.
  WEBHOOK_TIMEOUT_MS: '60000',
  ACCESS_TOKEN_TTL_SECONDS: '86400',
};
const clock = new PinnedClock();
const app = useApp(settings, { clock });
const openReceiver = useReceivers();

/** The comments that were received, by article in the order of their arrival. */
function byArticle(received: readonly Received[]): Record<string, string[]> {
  const found: Record<string, string[]> = {};
  for (const { message } of received) {
    const { articleId, event } = message.data.siteEvents;
    if (event?.comment) (found[articleId] ??= []).push(event.comment.bodyText);
  }
  return found;
}

const counts = async (webhookId: string): Promise<Record<string, number>> => {
  const rows = await app().app.db.query<{ status: string; count: number; attempts: number }>(
    `SELECT status, count(*)::int AS count FROM webhook_delivery WHERE webhook_id = $1 GROUP BY status`,
    [webhookId],
  );
  return Object.fromEntries(rows.map(({ status, count }) => [status, count]));
};

const attempts = async (webhookId: string): Promise<number> => {
  const [row] = await app().app.db.query<{ count: number }>(
    'SELECT count(*)::int AS count FROM webhook_attempt WHERE webhook_id = $1',
    [webhookId],
  );
  return row?.count ?? 0;
};

/** Lets time pass, and waits for the attempts of that time. */
async function pass(seconds: number, webhookId: string): Promise<void> {
  const before = await attempts(webhookId);
  clock.advance(seconds);
  await eventually('an attempt', async () => (await attempts(webhookId)) > before);
}

it('nothing is lost over three days without an endpoint, and what is given up then can be sent again', async () => {
  const receiver = await openReceiver();
  const webhook = await addWebhook(app(), { url: receiver.url, eventKinds: ['COMMENT_ADDED'] });
  const { webhookId } = webhook;
  const start = clock.now();
  await receiver.close();
  const reader = await app().signUp();
  const articles = [await app().addArticle(), await app().addArticle(), await app().addArticle()];
  for (let n = 0; n < 9; n++)
    await app().addComment(reader, { articleId: articles[n % 3]!.id, body: `Number ${n}` });
  await eventually('a first attempt', async () => (await attempts(webhookId)) > 0);
  while (clock.now().getTime() - start.getTime() < 72 * 3_600_000) await pass(5000, webhookId);
  expect(await counts(webhookId)).toEqual({ PENDING: 9 });
  // Once a minute at the most, however many wait.
  expect(await attempts(webhookId)).toBeLessThan(250);
  await receiver.open();
  await pass(4000, webhookId);
  await eventually('all to be delivered', async () => (await counts(webhookId)).DELIVERED === 9);
  expect(byArticle(receiver.received)).toEqual(
    Object.fromEntries(articles.map(({ id }, index) => [id, [0, 3, 6].map((n) => `Number ${n + index}`)])),
  );
  expect(new Set(receiver.ids).size).toBe(9);

  // For good: the first event is given up after three days, and then the next one is tried.
  await receiver.close();
  const again = await app().signUp();
  for (const body of ['Given up', 'Next'])
    await app().addComment(again, { articleId: articles[0]!.id, body });
  await eventually('an attempt', async () => (await counts(webhookId)).PENDING === 2);
  while ((await counts(webhookId)).FAILED === undefined) await pass(5000, webhookId);
  expect(await counts(webhookId)).toMatchObject({ FAILED: 1, PENDING: 1 });
  await receiver.open();
  const root = await app().data(
    'mutation ($input: SignInInput!) { signIn(input: $input) { session { accessToken } } }',
    { input: { email: webhook.administrator.email, password: webhook.administrator.password } },
  );
  const administrator = { token: root.signIn.session.accessToken as string };
  const { cursor } = receiver.received.at(-1)!.message;
  await sendWebhookMutation(app(), administrator, 'redeliverWebhook', {
    webhookId: webhook.id,
    after: cursor,
  });
  clock.advance(3600);
  await eventually(
    'both',
    () => byArticle(receiver.received)[articles[0]!.id]?.slice(-2).join() === 'Given up,Next',
  );
});

it('an attempt whose process died is made again at once with the same id, and an endpoint is left alone for as long as it asks', async () => {
  const receiver = await openReceiver();
  const webhook = await addWebhook(app(), { url: receiver.url, eventKinds: ['COMMENT_ADDED'] });
  const { webhookId } = webhook;
  receiver.answer = (_received, response) => response.writeHead(429, { 'retry-after': '600' }).end();
  const { id: articleId } = await app().addArticle();
  await app().addComment(await app().signUp(), { articleId, body: 'Patience' });
  await eventually(
    'a refusal',
    async () => (await webhookOf(app(), webhook)).attempts[0]?.httpStatus === 429,
  );
  receiver.accept();
  const [{ seconds } = { seconds: 0 }] = await app().app.db.query<{ seconds: number }>(
    'SELECT extract(epoch FROM paused_until - $2::timestamptz)::int AS seconds FROM webhook WHERE id = $1',
    [webhookId, clock.now()],
  );
  expect(seconds).toBe(600);
  // A process takes it, and dies.
  const later = new Date(clock.now().getTime() + 601_000);
  const processId = randomUUID();
  await updateAlive(app().app.db, processId, 600_000);
  const claim = { now: later, leaseSeconds: 600, perWebhook: 4, processId };
  const taken = await app().app.db.transaction((tx) => claimDeliveries(tx, webhookId, claim));
  expect(taken).toMatchObject([{ attempts: 2 }]);
  clock.set(later);
  const other = await app().app.db.transaction((tx) =>
    claimDeliveries(tx, webhookId, { ...claim, processId: randomUUID() }),
  );
  expect(other).toEqual([]);
  await updateAlive(app().app.db, processId, 0);
  await eventually('a delivery', () => receiver.received.length === 2);
  expect(new Set(receiver.ids).size).toBe(1);
});

it('two nodes send each event once, in the order of its article', async () => {
  const receiver = await openReceiver();
  const { webhookId } = await addWebhook(app(), { url: receiver.url, eventKinds: ['COMMENT_ADDED'] });
  const other = await TestApp.start(settings, { clock, database: app().database });
  try {
    const reader = await app().signUp();
    const articles = [await app().addArticle(), await app().addArticle(), await app().addArticle()];
    const posted = await Promise.all(
      articles.map(async ({ id }, index) => {
        const bodies: string[] = [];
        for (let n = 0; n < 15; n++) {
          bodies.push(`${index} ${n}`);
          await (n % 2 ? app() : other).addComment(reader, { articleId: id, body: `${index} ${n}` });
        }
        return [id, bodies] as const;
      }),
    );
    await eventually('all to be delivered', async () => (await counts(webhookId)).DELIVERED === 45);
    expect(receiver.ids).toHaveLength(45);
    expect(new Set(receiver.ids).size).toBe(45);
    expect(byArticle(receiver.received)).toEqual(Object.fromEntries(posted));
  } finally {
    await other.close();
  }
});

it('a slow endpoint gets four events at once from all nodes, and takes no other endpoint’s place', async () => {
  const [slow, quick] = [await openReceiver(), await openReceiver()];
  const held: ServerResponse[] = [];
  slow.answer = (_received, response) => void held.push(response);
  await addWebhook(app(), { url: slow.url, eventKinds: ['COMMENT_ADDED'] });
  await addWebhook(app(), { url: quick.url, eventKinds: ['COMMENT_ADDED'] });
  const other = await TestApp.start(settings, { clock, database: app().database });
  try {
    const reader = await app().signUp();
    const count = 40;
    for (let n = 0; n < count; n++) {
      const { id: articleId } = await app().addArticle();
      await app().addComment(reader, { articleId, body: `Number ${n}` });
    }
    await eventually('the quick one to have all', () => quick.received.length === count);
    await eventually('four at the slow one', () => held.length >= 4);
    expect(held).toHaveLength(4);
    // One more for each that is over.
    held.shift()?.writeHead(204).end();
    await eventually('the fifth one', () => slow.received.length === 5);
    slow.accept();
    for (const response of held) response.writeHead(204).end();
    await eventually('the slow one to have all', () => slow.received.length === count);
  } finally {
    await other.close();
  }
});

it('what was asked for again is not ended by an attempt from before', async () => {
  const receiver = await openReceiver();
  const webhook = await addWebhook(app(), { url: receiver.url, eventKinds: ['COMMENT_ADDED'] });
  const start = await app().data('{ events { cursor } }');
  const held: ServerResponse[] = [];
  receiver.answer = (_received, response) => void held.push(response);
  const reader = await app().signUp();
  const { id: articleId } = await app().addArticle();
  for (const body of ['One', 'Two']) await app().addComment(reader, { articleId, body });
  await eventually('the first attempt', () => held.length === 1);
  await sendWebhookMutation(app(), webhook.administrator, 'redeliverWebhook', {
    webhookId: webhook.id,
    after: start.events.cursor,
  });
  await eventually('the second attempt', () => held.length === 2);
  const end = async (response: ServerResponse | undefined, status: number): Promise<void> => {
    const before = await attempts(webhook.webhookId);
    response?.writeHead(status).end();
    await eventually('its end', async () => (await attempts(webhook.webhookId)) > before);
  };
  await end(held[0], 204);
  expect(await counts(webhook.webhookId)).toEqual({ PENDING: 2 });
  receiver.accept();
  await end(held[1], 500);
  clock.advance(60);
  await eventually('both', async () => (await counts(webhook.webhookId)).DELIVERED === 2);
  expect(byArticle(receiver.received)[articleId]).toEqual(['One', 'One', 'One', 'Two']);
});

it('taking what is due reads the same few rows, however many wait', async () => {
  const { webhookId } = await addWebhook(app(), { url: 'http://127.0.0.1:1/', eventKinds: [] });
  const { db } = app().app;
  // By its clock, the service itself takes none of this.
  const now = new Date(clock.now().getTime() + 24 * 3_600_000);
  await db.query(
    `INSERT INTO webhook_delivery (webhook_id, sequence, article_id, is_first, next_attempt_at)
     SELECT $1, 1000000 + n, n % 2, n <= 2, $2 FROM generate_series(1, 20000) n`,
    [webhookId, now],
  );
  // A process that lives: what it has taken, the service leaves to it.
  const processId = randomUUID();
  await updateAlive(db, processId, 600_000);
  const read = async (): Promise<number> => {
    const values = [now, 4, 45, webhookId, processId];
    const rows = await db.query<{ 'QUERY PLAN': string }>(
      `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${claimStatement}`,
      values,
    );
    const [{ Plan: plan }] = rows[0]!['QUERY PLAN'] as any;
    return plan['Shared Hit Blocks'] + plan['Shared Read Blocks'];
  };
  expect(await read()).toBeLessThan(200);
  await db.query('ANALYZE webhook_delivery');
  expect(await read()).toBeLessThan(200);
  const rows = await db.query('SELECT FROM webhook_delivery WHERE webhook_id = $1 AND lease IS NOT NULL', [
    webhookId,
  ]);
  expect(rows).toHaveLength(2);
  await db.query('DELETE FROM webhook WHERE id = $1', [webhookId]);
});

it('the newest 500 attempts are kept', async () => {
  const { webhookId } = await addWebhook(app(), { url: 'http://127.0.0.1:1/', eventKinds: [] });
  const { db } = app().app;
  await db.query(
    `INSERT INTO webhook_attempt (webhook_id, sequence, begun_at, milliseconds)
     SELECT $1, n, $2, 1 FROM generate_series(1, 1200) n`,
    [webhookId, clock.now()],
  );
  const prune = () => db.transaction((tx) => pruneDeliveries(tx, clock.now()));
  expect(await prune()).toMatchObject({ removed: { webhook_attempt: 500 }, more: true });
  expect(await prune()).toMatchObject({ removed: { webhook_attempt: 200 }, more: false });
  const [oldest] = await db.query<{ sequence: number }>(
    'SELECT min(sequence)::int AS sequence FROM webhook_attempt WHERE webhook_id = $1',
    [webhookId],
  );
  expect(oldest).toEqual({ sequence: 701 });
});

it('an event over which processes end again and again is sent after longer and longer pauses, and given up after three days', async () => {
  const { db } = app().app;
  const receiver = await openReceiver();
  const webhook = await addWebhook(app(), { url: receiver.url, eventKinds: [] });
  const { webhookId } = webhook;
  // By its clock, the service itself takes none of this.
  let now = new Date(clock.now().getTime() + 24 * 3_600_000);
  await db.query(
    `INSERT INTO webhook_delivery (webhook_id, sequence, article_id, is_first, next_attempt_at)
     VALUES ($1, 1000000, 1, true, $2)`,
    [webhookId, now],
  );
  /** Has a process that is gone take what is due so many seconds later. @returns how many deliveries that were */
  const take = async (seconds: number): Promise<number> => {
    now = new Date(now.getTime() + seconds * 1000);
    const claim = { now, leaseSeconds: 600, perWebhook: 4, processId: randomUUID() };
    return (await db.transaction((tx) => claimDeliveries(tx, webhookId, claim))).length;
  };
  expect([await take(0), await take(0)]).toEqual([1, 1]);
  for (const seconds of [30, 60, 120, 240, 480])
    expect([seconds, await take(seconds - 1), await take(1)]).toEqual([seconds, 0, 1]);
  clock.set(new Date(now.getTime() + 75 * 3_600_000));
  await eventually('the end', async () => (await counts(webhookId)).FAILED === 1);
  expect(receiver.received).toEqual([]);
  const [row] = await db.query('SELECT failures FROM webhook WHERE id = $1', [webhookId]);
  expect(row).toEqual({ failures: 0 });
  const [{ fault } = { fault: '' }] = await db.query<{ fault: string }>(
    'SELECT fault FROM webhook_attempt WHERE webhook_id = $1',
    [webhookId],
  );
  expect(fault).toBe('No attempt has ended: each time the process that made it did.');
  await db.query('DELETE FROM webhook WHERE id = $1', [webhookId]);
});

it('attempts are spread over three days, and an endpoint that answers nobody is asked once a minute', () => {
  const now = new Date('2026-03-01T12:00:00Z');
  const wait = (made: number, retryAfterSeconds?: number): number | null => {
    const delivery = { attempts: made, firstAttemptAt: now };
    const at = nextAttemptAt(delivery, retryAfterSeconds ?? 0, now, 0);
    return at && (at.getTime() - now.getTime()) / 1000;
  };
  expect([1, 2, 3, 4, 5, 6, 7, 100].map((made) => wait(made))).toEqual([
    5, 30, 120, 600, 1800, 3600, 3600, 3600,
  ]);
  expect([wait(1, 60), wait(1, 1), wait(1, 1e9)]).toEqual([60, 5, 86_400]);
  const old = new Date(now.getTime() - 75 * 3_600_000);
  expect(nextAttemptAt({ attempts: 90, firstAttemptAt: old }, 0, now, 0)).toBeNull();
  expect([1, 4, 5, 6, 8, 11, 1000].map(pauseSeconds)).toEqual([0, 0, 1, 2, 8, 60, 60]);
});
