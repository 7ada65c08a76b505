import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { Client } from 'pg';
import { onConnection } from '../../harness/database.ts';
import { Child } from '../../harness/processes/child.ts';
import { type RunningServer, startServices } from '../../harness/processes/service.ts';
import { signInAs, type SignedIn } from '../../harness/sessions.ts';
import type { LoopResult } from '../measure/closed-loop.ts';
import { DatabaseCpu } from '../measure/database-cpu.ts';
import { type Comparison, measureRounds, type Side } from '../measure/rounds.ts';
import type { BenchOptions } from '../options.ts';
import { profileUnder } from '../profile.ts';
import { pledgeAmount, type PledgeJob } from './pledge-job.ts';
import { countBackers, countPledges, insertBackers, insertCampaigns } from './pledge.queries.ts';

/** All limits are on. That of writes is counted, and higher than the backers are fast: few accounts pledge much. */
const settings = {
  RATE_LIMITS: 'on',
  MAX_WRITES_PER_MINUTE: '1000000',
  // The provider's place is taken by `instant-provider.ts`, so that this key opens nothing.
  STRIPE_SECRET_KEY: 'sk_test_of_the_bench',
  // Else the end of a measurement would wait for the worker's next look.
  FUNDING_POLL_MS: '100',
};

const lanes = 50;
/** More than pledge in one measurement, which so has one campaign, with few exceptions. */
const backerCount = 3000;
const campaignCount = 300;
/** Campaigns that are left to one measurement. */
const campaignsAtOnce = 3;

/** All processes of the comparison. */
interface PledgeStage {
  readonly client: Client;
  readonly service: RunningServer;
  readonly variants: readonly RunningServer[];
  /** Pledges over HTTP. */
  readonly backers: Child;
  /** Runs the transactions itself, one statement at a time. */
  readonly bare: Child;
  /** The same, with independent statements sent together. */
  readonly together: Child;
  readonly signedIn: readonly SignedIn[];
  /** Campaigns that nobody has backed. */
  readonly fresh: string[];
  /** The number of pledges that any side has acknowledged. */
  acknowledged: number;
}

async function withPledgeStage<T>(
  databaseUrl: string,
  options: Pick<BenchOptions, 'poolSize' | 'variants'>,
  work: (stage: PledgeStage) => Promise<T>,
): Promise<T> {
  const { signedIn, fresh } = await onConnection(databaseUrl, async (client) => ({
    signedIn: await signInAs(client, await insertBackers(client, backerCount)),
    fresh: await insertCampaigns(client, campaignCount),
  }));
  const children: Child[] = [];
  const client = new Client({ connectionString: databaseUrl, application_name: 'standfirst-bench-watch' });
  await client.connect();
  try {
    const open = (file: string, env: Record<string, string> = {}): Child => {
      const child = new Child(file, { env });
      children.push(child);
      return child;
    };
    const env = { DATABASE_URL: databaseUrl, DATABASE_POOL_SIZE: String(options.poolSize) };
    const backers = open('bench/pledge/backers');
    const bare = open('bench/pledge/bare-pledges', env);
    const together = open('bench/pledge/bare-pledges', { ...env, TOGETHER: 'true' });
    const preload = pathToFileURL(join(import.meta.dirname, 'instant-provider.js')).href;
    const withProvider = { ...options, execArgv: ['--import', preload] };
    const services = await startServices(databaseUrl, withProvider, settings, children);
    const stage = { ...services, client, backers, bare, together, signedIn, fresh, acknowledged: 0 };
    return await work(stage);
  } finally {
    for (const child of children.reverse()) await child.stop();
    await client.end();
  }
}

/** All sides; the service first. */
function sidesOf(stage: PledgeStage): [Side, ...Side[]] {
  const known = new Set<Child>();
  const run = async (child: Child, seconds: number, more: { url?: string }): Promise<LoopResult> => {
    const campaigns = stage.fresh.splice(0, campaignsAtOnce);
    const job: PledgeJob = {
      seconds,
      lanes,
      campaigns,
      ...(known.has(child) ? {} : { backers: stage.signedIn }),
    };
    known.add(child);
    const result = await child.ask<LoopResult>({ ...job, ...more });
    const answered = performance.now();
    stage.acknowledged += result.count;
    while ((await countBackers(stage.client, campaigns)) < result.count) await sleep(5);
    // Until the last pledge counts.
    const all = (result.count * 1000) / result.perSecond + performance.now() - answered;
    return { ...result, perSecond: (result.count * 1000) / all };
  };
  const overHttp = ({ name, process, url, workers }: RunningServer): Side => ({
    name,
    server: process,
    workers,
    load: (seconds) => run(stage.backers, seconds, { url }),
  });
  const onDatabase = (name: string, server: Child): Side => ({
    name,
    server,
    load: (seconds) => run(server, seconds, {}),
  });
  return [
    overHttp(stage.service),
    ...stage.variants.map(overHttp),
    onDatabase('bare pg', stage.bare),
    onDatabase('bare pg, statements sent together', stage.together),
  ];
}

/** @throws Error unless every acknowledged pledge counts, in its campaign's totals, log and key, exactly once */
async function requireCountedOnce({ client, acknowledged }: PledgeStage): Promise<void> {
  const stored = await countPledges(client);
  const { active, events, keys, pledges, backers, pledged } = stored;
  const once = [active, events, keys, pledges, backers, pledged / pledgeAmount];
  if (once.some((count) => count !== acknowledged))
    throw new Error(`${acknowledged} pledges were acknowledged; the database has ${JSON.stringify(stored)}`);
}

/** Profiles the service while readers pledge to one campaign. */
export function profilePledge(databaseUrl: string, options: BenchOptions): Promise<string> {
  return withPledgeStage(databaseUrl, options, async (stage) => {
    const [{ server, load }] = sidesOf(stage);
    return profileUnder('pledges to one campaign', server, load, options);
  });
}

/** Compares fifty readers who pledge to one campaign through the API with the same transactions on bare pg. */
export function benchPledge(
  databaseUrl: string,
  options: BenchOptions,
  onProgress: (line: string) => void,
): Promise<Comparison[]> {
  return withPledgeStage(databaseUrl, options, async (stage) => {
    const database = await DatabaseCpu.open(databaseUrl);
    try {
      const title = `pledges that count, ${lanes} backers of one campaign`;
      const compared = await measureRounds(title, sidesOf(stage), { ...options, database, onProgress });
      await requireCountedOnce(stage);
      onProgress(`${stage.acknowledged} pledges were acknowledged, and each counts once`);
      return [compared];
    } finally {
      await database.close();
    }
  });
}
