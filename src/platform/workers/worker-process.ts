import cluster from 'node:cluster';
import {
  isOfService,
  type PrimaryMessage,
  type Serving,
  type WorkerMessage,
  type WorkerSetup,
} from './messages.ts';
import type { WorkerMetrics } from './node-metrics.ts';
import { Outbox } from './outbox.ts';
import type { Peers } from './peers.ts';

/** First argument of a worker's command line, before its number. */
export const workerWord = 'worker';

/** This process as one of several workers: its connection to the primary process, and through it to the other workers. */
export class WorkerProcess implements Peers {
  /** From 1; a worker that replaces another has the number of that one. */
  readonly number: number;
  readonly #outbox = new Outbox<WorkerMessage>((message, done) =>
    process.send?.(message, undefined, {}, done),
  );
  readonly #listeners = new Map<string, (news: unknown) => void>();
  /** Those who wait for a permit to hash a password, in the order in which they asked. */
  readonly #hashing: (() => void)[] = [];
  readonly #scrapes = new Map<number, (text: string) => void>();
  #lastScrape = 0;
  #setup: WorkerSetup | undefined;
  #onStart: (setup: WorkerSetup) => void = () => undefined;
  #onStop: () => void = () => undefined;
  #answerMetrics: () => Promise<unknown> = () => Promise.resolve([]);

  private constructor(number: number) {
    this.number = number;
    process.on('message', (message) => {
      if (isOfService<PrimaryMessage>(message)) this.#receive(message);
    });
  }

  /**
   * @returns undefined where this process is no worker of the service: it may still be the worker of another cluster,
   *   such as that of a process manager
   */
  static current(argv: readonly string[] = process.argv): WorkerProcess | undefined {
    const [, , word, number] = argv;
    return cluster.isWorker && word === workerWord ? new WorkerProcess(Number(number)) : undefined;
  }

  get workers(): number {
    return this.#setup?.workers ?? 1;
  }

  /**
   * Tells the primary that this process is ready for its setup.
   * @param onStop called when the worker is to stop; one without a setup exits at once
   */
  setup(onStop: () => void): Promise<WorkerSetup> {
    this.#onStop = onStop;
    return new Promise((resolve) => {
      this.#onStart = resolve;
      this.#outbox.send({ standfirst: 'waiting' });
    });
  }

  serves(serving: Serving): void {
    this.#outbox.send({ standfirst: 'serving', ...serving });
  }

  /** Tells the primary why this worker can not start. */
  async failed(reason: string): Promise<void> {
    this.#outbox.send({ standfirst: 'failed', reason });
    await this.#outbox.flushed();
  }

  tell(topic: string, news: unknown): void {
    this.#outbox.offer({ standfirst: 'news', topic, news });
  }

  listen(topic: string, listener: (news: unknown) => void): void {
    this.#listeners.set(topic, listener);
  }

  told(): Promise<void> {
    return this.#outbox.flushed();
  }

  async mayHash(): Promise<() => void> {
    const permitted = new Promise<void>((resolve) => this.#hashing.push(resolve));
    this.#outbox.send({ standfirst: 'hash' });
    await permitted;
    return () => this.#outbox.send({ standfirst: 'hashed' });
  }

  nodeMetrics(): Promise<string> {
    const request = ++this.#lastScrape;
    return new Promise((resolve) => {
      this.#scrapes.set(request, resolve);
      this.#outbox.send({ standfirst: 'scrape', request });
    });
  }

  onMetricsRequest(answer: () => Promise<unknown>): void {
    this.#answerMetrics = answer;
  }

  #receive(message: PrimaryMessage): void {
    switch (message.standfirst) {
      case 'start':
        this.#setup = message.setup;
        return this.#onStart(message.setup);
      case 'stop':
        if (!this.#setup) process.exit(0);
        return this.#onStop();
      case 'news':
        return this.#listeners.get(message.topic)?.(message.news);
      case 'mayHash':
        return this.#hashing.shift()?.();
      case 'beat':
        return this.#outbox.offer({ standfirst: 'beat' });
      case 'report':
        return void this.#report(message.request);
      case 'scraped':
        this.#scrapes.get(message.request)?.(message.text);
        this.#scrapes.delete(message.request);
    }
  }

  async #report(request: number): Promise<void> {
    const metrics = (await this.#answerMetrics()) as WorkerMetrics;
    this.#outbox.send({ standfirst: 'metrics', request, metrics });
  }
}
