import { z } from 'zod';
import { faultOfDatabaseUrl } from './database-url.ts';
import { type Mailbox, parseMailbox } from '../text/mailbox.ts';
import { siteName } from '../text/site-name.ts';
import { faultOfSmtpUrl } from './smtp-url.ts';
import { hostIssuers, isUnique, oidcIssuers } from './login-issuers.ts';
import { pictureSettingsOf, pictureVariables } from './picture-settings.ts';

/** An invalid setting at start. The message names every wrong variable and the values that it takes. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

const wholeNumber = (min: number, max: number, orElse = '') =>
  z
    .string()
    .refine((text) => /^-?\d+$/.test(text) && Number(text) >= min && Number(text) <= max, {
      error: `takes a whole number from ${min} to ${max}${orElse}`,
    })
    .transform(Number);

const integer = (min: number, max: number, fallback: number) => wholeNumber(min, max).default(fallback);

const optionalInteger = (min: number, max: number) => wholeNumber(min, max).optional();

const bytesOfMegabyte = 1024 * 1024;

/** Megabytes of a store that can be switched off. */
const megabytes = (fallback: number) =>
  z
    .string()
    .transform((text) => (text === 'off' ? '0' : text))
    .pipe(wholeNumber(0, 65_536, ', or off'))
    .default(fallback);

const flag = z.enum(['true', 'false'], { error: 'takes true or false' }).transform((text) => text === 'true');

const onOff = z.enum(['on', 'off'], { error: 'takes on or off' }).transform((text) => text === 'on');

const address = (...protocols: string[]) =>
  z.string().refine((text) => URL.canParse(text) && protocols.includes(new URL(text).protocol), {
    error: `takes an address that starts with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`,
  });

/** Least connections to the database with which one process can serve. */
export const minPoolSize = 4;

/** Most workers; more than any machine has use for, since all of them share one database. */
export const maxWorkers = 64;

const workers = z
  .string()
  .refine(
    (text) => text === 'auto' || (/^\d+$/.test(text) && Number(text) >= 1 && Number(text) <= maxWorkers),
    {
      error: `takes a whole number from 1 to ${maxWorkers}, or auto`,
    },
  )
  .transform((text) => (text === 'auto' ? text : Number(text)));

/** A database URL in libpq's form, which may contain several hosts. */
const databaseAddress = z.string().superRefine((text, context) => {
  const fault = faultOfDatabaseUrl(text);
  if (fault !== undefined) context.addIssue({ code: 'custom', message: fault });
});

const smtpAddress = z.string().superRefine((text, context) => {
  const fault = faultOfSmtpUrl(text);
  if (fault !== undefined) context.addIssue({ code: 'custom', message: fault });
});

const mailbox = z.string().refine((text) => parseMailbox(text) !== undefined, {
  error: 'takes an address such as news@example.org, or The News <news@example.org>',
});

const nameOfSite = z
  .string()
  .refine((text) => /^[^\p{Cc}\u2028\u2029<>]{1,60}$/u.test(text) && text.trim() === text, {
    error: 'takes a name of 1 to 60 characters in one line',
  });

/** An origin exactly as browsers send it: scheme, host and port, without a path and without wildcards. */
const isOrigin = (text: string) => URL.canParse(text) && new URL(text).origin === text && !text.includes('*');

/** Secrets beside the one that signs: each is as long as that one, and more than a few are a mistake. */
const acceptedSecrets = z
  .string()
  .default('')
  .transform((text) =>
    text
      .split(',')
      .map((secret) => secret.trim())
      .filter((secret) => secret !== ''),
  )
  .refine((secrets) => secrets.length <= 4 && secrets.every(({ length }) => length >= 32), {
    error: 'takes a comma-separated list of at most 4 secrets, each of at least 32 characters',
  });

/** The domain of passkeys, as in `PublicKeyCredential`: an IP address is none. */
const domain = z
  .string()
  .refine((text) => /^(localhost|([a-z0-9-]{1,63}\.)+[a-z][a-z0-9-]{0,62})$/.test(text), {
    error: 'takes a domain such as example.org',
  });

const partsOf = (text: string): string[] =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');

const list = z.string().default('').transform(partsOf);

const listOfOrigins = 'takes a comma-separated list of origins such as https://news.example.org';

const origins = list.refine((parts) => parts.every(isOrigin), { error: listOfOrigins });

