/**
 * @database embedded
 * @seconds 100
 */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createLiveClient, type UntypedEvent } from '@standfirst/client';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import WebSocket from 'ws';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { EventStream } from '../support/event-stream.ts';
import { eventually } from '../support/eventually.ts';
import { articleEventsQuery, LiveClients, type Subscription } from '../support/live.ts';
import { buildProgram } from '../support/program.ts';
import { Service } from '../support/service.ts';
import { type Answer, Workers } from '../support/workers.ts';

/*
 * The service as several workers behind one port: which of them serves a connection is read from /proc, so that these
 * tests are limited to Linux.
 */

const secret = 'a secret that only the tests know and use';

/** Within this time an event must have come from another worker, and not from a poll. In milliseconds. */
const pollMs = 60_000;
const wellBeforePollMs = 20_000;

const signUp = (name: string) => ({
  query: `mutation ($input: SignUpInput!) { signUp(input: $input) { session { accessToken } userErrors { code } } }`,
  variables: { input: { email: `${name}@example.org`, password: 'correct horse', name } },
});
const addComment = (articleId: string, body: string) => ({
  query: `mutation ($input: AddCommentInput!) { addComment(input: $input) { comment { id } userErrors { code } } }`,
  variables: { input: { articleId, body } },
});
const newest = { query: '{ articles(first: 1) { nodes { id liveCursor } } }' };

const requestsPerMinute = 10_000;

const environmentOf = ({ url }: TestDatabase): Record<string, string> => ({
  WORKERS: '2',
  DATABASE_URL: url,
  SESSION_SECRET: secret,
  DEMO_DATA: 'true',
});

const services: Service[] = [];

function begin(env: Record<string, string>): Service {
  const service = new Service(env);
  services.push(service);
  return service;
}

const closing: (() => unknown)[] = [];

beforeAll(buildProgram, 240_000);

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** A function that adds numbered comments to the newest article, through a connection to one worker. */
type Post = (number: number) => Promise<Answer>;

interface Site {
  readonly service: Service;
  readonly workers: Workers;
  readonly articleId: string;
  readonly liveCursor: string;
  /** By the worker's number. */
  readonly post: ReadonlyMap<number, Post>;
}

/** Signs up one author, who posts through a connection to each worker. */
async function openSite(service: Service, author: string): Promise<Site> {
  const workers = workersOf(service);
  const ask = await workers.asker(1);
  const { session } = (await ask('/graphql', signUp(author))).body.data.signUp;
  const { id: articleId, liveCursor } = (await ask('/graphql', newest)).body.data.articles.nodes[0];
  const post = new Map<number, Post>();
  for (const worker of [1, 2]) {
    const asker = await workers.asker(worker);
    post.set(worker, (number) =>
      asker('/graphql', addComment(articleId, `Number ${number}`), {
        authorization: `Bearer ${session.accessToken}`,
      }),
    );
  }
  return { service, workers, articleId, liveCursor, post };
}

/** Opens a subscription over a WebSocket to one worker. */
async function listenAt(
  { workers, articleId }: Site,
  worker: number,
  live: LiveClients,
  onClosed: (code: number) => void = () => undefined,
): Promise<Subscription> {
  return workers.connect(
    worker,
    async () => {
      const subscription = live.events(articleId, undefined, live.client({ onClosed }));
      await subscription.waitFor(1, 'ArticleCheckpoint');
      return subscription;
    },
    (subscription) => subscription.unsubscribe(),
  );
}

