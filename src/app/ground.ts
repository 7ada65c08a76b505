import type { AddressInfo } from 'node:net';
import { Payments } from '../features/funding/provider/payments.ts';
import { issuerRolesOf } from '../features/people/login/login.policy.ts';
import { rightsLocker } from '../features/people/tokens/token-viewer.loader.ts';
import { ConnectionSet } from '../carriers/live/connection-set.ts';
import { HashingQueue } from '../platform/auth/hashing-queue.ts';
import { RateLimits } from '../platform/auth/rate-limits.ts';
import { joinSiteRates } from '../platform/auth/site-rates.ts';
import { Database } from '../platform/db/database.ts';
import { readinessOf } from '../platform/db/database-readiness.ts';
import { WorkShares } from '../platform/db/work-shares.ts';
import { Hub } from '../platform/events/hub.ts';
import type { FaultReporter } from '../platform/graphql/present-error.ts';
import { Holdings } from '../platform/http/holdings.ts';
import { Links } from '../platform/http/links.ts';
import { observeNode } from '../platform/http/observe-node.ts';
import { Memory } from '../platform/kept/memory.ts';
import { openMail } from '../platform/mail/mail.ts';
import { Metrics } from '../platform/metrics/metrics.ts';
import { OperationSlots } from '../platform/operations/operation-slots.ts';
import { Turns } from '../platform/fairness/turns.ts';
import { systemClock } from '../platform/time/clock.ts';
import { joinPeers } from '../platform/workers/join.ts';
import { features as allFeatures } from './features.ts';
import { followedBy } from '../platform/feature/gather.ts';
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
    features,
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
    issuerRoles: issuerRolesOf([...config.oidcIssuers, ...config.hostTokenIssuers]),
  };
  const shares = new WorkShares(config);
  const db = new Database(dataSource, {
    prepareStatements: config.databasePreparedStatements,
    shares,
    lockRights: rightsLocker(rights),
  });
  const followed = followedBy(features);
  const memory = new Memory({ ...config, ...followed, db: db.forClock() });
  onConnectionBroke = () => memory.forget();
  const readiness = readinessOf({ url: databaseUrl, sendsTimeouts, dataSource, db });
  const hub = new Hub({
    ...{ ...config, ...followed },
    db: db.forNode('live'),
    bus,
    onEvents: (...read) => memory.clock.advance(...read),
    onError: (error) => warn(error, 'events could not be read'),
  });
  const rates = new RateLimits(config.rateLimits ? config : undefined);
  if (peers) joinPeers(peers, { rates, metrics });
  const siteRates = await joinSiteRates(rates, config, {
    sessionSecret: options.sessionSecret,
    onOutcome: (outcome) => metrics.siteRates.inc({ outcome }),
    onAway: ({ message: error }) =>
      logger.warn({ error }, 'Redis is away or slow; this process counts rates for itself'),
    onBack: () => logger.info('rates are counted in Redis again'),
  });
  const hashing = new HashingQueue({
    atOnce: config.passwordHashesAtOnce,
    maxWaiting: config.maxWaitingPasswordHashes,
    maxWaitMs: config.passwordHashWaitMs,
    permit: peers && (() => peers.mayHash()),
  });
  const connections = new ConnectionSet(config);
  /** Bytes of answers, and of bodies that are received. */
  const holdings = new Holdings({ ...config, direction: 'out' });
  const bodies = new Holdings({ ...config, direction: 'in' });
  observeNode(metrics, { connections, dataSource, hub, holdings, bodies, hashing, shares, memory });

  return {
    ...{ options, config, logger, warn, clock, features, metrics, place, links: new Links() },
    ...{ dataSource, db, bus, hub, memory, readiness, rights, payments, mail, rates },
    ...{ connections, hashing, holdings, bodies },
    slots: new OperationSlots(),
    turns: new Turns(),
    onFault: ((errorId, error) => logger.error({ errorId, err: error }, 'fault')) as FaultReporter,
    /** Ends what requests have, and tells other nodes nothing more. */
    async leave(): Promise<void> {
      holdings.close();
      bodies.close();
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
