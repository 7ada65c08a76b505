import 'reflect-metadata';
import cluster from 'node:cluster';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { adviceOn } from './app/advice.ts';
import { announce, type DemoNews } from './app/announce.ts';
import { createApp } from './app/app.ts';
import type { AppOptions } from './app/options.ts';
import { features } from './app/features.ts';
import { migrateDatabase } from './app/migration-source.ts';
import { openPlatform } from './app/platform.ts';
import { type Closers, folderSecret, openStorage, type Storage } from './app/storage.ts';
import { type Config, ConfigError, parseServiceConfig } from './platform/config/config.ts';
import { packageFolder } from './platform/config/package-folder.ts';
import { hashesOfNode, shareOf, workerCount } from './platform/config/worker-share.ts';
import { Database } from './platform/db/database.ts';
import { requireMigrated } from './platform/db/schema-fault.ts';
import { readCampaignPlans } from './features/demo/demo-data.ts';
import { demoFeature } from './features/demo/feature.ts';
import { seedDemo } from './features/demo/seed.ts';
import { isUnavailable } from './platform/db/unavailable.ts';
import { createLogger } from './platform/log/logger.ts';
import { mailRoute } from './platform/mail/mail.ts';
import { WorkerPool, WorkerStartError } from './platform/workers/worker-pool.ts';
import { WorkerProcess } from './platform/workers/worker-process.ts';

const webRoot = join(packageFolder, 'dist/web');
const demoFolder = join(packageFolder, 'demo');

/** What a service with demo data has in addition. */
const demoOf = async ({ demoData }: Config): Promise<Pick<AppOptions, 'features' | 'demoPictures'>> =>
  demoData
    ? {
        features: [...features, demoFeature(await readCampaignPlans(demoFolder))],
        demoPictures: join(demoFolder, 'pictures'),
      }
    : {};

const signals = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

/** Undefined: this process is the whole service, or the primary of several workers. */
const worker = WorkerProcess.current();
// A terminal signals all processes, but a worker stops when the primary says so.
if (worker) for (const signal of signals) process.on(signal, () => undefined);

/** @returns undefined: there is no demo, or the password of its accounts is not known */
async function seed(db: Database, config: Config, folder: string | undefined): Promise<DemoNews | undefined> {
  if (!config.demoData) return undefined;
  const password = folder
    ? await folderSecret(folder, 'demo-password')
    : randomBytes(18).toString('base64url');
  const seeded = await seedDemo({
    db,
    folder: demoFolder,
    maxDepth: config.maxCommentDepth,
    password,
  });
  // With an external database the password is shown only here, and only once.
  return seeded || folder ? { password, hasCampaigns: config.fundingProvider === 'test' } : undefined;
}

/** Starts the whole service in this process. */
async function start(
  config: Config,
  logger: Logger,
  closers: Closers,
  stop: (code: number) => void,
): Promise<void> {
  const storage = await openStorage(config, logger, closers, () => stop(1));
  const app = await createApp({ config, logger, webRoot, ...(await demoOf(config)), ...storage });
  closers.parts.push(() => app.close());
  if (storage.folder === undefined) await requireMigrated(app.dataSource);
  else await migrateDatabase(storage.databaseUrl, { onProgress: (line) => logger.info(line) });
  const demo = await seed(app.db, config, storage.folder);
  const address = await app.listen();
  announce({ address, hasPage: app.hasPage, mail: mailRoute(config, storage.folder), demo });
}

/**
 * Brings the database into the state in which workers can start on it, once for all of them.
 * @returns what is to be said of the demo
 */
async function prepare(config: Config, logger: Logger, { databaseUrl, folder }: Storage) {
  const { dataSource } = await openPlatform({
    config: { ...config, redisUrl: undefined },
    databaseUrl,
    features,
    poolSize: 2,
    statementTimeoutMs: config.databaseStatementTimeoutMs,
    lockTimeoutMs: config.databaseLockTimeoutMs,
    // A broken idle connection is harmless; a statement that fails reports itself.
    onPoolError: () => undefined,
    onBusError: () => undefined,
  });
  try {
    if (folder === undefined) await requireMigrated(dataSource);
    else await migrateDatabase(databaseUrl, { onProgress: (line) => logger.info(line) });
    return await seed(new Database(dataSource, { prepareStatements: false }), config, folder);
  } finally {
    await dataSource.destroy();
  }
}

