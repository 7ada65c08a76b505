import { setTimeout as sleep } from 'node:timers/promises';
import { onConnection } from '../../harness/database.ts';
import { createDataSource } from '../../src/platform/db/data-source.ts';
import { migrateUp, removeAllBridges } from '../../src/platform/db/migrate.ts';
import { migrations } from '../../migrations/all.ts';
import { features } from '../../src/app/features.ts';
import { tablesOf } from '../../src/platform/feature/gather.ts';
import type { Dump } from './dump.ts';
import { fillInitial, type InitialSize } from './initial-data.ts';
import { InitialWriter } from './initial-writer.ts';

export interface UnderLoadOptions {
  /** URL of an empty database. */
  readonly url: string;
  readonly size: InitialSize;
  readonly postsPerSecond: number;
  readonly beginDump: (url: string) => Promise<Dump>;
  /** Duration of the dump, from the first migration on. */
  readonly dumpMs: number;
  readonly onProgress: (line: string) => void;
}

/** The result; all times in milliseconds. */
export interface UnderLoad {
  readonly applied: readonly string[];
  readonly migratedMs: number;
  /** In the order of acceptance. */
  readonly times: readonly number[];
  readonly removed: number;
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

/** Fills a database of the first version, then applies the later migrations while it is dumped and written to. */
export async function migrateUnderLoad(options: UnderLoadOptions): Promise<UnderLoad> {
  const { url, size, postsPerSecond, onProgress } = options;
  const initial = await open(url, migrations.slice(0, 1)).initialize();
  await migrateUp(initial);
  await initial.destroy();
  onProgress(`${size.comments} comments`);
  await onConnection(url, (client) => fillInitial(client, size));
  const writer = new InitialWriter({
    url,
    articles: size.articles,
    postsPerSecond,
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
    // Nodes of the first version continue for a while.
    await sleep(1000);
    await writer.stop();
    await dumping;
    await removeAllBridges(source);
    const { times, refusals, removed } = writer;
    return { applied, migratedMs, times, refusals, removed };
  } finally {
    await writer.stop();
    await source.destroy();
  }
}
