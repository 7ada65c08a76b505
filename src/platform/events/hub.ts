import type { Viewer } from '../auth/viewer.ts';
import type { Queryable } from '../db/database.ts';
import { RequestError } from '../errors/errors.ts';
import { type Bus, stateChanged } from './bus.ts';
import { decodeEventCursor } from './event-cursor.ts';
import { Feed, type FeedOptions, type OnEvents } from './feed.ts';
import { RenderingMemory } from './rendering-store.ts';
import type { Renderer } from './rendering.ts';
import { Group } from './group.ts';
import type { LogHead, NumberedLog } from './numbered-log.ts';
import type { Sink } from './sink.ts';
import { Subscriber, type TailLimits } from './subscriber.ts';

// The way of an event, from its transaction to the clients of this node:
//
// log         `log.ts` appends the event as the last statement of a transaction, and gives it the next number; the statement is
//             in `numbered-log.ts`
// bus         `bus.ts`, `redis-bus.ts`: after the commit a hint, "article 5 has event 17", wakes the nodes that watch the
//             article. Hints may be lost, so the hub also asks for the heads of all watched articles every `headPollMs`
// feed        `feed.ts`, one for each watched article of a node: loads new events, keeps the last ones, tells its groups
// group       `group.ts`, the subscribers with the same selection and the same rights: what is rendered for one is
//             rendered for all. Tells its subscribers that there is news, once the news has a rendering
// rendering   `rendering-maker.ts` renders in batches with `live/renderer.ts`, `rendering-store.ts` keeps renderings for a while.
//             A batch waits for a permit of its clients (`live/batch-slots.ts`), for the database and for turns of CPU
// subscriber  `subscriber.ts`, one for each stream: a position and no queue. Takes the rendering after its position, if
//             need be waits for it or for one of its own, waits until the connection takes more, and sends it
// sink        `sink.ts`, one for each stream: `carriers/websocket/socket-sink.ts` or `carriers/event-stream/sse-sink.ts`
//             writes one rendering to its connection, the former through `frame-writer.ts`
//
// A stream is opened by `live/operations.ts`, which `carriers/live/live-service.ts` calls for both carriers.
//
// Nobody waits for a subscriber: one that does not read stays where it is, and is ended once it is too far back.

export interface HubOptions extends TailLimits {
  readonly db: Queryable;
  readonly bus: Bus;
  /** How often the heads of all watched articles are read, in milliseconds: the fallback for a bus that loses hints. */
  readonly headPollMs: number;
  /** How often a quiet stream receives a checkpoint, in milliseconds. */
  readonly checkpointMs: number;
  readonly maxReplayEvents: number;
  /**
   * Most groups of one article, not counting those of known selections. A tenth of them may be made by clients of one
   * address, and a fiftieth of those of the whole site, each of which makes every event of the site costlier.
   */
  readonly maxSelectionsPerArticle: number;
  readonly onEvents?: OnEvents;
  /** The log that has a key. */
  readonly logOf: (key: string) => NumberedLog;
  readonly changeOf: FeedOptions['changeOf'];
  /** Called when a poll or a load has failed; it is repeated with the next poll. */
  readonly onError: (error: unknown) => void;
}

/** Determines the group with which a subscriber shares renderings. */
export interface Membership {
  /** The same for all subscribers with the same selection and the same rights. */
  readonly key: string;
  readonly viewer: Viewer | null;
  /** The client's address. */
  readonly address: string;
  /** Whether the group is accepted without counting: the number of such groups can't be raised by clients. */
  readonly isKnown: boolean;
  /** Creates the renderer, if this subscriber is the first of its group. */
  readonly createRenderer: () => Renderer;
}

export interface Subscription extends Membership {
  /** The log's key. */
  readonly log: string;
  /** The client's cursor; undefined: begin at now. */
  readonly after: string | undefined;
  readonly sink: Sink;
}

/** A subscriber's handle for its connection. */
export interface Handle {
  /** Ends the subscription because the client has gone. */
  close(): void;
  /**
   * Applies a change of the viewer's rights: the stream continues from its position with what the new rights allow, or
   * ends with NOT_FOUND. Rejects if the rights can't be determined, and then changes nothing.
   */
  change(membership: Membership): Promise<void>;
}

interface Watched {
  readonly opening: Promise<Feed | undefined>;
  readonly groups: Map<string, Group>;
  readonly subscribers: Set<Subscriber>;
  /** Number of subscribers, including those that are being opened. */
  count: number;
  unwatch: () => void;
}

interface Change {
  readonly watched: Watched;
  readonly feed: Feed;
  readonly subscriber: Subscriber;
  readonly membership: Membership;
  /** Whether no other change has been requested since. */
  readonly isLatest: () => boolean;
}