const originsOrAll = list.refine((parts) => parts.every((part) => part === '*' || isOrigin(part)), {
  error: `${listOfOrigins}, or *`,
});

/** Paths of files, separated by commas. */
const paths = z
  .string()
  .transform(partsOf)
  .refine((parts) => parts.length > 0, { error: 'takes paths of files, separated by commas' });

/** The value is never part of the message: it may be a secret in the wrong place. */
const secret = (form: RegExp, description: string) =>
  z
    .string()
    .refine((text) => text.length <= 500 && form.test(text), { error: `takes ${description}` })
    .optional();

/** Points that one event may cost by default; more where the ancestors of its comment and the rest take more. */
const usualEventCost = 250;
const eventCostBesideAncestors = 150;

/** Every setting, by the name of its environment variable. `.env.example` describes each. */
const environment = z.object({
  HOST: z.string().min(1).default('127.0.0.1'),
  PORT: integer(0, 65_535, 4000),
  PUBLIC_URL: address('http:', 'https:').optional(),
  ALLOWED_ORIGINS: originsOrAll,
  EMBED_SITES: origins,
  EMBED_UNKNOWN_ADDRESSES: z
    .enum(['off', 'open', 'premoderated'], { error: 'takes off, open or premoderated' })
    .default('off'),
  EMBED_PAGE_TIMEOUT_MS: integer(100, 60_000, 5000),
  TRUST_PROXY: flag.default(false),
  READER_PAGE: onOff.default(true),
  WORKERS: workers.default(1),

  DATABASE_URL: databaseAddress.optional(),
  DATABASE_POOL_SIZE: integer(minPoolSize, 500, 20),
  DATABASE_WAIT_MS: integer(100, 60_000, 3000),
  DATABASE_LOCK_TIMEOUT_MS: integer(10, 600_000, 2000),
  MAX_WAITING_STATEMENTS_PER_CLIENT: integer(10, 1_000_000, 1000),
  MAX_WRITERS_PER_ARTICLE: integer(1, 500, 5),
  DATABASE_STATEMENT_TIMEOUT_MS: integer(100, 600_000, 10_000),
  DATABASE_PREPARED_STATEMENTS: flag.default(true),
  DATA_DIR: z.string().min(1).optional(),
  ...pictureVariables,
  DEMO_DATA: flag.optional(),
  REDIS_URL: address('redis:', 'rediss:').optional(),

  STAFF_SECOND_FACTOR: flag.default(false),
  SIGN_IN_LINKS: flag.default(false),
  PASSKEY_DOMAIN: domain.optional(),
  PASSKEY_ORIGINS: origins,

  SESSION_SECRET: z.string().min(32, { error: 'takes at least 32 characters' }).optional(),
  SESSION_SECRETS_ACCEPTED: acceptedSecrets,
  ACCESS_TOKEN_TTL_SECONDS: integer(5, 86_400, 900),
  REFRESH_TOKEN_TTL_SECONDS: integer(60, 31_536_000, 2_592_000),
  MAX_SESSION_SECONDS: integer(60, 315_360_000, 7_776_000),
  MAX_SESSIONS_PER_ACCOUNT: integer(1, 1000, 50),
  PASSWORD_HASHES_AT_ONCE: optionalInteger(1, 3),
  MAX_WAITING_PASSWORD_HASHES: integer(1, 10_000, 64),
  PASSWORD_HASH_WAIT_MS: integer(100, 60_000, 5000),
  OIDC_ISSUERS: oidcIssuers,
  HOST_TOKEN_ISSUERS: hostIssuers,

  FUNDING: z.enum(['auto', 'off'], { error: 'takes auto or off' }).default('auto'),
  STRIPE_SECRET_KEY: secret(
    /^(sk|rk)_(test|live)_\w+$/,
    'a secret or restricted key of Stripe, which starts with sk_test_, rk_test_, sk_live_ or rk_live_',
  ),
  STRIPE_WEBHOOK_SECRET: secret(
    /^whsec_[\w+/=-]+$/,
    'the signing secret of a webhook endpoint of Stripe, which starts with whsec_',
  ),
  NODE_ENV: z.string().optional(),

  SMTP_URL: smtpAddress.optional(),
  MAIL_FROM: mailbox.optional(),
  SITE_NAME: nameOfSite.optional(),
  MAIL_POLL_MS: integer(100, 600_000, 1000),
  MAX_MAILS_PER_RECIPIENT_PER_HOUR: integer(1, 1_000_000, 6),
  MAX_MAILS_PER_SENDER_PER_HOUR: integer(1, 1_000_000, 20),
  MAX_NOTIFICATION_MAILS_PER_HOUR: integer(1, 1000, 4),
  NOTIFICATION_MAIL_DELAY_SECONDS: integer(0, 3600, 60),
  DIGEST_HOUR: integer(0, 23, 6),
  MAX_ENDORSEMENT_MAILS_PER_CLIENT_PER_HOUR: integer(1, 1_000_000, 20),
  MAX_ENDORSEMENT_MAILS_PER_RECIPIENT_PER_HOUR: integer(1, 1_000_000, 3),
  MAX_ENDORSEMENT_MAILS_PER_ARTICLE_PER_HOUR: integer(1, 1_000_000, 1000),

  LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent'], {
      error: 'takes fatal, error, warn, info, debug or silent',
    })
    .default('info'),
  LOG_FORMAT: z.enum(['json', 'pretty'], { error: 'takes json or pretty' }).optional(),

  MAX_REQUEST_BYTES: integer(1024, 16_777_216, 1_048_576),
  MAX_QUERY_CHARACTERS: integer(100, 1_000_000, 65_536),
  MAX_QUERY_TOKENS: integer(100, 100_000, 2000),
  MAX_QUERY_DEPTH: integer(5, 100, 15),
  MAX_QUERY_ALIASES: integer(0, 1000, 40),
  MAX_QUERY_COST: integer(100, 1_000_000_000, 5000),
  MAX_ANSWER_BYTES: integer(10_000, 1_073_741_824, 8_388_608),
  MAX_HELD_BYTES_PER_CLIENT: integer(100_000, 1_073_741_824, 33_554_432),
  MAX_HELD_BYTES: integer(1_000_000, 68_719_476_736, 268_435_456),
  MAX_ANSWER_STALL_MS: integer(100, 600_000, 10_000),
  MAX_EVENT_COST: optionalInteger(10, 1_000_000_000),
  TRUSTED_DOCUMENTS: paths.optional(),
  FEDERATION: onOff.default(false),
  FEDERATION_SECRET: z.string().min(32, { error: 'takes at least 32 characters' }).optional(),
  EXECUTOR: z.enum(['planned', 'graphql-js'], { error: 'takes planned or graphql-js' }).default('planned'),
  KEPT_ANSWERS_MB: megabytes(64),
  KEPT_ROWS_MB: megabytes(64),
  PUBLIC_CACHE_SECONDS: integer(0, 86_400, 10),
  HSTS_SECONDS: integer(0, 63_072_000, 0),
  RATE_LIMITS: onOff.default(true),
  MAX_REQUESTS_PER_MINUTE: integer(10, 1_000_000_000, 6000),
  MAX_COST_PER_MINUTE: integer(100, 1_000_000_000, 500_000),
  MAX_DOCUMENT_CHARACTERS_PER_MINUTE: integer(1000, 1_000_000_000, 250_000),
  MAX_WRITES_PER_MINUTE: integer(1, 1_000_000, 60),
  MAX_MODERATOR_WRITES_PER_MINUTE: integer(1, 1_000_000, 600),
  MAX_SIGN_INS_PER_MINUTE: integer(1, 1_000_000, 30),
  MAX_GUESSES_PER_MINUTE: integer(1, 1_000_000, 10),
  MAX_ACCOUNT_GUESSES_PER_MINUTE: integer(1, 1_000_000, 100),
  MAX_SIGN_UPS_PER_HOUR: integer(1, 1_000_000, 10),
  MAX_REFRESHES_PER_MINUTE: integer(1, 1_000_000, 120),
  MAX_PASSWORD_RESETS_PER_HOUR: integer(1, 1_000_000, 10),
  MAX_EXPORTS_PER_HOUR: integer(1, 1_000_000, 10),
  MAX_PICTURES_PER_HOUR: integer(1, 1_000_000, 20),
  MAX_NEW_THREADS_PER_HOUR: integer(1, 1_000_000, 20),
  MAX_ADDRESS_NEW_THREADS_PER_HOUR: integer(1, 1_000_000, 60),
  MAX_REPORTS_PER_HOUR: integer(1, 1_000_000, 60),
  MAX_TOKEN_COST_PER_MINUTE: integer(100, 1_000_000_000, 500_000),
  MAX_TOKEN_WRITES_PER_MINUTE: integer(1, 1_000_000, 60),

  MAX_COMMENT_LENGTH: integer(1, 100_000, 10_000),
  MAX_COMMENT_DEPTH: integer(0, 250, 100),
  EDIT_WINDOW_SECONDS: integer(0, 31_536_000, 900),

  FUNDING_GRACE_HOURS: integer(0, 8760, 168),
  FUNDING_POLL_MS: integer(100, 600_000, 1000),
  FUNDING_RETAIN_DAYS: integer(0, 36_500, 3650),

  MAX_REPLAY_EVENTS: integer(1, 100_000, 1000),
  CHECKPOINT_MS: integer(1000, 3_600_000, 60_000),
  EVENT_RETENTION_HOURS: integer(1, 87_600, 720),
  MODERATION_RETENTION_DAYS: integer(1, 36_500, 365),
  PRUNE_INTERVAL_SECONDS: integer(1, 86_400, 3600),
  HEAD_POLL_MS: integer(50, 60_000, 1000),
  NOTIFICATION_POLL_MS: integer(100, 600_000, 1000),
  SITE_RELAY: onOff.default(true),
  SITE_LOG_POLL_MS: integer(100, 600_000, 1000),
  WEBHOOK_POLL_MS: integer(100, 600_000, 1000),
  MODERATION_POLL_MS: integer(50, 600_000, 1000),
  WEBHOOK_TIMEOUT_MS: integer(100, 60_000, 15_000),
  WEBHOOK_PRIVATE_NETWORKS: onOff.default(false),
  MODERATION_HOOK_PRIVATE_NETWORKS: onOff.default(false),
  MAX_LIVE_TAIL_EVENTS: integer(1, 10_000, 256),
  MAX_LIVE_TAIL_BYTES: integer(1024, 1_073_741_824, 1_048_576),
  MAX_SELECTIONS_PER_ARTICLE: integer(1, 100_000, 200),
  MAX_SUBSCRIPTIONS_PER_SOCKET: integer(1, 1000, 20),
  MAX_CONNECTIONS_PER_ADDRESS: integer(1, 1_000_000, 1000),
  MAX_SOCKETS_PER_ADDRESS: integer(1, 1_000_000, 100),
  MAX_SOCKETS_PER_VIEWER: integer(1, 1_000_000, 50),
  SOCKET_PING_MS: integer(100, 600_000, 15_000),
  SHUTDOWN_DELAY_MS: integer(0, 60_000, 0),
  SHUTDOWN_TIMEOUT_MS: integer(100, 600_000, 25_000),
});

