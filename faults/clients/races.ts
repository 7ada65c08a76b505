import { setTimeout as sleep } from 'node:timers/promises';
import type { Logs } from '../check/history.ts';
import { checkStream } from '../check/streams.ts';
import { PlainConnection } from './plain-connection.ts';
import { loadSnapshot } from './snapshot.ts';
import { Subscriber } from './subscriber.ts';

/** Races between writers and clients that load a page and subscribe. */
export interface RaceOptions {
  /** URL of a service, without a path. */
  readonly url: string;
  readonly articleIds: readonly string[];
  readonly count: number;
  /** Number of concurrent races. */
  readonly lanes: number;
}

interface Race {
  readonly subscriber: Subscriber;
  /** Position of the page's cursor, and the number of comments on the page. */
  readonly sequence: number;
  readonly commentCount: number;
}

/** Connection options of each race's client. */
export interface RaceClient {
  readonly random: () => number;
  readonly keepAliveMs: number;
  readonly onLatency: (milliseconds: number) => void;
}

/** Number of events after the checkpoint that a client receives before it leaves. */
const eventsBehind = 3;
const patienceMs = 30_000;

/** Clients that load a page, subscribe from its cursor, and leave. */
export class Races {
  readonly #client: RaceClient;
  readonly #over: Race[] = [];

  constructor(client: RaceClient) {
    this.#client = client;
  }

  get subscribers(): Subscriber[] {
    return this.#over.map(({ subscriber }) => subscriber);
  }

  async run({ url, articleIds, count, lanes }: RaceOptions): Promise<void> {
    let begun = 0;
    const lane = async (): Promise<void> => {
      while (begun < count) {
        const number = begun++;
        await this.#race(url, articleIds[number % articleIds.length] ?? '', `race-${number}`);
      }
    };
    await Promise.all(Array.from({ length: lanes }, lane));
  }

  check(logs: Logs): string[] {
    return this.#over.flatMap((race) => [...checkPart(race.subscriber, logs), ...checkCount(race, logs)]);
  }

  async #race(url: string, articleId: string, name: string): Promise<void> {
    const { liveCursor: cursor, sequence, commentCount } = await loadSnapshot(url, articleId, 1);
    const subscriber = new Subscriber({
      name,
      articleId,
      from: { cursor, sequence },
      onLatency: this.#client.onLatency,
      loadPage: async () => (await loadSnapshot(url, articleId)).commentIds,
    });
    const address = `${url.replace(/^http/, 'ws')}/graphql`;
    const connection = new PlainConnection({ ...this.#client, subscriber, url: () => address });
    connection.online();
    const { received } = subscriber;
    const isLive = () => received.some(({ type }) => type === 'checkpoint');
    for (const overdue = performance.now() + patienceMs; performance.now() < overdue; await sleep(5)) {
      const checkpoint = received.findIndex(({ type }) => type === 'checkpoint');
      if (checkpoint >= 0 && received.length > checkpoint + eventsBehind) break;
    }
    connection.offline();
    if (!isLive()) subscriber.errors.push(`no checkpoint within ${patienceMs} ms`);
    this.#over.push({ subscriber, sequence, commentCount });
  }
}

/** A client that has left is checked against the log up to its last position. */
function checkPart(subscriber: Subscriber, logs: Logs): string[] {
  const log = logs[subscriber.articleId] ?? [];
  return checkStream(
    subscriber.history,
    { [subscriber.articleId]: log.slice(0, subscriber.position) },
    'never',
  );
}

/**
 * A page may show more comments than its cursor implies (older than the log, or newer than the cursor), but never
 * fewer.
 */
function checkCount({ subscriber, sequence, commentCount }: Race, logs: Logs): string[] {
  const added = (logs[subscriber.articleId] ?? [])
    .slice(0, sequence)
    .filter(({ kind }) => kind === 'COMMENT_ADDED').length;
  return commentCount >= added
    ? []
    : [`a page of article ${subscriber.articleId} at ${sequence} shows ${commentCount} comments of ${added}`];
}
