import type { Queryable } from '../db/database.ts';
import type { Bus } from './bus.ts';
import { decodeEventCursor } from './event-cursor.ts';
import { Feed } from './feed.ts';
import { selectHeads } from './log.ts';
import { EventStream } from './stream.ts';
import type { StreamConnection } from './stream-connection.ts';

export interface HubOptions {
  readonly db: Queryable;
  readonly bus: Bus;
  /** How often the heads of all watched articles are read: the floor under a bus that loses hints. */
  readonly headPollMs: number;
  /** How often a quiet stream gets a checkpoint. */
  readonly checkpointMs: number;
  readonly maxReplayEvents: number;
  readonly maxLiveTailEvents: number;
  /** A poll or a load failed; it is tried again with the next poll. */
  readonly onError: (error: unknown) => void;
}

interface Watched {
  readonly opening: Promise<Feed | undefined>;
  readonly streams: Set<EventStream>;
  /** Streams, and those that are being opened. */
  subscribers: number;
  unwatch: () => void;
}

/** All feeds of this node: one for each article that somebody listens to, gone with its last listener. */
export class Hub {
  readonly #options: HubOptions;
  readonly #watched = new Map<string, Watched>();
  #timer: NodeJS.Timeout | undefined;
  #nextCheckpoint: number;
  #polling = false;
  #closed = false;

  constructor(options: HubOptions) {
    this.#options = options;
    this.#nextCheckpoint = performance.now() + options.checkpointMs;
  }

  /** How many articles are watched, and by how many streams. */
  get size(): { articles: number; streams: number } {
    let streams = 0;
    for (const watched of this.#watched.values()) streams += watched.subscribers;
    return { articles: this.#watched.size, streams };
  }

  /**
   * Opens a stream of one article's events.
   * @param after the client's cursor; undefined: begin at now
   * @returns undefined where there is no such article
   */
  async subscribe(
    articleId: string,
    after: string | undefined,
    connection: StreamConnection,
  ): Promise<EventStream | undefined> {
    const watched = this.#watch(articleId);
    try {
      const feed = await watched.opening;
      if (!feed) {
        this.#release(articleId, watched);
        return undefined;
      }
      // Another node may have told the client of an event that this one has yet to hear of.
      const sequence = after === undefined ? undefined : decodeEventCursor(after)?.sequence;
      if (sequence !== undefined && sequence > feed.head) await this.#pollHeads([articleId]);
      const stream = new EventStream(feed, {
        after,
        maxReplay: this.#options.maxReplayEvents,
        maxTail: this.#options.maxLiveTailEvents,
        connection,
        onEnd: () => {
          watched.streams.delete(stream);
          this.#release(articleId, watched);
        },
      });
      watched.streams.add(stream);
      return stream;
    } catch (error) {
      this.#release(articleId, watched);
      throw error;
    }
  }

  close(): void {
    this.#closed = true;
    this.#unschedule();
    for (const watched of this.#watched.values()) watched.unwatch();
    this.#watched.clear();
  }

  #watch(articleId: string): Watched {
    let watched = this.#watched.get(articleId);
    if (watched === undefined) {
      // Watched before the log is read: a hint that comes in between is not lost.
      const opening = Feed.open(this.#options.db, articleId);
      const unwatch = this.#options.bus.watch(articleId, (sequence) => {
        opening.then((feed) => feed?.catchUp(sequence)).catch(this.#options.onError);
      });
      watched = { opening, streams: new Set(), subscribers: 0, unwatch };
      this.#watched.set(articleId, watched);
      this.#schedule();
    }
    watched.subscribers += 1;
    return watched;
  }

  #release(articleId: string, watched: Watched): void {
    watched.subscribers -= 1;
    if (watched.subscribers > 0) return;
    watched.unwatch();
    if (this.#watched.get(articleId) === watched) this.#watched.delete(articleId);
    if (this.#watched.size === 0) this.#unschedule();
  }

  #schedule(): void {
    if (this.#closed || this.#polling || this.#watched.size === 0) return;
    this.#timer ??= setTimeout(() => void this.#poll(), this.#options.headPollMs);
  }

  #unschedule(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  async #poll(): Promise<void> {
    this.#timer = undefined;
    this.#polling = true;
    try {
      await this.#pollHeads([...this.#watched.keys()]);
      for (const { streams } of this.#watched.values()) for (const stream of streams) stream.endIfStuck();
      const now = performance.now();
      if (now >= this.#nextCheckpoint) {
        this.#nextCheckpoint = now + this.#options.checkpointMs;
        for (const articleId of this.#watched.keys()) (await this.#openFeed(articleId))?.pulse();
      }
    } catch (error) {
      this.#options.onError(error);
    }
    this.#polling = false;
    this.#schedule();
  }

  /** The feed of a watched article; undefined also where it could not be opened: its subscribers are told that. */
  async #openFeed(articleId: string): Promise<Feed | undefined> {
    return this.#watched.get(articleId)?.opening.catch(() => undefined);
  }

  async #pollHeads(articleIds: string[]): Promise<void> {
    const feeds = new Map<string, { feed: Feed; before: { head: number; generation: number } }>();
    const opened = await Promise.all(articleIds.map((articleId) => this.#openFeed(articleId)));
    for (const feed of opened) {
      if (feed) feeds.set(feed.articleId, { feed, before: { head: feed.head, generation: feed.generation } });
    }
    const heads = await selectHeads(this.#options.db, [...feeds.keys()]);
    await Promise.all(
      heads.map(async (head) => {
        const polled = feeds.get(head.articleId);
        await polled?.feed.observe(head, polled.before);
      }),
    );
  }
}
