import type { AddressInfo } from 'node:net';
import type { FastifyBaseLogger } from 'fastify';
import type { Pool } from 'pg';
import type { DataSource } from 'typeorm';
import type { GraphQLSchema } from 'graphql';
import { selectChangedViewers } from './account/account.queries.ts';
import { viewerLookup } from './account/viewer.loader.ts';
import { AccessTokens } from './auth/access-token.ts';
import { type Authenticated, Authenticator } from './auth/authenticate.ts';
import { CostBudget } from './auth/cost-budget.ts';
import { RateLimits } from './auth/rate-limits.ts';
import type { Config } from './config.ts';
import { createDataSource } from './db/data-source.ts';
import { Database } from './db/database.ts';
import { Pruning, type PruneRun } from './db/pruning.ts';
import type { RequestError } from './errors.ts';
import { type Bus, LocalBus } from './events/bus.ts';
import { Hub } from './events/hub.ts';
import { explorerQuery } from './explorer-query.ts';
import { type Context, Loaders } from './graphql/context.ts';
import { Documents } from './graphql/documents.ts';
import { Links } from './graphql/links.ts';
import type { FaultReporter } from './graphql/present-error.ts';
import { loadTrustedDocuments, type TrustedDocuments } from './graphql/trusted-documents.ts';
import { SubscriptionGate } from './http/accept-subscription.ts';
import { createApollo } from './http/apollo.ts';
import { clientAddress } from './http/client-address.ts';
import { DocumentReading } from './http/document-reading.ts';
import { drain } from './http/drain.ts';
import { EventStreamGateway } from './http/event-stream.ts';
import { listen } from './http/listen.ts';
import { LiveService } from './http/live-service.ts';
import { Metrics } from './http/metrics.ts';
import { Page } from './http/page.ts';
import { PageReader } from './http/page-reader.ts';
import { graphqlPath } from './http/paths.ts';
import { createHttpServer } from './http/server.ts';
import { WebSocketGateway } from './http/websocket.ts';
import { pruningTasks } from './pruning-tasks.ts';
import { buildApiSchema, type ResolverClass } from './schema.ts';
import { entities, migrations } from './schema-entities.ts';
import { type Clock, systemClock } from './time/clock.ts';
import { LiveOperations } from './live/operations.ts';
import { RightsWatch } from './live/rights-watch.ts';
import { createResolvers } from './resolvers.ts';

export interface AppOptions {
  readonly config: Config;
  readonly databaseUrl: string;
  readonly sessionSecret: string;
  readonly logger: FastifyBaseLogger;
  readonly clock?: Clock;
  /** The folder of the readers' page as it was built; absent: the service has no page. */
  readonly webRoot?: string;
}

/** The data source of the service's own tables. */
export function createServiceDataSource(config: Config, url: string, logger: FastifyBaseLogger): DataSource {
  return createDataSource({
    url,
    poolSize: config.databasePoolSize,
    statementTimeoutMs: config.databaseStatementTimeoutMs,
    entities,
    migrations,
    onPoolError: (error) => logger.warn({ error: error.message }, 'an idle database connection broke'),
  });
}

/** The bus to the other nodes; a service that is alone loads nothing of Redis, which would be a fifth of all modules. */
async function createBus({ config: { redisUrl: url }, logger }: AppOptions): Promise<Bus> {
  if (url === undefined) return new LocalBus();
  const { RedisBus } = await import('./events/redis-bus.ts');
  return new RedisBus({
    url,
    onError: (error) => logger.warn({ error: error.message }, 'Redis is away; events are polled'),
  });
}

/** The composition root: every service and resolver is made here, and nowhere else. */
export class App {
  readonly dataSource: DataSource;
  readonly db: Database;
  readonly hub: Hub;
  readonly bus: Bus;
  readonly metrics = new Metrics();
  readonly #pruning: Pruning;
  readonly #options: AppOptions;
  readonly #authenticator: Authenticator;
  readonly #reading: DocumentReading;
  readonly #links = new Links();
  readonly #onFault: FaultReporter;
  readonly #rights: RightsWatch;
  readonly #resolvers: ReadonlyMap<unknown, object>;
  #http: Awaited<ReturnType<typeof createHttpServer>> | undefined;
  #sockets: WebSocketGateway | undefined;
  #eventStreams: EventStreamGateway | undefined;
  #page: Page | undefined;
  #siteUrl = '';
  #draining = false;

