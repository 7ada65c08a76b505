import { symbols } from 'pino';
import { createLogger } from '../../src/log/logger.ts';

/** The service's own logger at its most talkative, whose lines are kept instead of written. */
export function keptLogger(): { logger: ReturnType<typeof createLogger>; lines: string[] } {
  const lines: string[] = [];
  const logger = createLogger({ level: 'debug', pretty: false });
  // The stream is pino's only part that the service takes as it comes.
  Object.assign(logger, { [symbols.streamSym]: { write: (line: string) => lines.push(line) } });
  return { logger, lines };
}
