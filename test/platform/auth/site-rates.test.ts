/**
 * @database either
 * @seconds 15
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createClient } from '@redis/client';
import { findRedis } from '../../../harness/servers/binaries.ts';
import { Redis } from '../../../harness/servers/redis.ts';
import { RedisRates } from '../../../src/platform/auth/redis-rates.ts';
import { parseConfig } from '../../../src/platform/config/config.ts';
import { type GraphqlAnswer, TestApp, type TestUser } from '../../support/app.ts';
import { eventually } from '../../support/eventually.ts';
import { keptLogger } from '../../support/kept-logger.ts';
import { watchForLeaks } from '../../support/leaks.ts';
import { addToken } from '../../support/tokens.ts';

const installed = (await findRedis()) !== undefined;
if (!installed && process.env.CI) throw new Error('redis-server is not installed');

const limits = {
  MAX_SIGN_INS_PER_MINUTE: 8,
  MAX_GUESSES_PER_MINUTE: 5,
  MAX_ACCOUNT_GUESSES_PER_MINUTE: 6,
  MAX_SIGN_UPS_PER_HOUR: 4,
  MAX_PASSWORD_RESETS_PER_HOUR: 3,
  MAX_REFRESHES_PER_MINUTE: 5,
  MAX_WRITES_PER_MINUTE: 6,
  MAX_MODERATOR_WRITES_PER_MINUTE: 7,
  MAX_TOKEN_WRITES_PER_MINUTE: 3,
  MAX_QUERY_COST: 500,
  MAX_COST_PER_MINUTE: 5000,
};

const signIn = `mutation ($email: String!, $password: String!) {
  signIn(input: { email: $email, password: $password }) { userErrors { code } } }`;
const signUp = `mutation { signUp(input: { email: "none", password: "none", name: "Ada Example" }) { userErrors { code } } }`;
const reset = `mutation { requestPasswordReset(input: { email: "none@example.org" }) { userErrors { code } } }`;
const refresh = `mutation { refreshSession(input: { refreshToken: "none" }) { userErrors { code } } }`;
const cancelErasure = `mutation { cancelErasure { userErrors { code } } }`;
const addComment = `mutation ($articleId: ID!) {
  addComment(input: { articleId: $articleId, body: "A comment." }) { userErrors { code } } }`;

/** One request of many. */
interface Sent {
  readonly query: string;
  readonly variables?: Record<string, unknown>;
  readonly address: string;
  readonly token?: string | undefined;
}

const isRefused = ({ errors }: GraphqlAnswer): boolean => errors?.[0]?.extensions.code === 'RATE_LIMITED';

let lastAddress = 0;
/** Each is counted by itself. */
const newAddress = (): string => `2001:db8:0:${(++lastAddress).toString(16)}::1`;

