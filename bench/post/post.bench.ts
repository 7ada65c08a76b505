import type { Client } from 'pg';
import { onConnection } from '../../harness/database.ts';
import { Child } from '../../harness/processes/child.ts';
import type { LoopResult } from '../measure/closed-loop.ts';
import { DatabaseCpu } from '../measure/database-cpu.ts';
import { type Comparison, measureRounds, type Side } from '../measure/rounds.ts';
import { type RunningServer, startServices } from '../../harness/processes/service.ts';
import type { BenchOptions } from '../options.ts';
import { profileUnder } from '../profile.ts';
import { openSessions, type SignedIn } from '../../harness/sessions.ts';
import {
  analyse,
  countStored,
  forgetUntold,
  selectTargets,
  type StoredPosts,
  waitUntilTold,
} from './post.queries.ts';
import type { Target } from './targets.ts';
import type { HttpWriteJob, WriteJob, WriteResult } from './writers.ts';

/**
 * All limits are on. That of writes is counted, and higher than the writers are fast: few accounts write much. Each service
 * carries its own events into the site's log, and does not look for those of the other sides.
 */
const settings = { RATE_LIMITS: 'on', MAX_WRITES_PER_MINUTE: '1000000', SITE_LOG_POLL_MS: '600000' };

const writerCount = 50;
/** Accounts that the writers use in turn: with fewer, the fastest side would exceed the rate limit of an account. */
const accountCount = 1000;
const spreadArticles = 1000;

const markdown =
  'The last boat left the pier at ten past eight, as it has for *forty* years.\n\n> Nobody asked us.\n\n' +
  'You can read the whole report at <https://example.org/reports/harbour>, or ask me. No.';

/** All processes of the comparison. */
interface PostStage {
  readonly service: RunningServer;
  /** The service with other settings. */
  readonly variants: readonly RunningServer[];
  /** Posts over HTTP. */
  readonly writers: Child;
  /** Runs the transactions itself, one statement at a time. */
  readonly bare: Child;
  /** The same, with independent statements sent together. */
  readonly together: Child;
  /** Answers the same mutation without doing any work. */
  readonly idle: RunningServer;
  readonly signedIn: readonly SignedIn[];
  /** A connection to the database. */
  readonly client: Client;
  /** Ids of all comments that any side has acknowledged. */
  readonly acknowledged: string[];
}

async function withPostStage<T>(
  databaseUrl: string,
  options: Pick<BenchOptions, 'poolSize' | 'variants'>,
  work: (stage: PostStage) => Promise<T>,
): Promise<T> {
  const signedIn = await onConnection(databaseUrl, async (client) => {
    await forgetUntold(client);
    return openSessions(client, accountCount);
  });
  const children: Child[] = [];
  try {
    const writers = new Child('bench/post/writers');
    children.push(writers);
    const env = { DATABASE_URL: databaseUrl, DATABASE_POOL_SIZE: String(options.poolSize) };
    const bare = new Child('bench/post/bare-transactions', { env });
    children.push(bare);
    const together = new Child('bench/post/bare-transactions', { env: { ...env, TOGETHER: 'true' } });
    children.push(together);
    const idleProcess = new Child('bench/post/idle-apollo');
    children.push(idleProcess);
    const idle = { name: 'Apollo alone', process: idleProcess, url: await idleProcess.ask<string>('url') };
    const services = await startServices(databaseUrl, options, settings, children);
    return await onConnection(databaseUrl, (client) =>
      work({ ...services, writers, bare, together, idle, signedIn, client, acknowledged: [] }),
    );
  } finally {
    for (const child of children.reverse()) await child.stop();
  }
}

