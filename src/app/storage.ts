import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Config } from '../platform/config/config.ts';
import { warningsAbout } from '../platform/config/database-url.ts';
import { startEmbeddedPostgres } from '@standfirst/embedded-postgres';

/** Functions that end what a process has started. */
export interface Closers {
  /** End everything but the database; called in reverse order. */
  readonly parts: (() => Promise<void>)[];
  /** Ends the embedded database, after everything else; may be called again. Undefined: none was started. */
  database: (() => Promise<void>) | undefined;
}

/** A secret of the embedded database's folder, made at the first start. */
export async function folderSecret(folder: string, name: string): Promise<string> {
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
export interface Storage {
  readonly databaseUrl: string;
  readonly sessionSecret: string;
  /** The embedded database's folder; undefined: the database is not embedded. */
  readonly folder: string | undefined;
}

/**
 * Opens the database of `DATABASE_URL`, or starts the embedded one.
 * @param closers gets what stops it
 * @param onLost called when the embedded database has died for good
 */
export async function openStorage(
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
  closers.database = () => embedded.stop();
  return {
    databaseUrl: embedded.url,
    sessionSecret: sessionSecret ?? (await folderSecret(embedded.dataDir, 'session-secret')),
    folder: embedded.dataDir,
  };
}
