import { graphql } from '../graphql/generated/gql.ts';
import { perReader } from '../session/per-reader.ts';
import { type Reader } from '../session/session.ts';
import { liveOf } from '../thread/live.ts';

const ViewerEvents = graphql(`
  subscription ViewerEvents($after: EventCursor) {
    viewerEvents(after: $after) {
      cursor
      sequence
      unreadNotificationCount
      ... on ViewerReset {
        resetReason
      }
    }
  }
`);

/** What the page knows of the reader's inbox. */
export interface InboxNews {
  /** Undefined: not known yet. */
  readonly unread: number | undefined;
  /** Number of the last notification; 0: none, or not known yet. */
  readonly sequence: number;
}

/**
 * Wait before an inbox is followed, in milliseconds: signing in, confirming an address and the like change the reader at once
 * again, and with the reader the socket.
 */
const settleMs = 300;

const unknown: InboxNews = { unread: undefined, sequence: 0 };

/** Follows the inbox of a signed-in reader as long as somebody subscribes. */
export class InboxState {
  readonly #reader: Reader;
  readonly #listeners = new Set<() => void>();
  #news = unknown;
  #stop: (() => void) | undefined;

  constructor(reader: Reader) {
    this.#reader = reader;
  }

  get news(): InboxNews {
    return this.#news;
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    if (this.#reader.isSignedIn) this.#stop ??= this.#follow();
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.#end();
    };
  };

  /** Shows what was just marked as read, before the service's event says so. */
  setUnread(unread: number): void {
    this.#set({ ...this.#news, unread });
  }

  /** Another reader, or none. */
  forget(): void {
    this.#end();
    this.#set(unknown);
    if (this.#listeners.size > 0 && this.#reader.isSignedIn) this.#stop = this.#follow();
  }

  /** The first event is a checkpoint, which has the count. */
  #follow(): () => void {
    let listening: { stop(): void } | undefined;
    const timer = setTimeout(() => {
      listening = liveOf(this.#reader).viewer({
        document: ViewerEvents,
        onEvent: ({ unreadNotificationCount: unread, sequence }) => this.#set({ unread, sequence }),
        // The next checkpoint has the count, and the list is loaded anew by its number.
        onReset: () => undefined,
      });
    }, settleMs);
    return () => {
      clearTimeout(timer);
      listening?.stop();
    };
  }

  #end(): void {
    this.#stop?.();
    this.#stop = undefined;
  }

  #set(news: InboxNews): void {
    this.#news = news;
    for (const listener of this.#listeners) listener();
  }
}

/** The inbox of a tab's reader. */
export const inboxOf = perReader(
  (reader) => new InboxState(reader),
  (state) => state.forget(),
);
