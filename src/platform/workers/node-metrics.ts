import { AggregatorRegistry, collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';

/** One metric with its values, as `Registry.getMetricsAsJSON` gives it. */
interface Metric {
  readonly name: string;
  readonly type: string;
  readonly aggregator?: string;
}

/** All metrics of one worker. */
export type WorkerMetrics = readonly Metric[];

/**
 * Aggregators that differ from prom-client's. Lag: an average would hide a worker that is overloaded. Start time: the
 * primary's is that of the service; by default there would be none.
 */
const aggregators: Readonly<Record<string, string>> = {
  nodejs_eventloop_lag_seconds: 'max',
  nodejs_eventloop_lag_stddev_seconds: 'max',
  nodejs_eventloop_lag_p50_seconds: 'max',
  nodejs_eventloop_lag_p90_seconds: 'max',
  nodejs_eventloop_lag_p99_seconds: 'max',
  process_start_time_seconds: 'min',
};

/** Kinds of metrics that only grow. */
const growing: ReadonlySet<string> = new Set(['counter', 'histogram', 'summary']);

const aggregate = (all: readonly WorkerMetrics[]) => AggregatorRegistry.aggregate(all as WorkerMetrics[]);

/** Adds up the metrics of all workers, and has those of the primary process. */
export class NodeMetrics {
  readonly #own = new Registry();
  readonly #ends: Counter;
  /** The last metrics of each worker, by its number. */
  readonly #last = new Map<number, WorkerMetrics>();
  /**
   * What ended workers have counted, as far as it was scraped: a counter that fell would be read as one that began
   * anew, and everything that the other workers have counted so far would count twice.
   */
  #ended: WorkerMetrics = [];

  /** @param serving number of workers that serve */
  constructor(serving: () => number) {
    const registers = [this.#own];
    collectDefaultMetrics({ register: this.#own });
    new Gauge({
      name: 'standfirst_workers',
      help: 'Workers that serve the port',
      registers,
      collect() {
        this.set(serving());
      },
    });
    this.#ends = new Counter({
      name: 'standfirst_worker_ends_total',
      help: 'Workers that ended by themselves and were replaced',
      registers,
    });
  }

  update(worker: number, metrics: WorkerMetrics): void {
    this.#last.set(worker, metrics);
  }

  /** A worker has ended, and is replaced. */
  end(worker: number): void {
    this.#ends.inc();
    const counted = (this.#last.get(worker) ?? []).filter(({ type }) => growing.has(type));
    this.#last.delete(worker);
    this.#ended = aggregate([this.#ended, counted]).getMetricsAsArray() as unknown as WorkerMetrics;
  }

  async text(): Promise<string> {
    const own = (await this.#own.getMetricsAsJSON()) as unknown as WorkerMetrics;
    const all = [own, ...this.#last.values(), this.#ended].map((metrics) =>
      metrics.map((metric) => {
        const aggregator = aggregators[metric.name];
        return aggregator === undefined ? metric : { ...metric, aggregator };
      }),
    );
    return aggregate(all).metrics();
  }
}
