import { type Logger, pino } from 'pino';

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
    stack: withoutSecrets((error.stack ?? '').replace(error.message, () => message)),
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
  return withoutSecrets(quotesValue ? message.replace(/".*"/su, '"…"') : message);
}

/**
 * Removes everything that looks like an e-mail address, also when percent-encoded, or like a machine token. In paths of
 * scoped packages, `@` follows a slash.
 */
const withoutSecrets = (text: string): string =>
  text.replace(/[^\s/@"'`<>()]+(?:@|%40)[^\s/@"'`<>()]+/giu, '…').replace(/sf_[0-9a-z]{8,}/giu, 'sf_…');

/**
 * The path of a request in the form that is logged: without the query string, and without e-mail addresses and
 * machine tokens in the path.
 */
export const loggedPath = (url: string): string => withoutSecrets(url.split('?')[0] ?? '');
