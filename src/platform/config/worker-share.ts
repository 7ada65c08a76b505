import { availableParallelism } from 'node:os';
import { type Config, maxWorkers, minPoolSize } from './config.ts';

/**
 * Number of processes that serve the port. `auto` is one for each processor core that this process may use, and never
 * more than `DATABASE_POOL_SIZE` has connections for.
 */
export function workerCount(
  { workers, databasePoolSize }: Pick<Config, 'workers' | 'databasePoolSize'>,
  cores = availableParallelism(),
): number {
  if (workers !== 'auto') return workers;
  return Math.max(1, Math.min(cores, maxWorkers, Math.floor(databasePoolSize / minPoolSize)));
}

/**
 * Password hashes that the workers of a node compute at once, all of them together: one for each worker, two at least,
 * and never on all processor cores.
 */
export const hashesOfNode = (
  { passwordHashesAtOnce }: Pick<Config, 'passwordHashesAtOnce'>,
  workers: number,
  cores = availableParallelism(),
): number => passwordHashesAtOnce ?? Math.max(1, Math.min(Math.max(2, workers), cores - 1));

/**
 * Settings of one of several workers: the limits that bound what the whole node uses are divided, so that all workers
 * together stay within the setting. Rate limits are not divided, because a client with one connection reaches one
 * worker: the workers share their counts instead (`workers/shared-rates.ts`). Password hashes are not, because less than one
 * cannot be divided: the primary gives out permits (`workers/permits.ts`).
 */
export function shareOf(config: Config, workers: number): Config {
  if (workers === 1) return config;
  const part = (limit: number): number => Math.ceil(limit / workers);
  const { databasePoolSize, maxHeldBytes, maxHeldBytesPerClient } = config;
  return {
    ...config,
    // Rounded down, unlike the others: a connection beyond `max_connections` fails.
    databasePoolSize: Math.floor(databasePoolSize / workers),
    maxWritersPerArticle: part(config.maxWritersPerArticle),
    maxWaitingStatementsPerClient: part(config.maxWaitingStatementsPerClient),
    // Each worker has room for what it may hold for one client, else large answers would be refused.
    maxHeldBytes: Math.min(maxHeldBytes, Math.max(part(maxHeldBytes), maxHeldBytesPerClient)),
    keptAnswerBytes: part(config.keptAnswerBytes),
    keptRowBytes: part(config.keptRowBytes),
    maxWaitingPasswordHashes: part(config.maxWaitingPasswordHashes),
    // New connections are handed to the workers in turn, so that those of one client spread over all of them.
    maxConnectionsPerAddress: part(config.maxConnectionsPerAddress),
    maxSocketsPerAddress: part(config.maxSocketsPerAddress),
    maxSocketsPerViewer: part(config.maxSocketsPerViewer),
  };
}
