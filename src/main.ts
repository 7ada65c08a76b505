import 'reflect-metadata';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Logger } from 'pino';
import { adviceOn } from './app/advice.ts';
import { App } from './app/app.ts';
import { roles } from './auth/viewer.ts';
import { type Config, parseServiceConfig } from './config/config.ts';
import { warningsAbout } from './db/database-url.ts';
import { startEmbeddedPostgres } from './db/embedded.ts';
import { requireMigrated } from './db/schema-fault.ts';
import { demoEmail, seedDemo } from './demo/seed.ts';
import { isUnavailable } from './graphql/present-error.ts';
import { createLogger } from './log/logger.ts';
import { migrateDatabase } from './app/migration-source.ts';

/** The folder of `package.json`, at any depth above the compiled file. */
const packageFolder = findPackageFolder(import.meta.dirname);

function findPackageFolder(folder: string): string {
  if (existsSync(join(folder, 'package.json'))) return folder;
  if (dirname(folder) === folder) throw new Error('There is no package.json above this file');
  return findPackageFolder(dirname(folder));
}

/** Functions that end the started parts; called in reverse order. */
type Closers = (() => Promise<void>)[];

/** A secret of the embedded database's folder, made at the first start. */
async function folderSecret(folder: string, name: string): Promise<string> {
  const file = join(folder, name);
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const secret = randomBytes(24).toString('base64url');
  await writeFile(file, secret, { mode: 0o600, flag: 'wx' });
  return secret;
}

/** The database and its secrets. */
interface Storage {
  readonly databaseUrl: string;
  readonly sessionSecret: string;
  /** The embedded database's folder; undefined: the database is not embedded. */
  readonly folder: string | undefined;
}

async function openStorage(
  config: Config,
  logger: Logger,
  closers: Closers,
  onLost: () => void,
): Promise<Storage> {
  const { databaseUrl, sessionSecret } = config;
  if (databaseUrl !== undefined && sessionSecret !== undefined) {
    for (const warning of warningsAbout(databaseUrl)) logger.warn(warning);
    return { databaseUrl, sessionSecret, folder: undefined };
  }
  const embedded = await startEmbeddedPostgres({
    dataDir: config.dataDir,
    log: (message) => logger.info(message),
    onExit: (error) => {
      logger.fatal({ err: error }, 'the embedded database is lost');
      onLost();
    },
  });
  closers.push(() => embedded.stop());
  return {
    databaseUrl: embedded.url,
    sessionSecret: sessionSecret ?? (await folderSecret(embedded.dataDir, 'session-secret')),
    folder: embedded.dataDir,
  };
}

/** @returns the demo accounts' password, if it is known */
async function seed(app: App, config: Config, folder: string | undefined): Promise<string | undefined> {
  if (!config.demoData) return undefined;
  const password = folder
    ? await folderSecret(folder, 'demo-password')
    : randomBytes(18).toString('base64url');
  const seeded = await seedDemo({
    db: app.db,
    folder: join(packageFolder, 'demo'),
    maxDepth: config.maxCommentDepth,
    password,
  });
  // With an external database the password is shown only here, and only once.
  return seeded || folder ? password : undefined;
}

/**
 * Prints in one write, so that no line of the log comes in between, and a reader that waits for the first line has all.
 */
function announce(address: string, hasPage: boolean, demoPassword: string | undefined): void {
  const lines = ['', '  Standfirst is ready.'];
  if (hasPage) lines.push(`  Reader's page              ${address}/`);
  lines.push(
    `  GraphQL and its explorer   ${address}/graphql`,
    `  Live events (WebSocket)    ${address.replace(/^http/, 'ws')}/graphql`,
    `  Health and metrics         ${address}/health/ready  ${address}/metrics`,
  );
  if (demoPassword !== undefined) {
    lines.push(
      `  Demo accounts              ${roles.map(demoEmail).join(', ')}`,
      `  Their password             ${demoPassword}`,
    );
  }
  process.stdout.write([...lines, '', ''].join('\n'));
}

async function start(config: Config, logger: Logger, closers: Closers, onLost: () => void): Promise<void> {
  const storage = await openStorage(config, logger, closers, onLost);
  const webRoot = join(packageFolder, 'dist/web');
  const app = await App.create({ config, logger, webRoot, ...storage });
  closers.push(() => app.close());
  if (storage.folder === undefined) await requireMigrated(app.dataSource);
  else await migrateDatabase(storage.databaseUrl, { onProgress: (line) => logger.info(line) });
  const demoPassword = await seed(app, config, storage.folder);
  const address = await app.listen();
  announce(address, app.hasPage, demoPassword);
}

/** The message for an error that the operator can act on; undefined: only the stack helps. */
function explain(error: Error): string | undefined {
  const { code, port } = error as NodeJS.ErrnoException & { port?: number };
  if (code === 'EADDRINUSE')
    return `Port ${port} is in use: stop what listens there, or set PORT to another one.`;
  const advice = adviceOn(error);
  if (advice !== undefined) return advice;
  if (isUnavailable(error))
    return `The database of DATABASE_URL can not be reached: ${error.message || code}`;
  return undefined;
}

function failed(error: unknown): never {
  const text = error instanceof Error ? (explain(error) ?? error.stack ?? error.message) : String(error);
  process.stderr.write(`Standfirst can not start.\n${text}\n`);
  process.exit(1);
}

async function main(): Promise<void> {
  const config = parseServiceConfig(process.env);
  const pretty = (config.logFormat ?? (process.stdout.isTTY ? 'pretty' : 'json')) === 'pretty';
  const logger = createLogger({ level: config.logLevel, pretty });
  const closers: Closers = [];
  const closeAll = async (): Promise<void> => {
    for (let close = closers.pop(); close; close = closers.pop()) await close();
  };

  let stopping = false;
  const stop = (code: number): void => {
    if (stopping) return;
    stopping = true;
    logger.info('stopping');
    const overdue = setTimeout(() => {
      logger.error('could not stop in time');
      // Parts that hang are abandoned, but the embedded database must be stopped.
      const [database] = closers;
      void (database?.() ?? Promise.resolve()).finally(() => process.exit(1));
    }, config.shutdownTimeoutMs);
    overdue.unref();
    // A start under way is finished first, so that everything that it has started is closed.
    started
      .catch(() => undefined)
      .then(closeAll)
      .then(() => {
        logger.info('stopped');
        process.exit(code);
      })
      .catch((error: unknown) => {
        logger.error({ err: error }, 'could not stop in order');
        process.exit(1);
      });
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => stop(0));

  const started = start(config, logger, closers, () => stop(1));
  try {
    await started;
  } catch (error) {
    if (stopping) return;
    stopping = true;
    await closeAll();
    failed(error);
  }
}

await main().catch(failed);
