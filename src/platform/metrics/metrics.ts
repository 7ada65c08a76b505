import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Measures, WebhookOutcome } from './measures.ts';
import type { PruneRun } from '../db/pruning.ts';
import type { Backlog } from '../jobs/job.ts';
import type { StoreState } from '../kept/memory.ts';
import { jobMetrics } from './job-metrics.ts';

/** Values that are read at each scrape. */
export interface MetricSources {
  readonly sockets: () => number;
  readonly eventStreams: () => number;
  readonly feeds: () => { articles: number; streams: number; groups: number };
  readonly heldBytes: () => number;
  readonly waitingPasswordHashes: () => number;
  readonly pool: () => { total: number; idle: number; waiting: number };
  /** What is kept in memory, by store. */
  readonly memory: () => Readonly<Record<string, StoreState>>;
  /** Work that waits for its turn at the database, by kind. */
  readonly waiting: () => Readonly<Record<string, number>>;
}

const countedMethods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'OPTIONS']);

/** The service's metrics, in Prometheus's format. Each instance has a registry of its own. */
export class Metrics implements Measures {
  readonly #registry = new Registry();
  #text = (): Promise<string> => this.#registry.metrics();
  readonly #httpSeconds: Histogram<'route' | 'method' | 'status'>;
  readonly #operations: Histogram<'type' | 'outcome'>;
  readonly #errors: Counter<'code'>;
  readonly socketCloses: Counter<'code'>;
  readonly refusedConnections: Counter;
  readonly #prunedRows: Counter<'table'>;
  readonly #pruningRuns: Counter<'outcome'>;
  readonly #jobs: ReturnType<typeof jobMetrics>;
  readonly mails: Counter<'outcome'>;
  readonly siteRates: Counter<'outcome'>;
  readonly #siteEventDelay: Histogram;
  readonly #webhookAttempts: Counter<'outcome'>;

