/** A server that takes mail, from `SMTP_URL`. */
export interface SmtpServer {
  readonly host: string;
  readonly port: number;
  /** Whether the connection begins with TLS. Otherwise STARTTLS is required, unless the host is this machine. */
  readonly beginsWithTls: boolean;
  readonly isLoopback: boolean;
  /** Undefined: nobody signs in. */
  readonly credentials: { readonly user: string; readonly password: string } | undefined;
}

/** An unusable address. The message names the faulty part and never contains the address, which holds a password. */
export class SmtpUrlError extends Error {
  override readonly name = 'SmtpUrlError';
}

const defaultPorts: Readonly<Record<string, number>> = { 'smtp:': 587, 'smtps:': 465 };

/**
 * Parses `smtp://user:password@host:587` or `smtps://user:password@host:465`.
 * @throws SmtpUrlError
 */
export function parseSmtpUrl(text: string): SmtpServer {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const defaultPort = defaultPorts[url?.protocol ?? ''];
  if (!url || defaultPort === undefined || url.hostname === '')
    throw new SmtpUrlError('takes an address that starts with smtp:// or smtps://, with a host');
  if ((url.pathname !== '' && url.pathname !== '/') || url.search !== '' || url.hash !== '')
    throw new SmtpUrlError('takes nothing after the host and its port: smtps://user:password@host:465');
  if ((url.username === '') !== (url.password === ''))
    throw new SmtpUrlError('takes a user and a password, or neither');
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  return {
    host,
    port: url.port === '' ? defaultPort : Number(url.port),
    beginsWithTls: url.protocol === 'smtps:',
    isLoopback: host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host),
    credentials:
      url.username === '' ? undefined : { user: decoded(url.username), password: decoded(url.password) },
  };
}

/** The reason why `parseSmtpUrl` refuses an address; undefined: it does not. */
export function faultOfSmtpUrl(text: string): string | undefined {
  try {
    parseSmtpUrl(text);
    return undefined;
  } catch (error) {
    if (error instanceof SmtpUrlError) return error.message;
    throw error;
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new SmtpUrlError('a % in the user or the password is written %25');
  }
}
