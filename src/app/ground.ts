import type { AddressInfo } from 'node:net';
import type { Pool } from 'pg';
import { Payments } from '../features/funding/provider/payments.ts';
import { issuerRolesOf } from '../features/people/login/login.policy.ts';
import { rightsLocker } from '../features/people/tokens/token-viewer.loader.ts';
import { RateLimits } from '../platform/auth/rate-limits.ts';
import { createClient } from '../platform/db/data-source.ts';
import { Database } from '../platform/db/database.ts';
import { lookMs, Readiness } from '../platform/db/readiness.ts';
import { migrationNames, schemaFault } from '../platform/db/schema-fault.ts';
import { WorkShares } from '../platform/db/work-shares.ts';
import { Hub } from '../platform/events/hub.ts';
import type { FaultReporter } from '../platform/graphql/present-error.ts';
import { Holdings } from '../platform/http/holdings.ts';
import { Links } from '../platform/http/links.ts';
import { Memory } from '../platform/kept/memory.ts';
import { openMail } from '../platform/mail/mail.ts';
import { Metrics } from '../platform/metrics/metrics.ts';
import { Lanes } from '../platform/operations/lanes.ts';
import { Turns } from '../platform/operations/turns.ts';
import { systemClock } from '../platform/time/clock.ts';
import { joinPeers } from '../platform/workers/join.ts';
import { features as allFeatures } from './features.ts';
import { tablesOf } from '../platform/feature/gather.ts';
import { logReaderOf } from './log-readers.ts';
import type { AppOptions } from './options.ts';
import { openPlatform } from './platform.ts';

/** What all else stands on: the database, the bus, the provider of payments, and what this process keeps and shares out. */
export type Ground = Awaited<ReturnType<typeof openGround>>;

export async function openGround(options: AppOptions) {
  const { config, logger, databaseUrl, peers, clock = systemClock, features = allFeatures } = options;
  const metrics = new Metrics();
  const warn = (error: unknown, message: string, about: Readonly<Record<string, unknown>> = {}): void =>
    logger.warn({ ...about, err: error }, message);
  /** Where the service is found, known once it listens. */
  const place = { site: '', bound: undefined as AddressInfo | undefined };

  let onConnectionBroke = (): void => undefined;
  const { dataSource, bus, sendsTimeouts } = await openPlatform({
    config,
    databaseUrl,
    tables: tablesOf(features),
    poolSize: config.databasePoolSize,
    statementTimeoutMs: config.databaseStatementTimeoutMs,
    lockTimeoutMs: config.databaseLockTimeoutMs,
    peers,
    onPoolError: (error) => {
      logger.warn({ error: error.message }, 'an idle database connection broke');
      onConnectionBroke();
    },
    onBusError: (error) => logger.warn({ error: error.message }, 'Redis is away; events are polled'),
  });
  const payments = await Payments.open({
    ...options,
    clock,
    provider: options.payments,
    addresses: () => place.bound && { site: place.site, bound: place.bound },
  });
  const mail = openMail({
    config,
    folder: options.folder,
    transport: options.mailTransport,
    onOutcome: (outcome) => metrics.mails.inc({ outcome }),
  });

  const rights = {
    mustConfirm: mail !== undefined,
    staffSecondFactor: config.staffSecondFactor,
    issuerRoles: issuerRolesOf([...config.oidcIssuers, ...config.hostIssuers]),
  };
  const shares = new WorkShares({
    poolSize: config.databasePoolSize,
    maxWritersPerArticle: config.maxWritersPerArticle,
    maxWaitingPerClient: config.maxWaitingStatementsPerClient,
    waitMs: config.databaseWaitMs,
  });
  const db = new Database(dataSource, {
    prepareStatements: config.databasePreparedStatements,
    shares,
    lockRights: rightsLocker(rights),
  });
  const memory = new Memory({ ...config, db: db.forClock() });
  onConnectionBroke = () => memory.forget();
  const readiness = new Readiness({
    createClient: () =>
      createClient({
        url: databaseUrl,
        statementTimeoutMs: lookMs,
        connectTimeoutMs: lookMs,
        sendsTimeouts,
        applicationName: 'standfirst-readiness',
      }),
    findSchemaFault: (query) => schemaFault({ query }, migrationNames(dataSource)),
    askPool: (statement) => db.forNode('readiness').query(statement),
    onReadsOnly: () => db.renewConnections(),
  });
  const hub = new Hub({
    db: db.forNode('live'),
    bus,
    headPollMs: config.headPollMs,
    checkpointMs: config.checkpointMs,
    maxReplayEvents: config.maxReplayEvents,
    maxTailEvents: config.maxLiveTailEvents,
    maxTailBytes: config.maxLiveTailBytes,
    maxGroups: config.maxSelectionsPerArticle,
    onEvents: (...events) => memory.clock.advance(...events),
    readerOf: logReaderOf,
    onError: (error) => warn(error, 'events could not be read'),
  });
  const rates = new RateLimits(config.rateLimits ? config : undefined);
  if (peers) joinPeers(peers, { rates, metrics });
  const siteRates = await joinSite(rates);

  /** Counts rates together with other nodes, if Redis is configured. Its client is loaded on demand, as in `openPlatform`. */
  async function joinSite(joined: RateLimits) {
    if (config.redisUrl === undefined || !joined.enabled) return undefined;
    const { RedisRates } = await import('../platform/auth/redis-rates.ts');
    const redisRates = new RedisRates({
      url: config.redisUrl,
      sessionSecret: options.sessionSecret,
      settings: config,
      onOutcome: (outcome) => metrics.siteRates.inc({ outcome }),
      onAway: (error) =>
        logger.warn({ error: error.message }, 'Redis is away or slow; this process counts rates for itself'),
      onBack: () => logger.info('rates are counted in Redis again'),
    });
    joined.join(redisRates);
    return redisRates;
  }

  return {
    ...{ options, config, logger, warn, clock, features, metrics, place, links: new Links() },
    ...{ dataSource, db, bus, hub, memory, readiness, shares, rights, payments, mail, rates },
    pool: (dataSource.driver as unknown as { readonly master: Pool }).master,
    lanes: new Lanes(),
    turns: new Turns(),
    /** Bytes of answers, and of bodies that are received. */
    holdings: new Holdings({ ...config, direction: 'out' }),
    bodies: new Holdings({ ...config, direction: 'in' }),
    onFault: ((errorId, error) => logger.error({ errorId, err: error }, 'fault')) as FaultReporter,
    /** Tells streams that they end, and other nodes nothing more. */
    async leave(): Promise<void> {
      hub.close();
      siteRates?.close();
      await bus.close();
    },
    /** Releases what is left, once nobody uses it. */
    async close(): Promise<void> {
      await readiness.close();
      await dataSource.destroy();
    },
  };
}
