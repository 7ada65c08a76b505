import { ConfigError } from '../config/config.ts';
import { connectionAdvice } from '../db/connection-advice.ts';
import { DatabaseUrlError } from '../db/database-url.ts';
import { EmbeddedPostgresError } from '../db/embedded.ts';
import { PoolerError } from '../db/pooler.ts';
import { NotMigratedError } from '../db/schema-fault.ts';

/** The message for an error of settings or database that the person at the terminal can act on; undefined for others. */
export function adviceOn(error: unknown): string | undefined {
  if (
    error instanceof ConfigError ||
    error instanceof DatabaseUrlError ||
    error instanceof EmbeddedPostgresError ||
    error instanceof NotMigratedError ||
    error instanceof PoolerError
  )
    return error.message;
  return connectionAdvice(error);
}
