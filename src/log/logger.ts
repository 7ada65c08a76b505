import { type Logger, pino } from 'pino';

/**
 * The service's log: one JSON object a line, or coloured lines for people on a terminal. No line holds what signs somebody
 * in, an e-mail address, a body or a client's address.
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
    // Fastify logs requests and replies with some faults of its own; its serializer shows address and query string.
    serializers: { err: serializeError, req: serializeRequest, res: serializeReply },
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

const serializeRequest = ({ method }: { method?: unknown }): object => ({ method });
const serializeReply = ({ statusCode }: { statusCode?: unknown }): object => ({ statusCode });

/** An error without the values that went with it: a failed statement's parameters can be a reader's address. */
function serializeError(error: unknown): object {
  if (!(error instanceof Error)) return { message: withoutAddresses(String(error)) };
  const { code, originalError: cause } = error as Error & { code?: unknown; originalError?: unknown };
  const message = withoutValues(error.message, code);
  return {
    type: error.name,
    message,
    stack: withoutAddresses((error.stack ?? '').replace(error.message, () => message)),
    ...(code === undefined ? {} : { code }),
    ...(cause instanceof Error ? { cause: serializeError(cause) } : {}),
  };
}

/**
 * PostgreSQL's messages quote names of tables and columns, but for those of class 22, "data exception", and of text searches:
 * these quote values.
 */
function withoutValues(message: string, code: unknown): string {
  const quotesValue =
    typeof code === 'string' && (/^22[0-9A-Z]{3}$/.test(code) || /\btsquery\b/.test(message));
  return withoutAddresses(quotesValue ? message.replace(/".*"/su, '"…"') : message);
}

/** Anything that looks like an e-mail address, also encoded as in a URL: `@` in a path of a package follows a slash. */
const withoutAddresses = (text: string): string =>
  text.replace(/[^\s/@"'`<>()]+(?:@|%40)[^\s/@"'`<>()]+/giu, '…');

/** The path of a request as the log shows it: no query string, and no address that somebody took for a path. */
export const loggedPath = (url: string): string => withoutAddresses(url.split('?')[0] ?? '');
