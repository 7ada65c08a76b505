import cluster, { type Worker } from 'node:cluster';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import {
  isOfService,
  type PrimaryMessage,
  type Serving,
  type WorkerMessage,
  type WorkerSetup,
} from './messages.ts';
import { NodeMetrics } from './node-metrics.ts';
import { Outbox } from './outbox.ts';
import { Permits } from './permits.ts';
import { workerWord } from './worker-process.ts';

// The primary process with its workers. The primary prepares the database, starts the workers, accepts the connections
// of the port and hands each to a worker in turn (node:cluster), replaces workers that end, and passes news between them.
// It serves no request: what blocks its event loop keeps new connections from all workers.

export interface WorkerPoolOptions {
  readonly setup: WorkerSetup;
  /** File of the program that a worker runs, with `workerWord` and its number as arguments. */
  readonly program: string;
  /** Signals that stop the service. A worker ignores them, but not before its program is loaded. */
  readonly stopSignals: readonly string[];
  /** Passwords that all workers together hash at once. */
  readonly passwordHashesAtOnce: number;
  /** Called when a stop signal has ended a worker during the first start: it was meant for all processes. */
  readonly onStopSignal: () => void;
  readonly logger: Logger;
}

/** A worker could not start; the message is its reason. */
export class WorkerStartError extends Error {
  override readonly name = 'WorkerStartError';
}

/** Time after which a worker counts as stable, so that its end is not one of a series, in milliseconds. */
const stableMs = 10_000;

/** Delays before an ended worker is replaced: none at first, then doubled from the least to the longest, in milliseconds. */
const leastDelayMs = 250;
const longestDelayMs = 10_000;

/** How long a scrape waits for the metrics of workers, in milliseconds; of a silent worker the last ones are shown. */
const reportMs = 1000;

/**
 * Interval at which serving workers are asked for a sign of life, and the number of unanswered questions after which one
 * is replaced. The other workers answer health checks, so that nobody else would notice one that hangs. Counted in
 * questions, not in time, so that a machine that slept ends no worker.
 */
const beatMs = 2500;
const maxMissedBeats = 8;

/** The place of one worker and of those that replace it. */
interface Place {
  readonly number: number;
  worker: Worker | undefined;
  outbox: Outbox<PrimaryMessage> | undefined;
  /** Whether the worker's program is loaded. */
  isLoaded: boolean;
  /** Set while the worker serves. */
  servingSince: number | undefined;
  /** Questions for a sign of life since the last message of the worker. */
  missedBeats: number;
  /** Why the worker could not start, by its own account, or why it was ended. */
  reason: string | undefined;
  /** Ends in a row of workers that were not stable. */
  ends: number;
  restart: NodeJS.Timeout | undefined;
}

/** A request for the metrics of all workers. */
interface Scrape {
  /** Numbers of the workers that have not answered. */
  readonly missing: Set<number>;
  readonly done: () => void;
}

/** Delay before the worker is replaced that ended as the last of `ends` in a row, in milliseconds. */
export const restartDelayMs = (ends: number): number =>
  ends <= 1 ? 0 : Math.min(longestDelayMs, leastDelayMs * 2 ** (ends - 2));

export class WorkerPool {
  readonly #options: WorkerPoolOptions;
  readonly #places: readonly Place[];
  readonly #metrics: NodeMetrics;
  readonly #hashing: Permits;
  readonly #scrapes = new Map<number, Scrape>();
  #lastScrape = 0;
  #text: Promise<string> | undefined;
  /** Undefined once all workers have served. */
  #starting:
    { readonly resolve: (serving: Serving) => void; readonly reject: (error: Error) => void } | undefined;
  #stopping = false;
  #onAllEnded: () => void = () => undefined;
  /** Whether every worker that was told to stop has ended in order. */
  #inOrder = true;
  #address = '';