/** Opens a stream of Server-Sent Events at one worker. */
async function streamAt({ service, workers, articleId }: Site, worker: number): Promise<EventStream> {
  const url = await service.ready();
  return workers.connect(
    worker,
    async () => {
      const stream = await EventStream.open(url, { query: articleEventsQuery, variables: { articleId } });
      closing.push(() => stream.abort());
      await stream.waitFor(1);
      return stream;
    },
    // Streams at the other worker stay open until the end of the test: the next connection is this worker's.
    () => undefined,
  );
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

const added = (events: readonly UntypedEvent[]): string[] =>
  events
    .filter(({ __typename }) => __typename === 'CommentAdded')
    .map(({ comment }) => comment.bodyText as string);

const liveUrl = async (service: Service) => `${(await service.ready()).replace('http', 'ws')}/graphql`;

async function liveClientsOf(service: Service): Promise<LiveClients> {
  const live = new LiveClients(await liveUrl(service));
  closing.push(() => live.close());
  return live;
}

function workersOf(service: Service): Workers {
  const workers = new Workers(service);
  closing.push(() => workers.close());
  return workers;
}

describe('two workers', () => {
  let database: TestDatabase;
  let service: Service;

  beforeAll(async () => {
    database = await createTestDatabase();
    service = new Service({
      ...environmentOf(database),
      LOG_LEVEL: 'error',
      HEAD_POLL_MS: String(pollMs),
      MAX_REQUESTS_PER_MINUTE: String(requestsPerMinute),
      TRUST_PROXY: 'true',
      PASSWORD_HASHES_AT_ONCE: '1',
    });
    await service.ready();
  });

  afterAll(async () => {
    await service.end('SIGTERM');
    await database.drop();
  });

  it('send an event at once to the streams of both, without Redis', async () => {
    const site = await openSite(service, 'Ada');
    const live = await liveClientsOf(service);
    const subscriptions = [await listenAt(site, 1, live), await listenAt(site, 2, live)];
    const streams = [await streamAt(site, 1), await streamAt(site, 2)];

    await site.post.get(1)?.(1);
    await site.post.get(2)?.(2);

    const received = () => [...subscriptions, ...streams].map(({ events }) => added(events));
    await eventually(
      () => `both comments at all streams; have ${JSON.stringify(received())}`,
      () => received().every((texts) => texts.length === 2),
      wellBeforePollMs,
    );
    expect(received()).toEqual(Array.from({ length: 4 }, () => ['Number 1', 'Number 2']));
  });

  it('replace a worker that is killed; its clients resume without a gap', async () => {
    const site = await openSite(service, 'Bea');
    const events: UntypedEvent[] = [];
    const resets: unknown[] = [];
    await site.workers.connect(
      2,
      async () => {
        const client = createLiveClient({
          url: await liveUrl(service),
          webSocketImpl: WebSocket,
          maxWaitMs: 30,
        });
        closing.push(() => client.close());
        const listening = client.article({
          articleId: site.articleId,
          cursor: site.liveCursor,
          document: articleEventsQuery,
          onEvent: (event: UntypedEvent) => void events.push(event),
          onReset: (reset) => void resets.push(reset),
        });
        await eventually('the stream to be live', () => listening.state.status === 'live');
        return client;
      },
      (client) => client.close(),
    );
    await site.post.get(2)?.(1);
    await eventually('the first comment', () => added(events).length === 1);

    const killed = await site.workers.pid(2);
    process.kill(killed, 'SIGKILL');
    for (let number = 2; number <= 20; number++) await site.post.get(1)?.(number);

    await eventually('another worker in its place', async () => {
      const pid = (await site.workers.pids()).get(2);
      return pid !== undefined && pid !== killed;
    });
    const replacement = await site.workers.asker(2);
    await eventually(
      'the new worker to be ready',
      async () => (await replacement('/health/ready')).status === 200,
    );
    await site.post.get(1)?.(21);
    await eventually(
      () => `all comments; has ${JSON.stringify(added(events))}`,
      () => added(events).length >= 21,
    );
    expect(added(events)).toEqual(Array.from({ length: 21 }, (_, index) => `Number ${index + 1}`));
    expect(resets).toEqual([]);
    expect(service.output).toMatch(
      /"worker":2,"how":"SIGKILL","delayMs":0,"msg":"a worker has ended; it is replaced"/,
    );
  });

  it('add up their metrics, and forget nothing that a killed worker has counted', async () => {
    const workers = workersOf(service);
    const first = await workers.asker(1);
    const second = await workers.asker(2);
    const query = { query: '{ __typename }' };
    const metric = async (name: string): Promise<number> => {
      const line = new RegExp(`^${name} (\\S+)$`, 'm').exec((await first('/metrics')).body as string);
      return Number(line?.[1]);
    };
    const queries = 'standfirst_graphql_operation_seconds_count{type="query",outcome="ok"}';
    const ends = 'standfirst_worker_ends_total';
    const [queriesBefore, endsBefore] = [await metric(queries), await metric(ends)];
    for (let count = 0; count < 3; count++) await first('/graphql', query);
    for (let count = 0; count < 4; count++) await second('/graphql', query);
    // A worker that is late with its report is left out of an answer.
    await eventually('all queries to be counted', async () => (await metric(queries)) === queriesBefore + 7);
    expect(await metric('standfirst_workers')).toBe(2);

    process.kill(await workers.pid(2), 'SIGKILL');
    await eventually('the end of worker 2', async () => (await metric(ends)) === endsBefore + 1);
    expect(await metric(queries)).toBe(queriesBefore + 7);
    await eventually('another worker', async () => (await metric('standfirst_workers')) === 2);
    await first('/graphql', query);
    await eventually('one more query', async () => (await metric(queries)) === queriesBefore + 8);
  });

  it('hash passwords in turn, and go on if one of them ends', async () => {
    const workers = workersOf(service);
    const first = await workers.asker(1);
    const second = await workers.asker(2);
    const signUps = (prefix: string) =>
      Array.from({ length: 4 }, (_, n) =>
        (n % 2 === 0 ? first : second)('/graphql', signUp(`${prefix}${n}`), {
          'x-forwarded-for': `203.0.113.${100 + n}`,
        }),
      );
    const codes = (answers: readonly Answer[]) => answers.map(({ body }) => body.data.signUp.userErrors);
    expect(codes(await Promise.all(signUps('turn')))).toEqual([[], [], [], []]);

    const stopped = await workers.pid(2);
    const sent = signUps('end');
    process.kill(stopped, 'SIGKILL');
    // Those of the worker that ended may have been answered before.
    const answers = await Promise.allSettled(sent);
    const ofFirst = answers.flatMap((each, n) =>
      n % 2 === 0 && each.status === 'fulfilled' ? [each.value] : [],
    );
    expect(codes(ofFirst)).toEqual([[], []]);
    await eventually('another worker', async () => (await workers.pids()).get(2) !== stopped);
    expect(codes([await first('/graphql', signUp('after'))])).toEqual([[]]);
  });

  it('count the requests of a client together', async () => {
    const workers = workersOf(service);
    const first = await workers.asker(1);
    const second = await workers.asker(2);
    // An address of its own, whose minute begins now.
    const client = { 'x-forwarded-for': '203.0.113.7' };
    const takenAt = async (ask: typeof first): Promise<number> => {
      const { headers } = await ask('/graphql', { query: '{ __typename }' }, client);
      const remaining = /"requests";r=(\d+)/.exec(String(headers.ratelimit))?.[1];
      return requestsPerMinute - Number(remaining);
    };
    for (let count = 1; count <= 50; count++) expect(await takenAt(first)).toBe(count);
    let own = 0;
    await eventually('the requests at the first to be counted at the second', async () => {
      own += 1;
      return (await takenAt(second)) === 50 + own;
    });
  });
});

describe('a service of two workers', () => {
  let database: TestDatabase;
  let env: Record<string, string>;

  beforeEach(async () => {
    database = await createTestDatabase();
    env = environmentOf(database);
  });

  afterEach(async () => {
    for (const service of services.splice(0))
      if (service.process.exitCode === null && service.process.signalCode === null)
        await service.end('SIGKILL');
    await database.drop();
  });

  it.each(['SIGTERM', 'SIGINT'] as const)(
    'drains on %s, also if a terminal sends it to all processes',
    async (signal) => {
      const service = begin({ ...env, LOG_LEVEL: 'info' });
      const site = await openSite(service, 'Cy');
      const live = await liveClientsOf(service);
      const codes: number[] = [];
      for (const worker of [1, 2]) {
        const subscription = await listenAt(site, worker, live, (code) => {
          // Closed by this test: it led to the other worker.
          if (code !== 1000) codes.push(code);
        });
        expect(subscription.errors).toEqual([]);
      }
      const pids = await site.workers.pids();
      if (signal === 'SIGINT') for (const pid of pids.values()) process.kill(pid, signal);
      expect(await service.end(signal)).toBe(0);
      await eventually('the sockets to be closed', () => codes.length === 2);
      expect(codes).toEqual([1012, 1012]);
      expect(await site.workers.pids()).toEqual(new Map());
      for (const worker of [1, 2])
        expect(service.output).toMatch(new RegExp(`"worker":${worker},"msg":"stopped"`));
    },
  );

  it('ends with 0 on a signal to all processes while its workers load', async () => {
    const service = begin({ ...env, LOG_LEVEL: 'info' });
    const workers = workersOf(service);
    const loading = [await workers.pid(1), await workers.pid(2)];
    // The workers first: the primary learns of an end before it knows the reason.
    for (const pid of loading) process.kill(pid, 'SIGTERM');
    expect(await service.end('SIGTERM')).toBe(0);
    expect(service.output).not.toContain('can not start');
  });

  it('ends in time when it is stopped while a worker hangs in its start', async () => {
    const service = begin({ ...env, SHUTDOWN_TIMEOUT_MS: '500' });
    const hanging = await workersOf(service).pid(1);
    process.kill(hanging, 'SIGSTOP');
    try {
      service.process.kill('SIGTERM');
      await eventually('the end of the service', () => service.process.exitCode !== null, 10_000);
      expect(service.process.exitCode).toBe(1);
      await eventually('the worker to be gone', () => !isRunning(hanging));
      // Complete once nobody is left who could write to it.
      await service.exited;
      expect(service.output).toContain('could not stop in time');
    } finally {
      // A stopped process would not notice the end of its primary.
      if (isRunning(hanging)) process.kill(hanging, 'SIGKILL');
    }
  });

  it('replaces a worker that hangs', async () => {
    const service = begin({ ...env, LOG_LEVEL: 'error' });
    await service.ready();
    const workers = workersOf(service);
    const stopped = await workers.pid(1);
    process.kill(stopped, 'SIGSTOP');
    try {
      await eventually('the end of the worker', () =>
        /"worker":1,"how":"SIGKILL","reason":"no sign of life for 20 s"/.test(service.output),
      );
    } finally {
      // A stopped process would not notice the end of its primary.
      if (isRunning(stopped)) process.kill(stopped, 'SIGKILL');
    }
    const ask = await workers.asker(1);
    expect((await ask('/health/live')).status).toBe(200);
  });

  it('bars an address at both workers that sends a body in tiny chunks to one', async () => {
    const service = begin({ ...env, LOG_LEVEL: 'error' });
    const { hostname, port } = new URL(await service.ready());
    /** What a connection from another address of this machine receives until it closes. */
    const exchange = async (text: string): Promise<string> => {
      const socket = connect({ host: hostname, port: Number(port), localAddress: '127.0.0.9' });
      let received = '';
      socket.on('error', () => undefined).on('data', (data: Buffer) => (received += data.toString()));
      const closed = new Promise((resolve) => socket.once('close', resolve));
      socket.write(text);
      await closed;
      return received;
    };
    const get = 'GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';
    expect(await exchange(get)).toMatch(/^HTTP\/1\.1 200 /);
    const fields = 'Host: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked';
    expect(await exchange(`POST /graphql HTTP/1.1\r\n${fields}\r\n\r\n${'1\r\nx\r\n'.repeat(50_000)}`)).toBe(
      '',
    );
    await eventually(
      'all connections to be refused',
      async () => {
        const answers = await Promise.all([1, 2, 3, 4].map(() => exchange(get)));
        return answers.every((answer) => answer === '');
      },
      9000,
    );
    expect((await fetch(`http://${hostname}:${port}/health/live`)).status).toBe(200);
  });

  it('has no worker left when its primary is killed', async () => {
    const service = begin(env);
    await service.ready();
    const pids = [...(await workersOf(service).pids()).values()];
    expect(pids).toHaveLength(2);
    service.process.kill('SIGKILL');
    try {
      await eventually('the workers to be gone', () => !pids.some(isRunning));
    } finally {
      for (const pid of pids.filter(isRunning)) process.kill(pid, 'SIGKILL');
    }
  });

  it('ends with 1 and one message if the database can not be reached', async () => {
    const service = begin({ ...env, DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' });
    expect(await service.exited).toBe(1);
    expect(service.output.match(/Standfirst can not start/g)).toHaveLength(1);
    expect(service.output).toContain('can not be reached');
  });

  it('ends with 1 and one message if the port is taken', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    closing.push(() => server.close());
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    const service = begin({ ...env, PORT: String(port) });
    expect(await service.exited).toBe(1);
    expect(service.output.match(/Standfirst can not start/g)).toHaveLength(1);
    expect(service.output).toContain(`Port ${port} is in use`);
    expect(service.output).not.toContain('is ready');
  });
});

describe('a service of two workers with nothing but Node', () => {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'standfirst-workers-'));
    await chmod(folder, 0o755);
  });

  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('has one embedded database, one secret and one announcement', async () => {
    const service = begin({ WORKERS: '2', DATA_DIR: join(folder, 'data'), LOG_LEVEL: 'info' });
    await service.ready();
    const workers = workersOf(service);
    const first = await workers.asker(1);
    const second = await workers.asker(2);
    const { session } = (await first('/graphql', await service.demoSignIn())).body.data.signIn;
    const viewer = await second(
      '/graphql',
      { query: '{ viewer { name } }' },
      { authorization: `Bearer ${session.accessToken}` },
    );
    expect(viewer.body.data).toEqual({ viewer: { name: 'Demo Reader' } });

    expect(await service.end('SIGTERM')).toBe(0);
    const times = (text: string): number => service.output.split(text).length - 1;
    expect(times('creating a new database')).toBe(1);
    expect(times('embedded database started')).toBe(1);
    expect(times('Standfirst is ready')).toBe(1);
    expect(times('Their password')).toBe(1);
    expect(times('"worker":1,"msg":"Server listening')).toBe(1);
    expect(times('"worker":2,"msg":"Server listening')).toBe(1);
  });
});
