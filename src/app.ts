import type { AddressInfo } from 'node:net';
import type { FastifyBaseLogger } from 'fastify';
import type { Pool } from 'pg';
import type { DataSource } from 'typeorm';
import { AccountResolver, findViewerNode } from './account/account.resolver.ts';
import { selectViewer } from './account/account.queries.ts';
import { SessionService } from './account/session.service.ts';
import {
  ArticleResolver,
  findArticleNode,
  findTagNode,
  JournalistArticleResolver,
} from './article/article.resolver.ts';
import { ArticleSubscriptionResolver } from './article/article.subscription.ts';
import { AccessTokens } from './auth/access-token.ts';
import { type Authenticated, Authenticator } from './auth/authenticate.ts';
import { RateLimits } from './auth/rate-limits.ts';
import { articleEventViews } from './article/article-event.type.ts';
import { ArticleUpdatedResolver, CommentPolicyChangedResolver } from './article/article-event.resolver.ts';
import { commentEventViews } from './comment/comment-event.type.ts';
import { AddCommentPayloadResolver, CommentMutationResolver } from './comment/comment.mutation.ts';
import type { CommentLimits } from './comment/comment.policy.ts';
import {
  ArticleCommentResolver,
  CommentResolver,
  findCommentAuthorNode,
  findCommentNode,
  ViewerCommentResolver,
} from './comment/comment.resolver.ts';
import { CommentService } from './comment/comment.service.ts';
import { CommentEventResolver, CommentSubscriptionResolver } from './comment/comment.subscription.ts';
import type { Config } from './config.ts';
import { createDataSource } from './db/data-source.ts';
import { Database } from './db/database.ts';
import {
  EndorsementAddedResolver,
  EndorsementEventResolver,
  EndorsementUpdatedResolver,
} from './endorsement/endorsement-event.resolver.ts';
import { endorsementEventViews } from './endorsement/endorsement-event.type.ts';
import {
  ArticleEndorsementResolver,
  EndorsementConnectionResolver,
  EndorsementResolver,
  findEndorsementNode,
} from './endorsement/endorsement.resolver.ts';
import { EndorsementService } from './endorsement/endorsement.service.ts';
import { type Bus, LocalBus } from './events/bus.ts';
import { Hub } from './events/hub.ts';
import { EventLog } from './events/log.ts';
import { RedisBus } from './events/redis-bus.ts';
import type { StreamConnection } from './events/stream-connection.ts';
import { explorerQuery } from './explorer-query.ts';
import { type Context, Loaders } from './graphql/context.ts';
import { Links } from './graphql/links.ts';
import { NodeResolver } from './graphql/node.ts';
import type { FaultReporter } from './graphql/present-error.ts';
import { createApollo } from './http/apollo.ts';
import { clientAddress } from './http/client-address.ts';
import { Metrics } from './http/metrics.ts';
import { createHttpServer, graphqlPath } from './http/server.ts';
import { WebSocketGateway } from './http/websocket.ts';
import {
  findJournalistNode,
  JournalistResolver,
  ViewerJournalistResolver,
} from './journalist/journalist.resolver.ts';
import { buildApiSchema, type ResolverClass } from './schema.ts';
import { entities, migrations } from './schema-entities.ts';
import { type Clock, systemClock } from './time/clock.ts';

export interface AppOptions {
  readonly config: Config;
  readonly databaseUrl: string;
  readonly sessionSecret: string;
  readonly logger: FastifyBaseLogger;
  readonly clock?: Clock;
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

/** The composition root: every service and resolver is made here, and nowhere else. */
export class App {
  readonly dataSource: DataSource;
  readonly db: Database;
  readonly hub: Hub;
  readonly bus: Bus;
  readonly metrics = new Metrics();
  readonly #options: AppOptions;
  readonly #authenticator: Authenticator;
  readonly #links = new Links();
  readonly #onFault: FaultReporter;
  readonly #resolvers: ReadonlyMap<unknown, object>;
  #http: Awaited<ReturnType<typeof createHttpServer>> | undefined;
  #sockets: WebSocketGateway | undefined;
  #draining = false;

  private constructor(options: AppOptions, dataSource: DataSource) {
    const { config, logger, clock = systemClock } = options;
    this.#options = options;
    this.dataSource = dataSource;
    this.db = new Database(dataSource);
    this.bus =
      config.redisUrl === undefined
        ? new LocalBus()
        : new RedisBus({
            url: config.redisUrl,
            onError: (error) => logger.warn({ error: error.message }, 'Redis is away; events are polled'),
          });
    this.hub = new Hub({
      db: this.db,
      bus: this.bus,
      headPollMs: config.headPollMs,
      checkpointMs: config.checkpointMs,
      maxReplayEvents: config.maxReplayEvents,
      maxLiveTailEvents: config.maxLiveTailEvents,
      onError: (error) => logger.warn({ err: error }, 'events could not be read'),
    });
    this.#onFault = (errorId, error) => logger.error({ errorId, err: error }, 'fault');

    const tokens = new AccessTokens({
      secret: options.sessionSecret,
      ttlSeconds: config.accessTokenTtlSeconds,
      clock,
    });
    this.#authenticator = new Authenticator(tokens, (claims) => selectViewer(this.db, claims));
    this.#resolvers = this.#createResolvers(tokens, clock);
  }