/** Variables of a process, as in `process.env`. */
type Environment = Readonly<Record<string, string | undefined>>;

/** All settings, parsed and frozen. Field names end in the unit where there is one. */
export type Config = Readonly<ReturnType<typeof parseConfig>>;

/**
 * Who moves the money of pledges: Stripe, the test provider that moves none, or nobody, in which case there is no funding.
 * A service in production never falls back to imaginary money because its key is missing.
 */
export type FundingProvider = 'stripe' | 'test' | 'off';

function fundingProviderOf(e: z.infer<typeof environment>): FundingProvider {
  if (e.FUNDING === 'off') return 'off';
  if (e.STRIPE_SECRET_KEY !== undefined) return 'stripe';
  return e.NODE_ENV === 'production' ? 'off' : 'test';
}

/**
 * Where mails go: to a server, or for a first look to files in the folder of the embedded database. A service in production
 * never pretends to have sent a mail because its server is missing.
 */
export type MailDelivery = 'smtp' | 'folder' | 'off';

function mailDeliveryOf(e: z.infer<typeof environment>): MailDelivery {
  if (e.SMTP_URL !== undefined) return 'smtp';
  return e.DATABASE_URL === undefined && e.NODE_ENV !== 'production' ? 'folder' : 'off';
}

/** The sender of mails that go to files. */
const nobody: Mailbox = { name: 'Standfirst', address: 'standfirst@localhost' };

