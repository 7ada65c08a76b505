import { type Logger, pino } from 'pino';
import { withoutSecrets } from '../text/secrets.ts';

/**
 * The service's log: one JSON object per line, or coloured lines for a terminal. No line contains a credential, an
 * e-mail address, a body or a client's address.
 */
export function createLogger(options: {
  readonly level: string;
  readonly pretty: boolean;
  /** Number of this process among several workers, shown in each line. */
  readonly worker?: number | undefined;
}): Logger {
  const logger = pino({
    level: options.level,
    redact: [
      'req.headers.authorization',
      'headers.authorization',
      'req.headers["router-authorization"]',
      'headers["router-authorization"]',
      '*.parameters',
      '*.driverError.parameters',
    ],
    // Fastify logs requests and replies along with some faults of its own; its serialisers would include address and
    // query string.
    serializers: { err: serializeError, req: serializeRequest, res: serializeReply },
    ...(options.pretty
      ? {
          transport: {
            target: 'pino-pretty',
            options: {
              translateTime: 'HH:MM:ss',
              ignore: 'pid,hostname,worker',
              messageFormat: '{if worker}worker {worker}: {end}{msg}',
            },
          },
        }
      : {}),
  });
  return options.worker === undefined ? logger : logger.child({ worker: options.worker });
}

/** Most characters of a path, and of an error's message and stack, in the log. */
const maxPathLength = 512;
const maxMessageLength = 10_000;

const serializeRequest = ({ method }: { method?: unknown }): object => ({ method });
const serializeReply = ({ statusCode }: { statusCode?: unknown }): object => ({ statusCode });

/**
 * Leaves out the values that belong to an error: a parameter of a failed statement can be a reader's e-mail address.
 */
function serializeError(error: unknown): object {
  if (!(error instanceof Error)) return { message: withoutSecrets(String(error)) };
  const { code, originalError: cause } = error as Error & { code?: unknown; originalError?: unknown };
  const message = withoutValues(error.message, code);
  return {
    type: error.name,
    message,
    stack: withoutSecrets(
      (error.stack ?? '').replace(error.message, () => message).slice(0, maxMessageLength),
    ),
    ...(code === undefined ? {} : { code }),
    ...(cause instanceof Error ? { cause: serializeError(cause) } : {}),
  };
}

/**
 * PostgreSQL's messages quote names of tables and columns, except those of class 22, "data exception", and of text
 * searches, which quote values.
 */
function withoutValues(message: string, code: unknown): string {
  const quotesValue =
    typeof code === 'string' && (/^22[0-9A-Z]{3}$/.test(code) || /\btsquery\b/.test(message));
  const short = message.slice(0, maxMessageLength);
  return withoutSecrets(quotesValue ? short.replace(/".*"/su, '"…"') : short);
}

/**
 * The path of a request in the form that is logged: without the query string, and without e-mail addresses and
 * machine tokens in the path. Of a long path only the beginning.
 */
export function loggedPath(url: string): string {
  const query = url.indexOf('?');
  const path = query < 0 ? url : url.slice(0, query);
  return path.length <= maxPathLength
    ? withoutSecrets(path)
    : `${withoutSecrets(path.slice(0, maxPathLength))}…`;
}
