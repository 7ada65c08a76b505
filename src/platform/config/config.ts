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

const list = z.string().default('').transform(partsOf).readonly();

/** Secrets beside the one that signs: each is as long as that one, and more than a few are a mistake. */
const acceptedSecrets = list.refine(
  (secrets) => secrets.length <= 4 && secrets.every(({ length }) => length >= 32),
  { error: 'takes a comma-separated list of at most 4 secrets, each of at least 32 characters' },
);

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

/**
 * Every setting: `maxQueryCost` is the environment variable MAX_QUERY_COST. `.env.example` describes each.
 * Names end in the unit where there is one.
 */
const settings = z.object({
  host: z.string().min(1).default('127.0.0.1'),
  port: integer(0, 65_535, 4000),
  publicUrl: address('http:', 'https:').optional(),
  allowedOrigins: originsOrAll,
  /** Origins of the sites whose pages show threads of this service. */
  embedSites: origins,
  embedUnknownAddresses: z
    .enum(['off', 'open', 'premoderated'], { error: 'takes off, open or premoderated' })
    .default('off'),
  embedPageTimeoutMs: integer(100, 60_000, 5000),
  trustProxy: flag.default(false),
  readerPage: onOff.default(true),
  /** Processes that serve the port; `workerCount` of `worker-share.ts` says how many `auto` is. */
  workers: workers.default(1),

  databaseUrl: databaseAddress.optional(),
  databasePoolSize: integer(minPoolSize, 500, 20),
  databaseWaitMs: integer(100, 60_000, 3000),
  databaseLockTimeoutMs: integer(10, 600_000, 2000),
  maxWaitingStatementsPerClient: integer(10, 1_000_000, 1000),
  maxWritersPerArticle: integer(1, 500, 5),
  databaseStatementTimeoutMs: integer(100, 600_000, 10_000),
  databasePreparedStatements: flag.default(true),
  dataDir: z.string().min(1).optional(),
  ...pictureVariables,
  demoData: flag.optional(),
  redisUrl: address('redis:', 'rediss:').optional(),

  /** Whether moderators, editors and administrators have their rights only with two factors. */
  staffSecondFactor: flag.default(false),
  signInLinks: flag.default(false),
  /** The domain for which browsers keep passkeys; undefined: the host of the service's address. */
  passkeyDomain: domain.optional(),
  /** Origins of pages that use passkeys, beside that of the service itself. */
  passkeyOrigins: origins,

  sessionSecret: z.string().min(32, { error: 'takes at least 32 characters' }).optional(),
  /** Secrets of which access tokens are valid as well. */
  sessionSecretsAccepted: acceptedSecrets,
  accessTokenTtlSeconds: integer(5, 86_400, 900),
  refreshTokenTtlSeconds: integer(60, 31_536_000, 2_592_000),
  maxSessionSeconds: integer(60, 315_360_000, 7_776_000),
  maxSessionsPerAccount: integer(1, 1000, 50),
  /** Undefined: by the number of processor cores. */
  passwordHashesAtOnce: optionalInteger(1, 3),
  maxWaitingPasswordHashes: integer(1, 10_000, 64),
  passwordHashWaitMs: integer(100, 60_000, 5000),
  /** OpenID providers whose users may sign in. */
  oidcIssuers: oidcIssuers,
  /** Sites that sign tokens for their own users. */
  hostTokenIssuers: hostIssuers,

  funding: z.enum(['auto', 'off'], { error: 'takes auto or off' }).default('auto'),
  /** Its prefix says whether money is real: `sk_live_` and `rk_live_`, or `sk_test_` and `rk_test_`. */
  stripeSecretKey: secret(
    /^(sk|rk)_(test|live)_\w+$/,
    'a secret or restricted key of Stripe, which starts with sk_test_, rk_test_, sk_live_ or rk_live_',
  ),
  /** Undefined: no webhook of Stripe is believed, and changes are found by polling. */
  stripeWebhookSecret: secret(
    /^whsec_[\w+/=-]+$/,
    'the signing secret of a webhook endpoint of Stripe, which starts with whsec_',
  ),
  nodeEnv: z.string().optional(),

  smtpUrl: smtpAddress.optional(),
  mailFrom: mailbox.optional(),
  siteName: nameOfSite.optional(),
  mailPollMs: integer(100, 600_000, 1000),
  maxMailsPerRecipientPerHour: integer(1, 1_000_000, 6),
  maxMailsPerSenderPerHour: integer(1, 1_000_000, 20),
  maxNotificationMailsPerHour: integer(1, 1000, 4),
  notificationMailDelaySeconds: integer(0, 3600, 60),
  digestHour: integer(0, 23, 6),
  maxEndorsementMailsPerClientPerHour: integer(1, 1_000_000, 20),
  maxEndorsementMailsPerRecipientPerHour: integer(1, 1_000_000, 3),
  maxEndorsementMailsPerArticlePerHour: integer(1, 1_000_000, 1000),

  logLevel: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent'], {
      error: 'takes fatal, error, warn, info, debug or silent',
    })
    .default('info'),
  logFormat: z.enum(['json', 'pretty'], { error: 'takes json or pretty' }).optional(),

  maxRequestBytes: integer(1024, 16_777_216, 1_048_576),
  maxQueryCharacters: integer(100, 1_000_000, 65_536),
  maxQueryTokens: integer(100, 100_000, 2000),
  maxQueryDepth: integer(5, 100, 15),
  maxQueryAliases: integer(0, 1000, 40),
  maxQueryCost: integer(100, 1_000_000_000, 5000),
  maxAnswerBytes: integer(10_000, 1_073_741_824, 8_388_608),
  maxHeldBytesPerClient: integer(100_000, 1_073_741_824, 33_554_432),
  maxHeldBytes: integer(1_000_000, 68_719_476_736, 268_435_456),
  maxAnswerStallMs: integer(100, 600_000, 10_000),
  maxEventCost: optionalInteger(10, 1_000_000_000),
  /** Paths of the manifests; undefined: any operation may run. */
  trustedDocuments: paths.optional(),
  /** Whether the service is a subgraph of Apollo Federation. */
  federation: onOff.default(false),
  /** By which gateways prove that they are: their operations need not be trusted. Undefined: nobody is a gateway. */
  federationSecret: z.string().min(32, { error: 'takes at least 32 characters' }).optional(),
  /** What executes operations: by plans that are kept, or graphql-js. */
  executor: z.enum(['planned', 'graphql-js'], { error: 'takes planned or graphql-js' }).default('planned'),
  keptAnswersMb: megabytes(64),
  keptRowsMb: megabytes(64),
  publicCacheSeconds: integer(0, 86_400, 10),
  hstsSeconds: integer(0, 63_072_000, 0),
  /** Off: none of the following limits is applied. */
  rateLimits: onOff.default(true),
  maxRequestsPerMinute: integer(10, 1_000_000_000, 6000),
  maxCostPerMinute: integer(100, 1_000_000_000, 500_000),
  maxDocumentCharactersPerMinute: integer(1000, 1_000_000_000, 250_000),
  maxWritesPerMinute: integer(1, 1_000_000, 60),
  maxModeratorWritesPerMinute: integer(1, 1_000_000, 600),
  maxSignInsPerMinute: integer(1, 1_000_000, 30),
  maxGuessesPerMinute: integer(1, 1_000_000, 10),
  maxAccountGuessesPerMinute: integer(1, 1_000_000, 100),
  maxSignUpsPerHour: integer(1, 1_000_000, 10),
  maxRefreshesPerMinute: integer(1, 1_000_000, 120),
  maxPasswordResetsPerHour: integer(1, 1_000_000, 10),
  maxExportsPerHour: integer(1, 1_000_000, 10),
  maxPicturesPerHour: integer(1, 1_000_000, 20),
  maxNewThreadsPerHour: integer(1, 1_000_000, 20),
  maxAddressNewThreadsPerHour: integer(1, 1_000_000, 60),
  maxReportsPerHour: integer(1, 1_000_000, 60),
  maxTokenCostPerMinute: integer(100, 1_000_000_000, 500_000),
  maxTokenWritesPerMinute: integer(1, 1_000_000, 60),

  maxCommentLength: integer(1, 100_000, 10_000),
  maxCommentDepth: integer(0, 250, 100),
  editWindowSeconds: integer(0, 31_536_000, 900),

  fundingGraceHours: integer(0, 8760, 168),
  fundingPollMs: integer(100, 600_000, 1000),
  fundingRetainDays: integer(0, 36_500, 3650),

  maxReplayEvents: integer(1, 100_000, 1000),
  checkpointMs: integer(1000, 3_600_000, 60_000),
  eventRetentionHours: integer(1, 87_600, 720),
  moderationRetentionDays: integer(1, 36_500, 365),
  pruneIntervalSeconds: integer(1, 86_400, 3600),
  headPollMs: integer(50, 60_000, 1000),
  notificationPollMs: integer(100, 600_000, 1000),
  /** Whether this node carries events into the site's log; if not, another node has to. */
  siteRelay: onOff.default(true),
  siteLogPollMs: integer(100, 600_000, 1000),
  webhookPollMs: integer(100, 600_000, 1000),
  moderationPollMs: integer(50, 600_000, 1000),
  webhookTimeoutMs: integer(100, 60_000, 15_000),
  /** Whether endpoints may be in private networks, and without encryption; likewise sites whose pages are asked for. */
  webhookPrivateNetworks: onOff.default(false),
  moderationHookPrivateNetworks: onOff.default(false),
  maxLiveTailEvents: integer(1, 10_000, 256),
  maxLiveTailBytes: integer(1024, 1_073_741_824, 1_048_576),
  maxSelectionsPerArticle: integer(1, 100_000, 200),
  maxSubscriptionsPerSocket: integer(1, 1000, 20),
  maxConnectionsPerAddress: integer(1, 1_000_000, 1000),
  maxSocketsPerAddress: integer(1, 1_000_000, 100),
  maxSocketsPerViewer: integer(1, 1_000_000, 50),
  socketPingMs: integer(100, 600_000, 15_000),
  shutdownDelayMs: integer(0, 60_000, 0),
  shutdownTimeoutMs: integer(100, 600_000, 25_000),
});