const newThreadPolicies = { off: undefined, open: 'OPEN', premoderated: 'PREMODERATED' } as const;

/** Ports of the service, and of the services that it uses, which take commands of anybody who reaches them. */
function ownPortsOf({ PORT, DATABASE_URL, REDIS_URL }: z.infer<typeof environment>): number[] {
  // Several hosts of a database may each have a port.
  const hosts = DATABASE_URL?.replace(/^[^/]*\/\/([^/@]*@)?/, '').split(/[/?]/, 1)[0] ?? '';
  const database = hosts.split(',').map((host) => Number(/:(\d+)$/.exec(host)?.[1] ?? 5432));
  const redis = REDIS_URL === undefined ? 6379 : Number(new URL(REDIS_URL).port || 6379);
  return [PORT, ...database, redis].filter((port) => port > 0);
}

/** Browsers use a passkey only on pages of its domain, so that any other origin is a mistake. */
function requirePasskeyOrigins(e: z.infer<typeof environment>): void {
  const domain =
    e.PASSKEY_DOMAIN ?? (e.PUBLIC_URL === undefined ? undefined : new URL(e.PUBLIC_URL).hostname);
  const isOfDomain = (host: string) => domain === undefined || host === domain || host.endsWith(`.${domain}`);
  if (e.PUBLIC_URL !== undefined && !isOfDomain(new URL(e.PUBLIC_URL).hostname))
    throw new ConfigError(`PASSKEY_DOMAIN: takes the host of PUBLIC_URL, or a domain above it`);
  const wrong = e.PASSKEY_ORIGINS.find((origin) => origin === '*' || !isOfDomain(new URL(origin).hostname));
  if (wrong !== undefined)
    throw new ConfigError(
      `PASSKEY_ORIGINS: takes origins of PASSKEY_DOMAIN (${domain ?? 'none is set'}), and ${wrong} is not one`,
    );
}

