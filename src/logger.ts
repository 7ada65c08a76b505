import { type Logger, pino } from 'pino';

/**
 * The service's log: one JSON object a line, or coloured lines for people on a terminal. What signs somebody in never
 * gets into it.
 */
export function createLogger(options: { level: string; pretty: boolean }): Logger {
  return pino({
    level: options.level,
    redact: [
      'req.headers.authorization',
      'headers.authorization',
      '*.parameters',
      '*.driverError.parameters',
    ],
    serializers: { err: serializeError },
    ...(options.pretty
      ? {
          transport: {
            target: 'pino-pretty',
            options: { translateTime: 'HH:MM:ss', ignore: 'pid,hostname' },
          },
        }
      : {}),
  });
}

/** An error without the values that went with it: a failed statement's parameters can be a reader's address. */
function serializeError(error: unknown): object {
  if (!(error instanceof Error)) return { message: String(error) };
  const { code, detail: _, ...rest } = error as Error & { code?: unknown; detail?: unknown };
  const cause = (rest as { originalError?: unknown }).originalError;
  return {
    type: error.name,
    message: error.message,
    stack: error.stack,
    ...(code === undefined ? {} : { code }),
    ...(cause instanceof Error ? { cause: serializeError(cause) } : {}),
  };
}
