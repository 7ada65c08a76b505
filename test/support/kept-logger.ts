import { symbols } from 'pino';
import { createLogger } from '../../src/platform/log/logger.ts';

/** The service's own logger at level `debug`, whose lines are collected instead of written. */
export function keptLogger(): { logger: ReturnType<typeof createLogger>; lines: string[] } {
  const lines: string[] = [];
  const logger = createLogger({ level: 'debug', pretty: false });
  // The stream is the only part of pino that the service leaves at its default.
  Object.assign(logger, { [symbols.streamSym]: { write: (line: string) => lines.push(line) } });
  return { logger, lines };
}
