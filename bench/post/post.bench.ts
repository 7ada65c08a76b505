import { onConnection } from '../database.ts';
import { Child } from '../measure/child.ts';
import type { LoopResult } from '../measure/closed-loop.ts';
import { DatabaseCpu } from '../measure/database-cpu.ts';
import { type Comparison, measureRounds } from '../measure/rounds.ts';
import { startService } from '../measure/service.ts';
import type { BenchOptions } from '../options.ts';
import { openSessions, type SignedIn } from '../sessions.ts';
import { countStored, selectTargets, type StoredPosts } from './post.queries.ts';
import type { Target } from './targets.ts';
import type { HttpWriteJob, WriteJob, WriteResult } from './writers.ts';

const writerCount = 50;
const spreadArticles = 1000;

const markdown =
  'The last boat left the pier at ten past eight, as it has for *forty* years.\n\n> Nobody asked us.\n\n' +
  'You can read the whole report at <https://example.org/reports/harbour>, or ask me. No.';

/** What posting is measured with. */
interface PostStage {
  readonly service: Child;
  readonly url: string;
  /** Posts over HTTP. */
  readonly writers: Child;
  /** Does the transactions itself. */
  readonly bare: Child;
  readonly signedIn: readonly SignedIn[];
  /** Every comment that either side was told it had posted. */
  readonly acknowledged: string[];
}

async function withPostStage<T>(
  databaseUrl: string,
  poolSize: number,
  work: (stage: PostStage) => Promise<T>,
): Promise<T> {
  const signedIn = await onConnection(databaseUrl, (client) => openSessions(client, writerCount));
  const children: Child[] = [];
  try {
    const writers = new Child('bench/post/writers');
    children.push(writers);
    const env = { DATABASE_URL: databaseUrl, DATABASE_POOL_SIZE: String(poolSize) };
    const bare = new Child('bench/post/bare-transactions', { env });
    children.push(bare);
    const { process: service, url } = await startService(databaseUrl, { poolSize });
    children.push(service);
    return await work({ service, url, writers, bare, signedIn, acknowledged: [] });
  } finally {
    for (const child of children.reverse()) await child.stop();
  }
}

/** Both ways of posting to the same articles. */
function sidesOf(stage: PostStage, targets: readonly Target[]) {
  let seed = 0;
  const run = async (child: Child, seconds: number, more: { url?: string }): Promise<LoopResult> => {
    seed += 1;
    const job: WriteJob = { seconds, seed, writers: stage.signedIn, targets, markdown };
    const { acknowledged, ...result } = await child.ask<WriteResult>({ ...job, ...more });
    for (const id of acknowledged) stage.acknowledged.push(id);
    return result;
  };
  const overHttp: Pick<HttpWriteJob, 'url'> = { url: stage.url };
  return [
    {
      name: 'Standfirst',
      server: stage.service,
      load: (seconds: number) => run(stage.writers, seconds, overHttp),
    },
    { name: 'bare pg', server: stage.bare, load: (seconds: number) => run(stage.bare, seconds, {}) },
  ];
}

/**
 * @throws Error unless every acknowledged comment is stored, counted, announced and under its key exactly once, and
 * nothing else was posted
 */
function requireStoredOnce(acknowledged: readonly string[], stored: StoredPosts): void {
  const wanted = acknowledged.length;
  const once = [stored.comments, stored.events, stored.keys, stored.posted, stored.counted];
  if (new Set(acknowledged).size !== wanted || once.some((count) => count !== wanted))
    throw new Error(`${wanted} comments were acknowledged, and the database has ${JSON.stringify(stored)}`);
}

/** Fifty writers through the API, beside the same transactions on bare pg: on one article, and over a thousand. */
export function benchPost(
  databaseUrl: string,
  options: BenchOptions,
  onProgress: (line: string) => void,
): Promise<Comparison[]> {
  return withPostStage(databaseUrl, options.poolSize, async (stage) => {
    const targets = await onConnection(databaseUrl, (client) => selectTargets(client, spreadArticles));
    const database = await DatabaseCpu.open(databaseUrl);
    try {
      const comparisons: Comparison[] = [];
      for (const [title, articles] of [
        [`comments, ${writerCount} writers on one article`, targets.slice(0, 1)],
        [`comments, ${writerCount} writers over ${targets.length} articles`, targets],
      ] as const) {
        const sides = sidesOf(stage, articles);
        comparisons.push(await measureRounds(title, sides, { ...options, database, onProgress }));
      }
      const { acknowledged } = stage;
      const stored = await onConnection(databaseUrl, (client) =>
        countStored(client, acknowledged, options.size.comments),
      );
      requireStoredOnce(acknowledged, stored);
      onProgress(`${acknowledged.length} comments were acknowledged, and each is stored once`);
      return comparisons;
    } finally {
      await database.close();
    }
  });
}