/**
 * Parses the settings of a process that signs tokens.
 * @throws ConfigError that names each wrong variable
 */
export function parseServiceConfig(env: Environment): Config {
  const config = parseConfig(env);
  if (config.databaseUrl !== undefined && config.sessionSecret === undefined) {
    throw new ConfigError(
      'SESSION_SECRET: needed beside DATABASE_URL, the same on every node: at least 32 random characters, ' +
        'for example the output of "openssl rand -base64 48"',
    );
  }
  return config;
}

/**
 * Parses the settings from an environment. Pure: no other code of the service reads `process.env`. An empty variable
 * counts as absent, as in a compose file's `NAME=${NAME:-}`.
 * @throws ConfigError that names each wrong variable
 */
export function parseConfig(env: Environment) {
  const given = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value !== ''),
  );
  const parsed = environment.safeParse(given);
  if (!parsed.success) {
    throw new ConfigError(
      parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('\n'),
    );
  }
  const e = parsed.data;
  if (e.RATE_LIMITS && e.MAX_COST_PER_MINUTE < e.MAX_QUERY_COST) {
    throw new ConfigError(
      `MAX_COST_PER_MINUTE: takes MAX_QUERY_COST (${e.MAX_QUERY_COST}) at least, else the largest operation could never run`,
    );
  }
  if (e.RATE_LIMITS && e.MAX_TOKEN_COST_PER_MINUTE < e.MAX_QUERY_COST) {
    throw new ConfigError(
      `MAX_TOKEN_COST_PER_MINUTE: takes MAX_QUERY_COST (${e.MAX_QUERY_COST}) at least, else the largest operation could never run with a machine token`,
    );
  }
  if (e.RATE_LIMITS && e.MAX_DOCUMENT_CHARACTERS_PER_MINUTE < e.MAX_QUERY_CHARACTERS) {
    throw new ConfigError(
      `MAX_DOCUMENT_CHARACTERS_PER_MINUTE: takes MAX_QUERY_CHARACTERS (${e.MAX_QUERY_CHARACTERS}) at least, else the longest document could never be read`,
    );
  }
  const pictures = pictureSettingsOf(e);
  if (typeof pictures === 'string') throw new ConfigError(pictures);
  if (e.SMTP_URL !== undefined && e.MAIL_FROM === undefined) {
    throw new ConfigError(
      'MAIL_FROM: needed beside SMTP_URL: the sender of all mails, such as The News <news@example.org>',
    );
  }
  requirePasskeyOrigins(e);
  if (e.EMBED_UNKNOWN_ADDRESSES !== 'off' && e.EMBED_SITES.length === 0) {
    throw new ConfigError(
      'EMBED_UNKNOWN_ADDRESSES: takes off without EMBED_SITES, which names the sites whose addresses may get threads',
    );
  }
  if (e.FEDERATION && e.TRUSTED_DOCUMENTS !== undefined && e.FEDERATION_SECRET === undefined) {
    throw new ConfigError(
      'FEDERATION_SECRET: needed for FEDERATION beside TRUSTED_DOCUMENTS, which list no operation of a gateway',
    );
  }
  if (!isUnique([...e.OIDC_ISSUERS, ...e.HOST_TOKEN_ISSUERS])) {
    throw new ConfigError('HOST_TOKEN_ISSUERS: takes no id and no issuer that OIDC_ISSUERS has');
  }
  if (e.WORKERS !== 'auto' && e.DATABASE_POOL_SIZE < e.WORKERS * minPoolSize) {
    throw new ConfigError(
      `WORKERS: ${e.WORKERS} workers take a DATABASE_POOL_SIZE of ${e.WORKERS * minPoolSize} at least, ` +
        `${minPoolSize} connections for each; it is ${e.DATABASE_POOL_SIZE}`,
    );
  }
  return Object.freeze({
    host: e.HOST,
    port: e.PORT,
    /** Public address of the service; undefined: the address on which it listens. */
    publicUrl: e.PUBLIC_URL?.replace(/\/+$/, ''),
    /** Origins whose pages may call the service; those of `embedSites` are among them. */
    allowedOrigins: Object.freeze([...new Set([...e.ALLOWED_ORIGINS, ...e.EMBED_SITES])]),
    /** The allowed origins and that of `publicUrl`. Pages of other origins open no streams and no sockets. */
    pageOrigins: Object.freeze([
      ...new Set([
        ...e.ALLOWED_ORIGINS,
        ...e.EMBED_SITES,
        ...(e.PUBLIC_URL === undefined ? [] : [new URL(e.PUBLIC_URL).origin]),
      ]),
    ]),
    /** Origins of the sites whose pages show threads of this service. */
    embedSites: Object.freeze(e.EMBED_SITES),
    /** The comment policy of threads that begin at unknown addresses of those sites; undefined: none do. */
    newThreadPolicy: newThreadPolicies[e.EMBED_UNKNOWN_ADDRESSES],
    embedPageTimeoutMs: e.EMBED_PAGE_TIMEOUT_MS,
    trustProxy: e.TRUST_PROXY,
    readerPage: e.READER_PAGE,
    /** Processes that serve the port; `workerCount` of `worker-share.ts` says how many `auto` is. */
    workers: e.WORKERS,
    databaseUrl: e.DATABASE_URL,
    databasePoolSize: e.DATABASE_POOL_SIZE,
    databaseWaitMs: e.DATABASE_WAIT_MS,
    databaseLockTimeoutMs: e.DATABASE_LOCK_TIMEOUT_MS,
    maxWaitingStatementsPerClient: e.MAX_WAITING_STATEMENTS_PER_CLIENT,
    maxWritersPerArticle: e.MAX_WRITERS_PER_ARTICLE,
    databaseStatementTimeoutMs: e.DATABASE_STATEMENT_TIMEOUT_MS,
    databasePreparedStatements: e.DATABASE_PREPARED_STATEMENTS,
    dataDir: e.DATA_DIR,
    pictures,
    /** On by default with the embedded database, for a first look; elsewhere only on request. */
    demoData: e.DEMO_DATA ?? e.DATABASE_URL === undefined,
    redisUrl: e.REDIS_URL,
    sessionSecret: e.SESSION_SECRET,
    /** Secrets of which access tokens are valid as well. */
    acceptedSessionSecrets: e.SESSION_SECRETS_ACCEPTED,
    /** Whether moderators, editors and administrators have their rights only with two factors. */
    staffSecondFactor: e.STAFF_SECOND_FACTOR,
    signInLinks: e.SIGN_IN_LINKS,
    /** The domain for which browsers keep passkeys; undefined: the host of the service's address. */
    passkeyDomain: e.PASSKEY_DOMAIN,
    /** Origins of pages that use passkeys, beside that of the service itself. */
    passkeyOrigins: Object.freeze(e.PASSKEY_ORIGINS),
    accessTokenTtlSeconds: e.ACCESS_TOKEN_TTL_SECONDS,
    refreshTokenTtlSeconds: e.REFRESH_TOKEN_TTL_SECONDS,
    maxSessionSeconds: e.MAX_SESSION_SECONDS,
    maxSessionsPerAccount: e.MAX_SESSIONS_PER_ACCOUNT,
    /** Undefined: by the number of processor cores. */
    passwordHashesAtOnce: e.PASSWORD_HASHES_AT_ONCE,
    maxWaitingPasswordHashes: e.MAX_WAITING_PASSWORD_HASHES,
    passwordHashWaitMs: e.PASSWORD_HASH_WAIT_MS,
    /** OpenID providers whose users may sign in. */
    oidcIssuers: Object.freeze(e.OIDC_ISSUERS),
    /** Sites that sign tokens for their own users. */
    hostIssuers: Object.freeze(e.HOST_TOKEN_ISSUERS),
    fundingProvider: fundingProviderOf(e),
    /** Its prefix says whether money is real: `sk_live_` and `rk_live_`, or `sk_test_` and `rk_test_`. */
    stripeSecretKey: e.STRIPE_SECRET_KEY,
    /** Undefined: no webhook of Stripe is believed, and changes are found by polling. */
    stripeWebhookSecret: e.STRIPE_WEBHOOK_SECRET,
    mailDelivery: mailDeliveryOf(e),
    smtpUrl: e.SMTP_URL,
    mailFrom: Object.freeze(parseMailbox(e.MAIL_FROM ?? '') ?? nobody),
    /** The name that mails say: the one of the sender, unless it is set. */
    siteName: e.SITE_NAME ?? (parseMailbox(e.MAIL_FROM ?? '')?.name.slice(0, 60) || siteName),
    mailPollMs: e.MAIL_POLL_MS,
    maxMailsPerRecipientPerHour: e.MAX_MAILS_PER_RECIPIENT_PER_HOUR,
    maxMailsPerSenderPerHour: e.MAX_MAILS_PER_SENDER_PER_HOUR,
    maxNotificationMailsPerHour: e.MAX_NOTIFICATION_MAILS_PER_HOUR,
    notificationMailDelaySeconds: e.NOTIFICATION_MAIL_DELAY_SECONDS,
    digestHour: e.DIGEST_HOUR,
    maxEndorsementMailsPerClientPerHour: e.MAX_ENDORSEMENT_MAILS_PER_CLIENT_PER_HOUR,
    maxEndorsementMailsPerRecipientPerHour: e.MAX_ENDORSEMENT_MAILS_PER_RECIPIENT_PER_HOUR,
    maxEndorsementMailsPerArticlePerHour: e.MAX_ENDORSEMENT_MAILS_PER_ARTICLE_PER_HOUR,
    logLevel: e.LOG_LEVEL,
    logFormat: e.LOG_FORMAT,
    maxRequestBytes: e.MAX_REQUEST_BYTES,
    maxQueryCharacters: e.MAX_QUERY_CHARACTERS,
    maxQueryTokens: e.MAX_QUERY_TOKENS,
    maxQueryDepth: e.MAX_QUERY_DEPTH,
    maxQueryAliases: e.MAX_QUERY_ALIASES,
    maxQueryCost: e.MAX_QUERY_COST,
    maxAnswerBytes: e.MAX_ANSWER_BYTES,
    maxHeldBytesPerClient: e.MAX_HELD_BYTES_PER_CLIENT,
    maxHeldBytes: e.MAX_HELD_BYTES,
    maxAnswerStallMs: e.MAX_ANSWER_STALL_MS,
    /** The reader's page selects the ancestors of each new comment, of which there are as many as threads may nest. */
    maxEventCost:
      e.MAX_EVENT_COST ?? Math.max(usualEventCost, eventCostBesideAncestors + e.MAX_COMMENT_DEPTH),
    /** Paths of the manifests; undefined: any operation may run. */
    trustedDocuments: e.TRUSTED_DOCUMENTS,
    /** Whether the service is a subgraph of Apollo Federation. */
    federation: e.FEDERATION,
    /** By which gateways prove that they are: their operations need not be trusted. Undefined: nobody is a gateway. */
    federationSecret: e.FEDERATION_SECRET,
    /** What executes operations: by plans that are kept, or graphql-js. */
    executor: e.EXECUTOR,
    /** Bytes of answers and of rows that are kept in memory; 0: none. */
    keptAnswerBytes: e.KEPT_ANSWERS_MB * bytesOfMegabyte,
    keptRowBytes: e.KEPT_ROWS_MB * bytesOfMegabyte,
    publicCacheSeconds: e.PUBLIC_CACHE_SECONDS,
    hstsSeconds: e.HSTS_SECONDS,
    /** Off: none of the following limits is applied. */
    rateLimits: e.RATE_LIMITS,
    maxRequestsPerMinute: e.MAX_REQUESTS_PER_MINUTE,
    maxCostPerMinute: e.MAX_COST_PER_MINUTE,
    maxDocumentCharactersPerMinute: e.MAX_DOCUMENT_CHARACTERS_PER_MINUTE,
    maxWritesPerMinute: e.MAX_WRITES_PER_MINUTE,
    maxModeratorWritesPerMinute: e.MAX_MODERATOR_WRITES_PER_MINUTE,
    maxSignInsPerMinute: e.MAX_SIGN_INS_PER_MINUTE,
    maxGuessesPerMinute: e.MAX_GUESSES_PER_MINUTE,
    maxAccountGuessesPerMinute: e.MAX_ACCOUNT_GUESSES_PER_MINUTE,
    maxSignUpsPerHour: e.MAX_SIGN_UPS_PER_HOUR,
    maxRefreshesPerMinute: e.MAX_REFRESHES_PER_MINUTE,
    maxPasswordResetsPerHour: e.MAX_PASSWORD_RESETS_PER_HOUR,
    maxExportsPerHour: e.MAX_EXPORTS_PER_HOUR,
    maxPicturesPerHour: e.MAX_PICTURES_PER_HOUR,
    maxNewThreadsPerHour: e.MAX_NEW_THREADS_PER_HOUR,
    maxAddressNewThreadsPerHour: e.MAX_ADDRESS_NEW_THREADS_PER_HOUR,
    maxReportsPerHour: e.MAX_REPORTS_PER_HOUR,
    maxTokenCostPerMinute: e.MAX_TOKEN_COST_PER_MINUTE,
    maxTokenWritesPerMinute: e.MAX_TOKEN_WRITES_PER_MINUTE,
    maxCommentLength: e.MAX_COMMENT_LENGTH,
    maxCommentDepth: e.MAX_COMMENT_DEPTH,
    editWindowSeconds: e.EDIT_WINDOW_SECONDS,
    fundingGraceHours: e.FUNDING_GRACE_HOURS,
    fundingPollMs: e.FUNDING_POLL_MS,
    fundingRetainDays: e.FUNDING_RETAIN_DAYS,
    maxReplayEvents: e.MAX_REPLAY_EVENTS,
    checkpointMs: e.CHECKPOINT_MS,
    eventRetentionHours: e.EVENT_RETENTION_HOURS,
    moderationRetentionDays: e.MODERATION_RETENTION_DAYS,
    pruneIntervalSeconds: e.PRUNE_INTERVAL_SECONDS,
    headPollMs: e.HEAD_POLL_MS,
    notificationPollMs: e.NOTIFICATION_POLL_MS,
    /** Whether this node carries events into the site's log; if not, another node has to. */
    siteRelay: e.SITE_RELAY,
    siteLogPollMs: e.SITE_LOG_POLL_MS,
    webhookPollMs: e.WEBHOOK_POLL_MS,
    moderationPollMs: e.MODERATION_POLL_MS,
    webhookTimeoutMs: e.WEBHOOK_TIMEOUT_MS,
    /** Whether endpoints may be in private networks, and without encryption; likewise sites whose pages are asked for. */
    webhookPrivateNetworks: e.WEBHOOK_PRIVATE_NETWORKS,
    moderationHookPrivateNetworks: e.MODERATION_HOOK_PRIVATE_NETWORKS,
    /** Ports at which the service, its database and Redis listen. */
    ownPorts: Object.freeze(ownPortsOf(e)),
    maxLiveTailEvents: e.MAX_LIVE_TAIL_EVENTS,
    maxLiveTailBytes: e.MAX_LIVE_TAIL_BYTES,
    maxSelectionsPerArticle: e.MAX_SELECTIONS_PER_ARTICLE,
    maxSubscriptionsPerSocket: e.MAX_SUBSCRIPTIONS_PER_SOCKET,
    maxConnectionsPerAddress: e.MAX_CONNECTIONS_PER_ADDRESS,
    maxSocketsPerAddress: e.MAX_SOCKETS_PER_ADDRESS,
    maxSocketsPerViewer: e.MAX_SOCKETS_PER_VIEWER,
    socketPingMs: e.SOCKET_PING_MS,
    shutdownDelayMs: e.SHUTDOWN_DELAY_MS,
    shutdownTimeoutMs: e.SHUTDOWN_TIMEOUT_MS,
  });
}

/** The names of all settings, for the check that `.env.example` documents each. */
export const settingNames: readonly string[] = Object.keys(environment.shape);