/** Starts the service as several workers behind this process. */
async function startWorkers(
  config: Config,
  workers: number,
  logger: Logger,
  closers: Closers,
  stop: (code: number) => void,
): Promise<void> {
  const storage = await openStorage(config, logger, closers, () => stop(1));
  const demo = await prepare(config, logger, storage);
  const { databaseUrl, sessionSecret, folder } = storage;
  const pool = new WorkerPool({
    setup: { databaseUrl, sessionSecret, workers, folder },
    program: import.meta.filename,
    stopSignals: signals,
    passwordHashesAtOnce: hashesOfNode(config, workers),
    onStopSignal: () => stop(0),
    logger,
  });
  closers.parts.push(async () => {
    if (!(await pool.stop())) process.exitCode = 1;
  });
  const { address, hasPage } = await pool.start();
  announce({ address, hasPage, mail: mailRoute(config, folder), demo });
}

/** Starts this process as one of several workers. */
async function startWorker(
  worker: WorkerProcess,
  config: Config,
  logger: Logger,
  closers: Closers,
  stop: (code: number) => void,
): Promise<void> {
  const { workers, databaseUrl, sessionSecret, folder } = await worker.setup(() => stop(0));
  const app = await createApp({
    config: shareOf(config, workers),
    logger,
    webRoot,
    ...(await demoOf(config)),
    databaseUrl,
    sessionSecret,
    folder,
    peers: worker,
  });
  closers.parts.push(() => app.close());
  await requireMigrated(app.dataSource);
  const address = await app.listen();
  worker.serves({ address, hasPage: app.hasPage });
}

/** The message for an error that the operator can act on; undefined: only the stack helps. */
function explain(error: Error): string | undefined {
  const { code, port } = error as NodeJS.ErrnoException & { port?: number };
  if (code === 'EADDRINUSE')
    return `Port ${port} is in use: stop what listens there, or set PORT to another one.`;
  const advice = adviceOn(error);
  if (advice !== undefined) return advice;
  if (error instanceof WorkerStartError) return error.message;
  if (isUnavailable(error))
    return `The database of DATABASE_URL can not be reached: ${error.message || code}`;
  return undefined;
}

const faultText = (error: unknown): string =>
  error instanceof Error ? (explain(error) ?? error.stack ?? error.message) : String(error);

function failed(error: unknown): never {
  process.stderr.write(`Standfirst can not start.\n${faultText(error)}\n`);
  process.exit(1);
}

/** Starts a process of the service. `closers` gets what has to be closed again; `stop` stops the process, with a code. */
type Start = (closers: Closers, stop: (code: number) => void) => Promise<void>;

/**
 * Runs a process of the service from its start until it is told to stop.
 * @param onFailed reports why the start failed, and ends the process
 */
async function run(
  { shutdownTimeoutMs }: Config,
  logger: Logger,
  start: Start,
  onFailed: (error: unknown) => void | Promise<void>,
): Promise<void> {
  const closers: Closers = { parts: [], database: undefined };
  const closeAll = async (): Promise<void> => {
    for (let close = closers.parts.pop(); close; close = closers.parts.pop()) await close();
    await closers.database?.();
  };

  let stopping = false;
  const stop = (code: number): void => {
    if (stopping) return;
    stopping = true;
    logger.info('stopping');
    const overdue = setTimeout(() => {
      logger.error('could not stop in time');
      // Parts that hang are abandoned, but the embedded database must be stopped.
      void (closers.database?.() ?? Promise.resolve()).finally(() => process.exit(1));
    }, shutdownTimeoutMs);
    overdue.unref();
    // A start under way is finished first, so that everything that it has started is closed.
    started
      .catch(() => undefined)
      .then(closeAll)
      .then(() => {
        logger.info('stopped');
        process.exit(code === 0 ? process.exitCode : code);
      })
      .catch((error: unknown) => {
        logger.error({ err: error }, 'could not stop in order');
        process.exit(1);
      });
  };
  if (!worker) for (const signal of signals) process.on(signal, () => stop(0));

  const started = start(closers, stop);
  try {
    await started;
  } catch (error) {
    if (stopping) return;
    stopping = true;
    await closeAll();
    await onFailed(error);
  }
}

async function main(): Promise<void> {
  const config = parseServiceConfig(process.env);
  const pretty = (config.logFormat ?? (process.stdout.isTTY ? 'pretty' : 'json')) === 'pretty';
  const logger = createLogger({ level: config.logLevel, pretty, worker: worker?.number });
  if (worker) {
    const reportFailure = async (error: unknown): Promise<void> => {
      await worker.failed(faultText(error));
      process.exit(1);
    };
    return run(config, logger, (...args) => startWorker(worker, config, logger, ...args), reportFailure);
  }
  const workers = workerCount(config);
  if (workers === 1) return run(config, logger, (...args) => start(config, logger, ...args), failed);
  if (cluster.isWorker) {
    throw new ConfigError('WORKERS: takes 1 here: this process is itself a worker, of a process manager');
  }
  return run(config, logger, (...args) => startWorkers(config, workers, logger, ...args), failed);
}

await main().catch(failed);
