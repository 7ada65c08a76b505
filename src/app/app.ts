import type { AddressInfo } from 'node:net';
import type { FastifyBaseLogger, FastifyRequest } from 'fastify';
import type { Pool } from 'pg';
import type { DataSource } from 'typeorm';
import { configuredPictureStore } from '../features/people/profile/configured-picture-store.ts';
import { proofsOf } from '../features/people/credentials/account-services.ts';
import type { Proofs } from '../features/people/credentials/proof.service.ts';
import { PictureStoreError } from '../features/people/profile/picture-store.ts';
import { PictureService } from '../features/people/profile/picture.service.ts';
import { viewerLookup } from '../features/people/account/viewer.loader.ts';
import { AccessTokens } from '../platform/auth/access-token.ts';
import { type Authenticated, Authenticator } from '../platform/auth/authenticate.ts';
import { Challenges } from '../platform/auth/challenges.ts';
import { HashingQueue } from '../platform/auth/hashing-queue.ts';
import { clientKey } from '../platform/auth/client-key.ts';
import { gatewayCheck } from '../platform/auth/gateway-secret.ts';
import { clientOf, type Viewer, withRightsLeft } from '../platform/auth/viewer.ts';
import { ClientLimits, RateLimits } from '../platform/auth/rate-limits.ts';
import type { RedisRates } from '../platform/auth/redis-rates.ts';
import type { Config } from '../platform/config/config.ts';
import { createClient } from '../platform/db/data-source.ts';
import { Database } from '../platform/db/database.ts';
import { Pruning, type PruneRun } from '../platform/db/pruning.ts';
import { lookMs, Readiness } from '../platform/db/readiness.ts';
import { WorkShares } from '../platform/db/work-shares.ts';
import { migrationNames, schemaFault } from '../platform/db/schema-fault.ts';
import { RequestError } from '../platform/errors/errors.ts';
import { ErasureService } from '../features/people/erasure/erasure.service.ts';
import { personalDocument } from '../features/people/erasure/personal-data.ts';
import type { Bus } from '../platform/events/bus.ts';
import { Hub } from '../platform/events/hub.ts';
import { EventLog } from '../platform/events/log.ts';
import { AnswerSize } from '../platform/graphql/answer-size.ts';
import { type Context, Loaders, requireViewer } from '../platform/graphql/context.ts';
import { Links } from '../platform/http/links.ts';
import type { FaultReporter } from '../platform/graphql/present-error.ts';
import { ApolloExecutor } from '../carriers/graphql/apollo.ts';
import { arrivalOf } from '../platform/http/arrivals.ts';
import { ConnectionLimit } from '../platform/http/connection-limit.ts';
import { clientAddress, countedAddress, deviceOf } from '../platform/http/client-address.ts';
import { doorsOf } from '../platform/http/doors.ts';
import { ConnectionSet } from '../carriers/live/connection-set.ts';
import { EmbedFiles } from '../carriers/embed/embed-files.ts';
import { EventStreamGateway } from '../carriers/event-stream/event-stream.ts';
import { GraphqlRoute } from '../carriers/graphql/graphql-route.ts';
import { answersOf, Holdings } from '../platform/http/holdings.ts';
import { listen } from '../platform/http/listen.ts';
import { ownAddress } from '../platform/http/own-address.ts';
import { Memory } from '../platform/kept/memory.ts';
import { notingTime } from '../platform/kept/noted-time.ts';
import type { BasisRecorder } from '../platform/kept/request-clock.ts';
import type { Reading } from '../platform/kept/site-clock.ts';
import { LiveService } from '../carriers/live/live-service.ts';
import { Metrics } from '../platform/metrics/metrics.ts';
import { Leases } from '../platform/jobs/leases.ts';
import { openMail } from '../platform/mail/mail.ts';
import type { MailTransport } from '../platform/mail/transport.ts';
import type { Provider } from '../platform/payments/provider.ts';
import type { PictureRoutes } from '../features/people/profile/picture-routes.ts';
import { DemoPictures } from '../carriers/site/demo-pictures.ts';
import { ReaderPage } from '../carriers/site/page.ts';
import type { LoginParts } from '../features/people/login.feature.ts';
import { deviceHeader, graphqlPath } from '../platform/http/paths.ts';
import { maxUserAgentLength } from '../platform/text/user-agent.ts';
import { createHttpServer } from '../platform/http/server.ts';
import { WebSocketGateway } from '../carriers/websocket/websocket.ts';
import { Documents } from '../platform/operations/documents.ts';
import { chooseExecutor } from '../platform/operations/execute.ts';
import { type Door, Gate } from '../platform/operations/gate.ts';
import { Lanes } from '../platform/operations/lanes.ts';
import { PublicReader } from '../platform/operations/public-reader.ts';
import { SharedAnswers } from '../platform/operations/shared-answers.ts';
import { Turns } from '../platform/operations/turns.ts';
import { loadTrustedDocuments } from '../platform/operations/trusted-documents.ts';
import type { Background, DecoratedClass, Feature } from '../platform/feature/feature.ts';
import { buildServedSchema, printApiSchema } from './api-schema.ts';
import { features } from './features.ts';
import { assemble, erasuresOf, pruningTasks, tablesOf } from './gather.ts';
import { logReaderOf } from './log-readers.ts';
import { Payments } from './payments.ts';
import { openPlatform, type Platform } from './platform.ts';
import { registerRoutes } from './routes.ts';
import { publicReadsOf } from './public-reads.ts';
import { openSignIns } from './sign-ins.ts';
import { unsubscribeRouteOf } from './unsubscribe.ts';
import { type Clock, systemClock } from '../platform/time/clock.ts';
import { TokenUses } from '../features/people/tokens/token-uses.ts';
import {
  findChangedViewers,
  rightsLocker,
  tokenLookup,
} from '../features/people/tokens/token-viewer.loader.ts';
import { issuerRolesOf } from '../features/people/login/login.policy.ts';
import { EventDocuments } from '../platform/live/event-documents.ts';
import { KnownDocuments } from '../platform/live/known-documents.ts';
import { LiveOperations } from '../platform/live/operations.ts';
import { RightsWatch } from '../platform/live/rights-watch.ts';
import { joinPeers } from '../platform/workers/join.ts';
import type { Peers } from '../platform/workers/peers.ts';

