import type { Client } from 'pg';
import { encodeEventCursor } from '../../src/platform/events/event-cursor.ts';
import { onConnection } from '../../harness/database.ts';
import { Child, type CpuMs } from '../../harness/processes/child.ts';
import { startService } from '../../harness/processes/service.ts';
import type { BenchOptions } from '../options.ts';
import { openSessions, type SignedIn } from '../../harness/sessions.ts';
import { Audience, type AudienceReceived } from './audience.ts';
import type { Commit } from './commit.ts';
import { type LiveSize, liveSizes, scaled } from './size.ts';
import type { Line } from './subscriber.ts';
import type { Listener, Position } from './subscribers.ts';
import type { WritingJob } from './writer.ts';

/** A server that subscribers connect to. */
export interface LiveServer {
  readonly name: string;
  readonly process: Child;
  readonly line: Line;
  /** URL to which renderings are sent if the server does not read the log; without a path. */
  readonly feed: string | undefined;
}

/** Data that all parts of the bench share. */
export interface LiveRun {
  readonly databaseUrl: string;
  readonly options: BenchOptions;
  readonly size: LiveSize;
  readonly redisUrl: string | undefined;
  readonly epoch: string;
  readonly articleIds: readonly string[];
  readonly sessions: readonly SignedIn[];
  readonly onProgress: (line: string) => void;
}

async function selectEpoch(client: Client): Promise<string> {
  const { rows } = await client.query<{ epoch: string }>('SELECT epoch FROM event_log');
  return rows[0]?.epoch ?? '';
}

async function selectArticleIds(client: Client): Promise<string[]> {
  const { rows } = await client.query<{ id: string }>('SELECT id::text AS id FROM article ORDER BY id');
  return rows.map(({ id }) => id);
}

/** @param redisUrl the bus between the writer and the service; undefined: the service polls the log instead */
export function prepareRun(
  databaseUrl: string,
  options: BenchOptions,
  redisUrl: string | undefined,
  onProgress: (line: string) => void,
): Promise<LiveRun> {
  const size = scaled(liveSizes[options.sizeName], options.scale);
  const listening = Math.max(...size.delivery, size.latency, size.memory, size.comeBack);
  return onConnection(databaseUrl, async (client) => ({
    databaseUrl,
    options,
    size,
    redisUrl,
    onProgress,
    epoch: await selectEpoch(client),
    articleIds: await selectArticleIds(client),
    sessions: await openSessions(client, Math.ceil(listening / 2)),
  }));
}

/** Poll interval of the service without Redis, in milliseconds; by far the largest part of its latency then. */
const pollMs = 50;

/** Articles that no other part of a stage writes to, an audience, a writer, and the started servers. */
export class LiveStage {
  readonly run: LiveRun;
  readonly audience = new Audience();
  readonly #writer: Child;
  readonly #servers = new Set<Child>();
  #taken = 0;