/** All sides, which post to the same articles; the service first. */
function sidesOf(stage: PostStage, targets: readonly Target[]): [Side, ...Side[]] {
  let seed = 0;
  const run = async (child: Child, seconds: number, more: { url?: string }): Promise<LoopResult> => {
    seed += 1;
    const lanes = writerCount;
    const job: WriteJob = { seconds, seed, lanes, writers: stage.signedIn, targets, markdown };
    const { acknowledged, ...result } = await child.ask<WriteResult>({ ...job, ...more });
    if (more.url !== stage.idle.url) for (const id of acknowledged) stage.acknowledged.push(id);
    return result;
  };
  const overHttp = ({ name, process, url, workers }: RunningServer): Side => {
    const target: Pick<HttpWriteJob, 'url'> = { url };
    const load = async (seconds: number): Promise<LoopResult> => {
      const start = performance.now();
      const result = await run(stage.writers, seconds, target);
      // A comment is done when those whom it concerns are told.
      await waitUntilTold(stage.client);
      return { ...result, perSecond: (result.count * 1000) / (performance.now() - start) };
    };
    return { name, server: process, workers, load };
  };
  const onDatabase = (name: string, server: Child): Side => ({
    name,
    server,
    load: async (seconds) => {
      const result = await run(server, seconds, {});
      // Otherwise the service would do so in its own turns.
      await forgetUntold(stage.client);
      return result;
    },
  });
  return [
    overHttp(stage.service),
    ...stage.variants.map(overHttp),
    onDatabase('bare pg', stage.bare),
    onDatabase('bare pg, statements sent together', stage.together),
    overHttp(stage.idle),
  ];
}

/**
 * @throws Error unless every acknowledged comment is stored, counted, in the event log and under its idempotency key
 * exactly
 * once, and no other comment was posted
 */
function requireStoredOnce(acknowledged: readonly string[], before: StoredPosts, stored: StoredPosts): void {
  const wanted = acknowledged.length;
  const { comments, events, keys } = stored;
  const once = [comments, events, keys, stored.posted - before.posted, stored.counted - before.counted];
  if (new Set(acknowledged).size !== wanted || once.some((count) => count !== wanted))
    throw new Error(
      `${wanted} comments were acknowledged; the database had ${JSON.stringify(before)} and has ${JSON.stringify(stored)}`,
    );
}

/** Profiles the service while comments are posted to a thousand articles. */
export function profilePost(databaseUrl: string, options: BenchOptions): Promise<string> {
  return withPostStage(databaseUrl, options, async (stage) => {
    const targets = await onConnection(databaseUrl, (client) => selectTargets(client, spreadArticles));
    const [{ server, load }] = sidesOf(stage, targets);
    return profileUnder(`comments over ${targets.length} articles`, server, load, options);
  });
}

/** Compares fifty writers through the API with the same transactions on bare pg: on one article, and on a thousand. */
export function benchPost(
  databaseUrl: string,
  options: BenchOptions,
  onProgress: (line: string) => void,
): Promise<Comparison[]> {
  return withPostStage(databaseUrl, options, async (stage) => {
    const targets = await onConnection(databaseUrl, (client) => selectTargets(client, spreadArticles));
    const before = await onConnection(databaseUrl, (client) => countStored(client, []));
    const database = await DatabaseCpu.open(databaseUrl);
    try {
      const comparisons: Comparison[] = [];
      for (const [title, articles] of [
        [`comments, ${writerCount} writers on one article`, targets.slice(0, 1)],
        [`comments, ${writerCount} writers over ${targets.length} articles`, targets],
      ] as const) {
        const sides = sidesOf(stage, articles);
        // Plans of the first moment are for tables that were empty.
        const afterWarmUp = () => analyse(stage.client);
        comparisons.push(
          await measureRounds(title, sides, { ...options, database, onProgress, afterWarmUp }),
        );
      }
      const { acknowledged } = stage;
      const stored = await onConnection(databaseUrl, (client) => countStored(client, acknowledged));
      requireStoredOnce(acknowledged, before, stored);
      onProgress(`${acknowledged.length} comments were acknowledged, and each is stored once`);
      return comparisons;
    } finally {
      await database.close();
    }
  });
}
