import { Client } from 'pg';

/** An unusable database URL. The message names the faulty part and never contains the URL, which holds a password. */
export class DatabaseUrlError extends Error {
  override readonly name = 'DatabaseUrlError';
}

/** Property that a server must have for its connection to be used. */
export type SessionAttributes = 'any' | 'read-write' | 'primary';

/** One or several servers that may hold the database, in the order in which they are tried. */
export interface DatabaseAddress {
  /** One URL for each server, in the form that the driver takes. */
  readonly urls: readonly string[];
  readonly sessionAttributes: SessionAttributes;
  /** Time that a server has to accept a connection, in milliseconds; undefined where the URL sets none. */
  readonly connectTimeoutMs: number | undefined;
  /** The `sslmode` as written in the URL. */
  readonly sslmode: string | undefined;
}

const form = /^(postgres(?:ql)?:\/\/)((?:[^@/?#]*@)?)([^@/?#]*)([^?#]*)(?:\?([^#]*))?$/;

const sslmodes = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full', 'no-verify'];
/** Modes that the driver treats as `verify-full`, with a warning about its next major version. */
const strengthened: readonly (string | undefined)[] = ['allow', 'prefer', 'require', 'verify-ca'];

/** Refuses `standby` and the like: the service writes, so a read-only server is of no use. */
function sessionAttributesOf(value: string): SessionAttributes {
  if (value === 'any' || value === 'read-write' || value === 'primary') return value;
  throw new DatabaseUrlError('target_session_attrs takes any, read-write or primary');
}

function connectTimeoutOf(value: string): number | undefined {
  const seconds = Number(value);
  if (!/^\d+$/.test(value) || seconds > 300)
    throw new DatabaseUrlError('connect_timeout takes 0 to 300 seconds');
  return seconds === 0 ? undefined : seconds * 1000;
}

/**
 * Parses a database URL in libpq's form: `postgres://user:password@host1:port1,host2:port2/database?parameter=value`.
 * @throws DatabaseUrlError
 */
export function parseDatabaseUrl(text: string): DatabaseAddress {
  const [, protocol, user = '', hosts = '', path = '', query = ''] = form.exec(text) ?? [];
  if (protocol === undefined)
    throw new DatabaseUrlError('takes an address that starts with postgres:// or postgresql://');
  if (!isEncoded(user) || !isEncoded(path))
    throw new DatabaseUrlError('a % in the user, the password or the name of the database is written %25');
  const parameters = new URLSearchParams(query);
  const take = (name: string): string | undefined => {
    const value = parameters.get(name) ?? undefined;
    parameters.delete(name);
    return value;
  };
  if (parameters.get('host')?.includes(','))
    throw new DatabaseUrlError('several hosts stand before the name of the database, separated by commas');
  const attributes = take('target_session_attrs');
  const timeout = take('connect_timeout');
  const sslmode = parameters.get('sslmode') ?? undefined;
  if (sslmode !== undefined && !sslmodes.includes(sslmode))
    throw new DatabaseUrlError(`sslmode takes ${sslmodes.join(', ')}`);
  if (strengthened.includes(sslmode) && parameters.get('uselibpqcompat') !== 'true')
    parameters.set('sslmode', 'verify-full');
  const rest = parameters.size === 0 ? '' : `?${parameters.toString()}`;
  const urls = hosts.split(',').map((host) => `${protocol}${user}${host}${path}${rest}`);
  // The folder of a Unix socket is an empty host, or stands in the parameters.
  if (urls.length > 1 && hosts.split(',').some((host) => host === ''))
    throw new DatabaseUrlError('one of the hosts has no name');
  if (!urls.every((url) => URL.canParse(url) || URL.canParse(url.replace('@/', '@host/'))))
    throw new DatabaseUrlError('a host is a name or an address, and its port a number: host:5432');
  return {
    urls,
    sessionAttributes: attributes === undefined ? 'any' : sessionAttributesOf(attributes),
    connectTimeoutMs: timeout === undefined ? undefined : connectTimeoutOf(timeout),
    sslmode,
  };
}

function isEncoded(part: string): boolean {
  try {
    decodeURIComponent(part);
    return true;
  } catch {
    return false;
  }
}

/** Fault of a database URL, found without reading the files that it names; undefined where there is none. */
export function faultOfDatabaseUrl(text: string): string | undefined {
  try {
    parseDatabaseUrl(text);
    return undefined;
  } catch (error) {
    if (error instanceof DatabaseUrlError) return error.message;
    throw error;
  }
}

const isLocal = (host: string): boolean =>
  host === '' || host === 'localhost' || host === '::1' || host.startsWith('/') || /^127\./.test(host);

/** Host and encryption of a connection as the driver would open it. */
function readAsDriver(url: string): { host: string; ssl: unknown } {
  try {
    const { host, ssl } = new Client({ connectionString: url });
    return { host, ssl };
  } catch (error) {
    const { message, code, path } = error as NodeJS.ErrnoException;
    throw new DatabaseUrlError(path === undefined ? message : `${path} can not be read (${code})`);
  }
}

/**
 * Warnings for the operator about a database URL, one sentence each. None about servers on this machine, and none about
 * a choice that was made explicitly, such as `sslmode=disable`.
 * @throws DatabaseUrlError for a certificate that can't be read
 */
export function warningsAbout(text: string): string[] {
  const { urls, sslmode, sessionAttributes } = parseDatabaseUrl(text);
  const remote = urls.map(readAsDriver).filter(({ host }) => !isLocal(host));
  const [first] = remote;
  const warnings: string[] = [];
  if (urls.length > 1 && sessionAttributes === 'any')
    warnings.push(
      'DATABASE_URL has several hosts and takes the first that answers, also one that only reads: ' +
        'add target_session_attrs=read-write.',
    );
  if (first === undefined) return warnings;
  if (!first.ssl) {
    if (sslmode !== 'disable' && !/[?&]ssl=(false|0)\b/.test(text))
      warnings.push(
        `The connection to the database on ${first.host} is not encrypted: add sslmode=verify-full to DATABASE_URL, ` +
          'or sslmode=disable where the network is your own.',
      );
  } else if ((first.ssl as { rejectUnauthorized?: boolean }).rejectUnauthorized === false) {
    warnings.push(
      `The certificate of the database on ${first.host} is not verified, so anyone on the network path could impersonate it: ` +
        'use sslmode=verify-full, with sslrootcert=FILE for a certificate authority of your own.',
    );
  } else if (strengthened.includes(sslmode) && !/[?&]uselibpqcompat=true\b/.test(text)) {
    warnings.push(
      `sslmode=${sslmode} is taken as verify-full: certificate and name of the server are verified. Say verify-full.`,
    );
  }
  return warnings;
}
