import { setTimeout as sleep } from 'node:timers/promises';
import { onConnection } from '../../harness/database.ts';
import { createDataSource } from '../../src/platform/db/data-source.ts';
import { migrateUp, removeAllBridges } from '../../src/platform/db/migrate.ts';
import { released } from '../../migrations/released.ts';
import { features } from '../../src/app/features.ts';
import { migrationsOf, tablesOf } from '../../src/platform/feature/gather.ts';
import type { Dump } from './dump.ts';
import { fillInitial, type InitialSize } from './initial-data.ts';
import { fillReleased } from './released-data.ts';
import { type Done, ReleasedWriter } from './released-writer.ts';

const migrations = migrationsOf(features);

export interface UnderLoadOptions {
  /** URL of an empty database. */
  readonly url: string;
  readonly size: InitialSize;
  readonly writesPerSecond: number;
  readonly beginDump: (url: string) => Promise<Dump>;
  /** Duration of the dump, from the first migration on. */
  readonly dumpMs: number;
  readonly onProgress: (line: string) => void;
}

/** The result; all times in milliseconds. */
export interface UnderLoad {
  readonly applied: readonly string[];
  readonly migratedMs: number;
  /** Of the accepted writes, in their order. */
  readonly times: readonly number[];
  readonly done: Done;
  /** Refresh tokens of accounts that have signed up meanwhile. */
  readonly refreshTokens: readonly string[];
  readonly refusals: readonly string[];
}

const open = (url: string, classes: readonly (typeof migrations)[number][]) =>
  createDataSource({
    url,
    poolSize: 2,
    statementTimeoutMs: 0,
    entities: tablesOf(features),
    migrations: classes,
    applicationName: 'standfirst-migrate',
    onPoolError: () => undefined,
  });

/** Fills a database of 0.2.0, then applies the later migrations while it is dumped and nodes of 0.2.0 write to it. */
export async function migrateUnderLoad(options: UnderLoadOptions): Promise<UnderLoad> {
  const { url, size, writesPerSecond, onProgress } = options;
  await migrate(url, released.slice(0, 1));
  onProgress(`${size.comments} comments`);
  await onConnection(url, (client) => fillInitial(client, size));
  await migrate(url, released);
  await onConnection(url, fillReleased);
  const writer = new ReleasedWriter({
    url,
    articles: size.articles,
    writesPerSecond,
    statementTimeoutMs: 1000,
  });
  writer.start();
  const dump = await options.beginDump(url);
  const dumping = sleep(options.dumpMs).then(() => dump.finish());
  const source = await open(url, migrations).initialize();
  try {
    const begun = performance.now();
    const applied = await migrateUp(source, { onProgress });
    const migratedMs = performance.now() - begun;
    // Nodes of 0.2.0 continue for a while.
    await sleep(1000);
    await writer.stop();
    await dumping;
    await removeAllBridges(source);
    const { times, refusals, done, refreshTokens } = writer;
    return { applied, migratedMs, times, refusals, done, refreshTokens };
  } finally {
    await writer.stop();
    await source.destroy();
  }
}

async function migrate(url: string, classes: readonly (typeof migrations)[number][]): Promise<void> {
  const source = await open(url, classes).initialize();
  try {
    await migrateUp(source);
  } finally {
    await source.destroy();
  }
}
