/**
 * @database either
 */
import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { idleFeatures, TestApp } from '../../support/app.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { eventually } from '../../support/eventually.ts';
import { buildProgram } from '../../support/program.ts';
import { useReceivers } from '../../support/receiver.ts';
import { Service } from '../../support/service.ts';
import { addWebhook } from '../../support/webhooks.ts';

/** Time for which a process that lives keeps a delivery: longer than a test waits. */
const timeoutMs = '60000';

let database: TestDatabase;
/** Writes, and delivers nothing. */
let app: TestApp;
const services: Service[] = [];
const openReceiver = useReceivers();

beforeAll(async () => {
  await buildProgram();
  database = await createTestDatabase();
  app = await TestApp.start(
    { WEBHOOK_PRIVATE_NETWORKS: 'on', WEBHOOK_POLL_MS: '600000' },
    { database, features: idleFeatures },
  );
}, 240_000);
afterEach(() => Promise.all(services.splice(0).map((service) => service.end('SIGKILL'))));
afterAll(async () => {
  await app.close();
  await database.drop();
});

async function start(): Promise<Service> {
  const service = new Service({
    DATABASE_URL: database.url,
    SESSION_SECRET: 'a secret that only the tests know and use',
    WEBHOOK_PRIVATE_NETWORKS: 'on',
    WEBHOOK_TIMEOUT_MS: timeoutMs,
    SITE_LOG_POLL_MS: '100',
    FUNDING: 'off',
  });
  services.push(service);
  await service.ready();
  return service;
}

it('what a process was sending when it was killed is sent by another one, in seconds', async () => {
  const receiver = await openReceiver();
  await addWebhook(app, { url: receiver.url, eventKinds: ['COMMENT_ADDED'] });
  const first = await start();
  receiver.answer = () => undefined;
  const { id: articleId } = await app.addArticle();
  await app.addComment(await app.signUp(), { articleId, body: 'Still there' });
  await eventually('the first attempt', () => receiver.received.length === 1);
  await start();
  receiver.accept();
  expect(receiver.received).toHaveLength(1);
  await first.end('SIGKILL');
  await eventually('the second attempt', () => receiver.received.length === 2, 30_000);
  expect(new Set(receiver.ids).size).toBe(1);
  const delivered = () =>
    app.app.db.query(`SELECT FROM webhook_delivery WHERE status = 'DELIVERED' AND process_id IS NULL`);
  await eventually('its end', async () => (await delivered()).length === 1);
}, 240_000);
