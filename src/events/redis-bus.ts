import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from '@redis/client';
import { type Bus, type HintListener, Listeners } from './bus.ts';

const channelPrefix = 'standfirst:events:';
const channelOf = (articleId: string): string => channelPrefix + articleId;

/** How long somebody waits for Redis who could do without. */
const patienceMs = 1000;

/** How many hints may wait for a Redis that is there and does not answer; one more is dropped. */
export const maxWaitingHints = 1000;

/** A quiet connection is tried this often, and given up when nothing has come or gone for so long. In milliseconds. */
const pingMs = 5000;
const silenceMs = 10_000;

export interface RedisBusOptions {
  /** `redis://…` or `rediss://…` */
  readonly url: string;
  /** The connection broke or could not be made; it is tried again for ever. */
  readonly onError: (error: Error) => void;
}

/**
 * A client that is connecting, for ever if it must. Not awaited: the service starts and works without Redis.
 * A command given while Redis is away fails instead of waiting.
 */
function openClient({ url, onError }: RedisBusOptions) {
  const client = createClient({
    url,
    // A hint that waited for Redis to come back would tell nothing that a poll has not found by then.
    disableOfflineQueue: true,
    commandsQueueMaxLength: maxWaitingHints,
    pingInterval: pingMs,
    socket: {
      socketTimeout: silenceMs,
      connectTimeout: 2000,
      reconnectStrategy: (retries) => Math.min(50 * 2 ** retries, 1000),
    },
  });
  client.on('error', onError);
  client.connect().catch(onError);
  return client;
}

type RedisClient = ReturnType<typeof openClient>;

/**
 * The bus between nodes: Redis Pub/Sub, one channel for each watched article, subscribed only while it is watched. It
 * holds nothing: with Redis away hints are dropped, and the nodes' polls find the events.
 */
export class RedisBus implements Bus {
  readonly #listeners = new Listeners();
  /** The articles whose channels this node has subscribed to. */
  readonly #subscribed = new Set<string>();
  /** Those that may have to be subscribed to, or no longer. */
  readonly #unsettled = new Set<string>();
  #settling = false;
  readonly #onError: RedisBusOptions['onError'];
  readonly #publisher: RedisClient;
  readonly #subscriber: RedisClient;
  readonly #sending = new Set<Promise<unknown>>();

  constructor(options: RedisBusOptions) {
    this.#onError = options.onError;
    this.#publisher = openClient(options);
    this.#subscriber = openClient(options);
    this.#subscriber.on('ready', () => void this.#settle());
  }

  async connected(): Promise<void> {
    for (const overdue = Date.now() + patienceMs; !this.#publisher.isReady && Date.now() < overdue;) {
      await sleep(20);
    }
  }

  hint(articleId: string, sequence: number): void {
    // This node's own listeners need not wait for the round trip; hearing of it twice costs nothing.
    this.#listeners.call(articleId, sequence);
    if (!this.#publisher.isReady) return;
    const sent = this.#publisher
      .publish(channelOf(articleId), String(sequence))
      .catch(() => undefined)
      .finally(() => this.#sending.delete(sent));
    this.#sending.add(sent);
  }

  watch(articleId: string, listener: HintListener): () => void {
    if (this.#listeners.add(articleId, listener)) this.#unsettle(articleId);
    return () => {
      if (this.#listeners.remove(articleId, listener)) this.#unsettle(articleId);
    };
  }

  /** Lets the hints under way arrive, if they do at all. */
  async close(): Promise<void> {
    await Promise.race([Promise.all(this.#sending), sleep(patienceMs, undefined, { ref: false })]);
    for (const client of [this.#publisher, this.#subscriber]) if (client.isOpen) client.destroy();
  }

  #unsettle(articleId: string): void {
    this.#unsettled.add(articleId);
    void this.#settle();
  }

  /**
   * Subscribes to the channels of those that are watched, and to no others: one command after the other, each for all of
   * them by then. While Redis is away or silent, nothing piles up but the articles' names.
   */
  async #settle(): Promise<void> {
    if (this.#settling) return;
    this.#settling = true;
    try {
      while (this.#unsettled.size > 0 && this.#subscriber.isReady) await this.#settleOnce();
    } catch (error) {
      // A connection that broke has said so, and they are tried again with it.
      if (this.#subscriber.isReady) this.#onError(error instanceof Error ? error : new Error(String(error)));
    }
    this.#settling = false;
  }

  async #settleOnce(): Promise<void> {
    const articleIds = [...this.#unsettled];
    const isSettled = (articleId: string): boolean =>
      this.#listeners.has(articleId) === this.#subscribed.has(articleId);
    const changing = articleIds.filter((articleId) => !isSettled(articleId));
    const coming = changing.filter((articleId) => this.#listeners.has(articleId));
    const going = changing.filter((articleId) => !this.#listeners.has(articleId));
    if (coming.length > 0) {
      await this.#subscriber.subscribe(coming.map(channelOf), this.#receive);
      for (const articleId of coming) this.#subscribed.add(articleId);
    }
    if (going.length > 0) {
      await this.#subscriber.unsubscribe(going.map(channelOf), this.#receive);
      for (const articleId of going) this.#subscribed.delete(articleId);
    }
    for (const articleId of articleIds) if (isSettled(articleId)) this.#unsettled.delete(articleId);
  }

  readonly #receive = (message: string, channel: string): void => {
    const sequence = Number(message);
    if (Number.isSafeInteger(sequence)) this.#listeners.call(channel.slice(channelPrefix.length), sequence);
  };
}
