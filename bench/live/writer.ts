import 'reflect-metadata';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { CommentService } from '../../src/features/comments/writing/comment.service.ts';
import { usualSharedLockTimeoutMs } from '../../src/features/comments/writing/comment-writer.ts';
import { createDataSource } from '../../src/platform/db/data-source.ts';
import { Database } from '../../src/platform/db/database.ts';
import { type Bus, LocalBus } from '../../src/platform/events/bus.ts';
import { EventLog } from '../../src/platform/events/log.ts';
import { ModerationLog } from '../../src/platform/screening/moderation-log.ts';
import { ScreeningMemory } from '../../src/features/screening/screening-memory.ts';
import { Screening } from '../../src/features/screening/screening.ts';
import { RedisBus } from '../../src/platform/events/redis-bus.ts';
import { features } from '../../src/app/features.ts';
import { migrationsOf, tablesOf } from '../../src/platform/feature/gather.ts';
import { relayJob } from '../../src/features/integrations/site-log/relay-job.ts';
import { JobRunner } from '../../src/platform/jobs/job-runner.ts';
import { systemClock } from '../../src/platform/time/clock.ts';
import { answerParent } from '../../harness/processes/answer-parent.ts';
import { sharedNow } from './clock.ts';
import type { Commit } from './commit.ts';

const migrations = migrationsOf(features);

/*
 * Posts comments in the place of another node, whose CPU time is not measured: the service's own transaction, and then
 * a hint over Redis where there is one. For a server that does not read the log, it sends the event's rendering after
 * the commit.
 */

/** A job of the writer process. */
export interface WritingJob {
  /** Used in turn. */
  readonly articleIds: readonly string[];
  /** Accounts, used in turn. */
  readonly authorIds: readonly string[];
  readonly count: number;
  /** Undefined: each comment follows as soon as the previous one is committed. */
  readonly perSecond?: number | undefined;
  /** Comments that are under way at once; one if absent. */
  readonly lanes?: number;
  /** Whether the events are carried into the site's log, as a node does with its own. */
  readonly relays?: boolean;
  /** Receiver of each event's rendering, in which the sequence number is replaced. */
  readonly announce?: { readonly url: string; readonly frame: string } | undefined;
}

const redisUrl = process.env.REDIS_URL;
const between: Bus =
  redisUrl === undefined ? new LocalBus() : new RedisBus({ url: redisUrl, onError: () => undefined });

let commits: Commit[] = [];
let announce: (commit: Commit) => void = () => undefined;

const bus: Bus = {
  hint: (articleId, sequence) => {
    const commit = { articleId, sequence, at: sharedNow() };
    commits.push(commit);
    between.hint(articleId, sequence);
    announce(commit);
  },
  watch: (articleId, listener) => between.watch(articleId, listener),
  connected: () => between.connected(),
  close: () => between.close(),
};

const dataSource = createDataSource({
  url: process.env.DATABASE_URL ?? '',
  poolSize: 12,
  statementTimeoutMs: 0,
  entities: tablesOf(features),
  migrations,
  applicationName: 'standfirst-bench-writer',
  onPoolError: () => undefined,
});
const ready = dataSource.initialize().then(() => {
  if (between instanceof RedisBus) return between.connected();
  return undefined;
});

const db = new Database(dataSource, { prepareStatements: true });
const log = new EventLog(bus);
const relay = relayJob({
  db,
  // Hints of the site's log are no commits of comments.
  bus: between,
  onAppended: (listener) => log.onAppended(listener),
  everyMs: 600_000,
});
const runner = new JobRunner({
  jobs: [relay],
  db,
  clock: systemClock,
  measures: { countJobRun: () => undefined, showBacklog: () => undefined },
  onCommitted: () => () => undefined,
  onError: (_job, error) => {
    throw error;
  },
});
let relays = false;

const comments = new CommentService({
  db,
  log,
  moderationLog: new ModerationLog(bus),
  screening: new Screening(new ScreeningMemory()),
  limits: { maxLength: 10_000, maxDepth: 100, editWindowSeconds: 900 },
  sharedLockTimeoutMs: usualSharedLockTimeoutMs,
  newThreads: { prepare: () => Promise.reject(new Error('All comments have articles')) },
});

const body =
  'The last boat left the pier at ten past eight, as it has for *forty* years.\n\n> Nobody asked us.\n\n' +
  'You can read the whole report at <https://example.org/reports/harbour>, or ask me. No.';

async function post(job: WritingJob, place: number): Promise<void> {
  const articleId = job.articleIds[place % job.articleIds.length] ?? '';
  const accountId = job.authorIds[place % job.authorIds.length] ?? '';
  const author = { accountId, sessionId: '', name: '', roles: [], suspended: false, unconfirmed: false };
  const result = await comments.addComment(author, {
    target: { articleId, parentId: undefined, field: 'articleId' },
    body: `${body} ${place}`,
    idempotencyKey: undefined,
  });
  if (!result.ok) throw new Error(`Not posted: ${JSON.stringify(result.userErrors)}`);
}

async function connect(url: string): Promise<WebSocket> {
  const socket = new WebSocket(url, { perMessageDeflate: false });
  await once(socket, 'open');
  return socket;
}

async function write(job: WritingJob): Promise<readonly Commit[]> {
  await ready;
  commits = [];
  const socket = job.announce && (await connect(job.announce.url));
  const [before, behind] = job.announce?.frame.split(/(?<="sequence":)\d+/) ?? [];
  announce = ({ sequence }) => socket?.send(`${before}${sequence}${behind}`);
  if (job.relays && !relays) {
    relays = true;
    runner.start();
  }
  try {
    const start = performance.now();
    let next = 0;
    const lane = async (): Promise<void> => {
      while (next < job.count) {
        const place = next++;
        const due = job.perSecond === undefined ? 0 : start + (place * 1000) / job.perSecond;
        if (due > performance.now()) await sleep(due - performance.now());
        await post(job, place);
      }
    };
    await Promise.all(Array.from({ length: job.lanes ?? 1 }, lane));
  } finally {
    socket?.close();
  }
  return commits;
}

process.on('SIGTERM', () => process.exit(0));
answerParent((job) => write(job as WritingJob));