type Settings = z.infer<typeof settings>;

/** The environment variable of a setting. */
const variableOf = (name: string): string => name.replace(/[A-Z]/g, '_$&').toUpperCase();

/** Variables of a process, as in `process.env`. */
type Environment = Readonly<Record<string, string | undefined>>;

/** All settings, parsed and frozen, and what follows from them. */
export type Config = Readonly<ReturnType<typeof parseConfig>>;

/**
 * Who moves the money of pledges: Stripe, the test provider that moves none, or nobody, in which case there is no funding.
 * A service in production never falls back to imaginary money because its key is missing.
 */
export type FundingProvider = 'stripe' | 'test' | 'off';

function fundingProviderOf(e: Settings): FundingProvider {
  if (e.funding === 'off') return 'off';
  if (e.stripeSecretKey !== undefined) return 'stripe';
  return e.nodeEnv === 'production' ? 'off' : 'test';
}

/**
 * Where mails go: to a server, or for a first look to files in the folder of the embedded database. A service in production
 * never pretends to have sent a mail because its server is missing.
 */
export type MailDelivery = 'smtp' | 'folder' | 'off';

function mailDeliveryOf(e: Settings): MailDelivery {
  if (e.smtpUrl !== undefined) return 'smtp';
  return e.databaseUrl === undefined && e.nodeEnv !== 'production' ? 'folder' : 'off';
}