export interface AppOptions {
  readonly config: Config;
  readonly databaseUrl: string;
  readonly sessionSecret: string;
  readonly logger: FastifyBaseLogger;
  readonly clock?: Clock;
  /** The folder of the built readers' page; absent: the service has no page. */
  readonly webRoot?: string;
  /** The folder of the demo's pictures; absent: none are served. */
  readonly demoPictures?: string | undefined;
  /** The other workers of the same node; absent: this process is the whole node. */
  readonly peers?: Peers | undefined;
  /** Who moves money, instead of the provider that the settings choose. */
  readonly payments?: Provider | undefined;
  /** The folder of the embedded database; absent: the database is not embedded. */
  readonly folder?: string | undefined;
  /** What takes mails, instead of what the settings choose. */
  readonly mailTransport?: MailTransport | undefined;
  /** The most addresses of one sitemap; absent: as many as there may be. */
  readonly sitemapPartSize?: number | undefined;
  /** The features of the service; absent: all features. */
  readonly features?: readonly Feature[];
}

/** News among the workers of a node: addresses that may open no connection for a while. */
const barredTopic = 'barred';

/** Least interval between log lines about refused connections, in milliseconds. */
const warningIntervalMs = 60_000;

/** The composition root: creates and connects all parts of the running service. */
export class App {
  readonly dataSource: DataSource;
  readonly db: Database;
  readonly hub: Hub;
  readonly bus: Bus;
  readonly metrics = new Metrics();
  readonly #pruning: Pruning;
  readonly #shares: WorkShares;
  readonly #readiness: Readiness;
  readonly #options: AppOptions;
  readonly #authenticator: Authenticator;
  readonly #hashing: HashingQueue;
  readonly #rates: RateLimits;
  readonly #holdings: Holdings;
  readonly #bodies: Holdings;
  readonly #lanes = new Lanes();
  readonly #turns = new Turns();
  readonly #memory: Memory;
  readonly #links = new Links();
  readonly #isGateway: ReturnType<typeof gatewayCheck>;
  readonly #onFault: FaultReporter;
  readonly #rights: RightsWatch;
  readonly #connections: ConnectionSet;
  readonly #features: readonly Feature[];
  readonly #resolvers: ReadonlyMap<DecoratedClass, object>;
  readonly #background: readonly Background[];
  /** The work that has begun. Only this is ended: where a start has failed, the database may lack the tables. */
  readonly #begun: Background[] = [];
  readonly #payments: Payments;
  readonly #loginParts: LoginParts;
  readonly #proofs: Proofs;
  #http: Awaited<ReturnType<typeof createHttpServer>> | undefined;
  #sockets: WebSocketGateway | undefined;
  #page: ReaderPage | undefined;
  #siteRates: RedisRates | undefined;
  #eventDocuments: EventDocuments | undefined;
  #siteUrl = '';
  readonly #leaving = new AbortController();

