import 'reflect-metadata';
import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { App } from './app.ts';
import { type Config, ConfigError, parseConfig } from './config.ts';
import { type EmbeddedPostgres, EmbeddedPostgresError, startEmbeddedPostgres } from './db/embedded.ts';
import { migrateUp, requireMigrated } from './db/migrate.ts';
import { demoEmail, seedDemo } from './demo/seed.ts';
import { createLogger } from './logger.ts';
import { roles } from './auth/viewer.ts';

/** The folder that `package.json` stands in, seen from the compiled file. */
const packageFolder = join(import.meta.dirname, '../..');

/** A secret of the embedded database's folder, made at the first start. */
async function folderSecret(folder: string, name: string): Promise<string> {
  const file = join(folder, name);
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  await mkdir(folder, { recursive: true });
  const secret = randomBytes(32).toString('base64url');
  await writeFile(file, secret, { mode: 0o600, flag: 'wx' });
  return secret;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

async function start(): Promise<void> {
  const config = parseConfig(process.env);
  const pretty = (config.logFormat ?? (process.stdout.isTTY ? 'pretty' : 'json')) === 'pretty';
  const logger = createLogger({ level: config.logLevel, pretty });
  const running: { app?: App; embedded?: EmbeddedPostgres } = {};

  let stopping: Promise<void> | undefined;
  const stop = (code: number): Promise<void> =>
    (stopping ??= (async () => {
      logger.info('stopping');
      const overdue = setTimeout(() => process.exit(1), config.shutdownTimeoutMs);
      overdue.unref();
      await running.app?.close();
      await running.embedded?.stop();
      logger.info('stopped');
      process.exit(code);
    })());
  const onSignal = (): void => {
    stop(0).catch((error: unknown) => {
      logger.error({ err: error }, 'could not stop in order');
      process.exit(1);
    });
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, onSignal);

  if (config.databaseUrl === undefined) {
    running.embedded = await startEmbeddedPostgres({
      dataDir: config.dataDir,
      log: (message) => logger.info(message),
      onExit: (error) => {
        logger.fatal({ err: error }, 'the embedded database is lost');
        onSignal();
      },
    });
  }
  const { embedded } = running;
  const folder = embedded?.dataDir;
  const app = (running.app = await App.create({
    config,
    databaseUrl: config.databaseUrl ?? embedded?.url ?? '',
    sessionSecret: config.sessionSecret ?? (folder ? await folderSecret(folder, 'session-secret') : ''),
    logger,
  }));
  if (embedded) await migrateUp(app.dataSource);
  else await requireMigrated(app.dataSource);
  const demoPassword = await seed(app, config, folder);
  const address = await app.listen();
  say('');
  say(`  Standfirst is ready.`);
  say(`  GraphQL and its explorer   ${address}/graphql`);
  say(`  Live events (WebSocket)    ${address.replace(/^http/, 'ws')}/graphql`);
  say(`  Health and metrics         ${address}/health/ready  ${address}/metrics`);
  if (demoPassword !== undefined) {
    say(`  Demo accounts              ${roles.map(demoEmail).join(', ')}`);
    say(`  Their password             ${demoPassword}`);
  }
  say('');
}

/** @returns the demo accounts' password, where it can be told */
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
  // On a server of its own the password is nowhere but here, and only once.
  return seeded || folder ? password : undefined;
}

try {
  await start();
} catch (error) {
  const expected = error instanceof ConfigError || error instanceof EmbeddedPostgresError;
  const text =
    error instanceof Error ? (expected ? error.message : (error.stack ?? error.message)) : String(error);
  process.stderr.write(`Standfirst can not start.\n${text}\n`);
  process.exit(1);
}