(installed ? describe : describe.skip)('two nodes with Redis', () => {
  let folder: string;
  let redis: Redis;
  let nodes: readonly [TestApp, TestApp];
  let reader: TestUser;
  let moderator: TestUser;
  let bot: string;
  const { logger, lines } = keptLogger();
  let checkLeaks: () => Promise<void>;

  beforeAll(async () => {
    checkLeaks = watchForLeaks();
    folder = await mkdtemp(join(tmpdir(), 'standfirst-rates-'));
    redis = await Redis.create(folder);
    await redis.server.start();
    const settings = {
      RATE_LIMITS: 'on',
      TRUST_PROXY: 'true',
      REDIS_URL: redis.url,
      ...Object.fromEntries(Object.entries(limits).map(([name, limit]) => [name, String(limit)])),
    };
    const one = await TestApp.start(settings, { logger });
    nodes = [one, await TestApp.start(settings, { database: one.database })];
    reader = await one.signUp();
    moderator = await one.signUp('Mo Example', 'MODERATOR');
    const owner = await one.signUp('Bo Example');
    bot = (await addToken(one, owner, { scopes: ['COMMENT'] })).secret;
  });

  // On a busy machine Redis may have been late in the test before.
  beforeEach(() => isShared());

  afterAll(async () => {
    await nodes[1].close();
    await nodes[0].close();
    await redis.server.stop('SIGKILL');
    await rm(folder, { recursive: true });
    await checkLeaks();
  });

  const send = (node: TestApp, { query, variables, address, token }: Sent): Promise<GraphqlAnswer> =>
    node.query(query, variables, {
      headers: { 'x-forwarded-for': address },
      ...(token === undefined ? {} : { token }),
    });

  /** Sends requests at once, every other one to each node. */
  const sendAll = (count: number, sent: (index: number) => Sent): Promise<GraphqlAnswer[]> =>
    Promise.all(
      Array.from({ length: count }, (_, index) => send(nodes[index % 2 === 0 ? 0 : 1], sent(index))),
    );

  const passed = (answers: readonly GraphqlAnswer[]): number =>
    answers.filter((answer) => !isRefused(answer)).length;

  /** Questions about rates to Redis, of one node. */
  async function asked(node: TestApp): Promise<Record<'answered' | 'failed' | 'away', number>> {
    const text = await node.app.metrics.text();
    const of = (outcome: string): number =>
      Number(new RegExp(`standfirst_site_rates_total\\{outcome="${outcome}"\\} (\\d+)`).exec(text)?.[1] ?? 0);
    return { answered: of('answered'), failed: of('failed'), away: of('away') };
  }

  /** Waits until both nodes count in Redis. */
  async function isShared(): Promise<void> {
    for (const node of nodes)
      await eventually('rates to be counted in Redis', async () => {
        const { answered } = await asked(node);
        await send(node, { query: refresh, address: newAddress() });
        return (await asked(node)).answered > answered;
      });
  }

  const email = 'ada@example.org';
  const password = 'not the password';
  const articleId = Buffer.from('Article:1').toString('base64url');
  const address = newAddress();

  it.each<[policy: string, limit: number, count: number, sent: (index: number) => Sent]>([
    ['guesses', 5, 100, () => ({ query: signIn, variables: { email, password }, address })],
    [
      'sign-ins',
      8,
      20,
      (index) => ({
        query: signIn,
        variables: { email: `${index}@example.org`, password },
        address: '192.0.2.1',
      }),
    ],
    [
      'account-guesses',
      6,
      20,
      (index) => ({
        query: signIn,
        variables: { email: 'bo@example.org', password },
        address: `203.0.113.${index}`,
      }),
    ],
    ['sign-ups', 4, 12, () => ({ query: signUp, address })],
    ['password-resets', 3, 12, () => ({ query: reset, address })],
    ['refreshes', 5, 12, () => ({ query: refresh, address })],
    ['writes', 6, 20, () => ({ query: cancelErasure, address, token: reader.token })],
    ['moderator-writes', 7, 20, () => ({ query: cancelErasure, address, token: moderator.token })],
    ['token-writes', 3, 12, () => ({ query: addComment, variables: { articleId }, address, token: bot })],
  ])(
    'allow the limit of %s together, of requests that arrive at once',
    async (policy, limit, count, sent) => {
      const answers = await sendAll(count, sent);
      expect(passed(answers)).toBe(limit);
      const refused = answers.filter(isRefused).flatMap(({ errors }) => errors ?? []);
      expect(refused.map(({ extensions }) => extensions.policy)).toContain(policy);
      for (const { message, extensions } of refused)
        expect(message).toMatch(
          new RegExp(`^Too many .+: try again in ${Number(extensions.retryAfterSeconds)} s\\.$`),
        );
    },
  );

  it('know at which addresses an account has signed in at the other', async () => {
    const own = newAddress();
    const variables = { email: reader.email, password: reader.password };
    const [one, other] = nodes;
    expect((await send(one, { query: signIn, variables, address: own })).data.signIn.userErrors).toEqual([]);
    await sendAll(10, () => ({
      query: signIn,
      variables: { email: reader.email, password },
      address: newAddress(),
    }));
    expect(isRefused(await send(other, { query: signIn, variables, address: newAddress() }))).toBe(true);
    expect((await send(other, { query: signIn, variables, address: own })).data.signIn.userErrors).toEqual(
      [],
    );
  });

  it('allow the budget of a minute together, and little more', async () => {
    const own = newAddress();
    const query = '{ articles(first: 100) { nodes { title } } }';
    const untilRefused = async (node: TestApp): Promise<number> => {
      for (let count = 0; ; count++) if (isRefused(await send(node, { query, address: own }))) return count;
    };
    const first = await untilRefused(nodes[0]);
    expect(first).toBeGreaterThan(20);
    // Each node hears of the other’s part when it has told its own, which is no part of a request.
    expect(await untilRefused(nodes[1])).toBeLessThan(first / 4);
  });

  it('keep neither addresses nor accounts in Redis, and nothing for good', async () => {
    const client = createClient({ url: redis.url });
    await client.connect();
    const keys = await client.keys('*');
    const times = await Promise.all(keys.map((key) => client.ttl(key)));
    client.destroy();
    expect(keys.length).toBeGreaterThan(20);
    for (const key of keys) expect(key).toMatch(/^standfirst:rates:[a-z-]+:[\w-]{22}$/);
    expect(Math.min(...times)).toBeGreaterThan(0);
    expect(Math.max(...times)).toBeLessThanOrEqual(7 * 24 * 3600);
  });

  it('do not take a busy event loop for a slow Redis', async () => {
    const outcomes: string[] = [];
    const rates = new RedisRates({
      url: redis.url,
      sessionSecret: 'a secret of this test',
      settings: parseConfig({}),
      onOutcome: (outcome) => outcomes.push(outcome),
      onAway: () => undefined,
      onBack: () => undefined,
    });
    try {
      await eventually('the connection', () => rates.add('writes', 'a', 1));
      const total = rates.add('writes', 'b', 1);
      for (const end = Date.now() + 300; Date.now() < end;);
      expect(await total).toEqual({ points: 1, endsInMs: expect.any(Number) });
      expect(outcomes).not.toContain('failed');
    } finally {
      rates.close();
    }
  });

  const warnings = (): number => lines.filter((line) => line.includes('Redis is away or slow')).length;

  it('count for themselves while Redis is silent, at once but for the first requests', async () => {
    const before = warnings();
    const own = newAddress();
    const resume = await redis.server.pause();
    try {
      const began = Date.now();
      const answers = await sendAll(30, () => ({ query: signUp, address: own }));
      expect(passed(answers)).toBe(2 * limits.MAX_SIGN_UPS_PER_HOUR);
      // Far less than the time after which the silent connection is given up.
      expect(Date.now() - began).toBeLessThan(5000);
      const [first, second] = [await asked(nodes[0]), await asked(nodes[1])];
      expect([first.failed, second.failed]).not.toContain(0);
      await sendAll(6, () => ({ query: refresh, address: newAddress() }));
      expect(await asked(nodes[0])).toEqual({ ...first, away: first.away + 3 });
      expect(await asked(nodes[1])).toEqual({ ...second, away: second.away + 3 });
      expect(warnings() - before).toBe(1);
    } finally {
      resume();
    }
    await isShared();
    const later = newAddress();
    expect(passed(await sendAll(12, () => ({ query: signUp, address: later })))).toBe(4);
  });

  it('refuse nobody when Redis dies in the middle, and count together when it is back', async () => {
    const fromAnywhere = () => ({ query: signUp, address: newAddress() });
    const sending = sendAll(60, fromAnywhere);
    await redis.server.stop('SIGKILL');
    const answers = [...(await sending), ...(await sendAll(10, fromAnywhere))];
    expect(answers.filter(({ errors }) => errors)).toEqual([]);
    await redis.server.start();
    await isShared();
    const later = newAddress();
    expect(passed(await sendAll(12, () => ({ query: signUp, address: later })))).toBe(4);
  });
});