  private constructor(options: AppOptions, { dataSource, bus, sendsTimeouts }: Platform, payments: Payments) {
    const { config, logger, clock = systemClock, peers } = options;
    this.#features = options.features ?? features;
    this.#payments = payments;
    this.#options = options;
    this.dataSource = dataSource;
    this.#shares = new WorkShares({
      poolSize: config.databasePoolSize,
      maxWritersPerArticle: config.maxWritersPerArticle,
      maxWaitingPerClient: config.maxWaitingStatementsPerClient,
      waitMs: config.databaseWaitMs,
    });
    const mail = openMail({
      config,
      folder: options.folder,
      transport: options.mailTransport,
      onOutcome: (outcome) => this.metrics.mails.inc({ outcome }),
    });
    const rules = {
      mustConfirm: mail !== undefined,
      staffSecondFactor: config.staffSecondFactor,
      issuerRoles: issuerRolesOf([...config.oidcIssuers, ...config.hostIssuers]),
    };
    this.db = new Database(dataSource, {
      prepareStatements: config.databasePreparedStatements,
      shares: this.#shares,
      lockRights: rightsLocker(rules),
    });
    this.#memory = new Memory({ ...config, db: this.db.forClock() });
    this.#readiness = new Readiness({
      createClient: () =>
        createClient({
          url: options.databaseUrl,
          statementTimeoutMs: lookMs,
          connectTimeoutMs: lookMs,
          sendsTimeouts,
          applicationName: 'standfirst-readiness',
        }),
      findSchemaFault: (query) => schemaFault({ query }, migrationNames(dataSource)),
      askPool: (statement) => this.db.forNode('readiness').query(statement),
      onReadsOnly: () => this.db.renewConnections(),
    });
    this.bus = bus;
    this.hub = new Hub({
      db: this.db.forNode('live'),
      bus: this.bus,
      headPollMs: config.headPollMs,
      checkpointMs: config.checkpointMs,
      maxReplayEvents: config.maxReplayEvents,
      maxTailEvents: config.maxLiveTailEvents,
      maxTailBytes: config.maxLiveTailBytes,
      maxGroups: config.maxSelectionsPerArticle,
      onEvents: (...events) => this.#memory.clock.advance(...events),
      readerOf: logReaderOf,
      onError: (error) => logger.warn({ err: error }, 'events could not be read'),
    });
    this.#rights = new RightsWatch({
      intervalMs: config.headPollMs,
      clock,
      findChanges: (known) => findChangedViewers(this.db.forNode('rights'), known, rules),
      onError: (error) => logger.warn({ err: error }, 'rights could not be read'),
    });
    this.#pruning = new Pruning({
      db: this.db,
      tasks: pruningTasks(this.#features, config),
      intervalSeconds: config.pruneIntervalSeconds,
      onRun: (run) => this.#report(run),
      onError: (error, task) => logger.warn({ err: error, task }, 'pruning failed; it is tried again'),
    });
    this.#isGateway = gatewayCheck(config.federation ? config.federationSecret : undefined);
    this.#onFault = (errorId, error) => logger.error({ errorId, err: error }, 'fault');

    const tokens = new AccessTokens({
      secret: options.sessionSecret,
      acceptedSecrets: config.acceptedSessionSecrets,
      ttlSeconds: config.accessTokenTtlSeconds,
      clock,
    });
    const challenges = new Challenges({
      secret: options.sessionSecret,
      acceptedSecrets: config.acceptedSessionSecrets,
      clock,
    });
    this.#hashing = new HashingQueue({
      atOnce: config.passwordHashesAtOnce,
      maxWaiting: config.maxWaitingPasswordHashes,
      maxWaitMs: config.passwordHashWaitMs,
      permit: peers && (() => peers.mayHash()),
    });
    const viewers = this.db.forNode('viewers');
    const uses = new TokenUses({
      db: this.db.forNode('token uses'),
      clock,
      onError: (error) => logger.warn({ err: error }, 'uses of tokens could not be written'),
    });
    this.#authenticator = new Authenticator({
      tokens,
      findViewer: viewerLookup(viewers, rules),
      findTokenViewer: tokenLookup({ db: viewers, rules, clock, onUse: uses.note }),
    });
    this.#rates = new RateLimits(config.rateLimits ? config : undefined);
    if (peers) joinPeers(peers, { rates: this.#rates, metrics: this.metrics });
    this.#connections = new ConnectionSet(config);
    this.#holdings = new Holdings({ ...config, direction: 'out' });
    this.#bodies = new Holdings({ ...config, direction: 'in' });
    const log = new EventLog(this.bus);
    const erasures = new ErasureService({
      db: this.db,
      log,
      erasures: erasuresOf(this.#features, config),
    });
    const parts = {
      config,
      db: this.db,
      log,
      bus: this.bus,
      links: this.#links,
      tokens,
      challenges,
      hashing: this.#hashing,
      clock,
      rights: rules,
      payments: payments.provider,
      mail,
      leases: new Leases({
        db: this.db.forNode('leases'),
        onError: (error) =>
          logger.warn({ err: error }, 'a heartbeat could not be written; another one follows'),
      }),
      eventShower: () => this.#requireEventShower(),
      erase: async (accountId: string) => {
        await erasures.eraseDue(accountId, clock.now());
      },
      measures: this.metrics,
      warn: (error: unknown, message: string) => logger.warn({ err: error }, message),
    };
    const { resolvers, background } = assemble(this.#features, parts);
    this.#loginParts = parts;
    this.#proofs = proofsOf(parts);
    this.#resolvers = resolvers;
    this.#background = [...background, uses];
  }

  /** Connects to the database; the app does not listen yet. */
  static async create(options: AppOptions): Promise<App> {
    const { config, databaseUrl, logger } = options;
    let onConnectionBroke = (): void => undefined;
    const platform = await openPlatform({
      config,
      databaseUrl,
      tables: tablesOf(options.features ?? features),
      poolSize: config.databasePoolSize,
      statementTimeoutMs: config.databaseStatementTimeoutMs,
      lockTimeoutMs: config.databaseLockTimeoutMs,
      peers: options.peers,
      onPoolError: (error) => {
        logger.warn({ error: error.message }, 'an idle database connection broke');
        onConnectionBroke();
      },
      onBusError: (error) => logger.warn({ error: error.message }, 'Redis is away; events are polled'),
    });
    const listening: { app?: App } = {};
    const payments = await Payments.open({
      ...options,
      clock: options.clock ?? systemClock,
      provider: options.payments,
      addresses: () => listening.app?.addresses,
    });
    const app = new App(options, platform, payments);
    listening.app = app;
    onConnectionBroke = () => app.#memory.forget();
    await app.#joinSite();
    // Opens the connection of the readiness check early, while the database has free ones.
    await app.#readiness.check();
    return app;
  }

  /** Counts rates together with other nodes, if Redis is configured. Its client is loaded on demand, as in `openPlatform`. */
  async #joinSite(): Promise<void> {
    const { config, logger, sessionSecret } = this.#options;
    if (config.redisUrl === undefined || !this.#rates.enabled) return;
    const { RedisRates } = await import('../platform/auth/redis-rates.ts');
    this.#siteRates = new RedisRates({
      url: config.redisUrl,
      sessionSecret,
      settings: config,
      onOutcome: (outcome) => this.metrics.siteRates.inc({ outcome }),
      onAway: (error) =>
        logger.warn({ error: error.message }, 'Redis is away or slow; this process counts rates for itself'),
      onBack: () => logger.info('rates are counted in Redis again'),
    });
    this.#rates.join(this.#siteRates);
  }

  /** @returns the address on which the app listens */
  async listen(): Promise<string> {
    const { config, logger } = this.#options;
    const { federation } = config;
    const { schema, forClients, subgraphSdl } = buildServedSchema(this.#features, {
      federation,
      instances: this.#resolvers,
    });
    chooseExecutor(schema, config.executor);
    const trusted =
      config.trustedDocuments === undefined
        ? undefined
        : await loadTrustedDocuments(config.trustedDocuments, schema, config);
    const documents = new Documents(schema, config);
    const gate = new Gate({
      schema,
      settings: config,
      documents,
      rates: this.#rates,
      turns: this.#turns,
      trusted,
      requireProof: (viewer) => this.#proofs.require(viewer),
      onRefused: (code) => this.metrics.countError(code),
    });
    const doors = doorsOf(config);
    this.#eventDocuments = new EventDocuments({
      schema,
      documents,
      settings: config,
      db: this.db,
      memory: this.#memory,
      turns: this.#turns,
    });
    const executor = new ApolloExecutor({ schema, metrics: this.metrics, onFault: this.#onFault });
    await executor.start();
    const shared = this.#shareAnswers();
    const { webRoot } = this.#options;
    const known = await KnownDocuments.open({ webRoot: config.readerPage ? webRoot : undefined, trusted });
    const service = this.#createLiveService(gate, doors.live, known);
    const connections = this.#createConnectionLimit();
    const eventStreams = new EventStreamGateway(service);
    const graphql = new GraphqlRoute({
      gate,
      doors,
      executor,
      streams: eventStreams,
      lanes: this.#lanes,
      shared,
      rates: this.#rates,
      turns: this.#turns,
      createContext: (request) => this.#createContext(request),
      anonymousContext: (request) => this.#contextOf(request, null),
      publicCacheSeconds: config.publicCacheSeconds,
      metrics: this.metrics,
      onFault: this.#onFault,
    });
    const anonymousContext = (request: FastifyRequest) => this.#contextOf(request, null);
    const reader = new PublicReader({
      gate,
      door: doors.page,
      lanes: this.#lanes,
      shared,
      anonymousContext,
      metrics: this.metrics,
      onFault: this.#onFault,
    });
    const page = await this.#openPage(reader);
    this.#page = page;
    const pictures = this.#options.demoPictures;
    const embed = webRoot === undefined ? undefined : await EmbedFiles.find(webRoot);
    const demoPictures = pictures === undefined ? undefined : await DemoPictures.read(pictures);
    const signIns = await openSignIns({
      parts: this.#loginParts,
      sessionSecret: this.#options.sessionSecret,
      logger,
      count: (request) => this.#contextOf(request, null).limits.use('sign-ins'),
    });
    const http = await createHttpServer({
      gate,
      rates: this.#rates,
      holdings: this.#holdings,
      bodies: this.#bodies,
      logger,
      metrics: this.metrics,
      allowedOrigins: config.allowedOrigins,
      pageOrigins: config.pageOrigins,
      trustProxy: config.trustProxy,
      maxRequestBytes: config.maxRequestBytes,
      connections,
      leaving: this.#leaving.signal,
      hstsSeconds: config.hstsSeconds,
      checkReady: () => this.#checkReady(),
      routes: (routed) =>
        registerRoutes(routed, {
          graphql,
          eventStreams,
          payments: this.#payments.routes(this.db.forNode('notices')),
          ownData: {
            enter: (request) => this.#enterOwnData(request),
            documentOf: (viewer) =>
              personalDocument(
                this.#features.flatMap(({ personalData }) => personalData),
                this.db.of(clientOf(viewer)),
                viewer.accountId,
              ),
            maxStallMs: config.maxAnswerStallMs,
            onFault: (error) => logger.warn({ err: error }, 'an account’s data could not be read to the end'),
          },
          unsubscribe: unsubscribeRouteOf(this.db),
          signIns,
          pictures: this.#pictureRoutes(),
          publicReads: publicReadsOf({
            config,
            db: this.db,
            reader,
            siteUrl: () => this.#siteUrl,
            anonymousContext,
            warn: (error, message) => logger.warn({ err: error }, message),
            sitemapPartSize: this.#options.sitemapPartSize,
          }),
          // A list of trusted documents would refuse the explorer's introspection and its users' operations.
          hasExplorer: trusted === undefined,
          siteUrl: () => this.#siteUrl,
          schemaText: trusted ? undefined : () => printApiSchema(forClients),
          subgraphSdl: trusted ? undefined : subgraphSdl,
          page,
          embed: embed && { files: embed, sites: config.embedSites, siteUrl: () => this.#siteUrl },
          demoPictures,
        }),
      unknownPage: page,
    });
    http.addHook('onClose', () => executor.stop());
    this.#http = http;
    this.#sockets = new WebSocketGateway({
      server: http.server,
      connections,
      path: graphqlPath,
      service,
      addressOf: (request) => clientAddress(request, config.trustProxy),
      limits: config,
      hstsSeconds: config.hstsSeconds,
      metrics: this.metrics,
    });
    this.#observe();
    await listen(http, config);
    const { port } = http.server.address() as AddressInfo;
    const address = ownAddress(config.host, port);
    this.#siteUrl = config.publicUrl ?? address;
    this.#links.setBase(this.#siteUrl);
    this.#pruning.start();
    for (const work of this.#background) {
      work.start();
      this.#begun.push(work);
    }
    return address;
  }

  #requireEventShower(): EventDocuments {
    if (!this.#eventDocuments) throw new Error('The service does not listen yet');
    return this.#eventDocuments;
  }

  #createConnectionLimit(): ConnectionLimit {
    const { config, logger, peers } = this.#options;
    const { maxConnectionsPerAddress, trustProxy } = config;
    let lastWarning = -Infinity;
    const connections = new ConnectionLimit({
      maxConnectionsPerAddress,
      trustProxy,
      onAccepted: () => this.#turns.connected(),
      onRefused: () => {
        this.metrics.refusedConnections.inc();
        if (performance.now() - lastWarning < warningIntervalMs) return;
        lastWarning = performance.now();
        logger.warn(
          { maxConnectionsPerAddress },
          'connections of an address are refused: too many (MAX_CONNECTIONS_PER_ADDRESS), bodies in tiny chunks, or pipelined requests',
        );
      },
      onBarred: (address) => peers?.tell(barredTopic, address),
    });
    peers?.listen(barredTopic, (address) => connections.addBarred(String(address)));
    return connections;
  }

  /** The public address of the site and the address that the server is bound to, known once the service listens. */
  get addresses(): { readonly site: string; readonly bound: AddressInfo } | undefined {
    const bound = this.#http?.server.address();
    if (bound == null || typeof bound === 'string' || this.#siteUrl === '') return undefined;
    return { site: this.#siteUrl, bound };
  }

  /** Whether the service has a readers' page, known once it listens. */
  get hasPage(): boolean {
    return this.#page !== undefined;
  }

  /** Stops accepting work, completes the work under way, and releases all resources. */
  async close(): Promise<void> {
    this.#leaving.abort();
    const pruned = this.#pruning.stop();
    const worked = Promise.all(this.#begun.map((work) => work.stop()));
    await new Promise((resolve) => setTimeout(resolve, this.#options.config.shutdownDelayMs));
    // HTTP is served during the delay: load balancers learn from the readiness probe to send no more requests.
    await this.#connections.drain();
    await this.#http?.close();
    this.#sockets?.close();
    this.#connections.close();
    this.#holdings.close();
    this.#bodies.close();
    this.#rights.close();
    this.hub.close();
    this.#siteRates?.close();
    await this.bus.close();
    await pruned;
    // Before the work on money has ended, which may wait long for a call that is under way.
    await this.#payments.close();
    await worked;
    await this.#readiness.close();
    await this.dataSource.destroy();
  }

  #shareAnswers(): SharedAnswers | undefined {
    const { answers } = this.#memory;
    return (
      answers &&
      new SharedAnswers({
        answers,
        turns: this.#turns,
        contextFor: (context, viewer, { recorder, reading }) => ({
          ...context,
          ...this.#answerFor(
            { client: clientKey(context), address: context.address, viewer },
            recorder,
            reading,
          ),
          viewer,
        }),
      })
    );
  }

  async #openPage(reader: PublicReader<FastifyRequest>): Promise<ReaderPage | undefined> {
    const { config, webRoot } = this.#options;
    if (webRoot === undefined || !config.readerPage) return undefined;
    return ReaderPage.open({
      webRoot,
      reader,
      siteUrl: () => this.#siteUrl,
      embedSites: config.embedSites,
    });
  }

  #createLiveService(gate: Gate, door: Door, known: KnownDocuments): LiveService {
    const { config, logger } = this.#options;
    const { schema } = gate;
    return new LiveService({
      authenticator: this.#authenticator,
      gate,
      door,
      operations: new LiveOperations({
        schema,
        db: this.db,
        hub: this.hub,
        memory: this.#memory,
        known,
        turns: this.#turns,
        report: this.#onFault,
      }),
      holdings: this.#holdings,
      connections: this.#connections,
      pageOrigins: config.pageOrigins,
      onRefused: (message) => logger.warn(message),
      rights: this.#rights,
      rates: this.#rates,
      limits: config,
      metrics: this.metrics,
      onFault: this.#onFault,
    });
  }

  /** Whose data a request asks for. @throws RequestError UNAUTHENTICATED, RATE_LIMITED */
  #pictureRoutes(): PictureRoutes | undefined {
    const store = configuredPictureStore(this.#options.config);
    if (!store) return undefined;
    const service = new PictureService(this.db);
    return {
      enter: async (request) => {
        const { viewer, limits } = await this.#enterAsPerson(request);
        await limits.usePicture();
        return viewer;
      },
      set: async (viewer, sent) => {
        const result = await withRightsLeft(viewer, (present) =>
          this.#orUnavailable(() => service.set(present, store, sent)),
        );
        return result.ok ? { ok: true, value: this.#links.picture(result.value) ?? '' } : result;
      },
      read: (name) => this.#orUnavailable(() => store.read(name)),
    };
  }

  /** @throws RequestError UNAVAILABLE: the store of pictures, which is another service, does not do its work */
  async #orUnavailable<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof PictureStoreError)) throw error;
      this.#options.logger.warn({ err: error }, 'the store of pictures fails');
      throw new RequestError('UNAVAILABLE', 'Pictures are not available at the moment: try again.');
    }
  }

  async #enterOwnData(request: FastifyRequest): Promise<Viewer> {
    const { viewer, limits } = await this.#enterAsPerson(request);
    await this.#proofs.require(viewer);
    await limits.useExport();
    return viewer;
  }

  /** Whoever has a session, for what no machine token may do. */
  async #enterAsPerson(request: FastifyRequest): Promise<{ viewer: Viewer; limits: ClientLimits }> {
    const context = await this.#createContext(request);
    if (context.credentialError) throw context.credentialError;
    const viewer = requireViewer(context);
    if (viewer.token)
      throw new RequestError(
        'UNAUTHENTICATED',
        'No machine token gets the data of its account, or sends its picture.',
      );
    return { viewer, limits: context.limits };
  }

  /** An invalid credential is refused by the gate, which knows the operations that need none. */
  async #createContext(request: FastifyRequest): Promise<Context> {
    try {
      return this.#contextOf(request, await this.#authenticator.authenticate(request.headers.authorization));
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      return { ...this.#contextOf(request, null), credentialError: error };
    }
  }

  #contextOf(request: FastifyRequest, authenticated: Authenticated | null): Context {
    const viewer = authenticated?.viewer ?? null;
    const address = countedAddress(request.ip);
    return {
      viewer,
      expiresAt: authenticated?.expiresAt,
      address,
      limits: new ClientLimits(this.#rates, { viewer, address }, arrivalOf(request)),
      userAgent: request.headers['user-agent']?.slice(0, maxUserAgentLength),
      device: deviceOf(request.headers[deviceHeader]),
      isGateway: this.#isGateway(request.headers),
      ...this.#answerFor({ client: clientKey({ viewer, address }), address, viewer }),
    };
  }

  /** What one answer to a client is made with. */
  #answerFor(
    { client, address, viewer }: { client: string; address: string; viewer: Viewer | null },
    recorder?: BasisRecorder,
    reading?: Reading,
  ): Pick<Context, 'answer' | 'loaders'> {
    const answer = new AnswerSize(this.#options.config.maxAnswerBytes, {
      hold: (bytes, spare) => this.#holdings.take(answersOf(address), bytes, spare),
      turn: () => this.#turns.enter(client),
      turnForText: (bytes) => this.#turns.forText(client, bytes),
    });
    const own = this.db.of(client, answer);
    const db = recorder ? notingTime(own, recorder) : own;
    const clock = this.#memory.forRequest(recorder, reading);
    return { answer, loaders: new Loaders({ db, viewer }, { clock }) };
  }

  #observe(): void {
    const pool = (this.dataSource.driver as unknown as { master: Pool }).master;
    this.metrics.observe({
      sockets: () => this.#connections.count('websocket'),
      eventStreams: () => this.#connections.count('event stream'),
      feeds: () => this.hub.size,
      heldBytes: () => this.#holdings.bytes + this.#bodies.bytes,
      waitingPasswordHashes: () => this.#hashing.waiting,
      pool: () => ({
        total: pool.totalCount,
        idle: pool.idleCount,
        // The pool hands over an idle connection a moment later, and counts until then who gets it as waiting.
        waiting: Math.max(0, pool.waitingCount - pool.idleCount),
      }),
      waiting: () => this.#shares.waiting,
      memory: () => this.#memory.state,
    });
  }

  #report({ outcome, removed, seconds }: PruneRun): void {
    this.metrics.pruningRuns.inc({ outcome });
    for (const [table, rows] of Object.entries(removed)) this.metrics.prunedRows.inc({ table }, rows);
    this.#options.logger.debug({ outcome, removed, seconds }, 'pruned');
  }

  async #checkReady(): Promise<string | undefined> {
    if (this.#leaving.signal.aborted) return 'the service is shutting down';
    return this.#readiness.check();
  }
}
