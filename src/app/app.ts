import type { AddressInfo } from 'node:net';
import type { DataSource } from 'typeorm';
import { proofsOf } from '../features/people/credentials/account-services.ts';
import type { Database } from '../platform/db/database.ts';
import { Pruning } from '../platform/db/pruning.ts';
import type { Bus } from '../platform/events/bus.ts';
import type { Hub } from '../platform/events/hub.ts';
import { EventLog } from '../platform/events/log.ts';
import type { Background, Parts } from '../platform/feature/feature.ts';
import { listen } from '../platform/http/listen.ts';
import { ownAddress } from '../platform/http/own-address.ts';
import { Leases } from '../platform/jobs/leases.ts';
import type { Metrics } from '../platform/metrics/metrics.ts';
import { type Answers, openAnswers } from './answers.ts';
import { type Carriers, openCarriers } from './carriers.ts';
import { assemble, type Assembled, gather, pruningTasks } from '../platform/feature/gather.ts';
import { type Ground, openGround } from './ground.ts';
import { Identity } from './identity.ts';
import type { AppOptions } from './options.ts';

/** What is there once the service listens. */
interface Listening {
  readonly answers: Answers;
  readonly carriers: Carriers;
}

/** The composition root: opens the platform, and has requests identified, answered and carried. */
export class App {
  readonly dataSource: DataSource;
  readonly db: Database;
  readonly hub: Hub;
  readonly bus: Bus;
  readonly metrics: Metrics;
  readonly #ground: Ground;
  readonly #identity: Identity;
  readonly #parts: Parts;
  readonly #assembled: Assembled;
  readonly #pruning: Pruning;
  /** The work that has begun. Only this is ended: where a start has failed, the database may lack the tables. */
  readonly #begun: Background[] = [];
  readonly #leaving = new AbortController();
  #listening: Listening | undefined;

  private constructor(ground: Ground) {
    const { config, logger, metrics, db, features, warn } = ground;
    this.dataSource = ground.dataSource;
    this.db = db;
    this.hub = ground.hub;
    this.bus = ground.bus;
    this.metrics = metrics;
    this.#ground = ground;
    this.#identity = new Identity(ground);
    this.#parts = this.#createParts();
    this.#assembled = assemble(features, this.#parts);
    this.#pruning = new Pruning({
      db,
      tasks: pruningTasks(features, config),
      intervalSeconds: config.pruneIntervalSeconds,
      onRun: ({ outcome, removed, seconds }) => {
        metrics.pruningRuns.inc({ outcome });
        for (const [table, rows] of Object.entries(removed)) metrics.prunedRows.inc({ table }, rows);
        logger.debug({ outcome, removed, seconds }, 'pruned');
      },
      onError: (error, task) => warn(error, 'pruning failed; it is tried again', { task }),
    });
  }

  /** Connects to the database; the app does not listen yet. */
  static async create(options: AppOptions): Promise<App> {
    const ground = await openGround(options);
    // Opens the connection of the readiness check early, while the database has free ones.
    await ground.readiness.check();
    return new App(ground);
  }

  #createParts(): Parts {
    const { db, bus, config, links, clock, rights, payments, mail, metrics, warn, features } = this.#ground;
    const { secrets, tokens, challenges, hashing } = this.#identity;
    return {
      ...gather(features, config),
      ...{ config, db, bus, links, clock, rights, mail, warn, secrets, tokens, challenges, hashing },
      log: new EventLog(bus),
      requests: this.#identity,
      payments: payments.provider,
      paymentPages: payments.pages,
      leases: new Leases({
        db: db.forNode('leases'),
        onError: (error) => warn(error, 'a heartbeat could not be written; another one follows'),
      }),
      eventShower: () => {
        if (!this.#listening) throw new Error('The service does not listen yet');
        return this.#listening.answers.eventShower;
      },
      measures: metrics,
    };
  }

  /** @returns the address on which the app listens */
  async listen(): Promise<string> {
    const { config, place, links } = this.#ground;
    const { resolvers, routes: featureRoutes, background } = this.#assembled;
    const proofs = proofsOf(this.#parts);
    const answers = await openAnswers(this.#ground, this.#identity, { resolvers, proofs });
    const leaving = this.#leaving.signal;
    const carriers = await openCarriers(this.#ground, this.#identity, answers, { featureRoutes, leaving });
    this.#listening = { answers, carriers };
    this.#observe(answers);
    await listen(carriers.http, config);
    place.bound = carriers.http.server.address() as AddressInfo;
    const address = ownAddress(config.host, place.bound.port);
    place.site = config.publicUrl ?? address;
    links.setBase(place.site);
    this.#pruning.start();
    for (const work of [...background, this.#identity.tokenUses]) {
      work.start();
      this.#begun.push(work);
    }
    return address;
  }

  /** Whether the service has a readers' page, known once it listens. */
  get hasPage(): boolean {
    return this.#listening?.carriers.hasPage ?? false;
  }

  /** Stops accepting work, completes the work under way, and releases all resources. */
  async close(): Promise<void> {
    const { config, holdings, bodies, payments } = this.#ground;
    this.#leaving.abort();
    const pruned = this.#pruning.stop();
    const worked = Promise.all(this.#begun.map((work) => work.stop()));
    await new Promise((resolve) => setTimeout(resolve, config.shutdownDelayMs));
    // HTTP is served during the delay: load balancers learn from the readiness probe to send no more requests.
    const { answers, carriers } = this.#listening ?? {};
    await answers?.connections.drain();
    await carriers?.http.close();
    carriers?.sockets.close();
    answers?.connections.close();
    holdings.close();
    bodies.close();
    this.#identity.rightsWatch.close();
    await this.#ground.leave();
    await pruned;
    // Before the work on money has ended, which may wait long for a call that is under way.
    await payments.close();
    await worked;
    await this.#ground.close();
  }

  #observe({ connections }: Answers): void {
    const { metrics, hub, holdings, bodies, pool, shares, memory } = this.#ground;
    metrics.observe({
      sockets: () => connections.count('websocket'),
      eventStreams: () => connections.count('event stream'),
      feeds: () => hub.size,
      heldBytes: () => holdings.bytes + bodies.bytes,
      waitingPasswordHashes: () => this.#identity.hashing.waiting,
      pool: () => ({
        total: pool.totalCount,
        idle: pool.idleCount,
        // The pool hands over an idle connection a moment later, and counts until then who gets it as waiting.
        waiting: Math.max(0, pool.waitingCount - pool.idleCount),
      }),
      waiting: () => shares.waiting,
      memory: () => memory.state,
    });
  }
}
