/**
 * @database none
 */
import { describe, expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { parseSmtpUrl } from '../../../src/platform/config/smtp-url.ts';
import {
  ConfigError,
  parseConfig,
  parseServiceConfig,
  settingNames,
} from '../../../src/platform/config/config.ts';

const secret = 'x'.repeat(32);

/** The names in the error message, in order; undefined if every setting was accepted. */
function refusedNames(env: Record<string, string>, parse = parseConfig): string[] | undefined {
  try {
    parse(env);
    return undefined;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.message.split('\n').map((line) => line.split(/[:.]/)[0] ?? '');
  }
}

const issuer = (more: object): string =>
  JSON.stringify([
    { id: 'news', name: 'The News', issuer: 'https://login.example.org', clientId: 'standfirst', ...more },
  ]);

const site = (more: object): string =>
  JSON.stringify([
    {
      id: 'site',
      name: 'The News',
      issuer: 'https://news.example.org',
      audience: 'comments',
      algorithm: 'HS256',
      secret: 'x'.repeat(32),
      ...more,
    },
  ]);

/** Invalid values of each setting that does not accept any text. */
const wrong: Record<string, readonly string[]> = {
  PORT: ['-1', '65536', 'http', '4000.5', '1e3', '0x10', ' 4000', '４０００'],
  PUBLIC_URL: ['example.org', 'ftp://example.org', '//example.org'],
  ALLOWED_ORIGINS: [
    'news.example.org',
    'https://news.example.org/',
    'https://a.example.org;https://b.example.org',
    'https://a.example.org,null',
    'https://*.example.org',
  ],
  EMBED_SITES: ['*', 'news.example.org', 'https://news.example.org/', 'https://*.example.org'],
  EMBED_UNKNOWN_ADDRESSES: ['on', 'true', 'OPEN', 'closed', 'open'],
  EMBED_PAGE_TIMEOUT_MS: ['99', '60001', '5s'],
  TRUST_PROXY: ['yes', '1', 'TRUE'],
  READER_PAGE: ['true', 'Off'],
  WORKERS: ['0', '65', '1.5', 'Auto', 'many'],
  STAFF_SECOND_FACTOR: ['yes', '1'],
  SIGN_IN_LINKS: ['yes', '1'],
  PASSKEY_DOMAIN: ['192.0.2.1', 'https://example.org', 'example.org:443', 'Example.org', 'example'],
  PASSKEY_ORIGINS: ['www.example.org', '*', 'https://www.example.org/'],
  DATABASE_URL: [
    'localhost',
    'mysql://localhost/x',
    'http://localhost',
    'postgres://a.example.org:x/db',
    'postgres://a.example.org,,b.example.org/db',
    'postgres://a.example.org/db?target_session_attrs=standby',
    'postgres://a.example.org/db?sslmode=always',
    'postgres://a.example.org/db?connect_timeout=soon',
    'postgres:///db?host=a.example.org,b.example.org',
  ],
  DATABASE_POOL_SIZE: ['3', '501', 'many'],
  DATABASE_WAIT_MS: ['99', '60001', '3s'],
  DATABASE_LOCK_TIMEOUT_MS: ['9', '600001', '2s'],
  MAX_WAITING_STATEMENTS_PER_CLIENT: ['9', '1000001', 'x'],
  MAX_WRITERS_PER_ARTICLE: ['0', '501', 'x'],
  DATABASE_STATEMENT_TIMEOUT_MS: ['99', '600001', '10s'],
  DATABASE_PREPARED_STATEMENTS: ['on', '1', 'True'],
  DEMO_DATA: ['yes', '0'],
  REDIS_URL: ['localhost:6379', 'http://localhost'],
  SESSION_SECRET: ['x'.repeat(31)],
  OIDC_ISSUERS: [
    'https://login.example.org',
    '{}',
    issuer({ id: 'The News' }),
    issuer({ issuer: 'http://login.example.org' }),
    issuer({ issuer: 'https://hunter2@login.example.org' }),
    issuer({ clientId: '' }),
    issuer({ scopes: 'email' }),
    issuer({ secret: 'in the wrong member' }),
    issuer({ roles: { claim: 'groups', values: { all: 'READER' } } }),
    issuer({ roles: { claim: 'groups', values: {} } }),
    `${issuer({}).slice(0, -1)},${issuer({ id: 'other' }).slice(1)}`,
    `${issuer({}).slice(0, -1)},${issuer({ issuer: 'https://other.example.org' }).slice(1)}`,
  ],
  HOST_TOKEN_ISSUERS: [
    'secret',
    site({ secret: 'hunter2' }),
    site({ secret: undefined }),
    site({ jwksUrl: 'https://news.example.org/keys' }),
    site({ algorithm: 'ES256' }),
    site({ algorithm: 'none' }),
    site({ algorithm: 'RS256' }),
    site({ algorithm: 'EdDSA', secret: undefined, jwksUrl: 'http://news.example.org/keys' }),
    site({ maxSeconds: 601 }),
  ],
  SESSION_SECRETS_ACCEPTED: [
    'x'.repeat(31),
    `${'x'.repeat(32)},short`,
    Array.from({ length: 5 }, () => 'x'.repeat(32)).join(),
  ],
  ACCESS_TOKEN_TTL_SECONDS: ['4', '86401', '15m'],
  REFRESH_TOKEN_TTL_SECONDS: ['59', '31536001', '-60'],
  FUNDING: ['on', 'stripe', 'OFF'],
  FUNDING_GRACE_HOURS: ['-1', '8761', '7d'],
  FUNDING_RETAIN_DAYS: ['-1', '36501', '10y'],
  FUNDING_POLL_MS: ['99', '600001', '1s'],
  STRIPE_SECRET_KEY: [
    'pk_test_0123456789',
    'sk_0123456789',
    'whsec_0123456789',
    ' sk_test_0123456789',
    'sk_test_',
    `sk_test_${'x'.repeat(500)}`,
  ],
  STRIPE_WEBHOOK_SECRET: ['sk_test_0123456789', 'whsec_', 'whsec_0123 456'],
  SMTP_URL: [
    'mail.example.org',
    'http://mail.example.org',
    'smtp://',
    'smtp://mail.example.org:x',
    'smtp://mail.example.org/path',
    'smtp://mail.example.org?tls=off',
    'smtp://mailer@mail.example.org',
    'smtp://mailer:100%@mail.example.org',
  ],
  MAIL_FROM: [
    'example.org',
    'news@',
    'a@example.org, b@example.org',
    'News <news@example.org',
    'a\n<b@example.org>',
  ],
  MAIL_POLL_MS: ['99', '600001', '1s'],
  NOTIFICATION_POLL_MS: ['99', '600001', '1s'],
  SITE_RELAY: ['true', 'Off'],
  SITE_LOG_POLL_MS: ['99', '600001', '1s'],
  WEBHOOK_POLL_MS: ['99', '600001', '1s'],
  MODERATION_POLL_MS: ['49', '600001', '1s'],
  WEBHOOK_TIMEOUT_MS: ['99', '60001', '1s'],
  WEBHOOK_PRIVATE_NETWORKS: ['true', 'Off'],
  SITE_NAME: ['a\nb', ' a', 'x'.repeat(61), '<b>'],
  MODERATION_HOOK_PRIVATE_NETWORKS: ['true', 'Off'],
  MAX_MAILS_PER_RECIPIENT_PER_HOUR: ['0', '1000001', 'x'],
  MAX_MAILS_PER_SENDER_PER_HOUR: ['0', '1000001', 'x'],
  MAX_NOTIFICATION_MAILS_PER_HOUR: ['0', '1001', 'x'],
  NOTIFICATION_MAIL_DELAY_SECONDS: ['-1', '3601', 'x'],
  DIGEST_HOUR: ['-1', '24', 'x'],
  MAX_ENDORSEMENT_MAILS_PER_CLIENT_PER_HOUR: ['0', '1000001', 'x'],
  MAX_ENDORSEMENT_MAILS_PER_RECIPIENT_PER_HOUR: ['0', '1000001', 'x'],
  MAX_ENDORSEMENT_MAILS_PER_ARTICLE_PER_HOUR: ['0', '1000001', 'x'],
  LOG_LEVEL: ['loud', 'INFO'],
  LOG_FORMAT: ['xml'],
  MAX_SESSION_SECONDS: ['59', '315360001', '90d'],
  MAX_SESSIONS_PER_ACCOUNT: ['0', '1001', 'x'],
  PASSWORD_HASHES_AT_ONCE: ['0', '4', 'all'],
  MAX_WAITING_PASSWORD_HASHES: ['0', '10001', 'x'],
  PASSWORD_HASH_WAIT_MS: ['99', '60001', '5s'],
  MAX_REQUEST_BYTES: ['1023', '16777217', '1MB'],
  MAX_QUERY_CHARACTERS: ['99', '1000001', '64KiB'],
  MAX_QUERY_TOKENS: ['99', '100001', ''.padEnd(3, ' ')],
  MAX_QUERY_DEPTH: ['4', '101', 'deep'],
  MAX_QUERY_ALIASES: ['-1', '1001', 'NaN'],
  MAX_QUERY_COST: ['99', '1000000001', 'Infinity'],
  MAX_COST_PER_MINUTE: ['99', '1000000001', '1e6'],
  MAX_ANSWER_BYTES: ['9999', '1073741825', '8MB'],
  MAX_HELD_BYTES_PER_CLIENT: ['99999', '1073741825', 'x'],
  MAX_HELD_BYTES: ['999999', '68719476737', 'x'],
  MAX_ANSWER_STALL_MS: ['99', '600001', '10s'],
  MAX_REQUESTS_PER_MINUTE: ['9', '1000000001', 'x'],
  MAX_DOCUMENT_CHARACTERS_PER_MINUTE: ['999', '1000000001', 'x'],
  MAX_WRITES_PER_MINUTE: ['0', '1000001', 'x'],
  MAX_MODERATOR_WRITES_PER_MINUTE: ['0', '1000001', 'x'],
  MAX_SIGN_INS_PER_MINUTE: ['0', '1000001', 'x'],
  MAX_GUESSES_PER_MINUTE: ['0', '1000001', 'x'],
  MAX_ACCOUNT_GUESSES_PER_MINUTE: ['0', '1000001', 'x'],
  MAX_SIGN_UPS_PER_HOUR: ['0', '1000001', 'x'],
  MAX_REFRESHES_PER_MINUTE: ['0', '1000001', 'x'],
  MAX_PASSWORD_RESETS_PER_HOUR: ['0', '1000001', 'x'],
  MAX_EXPORTS_PER_HOUR: ['0', '1000001', 'x'],
  PICTURES_BUCKET_URL: ['pictures', 's3://pictures', 'https://key:secret@store.example.org/pictures'],
  PICTURES_BUCKET_REGION: ['eu central', ''.padEnd(101, 'x')],
  MAX_PICTURES_PER_HOUR: ['0', '1000001', 'x'],
  MAX_NEW_THREADS_PER_HOUR: ['0', '1000001', 'x'],
  MAX_ADDRESS_NEW_THREADS_PER_HOUR: ['0', '1000001', 'x'],
  MAX_REPORTS_PER_HOUR: ['0', '1000001', 'x'],
  MAX_TOKEN_COST_PER_MINUTE: ['99', '1000000001', '1e6'],
  MAX_TOKEN_WRITES_PER_MINUTE: ['0', '1000001', 'x'],
  MAX_EVENT_COST: ['9', '1000000001', '2e2'],
  EXECUTOR: ['graphql', 'Planned'],
  KEPT_ANSWERS_MB: ['-1', '65537', 'on'],
  KEPT_ROWS_MB: ['-1', '65537', 'on'],
  PUBLIC_CACHE_SECONDS: ['-1', '86401', '10s'],
  HSTS_SECONDS: ['-1', '63072001', '1y'],
  FEDERATION: ['true', 'On'],
  FEDERATION_SECRET: ['short'],
  RATE_LIMITS: ['true', 'On'],
  MAX_COMMENT_LENGTH: ['0', '100001', '10_000'],
  MAX_COMMENT_DEPTH: ['-1', '251', '1.0'],
  EDIT_WINDOW_SECONDS: ['-1', '31536001', 'ever'],
  MAX_REPLAY_EVENTS: ['0', '100001', 'all'],
  CHECKPOINT_MS: ['999', '3600001', '1m'],
  EVENT_RETENTION_HOURS: ['0', '87601', 'ever', '30d'],
  MODERATION_RETENTION_DAYS: ['0', '36501', 'ever', '1y'],
  PRUNE_INTERVAL_SECONDS: ['0', '86401', '1h'],
  HEAD_POLL_MS: ['49', '60001', 'x'],
  MAX_LIVE_TAIL_EVENTS: ['0', '10001', 'x'],
  MAX_LIVE_TAIL_BYTES: ['1023', '1073741825', '1 MiB'],
  MAX_SELECTIONS_PER_ARTICLE: ['0', '100001', 'x'],
  MAX_SUBSCRIPTIONS_PER_SOCKET: ['0', '1001', 'x'],
  MAX_CONNECTIONS_PER_ADDRESS: ['0', '1000001', 'x'],
  MAX_SOCKETS_PER_ADDRESS: ['0', '1000001', 'x'],
  MAX_SOCKETS_PER_VIEWER: ['0', '1000001', 'x'],
  SOCKET_PING_MS: ['99', '600001', 'x'],
  SHUTDOWN_DELAY_MS: ['-1', '60001', 'soon'],
  SHUTDOWN_TIMEOUT_MS: ['99', '600001', 'x'],
};

/** Settings that accept any text, as the name of a host, a folder or a file. */
const freeText = [
  'HOST',
  'DATA_DIR',
  'PICTURES_DIR',
  'PICTURES_BUCKET_KEY_ID',
  'PICTURES_BUCKET_SECRET',
  'TRUSTED_DOCUMENTS',
  'NODE_ENV',
];

describe('the settings', () => {
  it('are all covered by the tests below', () => {
    expect([...Object.keys(wrong), ...freeText].sort()).toEqual([...settingNames].sort());
  });

  it.each(Object.entries(wrong).flatMap(([name, values]) => values.map((value) => [name, value] as const)))(
    '%s is refused by name with the value %j',
    (name, value) => {
      const beside: Record<string, string> = name === 'DATABASE_URL' ? { SESSION_SECRET: secret } : {};
      expect(refusedNames({ ...beside, [name]: value })).toEqual([name]);
    },
  );

  it('are refused all at once', () => {
    const env = Object.fromEntries(Object.entries(wrong).map(([name, [value = '']]) => [name, value]));
    expect(refusedNames(env)?.sort()).toEqual(Object.keys(wrong).sort());
  });

  it('are refused with the values that they accept, and never with a secret', () => {
    expect(() => parseConfig({ PORT: 'x' })).toThrow('PORT: takes a whole number from 0 to 65535');
    const short = 'hunter2-hunter2';
    const url = 'mysql://root:hunter2@localhost/x';
    expect(() =>
      parseServiceConfig({
        SESSION_SECRET: short,
        DATABASE_URL: url,
        REDIS_URL: url,
        STRIPE_SECRET_KEY: short,
        STRIPE_WEBHOOK_SECRET: short,
        SMTP_URL: 'smtp://mailer:hunter2%@mail.example.org',
        OIDC_ISSUERS: issuer({ clientSecret: 'hunter2', clientAuth: 'hunter2' }),
        HOST_TOKEN_ISSUERS: site({ secret: 'hunter2' }),
      }),
    ).toThrow(expect.objectContaining({ message: expect.not.stringContaining('hunter2') }));
  });

  it('count as absent when empty', () => {
    const empty = Object.fromEntries(settingNames.map((name) => [name, '']));
    expect(parseConfig(empty)).toEqual(parseConfig({}));
    expect(parseConfig({ PORT: undefined })).toEqual(parseConfig({}));
  });

  it('have defaults for a first trial, but no demo data by default with DATABASE_URL', () => {
    expect(parseConfig({})).toMatchObject({
      host: '127.0.0.1',
      port: 4000,
      allowedOrigins: [],
      pageOrigins: [],
      trustProxy: false,
      databaseUrl: undefined,
      demoData: true,
      sessionSecret: undefined,
      rateLimits: true,
      readerPage: true,
      maxCommentDepth: 100,
      maxCommentLength: 10_000,
    });
    const own = { DATABASE_URL: 'postgresql://db/x', SESSION_SECRET: secret };
    expect(parseConfig(own)).toMatchObject({ databaseUrl: own.DATABASE_URL, demoData: false });
    expect(parseConfig({ ...own, DEMO_DATA: 'true' }).demoData).toBe(true);
    expect(parseConfig({ DEMO_DATA: 'false' }).demoData).toBe(false);
  });

  it('of a process that signs tokens need SESSION_SECRET in addition to DATABASE_URL', () => {
    const url = 'postgres://localhost/x';
    expect(refusedNames({ DATABASE_URL: url }, parseServiceConfig)).toEqual(['SESSION_SECRET']);
    expect(refusedNames({ DATABASE_URL: url, SESSION_SECRET: '' }, parseServiceConfig)).toEqual([
      'SESSION_SECRET',
    ]);
    expect(refusedNames({ SESSION_SECRET: secret }, parseServiceConfig)).toBeUndefined();
    expect(refusedNames({ DATABASE_URL: url })).toBeUndefined();
  });

  it('accept lists, flags and URLs', () => {
    const config = parseConfig({
      ALLOWED_ORIGINS: ' https://a.example.org , http://localhost:3000,,',
      TRUST_PROXY: 'true',
      PUBLIC_URL: 'https://example.org/api//',
      RATE_LIMITS: 'off',
      READER_PAGE: 'off',
      EDIT_WINDOW_SECONDS: '0',
      MAX_COMMENT_DEPTH: '250',
    });
    expect(config).toMatchObject({
      allowedOrigins: ['https://a.example.org', 'http://localhost:3000'],
      trustProxy: true,
      publicUrl: 'https://example.org/api',
      rateLimits: false,
      readerPage: false,
      editWindowSeconds: 0,
      maxCommentDepth: 250,
    });
    expect(parseConfig({ ALLOWED_ORIGINS: '*' }).allowedOrigins).toEqual(['*']);
    const [first, second] = ['https://a.example.org', 'https://b.example.org'];
    expect(parseConfig({ ALLOWED_ORIGINS: first, EMBED_SITES: `${first},${second}` })).toMatchObject({
      allowedOrigins: [first, second],
      embedSites: [first, second],
      newThreadPolicy: undefined,
    });
    expect(parseConfig({ EMBED_SITES: first, EMBED_UNKNOWN_ADDRESSES: 'open' }).newThreadPolicy).toBe('OPEN');
    expect(parseConfig({ EMBED_SITES: first, EMBED_UNKNOWN_ADDRESSES: 'premoderated' }).newThreadPolicy).toBe(
      'PREMODERATED',
    );
  });

  it('take passkeys for one domain: that of the service’s address, or one above it', () => {
    const PUBLIC_URL = 'https://api.example.org';
    const origins = (PASSKEY_ORIGINS: string) => refusedNames({ PUBLIC_URL, PASSKEY_ORIGINS });
    expect(origins('https://www.example.org')).toEqual(['PASSKEY_ORIGINS']);
    expect(origins('https://a.api.example.org')).toBeUndefined();
    const above = { PUBLIC_URL, PASSKEY_DOMAIN: 'example.org' };
    expect(refusedNames({ ...above, PASSKEY_ORIGINS: 'https://www.example.org' })).toBeUndefined();
    expect(refusedNames({ ...above, PASSKEY_ORIGINS: 'https://notexample.org' })).toEqual([
      'PASSKEY_ORIGINS',
    ]);
    expect(refusedNames({ PUBLIC_URL, PASSKEY_DOMAIN: 'example.net' })).toEqual(['PASSKEY_DOMAIN']);
  });

  it.each([
    [{}, 'test'],
    [{ NODE_ENV: 'development' }, 'test'],
    [{ NODE_ENV: 'production' }, 'off'],
    [{ NODE_ENV: 'production', STRIPE_SECRET_KEY: 'sk_live_0123456789' }, 'stripe'],
    [{ STRIPE_SECRET_KEY: 'rk_test_0123456789' }, 'stripe'],
    [{ STRIPE_SECRET_KEY: 'rk_test_0123456789', FUNDING: 'off' }, 'off'],
    [{ FUNDING: 'off' }, 'off'],
  ])('choose who moves money: %j gives %s', (env: Record<string, string>, provider) => {
    expect(parseConfig(env).fundingProvider).toBe(provider);
  });

  it.each([
    [{}, 'folder'],
    [{ NODE_ENV: 'production' }, 'off'],
    [{ DATABASE_URL: 'postgres://localhost/x' }, 'off'],
    [{ SMTP_URL: 'smtps://mail.example.org', MAIL_FROM: 'news@example.org' }, 'smtp'],
  ])('choose where mails go: %j gives %s', (env: Record<string, string>, delivery) => {
    expect(parseConfig(env).mailDelivery).toBe(delivery);
  });

  it('name each issuer once, whichever way it vouches for people', () => {
    const both = { OIDC_ISSUERS: issuer({}), HOST_TOKEN_ISSUERS: site({}) };
    expect(parseConfig(both).oidcIssuers[0]).toMatchObject({ id: 'news', scopes: 'openid email profile' });
    expect(parseConfig(both).hostTokenIssuers[0]).toMatchObject({ id: 'site', maxSeconds: 300 });
    const twice = { ...both, HOST_TOKEN_ISSUERS: site({ issuer: 'https://login.example.org' }) };
    expect(refusedNames(twice)).toEqual(['HOST_TOKEN_ISSUERS']);
  });

  it('name the sender of mails beside a server for mails', () => {
    const smtp = { SMTP_URL: 'smtp://mailer:a%2540b@[::1]:2525' };
    expect(refusedNames(smtp)).toEqual(['MAIL_FROM']);
    const { mailFrom, smtpUrl } = parseConfig({ ...smtp, MAIL_FROM: '"The News" <news@example.org>' });
    expect(mailFrom).toEqual({ name: 'The News', address: 'news@example.org' });
    expect(parseSmtpUrl(smtpUrl ?? '')).toEqual({
      host: '::1',
      port: 2525,
      beginsWithTls: false,
      isLoopback: true,
      credentials: { user: 'mailer', password: 'a%40b' },
    });
  });

  it('are frozen', () => {
    const config = parseConfig({});
    expect(Object.isFrozen(config)).toBe(true);
    expect(Object.isFrozen(config.allowedOrigins)).toBe(true);
  });

  it('ignore other variables of the environment', () => {
    expect(parseConfig({ PATH: '/bin', HOME: '/root' })).toEqual(parseConfig({}));
  });

  describe('in .env.example', () => {
    const heading = '# --- Docker Compose only';
    const assignments = async () => {
      const example = await readFile(new URL('../../../.env.example', import.meta.url), 'utf8');
      const [service = '', compose] = example.split(heading);
      // The variables that only Docker Compose needs are not settings of the service.
      expect(compose ?? '').not.toMatch(new RegExp(`^#?(${settingNames.join('|')})=`, 'm'));
      return [...service.matchAll(/^#? ?([A-Z][A-Z0-9_]*)=(.*)$/gm)].map(([, name = '', value = '']) => ({
        name,
        value,
      }));
    };

    it('are listed once each, without any other variable', async () => {
      const names = (await assignments()).map(({ name }) => name);
      expect(names.sort()).toEqual([...settingNames].sort());
    });

    it('have their default as the value, or an example if they have no default', async () => {
      const withoutDefault = [
        'PUBLIC_URL',
        'ALLOWED_ORIGINS',
        'EMBED_SITES',
        'PASSKEY_DOMAIN',
        'PASSKEY_ORIGINS',
        'DATABASE_URL',
        'REDIS_URL',
        'DATA_DIR',
        'STRIPE_SECRET_KEY',
        'STRIPE_WEBHOOK_SECRET',
        'NODE_ENV',
        'SMTP_URL',
        'MAIL_FROM',
        'SITE_NAME',
        'PICTURES_BUCKET_URL',
        'TRUSTED_DOCUMENTS',
        'FEDERATION_SECRET',
        'LOG_FORMAT',
        'PASSWORD_HASHES_AT_ONCE',
        'OIDC_ISSUERS',
        'HOST_TOKEN_ISSUERS',
      ];
      for (const { name, value } of await assignments()) {
        const config = parseConfig({
          [name]: value,
          ...(name === 'DATABASE_URL' ? { SESSION_SECRET: secret } : {}),
          ...(name === 'SMTP_URL' ? { MAIL_FROM: 'news@example.org' } : {}),
          ...(name === 'PICTURES_BUCKET_URL'
            ? { PICTURES_BUCKET_KEY_ID: 'key', PICTURES_BUCKET_SECRET: 'x' }
            : {}),
        });
        if (!withoutDefault.includes(name)) expect([name, config]).toEqual([name, parseConfig({})]);
      }
    });
  });
});