  /** Connects to the database; the app does not listen yet. */
  static async create(options: AppOptions): Promise<App> {
    const dataSource = createServiceDataSource(options.config, options.databaseUrl, options.logger);
    await dataSource.initialize();
    return new App(options, dataSource);
  }

  /** @returns the address that it listens on */
  async listen(): Promise<string> {
    const { config, logger } = this.#options;
    const schema = buildApiSchema((resolver) => this.#resolve(resolver));
    const apollo = createApollo({ schema, limits: config, metrics: this.metrics, onFault: this.#onFault });
    await apollo.start();
    const http = await createHttpServer({
      apollo,
      authenticator: this.#authenticator,
      createContext: (request) => this.#createContext(request),
      logger,
      metrics: this.metrics,
      allowedOrigins: config.allowedOrigins,
      trustProxy: config.trustProxy,
      maxRequestBytes: config.maxRequestBytes,
      checkReady: () => this.#checkReady(),
      explorerQuery,
    });
    http.addHook('onClose', () => apollo.stop());
    this.#http = http;
    this.#sockets = new WebSocketGateway({
      server: http.server,
      path: graphqlPath,
      schema,
      authenticator: this.#authenticator,
      createContext: (connection) => this.#createContext(connection),
      addressOf: (request) => clientAddress(request, config.trustProxy),
      limits: config,
      allowedOrigins: config.allowedOrigins,
      metrics: this.metrics,
      onFault: this.#onFault,
    });
    this.#observe(this.#sockets);
    await http.listen({ host: config.host, port: config.port });
    const { port } = http.server.address() as AddressInfo;
    const wildcard = config.host === '0.0.0.0' || config.host === '::';
    const host = wildcard ? 'localhost' : config.host.includes(':') ? `[${config.host}]` : config.host;
    const address = `http://${host}:${port}`;
    this.#links.setBase(config.publicUrl ?? address);
    return address;
  }

  /** Stops taking work, lets what is under way finish, and lets go of everything. */
  async close(): Promise<void> {
    this.#draining = true;
    await new Promise((resolve) => setTimeout(resolve, this.#options.config.shutdownDelayMs));
    // HTTP is served meanwhile: whoever routes requests learns from the readiness that it should send no more of them.
    await this.#sockets?.drain();
    await this.#http?.close();
    this.#sockets?.close();
    this.hub.close();
    await this.bus.close();
    await this.dataSource.destroy();
  }

  #createContext(request: {
    authenticated: Authenticated | null;
    address: string;
    connection?: StreamConnection;
  }): Context {
    const viewer = request.authenticated?.viewer ?? null;
    return {
      viewer,
      loaders: new Loaders({ db: this.db, viewer }),
      address: request.address,
      hub: this.hub,
      ...(request.connection ? { connection: request.connection } : {}),
    };
  }

  #createResolvers(tokens: AccessTokens, clock: Clock): Map<unknown, object> {
    const { config } = this.#options;
    const links = this.#links;
    const rates = new RateLimits(config.rateLimits);
    const log = new EventLog(this.bus);
    const limits: CommentLimits = {
      maxLength: config.maxCommentLength,
      maxDepth: config.maxCommentDepth,
      editWindowSeconds: config.editWindowSeconds,
    };
    const sessions = new SessionService({
      db: this.db,
      tokens,
      refreshTtlSeconds: config.refreshTokenTtlSeconds,
      clock,
    });
    const comments = new CommentService({ db: this.db, log, limits, clock });
    const endorsements = new EndorsementService(this.db, log);
    const instances = [
      new NodeResolver({
        Article: findArticleNode,
        Comment: findCommentNode,
        CommentAuthor: findCommentAuthorNode,
        Endorsement: findEndorsementNode,
        Journalist: findJournalistNode,
        Tag: findTagNode,
        Viewer: findViewerNode,
      }),
      new AccountResolver(sessions, rates),
      new JournalistResolver(links),
      new ViewerJournalistResolver(),
      new ArticleResolver(links),
      new JournalistArticleResolver(),
      new ArticleSubscriptionResolver({
        ...articleEventViews,
        ...commentEventViews,
        ...endorsementEventViews,
      }),
      new ArticleUpdatedResolver(),
      new CommentPolicyChangedResolver(),
      new ArticleEndorsementResolver(),
      new EndorsementConnectionResolver(),
      new EndorsementResolver(endorsements, rates),
      new EndorsementEventResolver(),
      new EndorsementAddedResolver(),
      new EndorsementUpdatedResolver(),
      new ArticleCommentResolver(),
      new CommentResolver(links, limits, clock),
      new ViewerCommentResolver(),
      new CommentMutationResolver(comments, rates),
      new AddCommentPayloadResolver(),
      new CommentSubscriptionResolver(),
      new CommentEventResolver(),
    ];
    return new Map(instances.map((instance) => [instance.constructor, instance]));
  }

  #resolve(resolver: ResolverClass): object {
    const instance = this.#resolvers.get(resolver);
    if (!instance) throw new Error(`${resolver.name} is not made by the composition root`);
    return instance;
  }

  #observe(sockets: WebSocketGateway): void {
    const pool = (this.dataSource.driver as unknown as { master: Pool }).master;
    this.metrics.observe({
      sockets: () => sockets.size,
      feeds: () => this.hub.size,
      pool: () => ({ total: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount }),
    });
  }

  async #checkReady(): Promise<string | undefined> {
    if (this.#draining) return 'the service is shutting down';
    await this.db.query('SELECT 1');
    return undefined;
  }
}