/** The sender of mails that go to files. */
const nobody: Mailbox = { name: 'Standfirst', address: 'standfirst@localhost' };

const newThreadPolicies = { off: undefined, open: 'OPEN', premoderated: 'PREMODERATED' } as const;

/** Ports of the service, and of the services that it uses, which take commands of anybody who reaches them. */
function ownPortsOf({ port, databaseUrl, redisUrl }: Settings): number[] {
  // Several hosts of a database may each have a port.
  const hosts = databaseUrl?.replace(/^[^/]*\/\/([^/@]*@)?/, '').split(/[/?]/, 1)[0] ?? '';
  const database = hosts.split(',').map((host) => Number(/:(\d+)$/.exec(host)?.[1] ?? 5432));
  const redis = redisUrl === undefined ? 6379 : Number(new URL(redisUrl).port || 6379);
  return [port, ...database, redis].filter((each) => each > 0);
}

/** Browsers use a passkey only on pages of its domain, so that any other origin is a mistake. */
function requirePasskeyOrigins(e: Settings): void {
  const domain = e.passkeyDomain ?? (e.publicUrl === undefined ? undefined : new URL(e.publicUrl).hostname);
  const isOfDomain = (host: string) => domain === undefined || host === domain || host.endsWith(`.${domain}`);
  if (e.publicUrl !== undefined && !isOfDomain(new URL(e.publicUrl).hostname))
    throw new ConfigError(`PASSKEY_DOMAIN: takes the host of PUBLIC_URL, or a domain above it`);
  const wrong = e.passkeyOrigins.find((origin) => origin === '*' || !isOfDomain(new URL(origin).hostname));
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
    Object.keys(settings.shape).map((name) => [name, env[variableOf(name)] || undefined]),
  );
  const parsed = settings.safeParse(given);
  if (!parsed.success) {
    const faults = parsed.error.issues.map(({ path: [name, ...within], message }) =>
      [variableOf(String(name)), ...within].join('.').concat(': ', message),
    );
    throw new ConfigError(faults.join('\n'));
  }
  const e = parsed.data;
  if (e.rateLimits && e.maxCostPerMinute < e.maxQueryCost) {
    throw new ConfigError(
      `MAX_COST_PER_MINUTE: takes MAX_QUERY_COST (${e.maxQueryCost}) at least, else the largest operation could never run`,
    );
  }
  if (e.rateLimits && e.maxTokenCostPerMinute < e.maxQueryCost) {
    throw new ConfigError(
      `MAX_TOKEN_COST_PER_MINUTE: takes MAX_QUERY_COST (${e.maxQueryCost}) at least, else the largest operation could never run with a machine token`,
    );
  }
  if (e.rateLimits && e.maxDocumentCharactersPerMinute < e.maxQueryCharacters) {
    throw new ConfigError(
      `MAX_DOCUMENT_CHARACTERS_PER_MINUTE: takes MAX_QUERY_CHARACTERS (${e.maxQueryCharacters}) at least, else the longest document could never be read`,
    );
  }
  const pictures = pictureSettingsOf(e);
  if (typeof pictures === 'string') throw new ConfigError(pictures);
  if (e.smtpUrl !== undefined && e.mailFrom === undefined) {
    throw new ConfigError(
      'MAIL_FROM: needed beside SMTP_URL: the sender of all mails, such as The News <news@example.org>',
    );
  }
  requirePasskeyOrigins(e);
  if (e.embedUnknownAddresses !== 'off' && e.embedSites.length === 0) {
    throw new ConfigError(
      'EMBED_UNKNOWN_ADDRESSES: takes off without EMBED_SITES, which names the sites whose addresses may get threads',
    );
  }
  if (e.federation && e.trustedDocuments !== undefined && e.federationSecret === undefined) {
    throw new ConfigError(
      'FEDERATION_SECRET: needed for FEDERATION beside TRUSTED_DOCUMENTS, which list no operation of a gateway',
    );
  }
  if (!isUnique([...e.oidcIssuers, ...e.hostTokenIssuers])) {
    throw new ConfigError('HOST_TOKEN_ISSUERS: takes no id and no issuer that OIDC_ISSUERS has');
  }
  if (e.workers !== 'auto' && e.databasePoolSize < e.workers * minPoolSize) {
    throw new ConfigError(
      `WORKERS: ${e.workers} workers take a DATABASE_POOL_SIZE of ${e.workers * minPoolSize} at least, ` +
        `${minPoolSize} connections for each; it is ${e.databasePoolSize}`,
    );
  }
  const { embedUnknownAddresses, keptAnswersMb, keptRowsMb, ...others } = e;
  return Object.freeze({
    ...others,
    /** Public address of the service; undefined: the address on which it listens. */
    publicUrl: e.publicUrl?.replace(/\/+$/, ''),
    /** Origins whose pages may call the service; those of `embedSites` are among them. */
    allowedOrigins: Object.freeze([...new Set([...e.allowedOrigins, ...e.embedSites])]),
    /** The allowed origins and that of `publicUrl`. Pages of other origins open no streams and no sockets. */
    pageOrigins: Object.freeze([
      ...new Set([
        ...e.allowedOrigins,
        ...e.embedSites,
        ...(e.publicUrl === undefined ? [] : [new URL(e.publicUrl).origin]),
      ]),
    ]),
    /** The comment policy of threads that begin at unknown addresses of those sites; undefined: none do. */
    newThreadPolicy: newThreadPolicies[embedUnknownAddresses],
    pictures,
    /** On by default with the embedded database, for a first look; elsewhere only on request. */
    demoData: e.demoData ?? e.databaseUrl === undefined,
    fundingProvider: fundingProviderOf(e),
    mailDelivery: mailDeliveryOf(e),
    mailFrom: Object.freeze(parseMailbox(e.mailFrom ?? '') ?? nobody),
    /** The name that mails say: the one of the sender, unless it is set. */
    siteName: e.siteName ?? (parseMailbox(e.mailFrom ?? '')?.name.slice(0, 60) || siteName),
    /** The reader's page selects the ancestors of each new comment, of which there are as many as threads may nest. */
    maxEventCost: e.maxEventCost ?? Math.max(usualEventCost, eventCostBesideAncestors + e.maxCommentDepth),
    /** Bytes of answers and of rows that are kept in memory; 0: none. */
    keptAnswerBytes: keptAnswersMb * bytesOfMegabyte,
    keptRowBytes: keptRowsMb * bytesOfMegabyte,
    /** Ports at which the service, its database and Redis listen. */
    ownPorts: Object.freeze(ownPortsOf(e)),
  });
}

/** The names of all settings, for the check that `.env.example` documents each. */
export const settingNames: readonly string[] = Object.keys(settings.shape).map(variableOf);
