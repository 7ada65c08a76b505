import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createClient } from '@redis/client';
import { findRedis } from '../../../harness/servers/binaries.ts';
import { Redis } from '../../../harness/servers/redis.ts';
import { maxWaitingHints, RedisBus } from '../../../src/platform/events/redis-bus.ts';
import { eventually } from '../../support/eventually.ts';
import { watchForLeaks } from '../../support/leaks.ts';

const installed = (await findRedis()) !== undefined;
if (!installed && process.env.CI) throw new Error('redis-server is not installed');

/** Another client of the same Redis, for observing it. */
const openClient = (url: string) => createClient({ url }).on('error', () => undefined);

(installed ? describe : describe.skip)('a Redis that goes away, or is reachable but silent', () => {
  let folder: string;
  let redis: Redis;
  let bus: RedisBus;
  let other: ReturnType<typeof openClient>;
  let checkLeaks: () => Promise<void>;

  beforeEach(async () => {
    checkLeaks = watchForLeaks();
    folder = await mkdtemp(join(tmpdir(), 'standfirst-redis-'));
    redis = await Redis.create(folder);
    await redis.server.start();
    bus = new RedisBus({ url: redis.url, onError: () => undefined });
    other = openClient(redis.url);
    await other.connect();
  });

  afterEach(async () => {
    await bus.close();
    other.destroy();
    await redis.server.stop('SIGKILL');
    await rm(folder, { recursive: true });
    await checkLeaks();
  });

  const channels = async (): Promise<string[]> => (await other.pubSubChannels('*')).sort();
  const channelOf = (articleId: string): string => `standfirst:events:${articleId}`;
  const hasChannels = (...articleIds: string[]) =>
    eventually('these channels and no others', async () => {
      const wanted = articleIds.map(channelOf).sort();
      return JSON.stringify(await channels()) === JSON.stringify(wanted);
    });

  it('has the channels of all watched articles when it is back', async () => {
    const heard: string[] = [];
    const stopOne = bus.watch('1', () => undefined);
    bus.watch('2', (sequence) => heard.push(`2 ${sequence}`));
    await hasChannels('1', '2');
    await redis.server.stop('SIGKILL');
    stopOne();
    const stopThree = bus.watch('3', () => undefined);
    bus.watch('4', (sequence) => heard.push(`4 ${sequence}`));
    stopThree();
    await redis.server.start();
    await eventually('the other client to be connected again', () => other.isReady);
    await hasChannels('2', '4');
    for (const articleId of ['1', '2', '3', '4']) await other.publish(channelOf(articleId), '7');
    await eventually('two hints', () => heard.length === 2);
    expect(heard).toEqual(['2 7', '4 7']);
  });

  it('is sent a limited number of hints, and few commands for thousands of articles', async () => {
    const messages: string[] = [];
    bus.watch('1', () => undefined);
    await hasChannels('1');
    await other.subscribe(channelOf('hot'), (message) => messages.push(message));
    const before = await commands();
    const frozen = redis.server.freeze(1000);
    for (let sequence = 1; sequence <= 3 * maxWaitingHints; sequence++) bus.hint('hot', sequence);
    for (let articleId = 1000; articleId < 4000; articleId++) bus.watch(String(articleId), () => undefined)();
    bus.watch('5000', () => undefined);
    await frozen;
    await hasChannels('1', '5000', 'hot');
    expect((await commands()) - before).toBeLessThan(10);
    bus.hint('hot', 99_999);
    await eventually('the last hint', () => messages.at(-1) === '99999');
    expect(messages.length).toBeLessThanOrEqual(maxWaitingHints + 1);
  });

  /** Number of SUBSCRIBE and UNSUBSCRIBE commands so far. */
  async function commands(): Promise<number> {
    const statistics = await other.info('commandstats');
    return [...statistics.matchAll(/cmdstat_(?:un)?subscribe:calls=(\d+)/g)].reduce(
      (sum, [, calls]) => sum + Number(calls),
      0,
    );
  }
});
