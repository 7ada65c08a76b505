import { setTimeout as sleep } from 'node:timers/promises';
import type { Logs } from '../check/history.ts';
import { checkStream } from '../check/streams.ts';
import { PlainConnection } from './plain-connection.ts';
import { loadSnapshot } from './snapshot.ts';
import { Subscriber } from './subscriber.ts';

/** Races between a client that loads a page and listens, and writers. */
export interface RaceOptions {
  /** Of a service, without a path. */
  readonly url: string;
  readonly articleIds: readonly string[];
  readonly count: number;
  /** How many at a time. */
  readonly lanes: number;
}

interface Race {
  readonly subscriber: Subscriber;
  /** Where the page's cursor stood, and how many comments it showed. */
  readonly sequence: number;
  readonly commentCount: number;
}

/** How each race's client is connected, and who hears of its events. */
export interface RaceClient {
  readonly random: () => number;
  readonly keepAliveMs: number;
  readonly onLatency: (milliseconds: number) => void;
}

/** So many events behind the checkpoint a client sees before it leaves. */
const eventsBehind = 3;
const patienceMs = 30_000;

/** Clients that load a page, listen from its cursor, and leave. */
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

/** Whoever has left is held against the log as far as it had come. */
function checkPart(subscriber: Subscriber, logs: Logs): string[] {
  const log = logs[subscriber.articleId] ?? [];
  return checkStream(
    subscriber.history,
    { [subscriber.articleId]: log.slice(0, subscriber.position) },
    'never',
  );
}

/** A page may show more than its cursor says, and never less: comments of before the log began, and later ones. */
function checkCount({ subscriber, sequence, commentCount }: Race, logs: Logs): string[] {
  const added = (logs[subscriber.articleId] ?? [])
    .slice(0, sequence)
    .filter(({ kind }) => kind === 'COMMENT_ADDED').length;
  return commentCount >= added
    ? []
    : [`a page of article ${subscriber.articleId} at ${sequence} shows ${commentCount} comments of ${added}`];
}
