import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from '@redis/client';
import { type Bus, type HintListener, Listeners } from './bus.ts';

const channelPrefix = 'standfirst:events:';

/** How long somebody waits for Redis who could do without. */
const patienceMs = 1000;

export interface RedisBusOptions {
  /** `redis://…` or `rediss://…` */
  readonly url: string;
  /** The connection broke or could not be made; it is tried again for ever. */
  readonly onError: (error: Error) => void;
}

/**
 * A client that is connecting, for ever if it must. Not awaited: the service starts and works without Redis.
 * @param disableOfflineQueue a command given while Redis is away fails instead of waiting
 */
function openClient({ url, onError }: RedisBusOptions, disableOfflineQueue: boolean) {
  const client = createClient({
    url,
    disableOfflineQueue,
    socket: { connectTimeout: 2000, reconnectStrategy: (retries) => Math.min(50 * 2 ** retries, 1000) },
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
  readonly #publisher: RedisClient;
  readonly #subscriber: RedisClient;
  readonly #sending = new Set<Promise<unknown>>();

  constructor(options: RedisBusOptions) {
    // A hint that waited for Redis to come back would tell nothing that a poll has not found by then.
    this.#publisher = openClient(options, true);
    this.#subscriber = openClient(options, false);
  }

  /** Waits a moment until hints can be sent: for a process that has some to send and then ends. */
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
      .publish(channelPrefix + articleId, String(sequence))
      .catch(() => undefined)
      .finally(() => this.#sending.delete(sent));
    this.#sending.add(sent);
  }

  watch(articleId: string, listener: HintListener): () => void {
    const channel = channelPrefix + articleId;
    if (this.#listeners.add(articleId, listener)) {
      this.#subscriber.subscribe(channel, this.#receive).catch(() => undefined);
    }
    return () => {
      if (this.#listeners.remove(articleId, listener)) {
        this.#subscriber.unsubscribe(channel, this.#receive).catch(() => undefined);
      }
    };
  }

  /** Lets the hints under way arrive, if they do at all. */
  async close(): Promise<void> {
    await Promise.race([Promise.all(this.#sending), sleep(patienceMs, undefined, { ref: false })]);
    for (const client of [this.#publisher, this.#subscriber]) if (client.isOpen) client.destroy();
  }

  readonly #receive = (message: string, channel: string): void => {
    const sequence = Number(message);
    if (Number.isSafeInteger(sequence)) this.#listeners.call(channel.slice(channelPrefix.length), sequence);
  };
}