  private constructor(run: LiveRun) {
    this.run = run;
    this.#writer = new Child('bench/live/writer', {
      env: { DATABASE_URL: run.databaseUrl, ...this.#redis },
    });
  }

  static async with<T>(run: LiveRun, work: (stage: LiveStage) => Promise<T>): Promise<T> {
    const stage = new LiveStage(run);
    try {
      return await work(stage);
    } finally {
      await stage.audience.stop();
      for (const server of stage.#servers) await server.stop();
      await stage.#writer.stop();
    }
  }

  /** Starts the service, with limits for as many sockets as the bench opens. */
  async startNode(name = 'Standfirst', env: Readonly<Record<string, string>> = {}): Promise<LiveServer> {
    const { databaseUrl, options } = this.run;
    const { process, url } = await startService(name, databaseUrl, {
      poolSize: options.poolSize,
      env: {
        RATE_LIMITS: 'off',
        MAX_CONNECTIONS_PER_ADDRESS: '1000000',
        MAX_SOCKETS_PER_ADDRESS: '1000000',
        MAX_SOCKETS_PER_VIEWER: '1000000',
        ...(this.run.redisUrl === undefined ? { HEAD_POLL_MS: String(pollMs) } : this.#redis),
        ...env,
      },
      execArgv: ['--expose-gc'],
    });
    this.#servers.add(process);
    const line: Line = { url: `${url.replace('http', 'ws')}/graphql`, ready: 'checkpoint' };
    return { name, process, line, feed: undefined };
  }

  /** The service with each of the variants' settings. */
  async startVariants(): Promise<LiveServer[]> {
    const servers: LiveServer[] = [];
    for (const { name, settings } of this.run.options.variants)
      servers.push(await this.startNode(name, settings));
    return servers;
  }

  startBroadcast(): Promise<LiveServer> {
    return this.#startReference('bare ws', 'bench/live/broadcast-server', 'open');
  }

  startStock(): Promise<LiveServer> {
    return this.#startReference('stock recipe', 'bench/live/stock-server', 'pong');
  }

  async stopServer({ process }: LiveServer): Promise<void> {
    this.#servers.delete(process);
    await process.stop();
  }

  /** Articles that were not taken before on this stage. */
  takeArticles(count: number): readonly string[] {
    const taken = this.run.articleIds.slice(this.#taken, this.#taken + count);
    if (taken.length < count) throw new RangeError('There are not enough articles');
    this.#taken += count;
    return taken;
  }

  takeArticle(): string {
    return this.takeArticles(1)[0] ?? '';
  }

  /** Subscribers of an article, half of them signed in, each with another account as far as there are accounts. */
  listeners(articleId: string, count: number): readonly Listener[] {
    const { sessions } = this.run;
    return Array.from({ length: count }, (_, place) => {
      const signedIn = Math.floor(place / 2) % 2 === 1;
      return {
        articleId,
        token: signedIn ? sessions[Math.floor(place / 2) % sessions.length]?.token : undefined,
      };
    });
  }

  write(job: Omit<WritingJob, 'authorIds'>): Promise<readonly Commit[]> {
    // The first accounts, which are subscribers as well.
    const authorIds = this.run.sessions.slice(0, 50).map(({ accountId }) => accountId);
    return this.#writer.ask({ ...job, authorIds } satisfies WritingJob);
  }

  /** The position of a subscriber that has received everything before this event. */
  before({ articleId, sequence }: Pick<Commit, 'articleId' | 'sequence'>): Position {
    const position = { epoch: this.run.epoch, log: articleId, sequence: sequence - 1 };
    return { cursor: encodeEventCursor(position), sequence: position.sequence };
  }

  /** Posts to an article, and receives the renderings from a node: the bytes that the other servers send. */
  async makeFrames(node: LiveServer, count: number): Promise<readonly string[]> {
    const articleId = this.takeArticle();
    const [first] = await this.write({ articleIds: [articleId], count });
    if (!first) throw new RangeError('No frame was asked for');
    return this.audience.frames(node.line, articleId, this.before(first), count);
  }

  async #startReference(name: string, file: string, ready: Line['ready']): Promise<LiveServer> {
    const process = new Child(file, { execArgv: ['--expose-gc'] });
    this.#servers.add(process);
    const url = await process.printed(/Listening on (\S+)\//);
    return { name, process, line: { url: `${url}/`, ready }, feed: url };
  }

  get #redis(): Record<string, string> {
    return this.run.redisUrl === undefined ? {} : { REDIS_URL: this.run.redisUrl };
  }
}

/** A server with the audience of one article. */
export interface LiveSide {
  readonly name: string;
  readonly server: LiveServer;
  readonly articleId: string;
  readonly announce: WritingJob['announce'];
}

/** Gives a server an audience for an article of its own, so that events for one side reach no other. */
export async function openSide(
  stage: LiveStage,
  server: LiveServer,
  listeners: number,
  frame: string,
): Promise<LiveSide> {
  const articleId = stage.takeArticle();
  const { name, line, feed } = server;
  await stage.audience.open(name, line, stage.listeners(articleId, listeners));
  const announce = feed === undefined ? undefined : { url: `${feed}/publish`, frame };
  stage.run.onProgress(`${name}: ${listeners} are listening`);
  return { name, server, articleId, announce };
}

/** Deliveries per second that leave two cores idle for the load. */
const deliveriesPerSecond = 20_000;

/** Comments per second that all sides can deliver to this number of subscribers. */
export function keepablePace(listeners: number): number {
  return Math.min(40, deliveriesPerSecond / listeners);
}

/**
 * Writes comments at a steady rate, and waits until all subscribers have them. CPU time of the server alone, in
 * milliseconds.
 */
export async function deliver(
  stage: LiveStage,
  { name, server, articleId, announce }: LiveSide,
  pace: { readonly count: number; readonly perSecond: number },
): Promise<AudienceReceived & { readonly cpu: CpuMs }> {
  const before = await server.process.cpu();
  const commits = await stage.write({ articleIds: [articleId], announce, ...pace });
  const received = await stage.audience.receive(name, commits);
  return { ...received, cpu: (await server.process.cpu()) - before };
}