  constructor(options: WorkerPoolOptions) {
    this.#options = options;
    this.#places = Array.from({ length: options.setup.workers }, (_, index) => ({
      number: index + 1,
      worker: undefined,
      outbox: undefined,
      isLoaded: false,
      servingSince: undefined,
      missedBeats: 0,
      reason: undefined,
      ends: 0,
      restart: undefined,
    }));
    this.#hashing = new Permits(options.passwordHashesAtOnce);
    this.#metrics = new NodeMetrics(() => this.#serving.length);
    // A worker that stands at a breakpoint does not hang.
    if (!process.execArgv.some((option) => option.startsWith('--inspect')))
      setInterval(() => this.#beat(), beatMs).unref();
    // However the primary exits, no worker outlives it; one that hangs does not notice by itself.
    process.once('exit', () => {
      for (const { worker } of this.#places) worker?.process.kill('SIGKILL');
    });
  }

  get #serving(): readonly Place[] {
    return this.#places.filter(({ servingSince }) => servingSince !== undefined);
  }

  /**
   * Starts all workers.
   * @returns their address, once all of them listen
   * @throws WorkerStartError if one of them ends before; the others are left to `stop`
   */
  start(): Promise<Serving> {
    return new Promise((resolve, reject) => {
      this.#starting = { resolve, reject };
      for (const place of this.#places) this.#fork(place);
    });
  }

  /** Stops all workers at once, each in order. @returns whether all of them could finish their work */
  async stop(): Promise<boolean> {
    this.#stopping = true;
    for (const place of this.#places) {
      clearTimeout(place.restart);
      place.outbox?.send({ standfirst: 'stop' });
    }
    if (this.#hasWorkers) await new Promise<void>((resolve) => (this.#onAllEnded = resolve));
    return this.#inOrder;
  }

  get #hasWorkers(): boolean {
    return this.#places.some(({ worker }) => worker !== undefined);
  }

  #fork(place: Place): void {
    const { program } = this.#options;
    cluster.setupPrimary({ exec: program, args: [workerWord, String(place.number)] });
    const worker = cluster.fork();
    place.worker = worker;
    place.outbox = new Outbox((message, done) => worker.send(message, undefined, {}, done));
    worker.on('message', (message: unknown) => {
      if (isOfService<WorkerMessage>(message)) this.#receive(place, message);
    });
    worker.on('error', (error: Error) => {
      // A process that could not be made has no number, and does not exit.
      if (worker.process.pid === undefined) this.#end(place, null, error.message);
    });
    worker.on('exit', (code: number | null, signal: string | null) => {
      // The last messages of the worker may be read after its end.
      if (worker.isConnected()) worker.once('disconnect', () => this.#end(place, code, signal));
      else this.#end(place, code, signal);
    });
  }

  #beat(): void {
    for (const place of this.#serving) {
      if (place.missedBeats >= maxMissedBeats) {
        place.reason = `no sign of life for ${(maxMissedBeats * beatMs) / 1000} s`;
        place.worker?.process.kill('SIGKILL');
      } else {
        place.missedBeats += 1;
        place.outbox?.offer({ standfirst: 'beat' });
      }
    }
  }

  #receive(place: Place, message: WorkerMessage): void {
    place.missedBeats = 0;
    switch (message.standfirst) {
      case 'beat':
        return;
      case 'waiting':
        place.isLoaded = true;
        return place.outbox?.send(
          this.#stopping ? { standfirst: 'stop' } : { standfirst: 'start', setup: this.#options.setup },
        );
      case 'serving':
        return this.#serves(place, message);
      case 'failed':
        place.reason = message.reason;
        return;
      case 'news':
        for (const other of this.#places) if (other !== place) other.outbox?.offer(message);
        return;
      case 'hash':
        return this.#hashing.ask(place.number, () => place.outbox?.send({ standfirst: 'mayHash' }));
      case 'hashed':
        return this.#hashing.giveBack(place.number);
      case 'scrape':
        this.#scrape(place, message.request).catch((error: unknown) =>
          this.#options.logger.error({ err: error }, 'the metrics could not be read'),
        );
        return;
      case 'metrics':
        this.#metrics.update(place.number, message.metrics);
        return this.#answered(message.request, place);
    }
  }

  #serves(place: Place, { address, hasPage }: Serving): void {
    const { logger } = this.#options;
    place.servingSince = performance.now();
    if (!this.#starting) {
      logger.info({ worker: place.number }, 'a worker serves');
      // PORT=0 takes another port if all workers had ended.
      if (address !== this.#address) logger.warn({ address }, 'the service listens on another port');
    }
    this.#address ||= address;
    if (this.#serving.length < this.#places.length) return;
    this.#starting?.resolve({ address, hasPage });
    this.#starting = undefined;
  }

  #end(place: Place, code: number | null, signal: string | null): void {
    const { logger } = this.#options;
    const { number: worker, servingSince, reason, isLoaded } = place;
    const { stopSignals, onStopSignal } = this.#options;
    const isStopSignal = !isLoaded && signal !== null && stopSignals.includes(signal);
    Object.assign(place, {
      worker: undefined,
      outbox: undefined,
      isLoaded: false,
      servingSince: undefined,
      reason: undefined,
    });
    for (const request of this.#scrapes.keys()) this.#answered(request, place);
    this.#hashing.end(worker);
    if (this.#stopping) {
      if (code !== 0 && !isStopSignal) this.#inOrder = false;
      if (!this.#hasWorkers) this.#onAllEnded();
      return;
    }
    const how = signal ?? `code ${code}`;
    if (this.#starting) {
      // First, so that the rejection is not reported as a failure.
      if (isStopSignal) onStopSignal();
      this.#starting.reject(
        new WorkerStartError(reason ?? `Worker ${worker} ended while it started: ${how}`),
      );
      this.#starting = undefined;
      // `stop` follows.
      this.#stopping = true;
      return;
    }
    this.#metrics.end(worker);
    const wasStable = servingSince !== undefined && performance.now() - servingSince >= stableMs;
    place.ends = wasStable ? 1 : place.ends + 1;
    const delayMs = restartDelayMs(place.ends);
    logger.error({ worker, how, reason, delayMs }, 'a worker has ended; it is replaced');
    place.restart = setTimeout(() => this.#fork(place), delayMs);
  }

  async #scrape(place: Place, request: number): Promise<void> {
    const text = await (this.#text ??= this.#readMetrics());
    place.outbox?.send({ standfirst: 'scraped', request, text });
  }

  /**
   * The metrics of all workers. They are read once for all who ask meanwhile, because no worker gets a connection while the
   * primary computes.
   */
  async #readMetrics(): Promise<string> {
    try {
      await this.#askMetrics();
      return await this.#metrics.text();
    } finally {
      this.#text = undefined;
    }
  }

  /** Asks all workers for their metrics, and waits for the answers for a bounded time. */
  async #askMetrics(): Promise<void> {
    const request = ++this.#lastScrape;
    const missing = new Set(this.#serving.map(({ number }) => number));
    const answered = new Promise<void>((done) => this.#scrapes.set(request, { missing, done }));
    for (const { outbox } of this.#serving) outbox?.send({ standfirst: 'report', request });
    const control = new AbortController();
    const overdue = sleep(reportMs, undefined, { signal: control.signal }).catch(() => undefined);
    await Promise.race([answered, overdue]);
    control.abort();
    this.#scrapes.delete(request);
  }

  #answered(request: number, { number }: Place): void {
    const scrape = this.#scrapes.get(request);
    if (!scrape) return;
    scrape.missing.delete(number);
    if (scrape.missing.size === 0) scrape.done();
  }
}