/** The same for an article that does not exist and for one that the client may not see. */
const noArticle = 'There is no such article, or it is not for you.';

/** All feeds of this node, one for each article with subscribers; a feed is dropped with its last subscriber. */
export class Hub {
  readonly #options: HubOptions;
  readonly #watched = new Map<string, Watched>();
  readonly #renderingMemory = new RenderingMemory();
  #timer: NodeJS.Timeout | undefined;
  #nextCheckpoint: number;
  #polling = false;
  #nextRefresh: { readonly keys: Set<string>; readonly done: Promise<void> } | undefined;
  #lastRefresh: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(options: HubOptions) {
    this.#options = options;
    this.#nextCheckpoint = performance.now() + options.checkpointMs;
  }

  /** Number of watched articles, of their streams, and of the different selections and rights among them. */
  get size(): { articles: number; streams: number; groups: number } {
    const all = [...this.#watched.values()];
    return {
      articles: all.length,
      streams: all.reduce((sum, { count }) => sum + count, 0),
      groups: all.reduce((sum, { groups }) => sum + groups.size, 0),
    };
  }

  /**
   * Opens a stream of one article's events, whose first items may be sent before this resolves.
   * @throws RequestError NOT_FOUND; TOO_MANY_SUBSCRIPTIONS if the article's subscriptions have too many different
   *   selections
   */
  async subscribe(subscription: Subscription): Promise<Handle> {
    const { log: key, after } = subscription;
    const isFirst = !this.#watched.has(key);
    const watched = this.#watch(key);
    try {
      const feed = await watched.opening;
      if (!feed) throw new RequestError('NOT_FOUND', noArticle);
      const sequence = after === undefined ? undefined : decodeEventCursor(after)?.sequence;
      // Before it joins: an event that this node has not heard of may have unpublished the article, or removed what is stored
      // for replays.
      if (sequence !== undefined && (!isFirst || sequence > feed.head))
        await this.#refresh(key).catch((error: unknown) => {
          // What the client has missed is in memory. Not so if it knows an event from another node.
          if (sequence > feed.head) throw error;
          this.#options.onError(error);
        });
      const group = await this.#join(watched, feed, subscription, true);
      const subscriber: Subscriber = new Subscriber(feed, group(), {
        after,
        maxReplay: this.#options.maxReplayEvents,
        viewer: subscription.viewer,
        address: subscription.address,
        sink: subscription.sink,
        onEnd: () => {
          watched.subscribers.delete(subscriber);
          this.#release(key, watched);
        },
      });
      watched.subscribers.add(subscriber);
      subscriber.changed();
      let latest: Membership = subscription;
      return {
        close: () => subscriber.close(),
        change: (membership) => {
          latest = membership;
          const isLatest = () => latest === membership;
          return this.#change({ watched, feed, subscriber, membership, isLatest });
        },
      };
    } catch (error) {
      this.#release(key, watched);
      throw error;
    }
  }

  close(): void {
    this.#closed = true;
    this.#unschedule();
    for (const watched of this.#watched.values()) watched.unwatch();
    this.#watched.clear();
  }

  /**
   * Checks whether a viewer may join a group.
   * @returns a function that finds the group, which may be another one by then, because groups without subscribers are
   *   dropped
   */
  async #join(
    watched: Watched,
    feed: Feed,
    membership: Membership,
    appliesLimit: boolean,
  ): Promise<() => Group> {
    const group = () => this.#groupOf(watched, feed, membership, appliesLimit);
    if (!(await group().admits(membership.viewer))) throw new RequestError('NOT_FOUND', noArticle);
    return group;
  }

  /** @param appliesLimit whether the limit of groups applies; not to subscribers whose rights have changed */
  #groupOf({ groups }: Watched, feed: Feed, membership: Membership, appliesLimit: boolean): Group {
    const { key, createRenderer } = membership;
    const present = groups.get(key);
    if (present) return present;
    if (!this.#hasRoom(groups, membership, feed)) this.#dropEmpty(groups);
    if (appliesLimit && !this.#hasRoom(groups, membership, feed))
      throw new RequestError(
        'TOO_MANY_SUBSCRIPTIONS',
        'The subscriptions to these events select too many different things.',
        { retryAfterSeconds: 10 },
      );
    const group = new Group(feed, createRenderer(), this.#renderingMemory, membership);
    groups.set(key, group);
    return group;
  }

  #hasRoom(
    groups: ReadonlyMap<string, Group>,
    { address, isKnown }: Membership,
    { groupsPerOwn }: Feed,
  ): boolean {
    const { maxSelectionsPerArticle } = this.#options;
    if (isKnown) return true;
    const counted = [...groups.values()].filter(({ founder }) => !founder.isKnown);
    if (counted.length >= maxSelectionsPerArticle) return false;
    const own = counted.filter(({ founder }) => founder.address === address).length;
    return own < Math.max(1, Math.floor(maxSelectionsPerArticle / groupsPerOwn));
  }

  async #change({ watched, feed, subscriber, membership, isLatest }: Change): Promise<void> {
    try {
      const group = await this.#join(watched, feed, membership, false);
      if (isLatest()) subscriber.moveTo(group(), membership.viewer);
    } catch (error) {
      if (!(error instanceof RequestError)) throw error;
      if (isLatest()) subscriber.end([error]);
    }
  }

  #dropEmpty(groups: Map<string, Group>): void {
    for (const [key, group] of groups) {
      if (group.size > 0) continue;
      group.close();
      groups.delete(key);
    }
  }

  #watch(key: string): Watched {
    let watched = this.#watched.get(key);
    if (watched === undefined) {
      // Watched at once. Until Redis has confirmed that, hints are lost, and the next poll finds their events.
      const { db, logOf, changeOf, onEvents } = this.#options;
      const opening = Feed.open(db, key, { log: logOf(key), changeOf, onEvents });
      const unwatch = this.#options.bus.watch(key, (sequence) => {
        opening
          .then((feed) => (sequence === stateChanged ? feed?.pulse() : feed?.catchUp(sequence)))
          .catch(this.#options.onError);
      });
      // After a time without subscribers, the time of the next checkpoint is long past.
      if (this.#watched.size === 0) this.#nextCheckpoint = performance.now() + this.#options.checkpointMs;
      watched = { opening, groups: new Map(), subscribers: new Set(), count: 0, unwatch };
      this.#watched.set(key, watched);
      this.#schedule();
    }
    watched.count += 1;
    return watched;
  }

  #release(key: string, watched: Watched): void {
    watched.count -= 1;
    if (watched.count > 0) return;
    watched.unwatch();
    this.#dropEmpty(watched.groups);
    if (this.#watched.get(key) === watched) this.#watched.delete(key);
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
      const now = performance.now();
      if (now >= this.#nextCheckpoint) {
        this.#nextCheckpoint = now + this.#options.checkpointMs;
        for (const key of this.#watched.keys()) (await this.#openFeed(key))?.pulse();
      }
    } catch (error) {
      this.#options.onError(error);
    }
    this.#tidy();
    this.#polling = false;
    this.#schedule();
  }

  /** Runs after each poll, also after one that has failed. */
  #tidy(): void {
    for (const { groups, subscribers } of this.#watched.values()) {
      for (const subscriber of subscribers) subscriber.endIfStuck(this.#options);
      for (const group of groups.values()) group.tidy();
      this.#dropEmpty(groups);
    }
  }

  /** The feed of a watched article; undefined also if it could not be opened, which its subscribers are told. */
  async #openFeed(key: string): Promise<Feed | undefined> {
    return this.#watched.get(key)?.opening.catch(() => undefined);
  }

  /** One statement for each kind of log. */
  async #selectHeads(keys: readonly string[]): Promise<LogHead[]> {
    const byLog = new Map<NumberedLog, string[]>();
    for (const key of keys) {
      const log = this.#options.logOf(key);
      const some = byLog.get(log);
      if (some) some.push(key);
      else byLog.set(log, [key]);
    }
    const heads = [...byLog].map(([log, some]) => log.heads(this.#options.db, some));
    return (await Promise.all(heads)).flat();
  }

  /** Catches up with a log. Who asks while a statement is under way waits for the next one, which is for all of them. */
  #refresh(key: string): Promise<void> {
    let next = this.#nextRefresh;
    if (!next) {
      const keys = new Set<string>();
      const done = this.#lastRefresh.then(() => {
        this.#nextRefresh = undefined;
        return this.#pollHeads([...keys]);
      });
      this.#lastRefresh = done.catch(() => undefined);
      this.#nextRefresh = next = { keys, done };
    }
    next.keys.add(key);
    return next.done;
  }

  async #pollHeads(keys: string[]): Promise<void> {
    const feeds = new Map<string, { feed: Feed; before: { head: number; generation: number } }>();
    const opened = await Promise.all(keys.map((key) => this.#openFeed(key)));
    for (const feed of opened) {
      if (feed) feeds.set(feed.key, { feed, before: { head: feed.head, generation: feed.generation } });
    }
    const heads = await this.#selectHeads([...feeds.keys()]);
    await Promise.all(
      heads.map(async (head) => {
        const polled = feeds.get(head.log);
        await polled?.feed.observe(head, polled.before);
      }),
    );
  }
}
