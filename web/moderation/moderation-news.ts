import { type Listening, type LiveState } from '@standfirst/client';
import { perReader } from '../session/per-reader.ts';
import { loadViewer } from '../session/reader-context.ts';
import { type Reader } from '../session/session.ts';
import { liveOf } from '../thread/live.ts';
import { type NewsEvent, QueueCount, QueueNews } from './queue-documents.ts';

/**
 * Wait before the news are followed, in milliseconds: signing in and the like change the reader at once again, and with the
 * reader the socket.
 */
const settleMs = 300;

/** Wait for further events before counting, and the shortest time between two counts, in milliseconds. */
const [gatherMs, countEveryMs] = [200, 2_000];

/** Called with an event; undefined: events were lost. */
type Follower = (event: NewsEvent | undefined) => void;

/** A page that shows the queue beside its count. */
export interface NewsReader {
  /** The queue's `liveCursor`, or where the page left off. */
  readonly cursor: string;
  readonly onEvent: (event: NewsEvent) => void;
  /** Loads the queue anew. */
  readonly onReset: () => Promise<unknown>;
}

/**
 * What happens in moderation, and how much waits, as long as somebody subscribes. The menu and the queue share one stream: the
 * queue, which has to miss nothing, says from where on.
 */
export class ModerationNews {
  readonly #reader: Reader;
  readonly #listeners = new Set<() => void>();
  readonly #followers = new Set<Follower>();
  #count: number | undefined;
  #appeals: number | undefined;
  #state: LiveState = { status: 'connecting' };
  #page: NewsReader | undefined;
  #listening: Listening | undefined;
  #settling: ReturnType<typeof setTimeout> | undefined;
  #counting: ReturnType<typeof setTimeout> | undefined;
  #countedAt = -Infinity;
  /** Only the answer to the last request counts. */
  #turn = 0;

  constructor(reader: Reader) {
    this.#reader = reader;
  }

  /** The number of entries of the whole queue; undefined: not known yet. */
  count = (): number | undefined => this.#count;

  /** The number of appeals that wait for an answer; undefined: not known yet. */
  appeals = (): number | undefined => this.#appeals;

  state = (): LiveState => this.#state;

  /** Tells of each event, and of resets. @returns a function that stops */
  follow(follower: Follower): () => void {
    this.#followers.add(follower);
    const leave = this.subscribe(() => undefined);
    return () => {
      this.#followers.delete(follower);
      leave();
    };
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    if (!this.#listening && this.#settling === undefined) this.#begin();
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.#end();
    };
  };

  /** Goes on from a page's cursor, for that page as well. @returns a function that stops, with the cursor reached */
  attach(page: NewsReader): () => string {
    this.#page = page;
    this.#listen(page.cursor);
    const keep = () => undefined;
    const leave = this.subscribe(keep);
    return () => {
      const cursor = this.#listening?.cursor ?? page.cursor;
      if (this.#page === page) this.#page = undefined;
      leave();
      return cursor;
    };
  }

  /** Another reader, or none. */
  forget(): void {
    this.#end();
    this.#page = undefined;
    this.#count = this.#appeals = undefined;
    if (this.#listeners.size > 0 && this.#reader.isSignedIn) this.#begin();
    this.#tell();
  }

  /** Counts soon: many events are counted once. */
  recount(): void {
    const wait = Math.max(gatherMs, this.#countedAt + countEveryMs - performance.now());
    this.#counting ??= setTimeout(() => {
      this.#counting = undefined;
      void this.#countNow();
    }, wait);
  }

  /** Without a queue in the answer the role was taken: the viewer is read again, and the page says so. */
  checkRole({ moderationQueue }: { readonly moderationQueue: unknown }): void {
    if (moderationQueue === null) void loadViewer(this.#reader);
  }

  #begin(): void {
    this.#settling = setTimeout(() => {
      this.#settling = undefined;
      // The count is read when the stream has begun, so that nothing is missed between them.
      if (!this.#listening) this.#listen(undefined);
    }, settleMs);
  }

  #listen(cursor: string | undefined): void {
    clearTimeout(this.#settling);
    this.#settling = undefined;
    this.#listening?.stop();
    const listening = liveOf(this.#reader).moderation({
      cursor,
      document: QueueNews,
      onEvent: (event) => {
        if (event.__typename === 'ModerationCheckpoint') return;
        if (event.__typename !== 'CommentClaimed') this.recount();
        this.#page?.onEvent(event as NewsEvent);
        for (const follow of this.#followers) follow(event as NewsEvent);
      },
      onReset: async () => {
        this.recount();
        for (const follow of this.#followers) follow(undefined);
        await this.#page?.onReset();
      },
      onState: (state) => {
        // Another one has taken over.
        if (state.status === 'ended' && state.because === 'stopped') return;
        if (state.status === 'live' && this.#state.status !== 'live') this.recount();
        this.#state = state;
        this.#tell();
        if (state.status === 'ended') void loadViewer(this.#reader);
      },
    });
    this.#listening = listening;
  }

  async #countNow(): Promise<void> {
    const mine = ++this.#turn;
    this.#countedAt = performance.now();
    const answer = await this.#reader.apollo
      .query({ query: QueueCount, variables: { countsAppeals: true }, fetchPolicy: 'no-cache' })
      // The next event or connection counts again.
      .catch(() => undefined);
    if (answer?.data) this.checkRole(answer.data);
    const count = answer?.data?.moderationQueue?.items?.totalCount;
    if (mine !== this.#turn || count === undefined) return;
    const appeals = answer?.data?.moderationAppeals?.totalCount;
    if (count === this.#count && appeals === this.#appeals) return;
    this.#count = count;
    this.#appeals = appeals;
    this.#tell();
  }

  #end(): void {
    this.#turn++;
    clearTimeout(this.#settling);
    clearTimeout(this.#counting);
    this.#settling = this.#counting = undefined;
    this.#listening?.stop();
    this.#listening = undefined;
    this.#state = { status: 'connecting' };
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}

/** The news of a tab's reader. */
export const newsOf = perReader(
  (reader) => new ModerationNews(reader),
  (news) => news.forget(),
);
