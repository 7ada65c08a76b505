import 'reflect-metadata';
import { type Config, parseConfig } from '../platform/config/config.ts';
import { Database, sqlState } from '../platform/db/database.ts';
import { visitEmbeddedPostgres } from '@standfirst/embedded-postgres';
import { requireMigrated } from '../platform/db/schema-fault.ts';
import { isUnavailable } from '../platform/db/unavailable.ts';
import { EventLog } from '../platform/events/log.ts';
import { ModerationLog } from '../platform/screening/moderation-log.ts';
import { Links } from '../platform/http/links.ts';
import { ownAddress } from '../platform/http/own-address.ts';
import { adviceOn } from '../app/advice.ts';
import { migrateDatabase } from '../app/migration-source.ts';
import { features } from '../app/features.ts';
import { openPlatform, type Platform } from '../app/platform.ts';

/** Thrown for a wrong command line: the usage is shown, and the exit code is 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Dependencies of a command. */
export interface CommandContext {
  readonly config: Config;
  readonly db: Database;
  readonly log: EventLog;
  readonly moderationLog: ModerationLog;
  /** The address of the database, embedded or not. */
  readonly databaseUrl: string;
}

/** Addresses of pages of the service: below `PUBLIC_URL`, or else where it listens by `HOST` and `PORT`. */
export function linksOf({ publicUrl, host, port }: Config): Links {
  const links = new Links();
  links.setBase(publicUrl ?? ownAddress(host, port));
  return links;
}

/** A statement of a command may take long, such as for a whole thread; it must not hang forever. */
const statementTimeoutMs = 600_000;

const warn = (message: string): void => {
  process.stderr.write(`${message}\n`);
};

/** Closes in reverse order of opening. */
async function closeAll(closers: readonly (() => Promise<void>)[]): Promise<void> {
  for (const close of [...closers].reverse()) await close();
}

/**
 * Runs a command on the database of `DATABASE_URL`, which must be migrated, or on the embedded one, even while a
 * service runs on it. Other nodes hear of its events over Redis, or else by polling, within a second.
 */
export async function withDatabase<T>(work: (context: CommandContext) => Promise<T>): Promise<T> {
  const config = parseConfig(process.env);
  const closers: (() => Promise<void>)[] = [];
  try {
    const { dataSource, bus, databaseUrl } = await open(config, closers);
    return await work({
      config,
      // A plan that was kept from when a table was empty would read all of what an import makes of it.
      db: new Database(dataSource, { prepareStatements: false }),
      log: new EventLog(bus),
      moderationLog: new ModerationLog(bus),
      databaseUrl,
    });
  } finally {
    await closeAll(closers);
  }
}

async function open(
  config: Config,
  closers: (() => Promise<void>)[],
): Promise<Platform & { readonly databaseUrl: string }> {
  let { databaseUrl } = config;
  let isOwn = false;
  if (databaseUrl === undefined) {
    const embedded = await visitEmbeddedPostgres({ dataDir: config.dataDir, log: () => undefined });
    closers.push(() => embedded.stop());
    databaseUrl = embedded.url;
    isOwn = !embedded.isShared;
  }
  if (isOwn) await migrateDatabase(databaseUrl);
  let warned = false;
  const platform = await openPlatform({
    config,
    databaseUrl,
    features,
    poolSize: 2,
    statementTimeoutMs,
    applicationName: 'standfirst-command',
    // A broken idle connection is harmless; a statement that fails reports itself.
    onPoolError: () => undefined,
    onBusError: ({ message }) => {
      if (!warned) warn(`Redis is away (${message}); nodes find the events by looking.`);
      warned = true;
    },
  });
  closers.push(() => platform.dataSource.destroy());
  closers.push(() => platform.bus.close());
  await requireMigrated(platform.dataSource);
  await platform.bus.connected();
  return { ...platform, databaseUrl };
}

/** The message for an error that the person at the terminal can act on; for a fault of the program, its stack. */
function explain(error: unknown): string {
  const { message, code, stack } = error as { message?: string; code?: string; stack?: string };
  // 57P01: an administrator, such as the service that owns the embedded database, ended the connection.
  if (sqlState(error) === '57P01')
    return 'The database was stopped meanwhile. Nothing half-done was kept: run it again.';
  const advice = adviceOn(error);
  if (advice !== undefined) return advice;
  // An error of a file has the code of a socket that is not there, and a path.
  if (isUnavailable(error) && !Object.hasOwn(error as object, 'path'))
    return `The database can not be reached, or answers no more (${message || code}). Nothing half-done was kept: run it again.`;
  // A host name whose every address refused gives an AggregateError without a message, but with a code.
  const isSystem = /^E[A-Z]+$/.test(code ?? '');
  return (isSystem ? message || code : stack) ?? String(error);
}

/** The arguments of a program. `-- --help`, as `npm run` takes it and `npx` passes it on, asks for the help, and names no file. */
function argumentsOf([, , ...args]: readonly string[]): readonly string[] {
  const asksForHelp = args[0] === '--' && ['--help', '-h'].includes(args[1] ?? '');
  return asksForHelp ? args.slice(1) : args;
}

/**
 * Runs a command line to its end and sets the exit code: the result of `main`, 1 for an error, 2 for a wrong command
 * line.
 * @param usage shown with a wrong command line
 */
export async function runCommand(
  main: (args: readonly string[]) => Promise<number>,
  usage: string,
): Promise<void> {
  // The reader of the output may close it early, as `head` does.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
  try {
    process.exitCode = await main(argumentsOf(process.argv));
  } catch (error) {
    // `parseArgs` throws plain errors with a code of its own.
    const { code, message } = error as { code?: string; message: string };
    const isUsage = error instanceof UsageError || code?.startsWith('ERR_PARSE_ARGS') === true;
    process.stderr.write(isUsage ? `${message}\n\n${usage}` : `${explain(error)}\n`);
    process.exitCode = isUsage ? 2 : 1;
  }
}
