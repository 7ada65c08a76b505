import type { WorkerMetrics } from './node-metrics.ts';

// The messages between the primary process and its workers, over the channel of node:cluster. A worker says `waiting`
// when its program is loaded, is answered with `start`, prepares, listens, and says `serving`. Other messages on the
// channel, such as those of a harness, have no field `standfirst`.

/** What a worker can't learn from its environment. */
export interface WorkerSetup {
  readonly databaseUrl: string;
  readonly sessionSecret: string;
  readonly workers: number;
  /** The folder of the embedded database; absent: the database is not embedded. */
  readonly folder?: string | undefined;
}

/** The address on which a worker listens. */
export interface Serving {
  readonly address: string;
  readonly hasPage: boolean;
}

/** News for the other workers. */
export interface News {
  readonly standfirst: 'news';
  readonly topic: string;
  readonly news: unknown;
}

export type WorkerMessage =
  | { readonly standfirst: 'waiting' }
  | ({ readonly standfirst: 'serving' } & Serving)
  /** The worker can not start, and exits. */
  | { readonly standfirst: 'failed'; readonly reason: string }
  | News
  /** A sign of life. */
  | { readonly standfirst: 'beat' }
  /** Asks for a permit to hash a password, and gives one back. */
  | { readonly standfirst: 'hash' }
  | { readonly standfirst: 'hashed' }
  /** Asks for the metrics of the node. */
  | { readonly standfirst: 'scrape'; readonly request: number }
  | { readonly standfirst: 'metrics'; readonly request: number; readonly metrics: WorkerMetrics };

export type PrimaryMessage =
  | { readonly standfirst: 'start'; readonly setup: WorkerSetup }
  | { readonly standfirst: 'stop' }
  | News
  /** A permit to hash a password. */
  | { readonly standfirst: 'mayHash' }
  /** Asks for a sign of life. */
  | { readonly standfirst: 'beat' }
  /** Asks for the metrics of the worker. */
  | { readonly standfirst: 'report'; readonly request: number }
  | { readonly standfirst: 'scraped'; readonly request: number; readonly text: string };

/** Whether a message of the channel is one of the service. */
export function isOfService<Message extends WorkerMessage | PrimaryMessage>(
  message: unknown,
): message is Message {
  return typeof message === 'object' && message !== null && 'standfirst' in message;
}