  constructor() {
    const registers = [this.#registry];
    // The event loop's lag, memory, handles and garbage collection.
    collectDefaultMetrics({ register: this.#registry });
    this.#httpSeconds = new Histogram({
      name: 'standfirst_http_request_seconds',
      help: 'Time to answer an HTTP request',
      labelNames: ['route', 'method', 'status'],
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
      registers,
    });
    this.#operations = new Histogram({
      name: 'standfirst_graphql_operation_seconds',
      help: 'Time to execute a query or mutation',
      labelNames: ['type', 'outcome'],
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
      registers,
    });
    this.#errors = new Counter({
      name: 'standfirst_graphql_errors_total',
      help: 'Errors sent, by extensions.code',
      labelNames: ['code'],
      registers,
    });
    this.socketCloses = new Counter({
      name: 'standfirst_websocket_closes_total',
      help: 'WebSockets closed, by close code',
      labelNames: ['code'],
      registers,
    });
    this.refusedConnections = new Counter({
      name: 'standfirst_refused_connections_total',
      help: 'Connections beyond MAX_CONNECTIONS_PER_ADDRESS',
      registers,
    });
    this.#prunedRows = new Counter({
      name: 'standfirst_pruned_rows_total',
      help: 'Rows removed that were of no use any more, by table',
      labelNames: ['table'],
      registers,
    });
    this.#pruningRuns = new Counter({
      name: 'standfirst_pruning_runs_total',
      help: 'Runs of the pruning, by outcome',
      labelNames: ['outcome'],
      registers,
    });
    this.#jobs = jobMetrics(this.#registry);
    this.mails = new Counter({
      name: 'standfirst_mails_total',
      help: 'Mails and attempts at mails, by outcome',
      labelNames: ['outcome'],
      registers,
    });
    this.siteRates = new Counter({
      name: 'standfirst_site_rates_total',
      help: 'Questions to Redis about rates: answered, failed, or not asked because Redis is away',
      labelNames: ['outcome'],
      registers,
    });
    this.#siteEventDelay = new Histogram({
      name: 'standfirst_site_log_delay_seconds',
      help: 'Time until an event came into the site’s log: that of the oldest one of each step',
      buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60, 600],
      registers,
    });
    this.#webhookAttempts = new Counter({
      name: 'standfirst_webhook_attempts_total',
      help: 'Attempts to send an event to an endpoint, by outcome',
      labelNames: ['outcome'],
      registers,
    });
  }

  /** Registers the gauges, once their sources exist. */
  observe(sources: MetricSources): void {
    const gauge = (name: string, help: string, read: () => number) =>
      new Gauge({
        name: `standfirst_${name}`,
        help,
        registers: [this.#registry],
        collect() {
          this.set(read());
        },
      });
    gauge('websockets', 'Open WebSockets', sources.sockets);
    gauge('event_streams', 'Open streams of Server-Sent Events', sources.eventStreams);
    gauge(
      'watched_articles',
      'Articles that somebody listens to; one counts at each worker where somebody does',
      () => sources.feeds().articles,
    );
    gauge('live_streams', 'Open streams of events', () => sources.feeds().streams);
    gauge(
      'live_groups',
      'Different selections and rights among the open streams: each event is executed once for each, at each worker',
      () => sources.feeds().groups,
    );
    gauge(
      'held_bytes',
      'Bytes of requests that are being received, and of answers that were not read yet',
      sources.heldBytes,
    );
    gauge(
      'waiting_password_hashes',
      'Sign-ins and sign-ups that wait for their password to be hashed',
      sources.waitingPasswordHashes,
    );
    gauge('pool_connections', 'Open database connections', () => sources.pool().total);
    gauge('pool_idle_connections', 'Database connections that wait for work', () => sources.pool().idle);
    new Gauge({
      name: 'standfirst_memory_bytes',
      help: 'Bytes of kept answers and of kept rows',
      labelNames: ['store'],
      registers: [this.#registry],
      collect() {
        for (const [store, { bytes }] of Object.entries(sources.memory())) this.set({ store }, bytes);
      },
    });
    // Counters, because the counts of a worker that has ended are kept only of these.
    const ofStores = (name: string, help: string, read: (state: StoreState) => number) =>
      new Counter({
        name: `standfirst_memory_${name}`,
        help,
        labelNames: ['store'],
        registers: [this.#registry],
        collect() {
          this.reset();
          for (const [store, state] of Object.entries(sources.memory())) this.inc({ store }, read(state));
        },
      });
    ofStores(
      'hits_total',
      'Requests that a kept answer served, and loads that a kept row did',
      ({ hits }) => hits,
    );
    ofStores(
      'misses_total',
      'Shareable answers and rows that were not in memory, or were outdated',
      ({ misses }) => misses,
    );
    ofStores('evictions_total', 'Answers and rows that gave way to others', ({ evictions }) => evictions);
    new Gauge({
      name: 'standfirst_database_waiting',
      help: 'Statements and transactions that wait for their turn at the database, by kind',
      labelNames: ['kind'],
      registers: [this.#registry],
      collect() {
        for (const [kind, waiting] of Object.entries(sources.waiting())) this.set({ kind }, waiting);
      },
    });
    gauge(
      'pool_waiting_requests',
      'Statements that wait for a database connection',
      () => sources.pool().waiting,
    );
  }

  readonly countSiteEventDelay = (seconds: number): void => this.#siteEventDelay.observe(seconds);

  readonly countWebhookAttempt = (outcome: WebhookOutcome): void => this.#webhookAttempts.inc({ outcome });

  readonly countPruning = ({ outcome, removed }: PruneRun): void => {
    this.#pruningRuns.inc({ outcome });
    for (const [table, rows] of Object.entries(removed)) this.#prunedRows.inc({ table }, rows);
  };

  readonly countJobRun = (job: string, seconds?: number): void => {
    this.#jobs.lastRun.set({ job }, Date.now() / 1000);
    if (seconds !== undefined) this.#jobs.seconds.observe({ job }, seconds);
  };

  readonly countJobFailure = (job: string): void => this.#jobs.failures.inc({ job });

  readonly showBacklog = (job: string, { waiting, oldestSeconds }: Backlog): void => {
    this.#jobs.waiting.set({ job }, waiting);
    this.#jobs.oldest.set({ job }, oldestSeconds);
  };

  countHttp(route: string, method: string, status: number, seconds: number): void {
    // Node.js knows more than thirty methods, and each would be a series with every route and status.
    const counted = countedMethods.has(method) ? method : 'other';
    this.#httpSeconds.observe({ route, method: counted, status }, seconds);
  }

  countOperation(type: string, outcome: 'ok' | 'error', seconds: number): void {
    this.#operations.observe({ type, outcome }, seconds);
  }

  countError(code: string): void {
    this.#errors.inc({ code });
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  text(): Promise<string> {
    return this.#text();
  }

  /** Shows another text instead: that of a node of which this process is a part. */
  showInstead(text: () => Promise<string>): void {
    this.#text = text;
  }

  /** The values of this process, which survive JSON. */
  values(): Promise<unknown> {
    return this.#registry.getMetricsAsJSON();
  }
}