  private constructor(options: AppOptions, dataSource: DataSource, bus: Bus) {
    const { config, logger, clock = systemClock } = options;
    this.#options = options;
    this.dataSource = dataSource;
    this.db = new Database(dataSource, { prepareStatements: config.databasePreparedStatements });
    this.bus = bus;
    this.hub = new Hub({
      db: this.db,
      bus: this.bus,
      headPollMs: config.headPollMs,
      checkpointMs: config.checkpointMs,
      maxReplayEvents: config.maxReplayEvents,
      maxTailEvents: config.maxLiveTailEvents,
      maxTailBytes: config.maxLiveTailBytes,
      maxGroups: config.maxSelectionsPerArticle,
      onError: (error) => logger.warn({ err: error }, 'events could not be read'),
    });
    this.#rights = new RightsWatch({
      intervalMs: config.headPollMs,
      clock,
      findChanges: (known) => selectChangedViewers(this.db, known),
      onError: (error) => logger.warn({ err: error }, 'rights could not be read'),
    });
    this.#pruning = new Pruning({
      db: this.db,
      tasks: pruningTasks(config),
      intervalSeconds: config.pruneIntervalSeconds,
      onRun: (run) => this.#report(run),
      onError: (error, task) => logger.warn({ err: error, task }, 'pruning failed; it is tried again'),
    });
    this.#onFault = (errorId, error) => logger.error({ errorId, err: error }, 'fault');

    const tokens = new AccessTokens({
      secret: options.sessionSecret,
      ttlSeconds: config.accessTokenTtlSeconds,
      clock,
    });
    this.#authenticator = new Authenticator(tokens, viewerLookup(this.db));
    const rates = new RateLimits(config.rateLimits);
    this.#reading = new DocumentReading(rates);
    this.#resolvers = createResolvers({
      config,
      db: this.db,
      bus: this.bus,
      links: this.#links,
      tokens,
      rates,
      clock,
    });
  }

  /** Connects to the database; the app does not listen yet. */
  static async create(options: AppOptions): Promise<App> {
    const dataSource = createServiceDataSource(options.config, options.databaseUrl, options.logger);
    await dataSource.initialize();
    return new App(options, dataSource, await createBus(options));
  }

  /** @returns the address that it listens on */
  async listen(): Promise<string> {
    const { config, logger } = this.#options;
    const schema = buildApiSchema((resolver) => this.#resolve(resolver));
    const trusted =
      config.trustedDocuments === undefined
        ? undefined
        : await loadTrustedDocuments(config.trustedDocuments, schema, config);
    const budget = config.rateLimits ? new CostBudget(config.maxCostPerMinute) : undefined;
    const documents = new Documents(schema, config);
    const apollo = createApollo({
      schema,
      documents,
      limits: config,
      trusted,
      budget,
      reading: this.#reading,
      publicCacheSeconds: config.publicCacheSeconds,
      metrics: this.metrics,
      onFault: this.#onFault,
    });
    await apollo.start();
    const service = this.#createLiveService(schema, documents, { budget, trusted });
    const onRefused = (message: string) => logger.warn(message);
    const eventStreams = new EventStreamGateway({
      service,
      limits: config,
      allowedOrigins: config.allowedOrigins,
      onRefused,
    });
    this.#eventStreams = eventStreams;
    this.#page = await this.#openPage(schema, budget);
    const http = await createHttpServer({
      apollo,
      authenticator: this.#authenticator,
      createContext: (request) => this.#createContext(request),
      eventStreams,
      logger,
      metrics: this.metrics,
      allowedOrigins: config.allowedOrigins,
      trustProxy: config.trustProxy,
      maxRequestBytes: config.maxRequestBytes,
      checkReady: () => this.#checkReady(),
      // Neither its own questions about the schema nor what people type in it would be on the list.
      explorerQuery: trusted ? undefined : explorerQuery,
      page: this.#page,
    });
    http.addHook('onClose', () => apollo.stop());
    this.#http = http;
    this.#sockets = new WebSocketGateway({
      server: http.server,
      path: graphqlPath,
      service,
      addressOf: (request) => clientAddress(request, config.trustProxy),
      limits: config,
      allowedOrigins: config.allowedOrigins,
      onRefused,
      metrics: this.metrics,
    });
    this.#observe(this.#sockets, eventStreams);
    await listen(http, config);
    const { port } = http.server.address() as AddressInfo;
    const wildcard = config.host === '0.0.0.0' || config.host === '::';
    const host = wildcard ? 'localhost' : config.host.includes(':') ? `[${config.host}]` : config.host;
    const address = `http://${host}:${port}`;
    this.#siteUrl = config.publicUrl ?? address;
    this.#links.setBase(this.#siteUrl);
    this.#pruning.start();
    return address;
  }

  /** Whether readers find a page here, once it listens. */
  get hasPage(): boolean {
    return this.#page !== undefined;
  }

  /** Stops taking work, lets what is under way finish, and lets go of everything. */
  async close(): Promise<void> {
    this.#draining = true;
    const pruned = this.#pruning.stop();
    await new Promise((resolve) => setTimeout(resolve, this.#options.config.shutdownDelayMs));
    // HTTP is served meanwhile: whoever routes requests learns from the readiness that it should send no more of them.
    await drain([this.#sockets, this.#eventStreams].filter((gateway) => gateway !== undefined));
    await this.#http?.close();
    this.#sockets?.close();
    this.#eventStreams?.close();
    this.#rights.close();
    this.hub.close();
    await this.bus.close();
    await pruned;
    await this.dataSource.destroy();
  }

  async #openPage(schema: GraphQLSchema, budget: CostBudget | undefined): Promise<Page | undefined> {
    const { config, webRoot } = this.#options;
    if (webRoot === undefined || !config.readerPage) return undefined;
    const reader = new PageReader({
      schema,
      budget,
      createContext: (request) => this.#createContext(request),
      metrics: this.metrics,
      onFault: this.#onFault,
    });
    return Page.open({ webRoot, reader, siteUrl: () => this.#siteUrl });
  }

  #createLiveService(
    schema: GraphQLSchema,
    documents: Documents,
    { budget, trusted }: { budget: CostBudget | undefined; trusted: TrustedDocuments | undefined },
  ): LiveService {
    const { config } = this.#options;
    return new LiveService({
      authenticator: this.#authenticator,
      gate: new SubscriptionGate({ schema, documents, limits: config, trusted }),
      operations: new LiveOperations({ schema, db: this.db, hub: this.hub, report: this.#onFault }),
      rights: this.#rights,
      budget,
      reading: this.#reading,
      limits: config,
      metrics: this.metrics,
      onFault: this.#onFault,
    });
  }

  #createContext(request: {
    authenticated: Authenticated | null;
    credentialError?: RequestError;
    address: string;
  }): Context {
    const viewer = request.authenticated?.viewer ?? null;
    return {
      viewer,
      loaders: new Loaders({ db: this.db, viewer }),
      address: request.address,
      ...(request.credentialError ? { credentialError: request.credentialError } : {}),
    };
  }

  #resolve(resolver: ResolverClass): object {
    const instance = this.#resolvers.get(resolver);
    if (!instance) throw new Error(`${resolver.name} is not made by the composition root`);
    return instance;
  }

  #observe(sockets: WebSocketGateway, eventStreams: EventStreamGateway): void {
    const pool = (this.dataSource.driver as unknown as { master: Pool }).master;
    this.metrics.observe({
      sockets: () => sockets.size,
      eventStreams: () => eventStreams.size,
      feeds: () => this.hub.size,
      pool: () => ({ total: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount }),
    });
  }

  #report({ outcome, removed, seconds }: PruneRun): void {
    this.metrics.pruningRuns.inc({ outcome });
    for (const [table, rows] of Object.entries(removed)) this.metrics.prunedRows.inc({ table }, rows);
    this.#options.logger.debug({ outcome, removed, seconds }, 'pruned');
  }

  async #checkReady(): Promise<string | undefined> {
    if (this.#draining) return 'the service is shutting down';
    await this.db.query('SELECT 1');
    return undefined;
  }
}
