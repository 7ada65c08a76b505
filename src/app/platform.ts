import type { DataSource } from 'typeorm';
import type { Config } from '../platform/config/config.ts';
import { type OpenDataSource, openDataSource } from '../platform/db/pooler.ts';
import { type Bus, LocalBus } from '../platform/events/bus.ts';
import { WorkerBus } from '../platform/workers/worker-bus.ts';
import type { Feature } from '../platform/feature/feature.ts';
import { migrationsOf, tablesOf } from '../platform/feature/gather.ts';
import type { Peers } from '../platform/workers/peers.ts';

export interface PlatformOptions {
  readonly config: Config;
  readonly databaseUrl: string;
  readonly features: readonly Feature[];
  readonly poolSize: number;
  readonly statementTimeoutMs: number;
  readonly lockTimeoutMs?: number;
  /** The name of the connections in `pg_stat_activity`. */
  readonly applicationName?: string;
  readonly onPoolError: (error: Error) => void;
  /** The other workers of the same node; absent: this process is the whole node. */
  readonly peers?: Peers | undefined;
  /** Called when Redis is away: other nodes find events by polling, a second later. */
  readonly onBusError: (error: Error) => void;
}

/**
 * The common base of the service and its commands: the database with the tables of all features, and the bus to other
 * nodes.
 */
export interface Platform {
  readonly dataSource: DataSource;
  readonly bus: Bus;
  /** Whether connections may set time limits of their own; a pooler may forbid it. */
  readonly sendsTimeouts: boolean;
}

/** Connects to the database and, if it is configured, to Redis. */
export async function openPlatform(options: PlatformOptions): Promise<Platform> {
  const { source, sendsTimeouts } = await openSource(options);
  try {
    return { dataSource: source, bus: await openBus(options), sendsTimeouts };
  } catch (error) {
    await source.destroy();
    throw error;
  }
}

function openSource({
  config,
  databaseUrl,
  features,
  poolSize,
  statementTimeoutMs,
  lockTimeoutMs,
  applicationName,
  onPoolError,
}: PlatformOptions): Promise<OpenDataSource> {
  return openDataSource({
    url: databaseUrl,
    poolSize,
    statementTimeoutMs,
    ...(lockTimeoutMs === undefined ? {} : { lockTimeoutMs }),
    prepareStatements: config.databasePreparedStatements,
    entities: tablesOf(features),
    migrations: migrationsOf(features),
    ...(applicationName === undefined ? {} : { applicationName }),
    onPoolError,
  });
}

async function openBus(options: PlatformOptions): Promise<Bus> {
  const bus = await openNodeBus(options);
  return options.peers ? new WorkerBus(options.peers, bus) : bus;
}

/** Imported on demand: a service without Redis does not load its client, which is a fifth of all modules. */
async function openNodeBus({ config: { redisUrl: url }, onBusError }: PlatformOptions): Promise<Bus> {
  if (url === undefined) return new LocalBus();
  const { RedisBus } = await import('../platform/events/redis-bus.ts');
  return new RedisBus({ url, onError: onBusError });
}
