import { createClient } from '@redis/client';

/**
 * Interval at which a quiet connection is pinged, and time without traffic after which it is closed. In milliseconds.
 */
const pingMs = 5000;
const silenceMs = 10_000;

export interface RedisClientOptions {
  /** `redis://…` or `rediss://…` */
  readonly url: string;
  /** Most commands that may wait for a Redis that is connected and does not answer; further ones fail. */
  readonly maxWaiting: number;
  /** The connection broke or could not be made; it is retried indefinitely. */
  readonly onError: (error: Error) => void;
}

/**
 * A client that is connecting, with retries without end. Not awaited: the service starts and works without Redis. A
 * command given while Redis is away fails instead of waiting.
 */
export function openRedisClient({ url, maxWaiting, onError }: RedisClientOptions) {
  const client = createClient({
    url,
    disableOfflineQueue: true,
    commandsQueueMaxLength: maxWaiting,
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

export type RedisClient = ReturnType<typeof openRedisClient>;
