import { setTimeout as sleep } from 'node:timers/promises';
import { openRedisClient, type RedisClient } from '../redis/redis-client.ts';
import { type Bus, type HintListener, Listeners } from './bus.ts';

const channelPrefix = 'standfirst:events:';
const channelOf = (key: string): string => channelPrefix + key;

/** How long a caller waits for Redis that can continue without it, in milliseconds. */
const patienceMs = 1000;

/** Most hints that may wait for a Redis that is connected and does not answer; further ones are dropped. */
export const maxWaitingHints = 1000;

export interface RedisBusOptions {
  /** `redis://…` or `rediss://…` */
  readonly url: string;
  /** The connection broke or could not be made; it is retried indefinitely. */
  readonly onError: (error: Error) => void;
}

/**
 * The bus between nodes: Redis Pub/Sub, one channel for each watched article, subscribed only while the article is
 * watched. The bus stores nothing: while Redis is away hints are dropped, and the nodes' polls find the events.
 */
export class RedisBus implements Bus {
  readonly #listeners = new Listeners();
  /** The articles whose channels this node has subscribed to. */
  readonly #subscribed = new Set<string>();
  /** Articles whose channels may have to be subscribed or unsubscribed. */
  readonly #unsettled = new Set<string>();
  #settling = false;
  readonly #onError: RedisBusOptions['onError'];
  readonly #publisher: RedisClient;
  readonly #subscriber: RedisClient;
  readonly #sending = new Set<Promise<unknown>>();

  constructor(options: RedisBusOptions) {
    this.#onError = options.onError;
    // A hint that waited for Redis to come back would tell nothing that a poll has not found by then.
    this.#publisher = openRedisClient({ ...options, maxWaiting: maxWaitingHints });
    this.#subscriber = openRedisClient({ ...options, maxWaiting: maxWaitingHints });
    this.#subscriber.on('ready', () => void this.#settle());
  }

  async connected(): Promise<void> {
    for (const overdue = Date.now() + patienceMs; !this.#publisher.isReady && Date.now() < overdue;) {
      await sleep(20);
    }
  }

  hint(key: string, sequence: number): void {
    // This node's own listeners need not wait for the round trip; a second call with the same hint costs nothing.
    this.#listeners.call(key, sequence);
    if (!this.#publisher.isReady) return;
    const sent = this.#publisher
      .publish(channelOf(key), String(sequence))
      .catch(() => undefined)
      .finally(() => this.#sending.delete(sent));
    this.#sending.add(sent);
  }

  watch(key: string, listener: HintListener): () => void {
    if (this.#listeners.add(key, listener)) this.#unsettle(key);
    return () => {
      if (this.#listeners.remove(key, listener)) this.#unsettle(key);
    };
  }

  /** Waits a bounded time for the hints under way. */
  async close(): Promise<void> {
    await Promise.race([Promise.all(this.#sending), sleep(patienceMs, undefined, { ref: false })]);
    for (const client of [this.#publisher, this.#subscriber]) if (client.isOpen) client.destroy();
  }

  #unsettle(key: string): void {
    this.#unsettled.add(key);
    void this.#settle();
  }

  /**
   * Subscribes to the channels of watched articles, and unsubscribes all others: one command after the other, each for
   * all articles that are due by then. While Redis is away or silent, only the articles' ids accumulate.
   */
  async #settle(): Promise<void> {
    if (this.#settling) return;
    this.#settling = true;
    try {
      while (this.#unsettled.size > 0 && this.#subscriber.isReady) await this.#settleOnce();
    } catch (error) {
      // A broken connection has reported itself, and the articles are tried again after reconnection.
      if (this.#subscriber.isReady) this.#onError(error instanceof Error ? error : new Error(String(error)));
    }
    this.#settling = false;
  }

  async #settleOnce(): Promise<void> {
    const keys = [...this.#unsettled];
    const isSettled = (key: string): boolean => this.#listeners.has(key) === this.#subscribed.has(key);
    const changing = keys.filter((key) => !isSettled(key));
    const coming = changing.filter((key) => this.#listeners.has(key));
    const going = changing.filter((key) => !this.#listeners.has(key));
    if (coming.length > 0) {
      await this.#subscriber.subscribe(coming.map(channelOf), this.#receive);
      for (const key of coming) this.#subscribed.add(key);
    }
    if (going.length > 0) {
      await this.#subscriber.unsubscribe(going.map(channelOf), this.#receive);
      for (const key of going) this.#subscribed.delete(key);
    }
    for (const key of keys) if (isSettled(key)) this.#unsettled.delete(key);
  }

  readonly #receive = (message: string, channel: string): void => {
    const sequence = Number(message);
    if (Number.isSafeInteger(sequence)) this.#listeners.call(channel.slice(channelPrefix.length), sequence);
  };
}
