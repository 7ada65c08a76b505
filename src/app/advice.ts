import { ConfigError } from '../platform/config/config.ts';
import { connectionAdvice } from '../platform/db/connection-advice.ts';
import { DatabaseUrlError } from '../platform/config/database-url.ts';
import { EmbeddedPostgresError } from '@standfirst/embedded-postgres';
import { PoolerError } from '../platform/db/pooler.ts';
import { NotMigratedError } from '../platform/db/schema-fault.ts';

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
