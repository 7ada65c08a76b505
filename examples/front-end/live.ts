import {
  createLiveClient,
  type EventOf,
  type Listening,
  type LiveClient,
  type LiveState,
  type SessionKeeper,
} from 'standfirst/client';
import { ArticleEventsDocument, type ArticleEventsSubscription } from './generated/graphql.ts';

// #region client
/**
 * One socket for all that is live, as whoever was signed in when it was opened: `reconnect` it when somebody signs in or out.
 * Its `client` is what Apollo Client, urql and Relay take.
 * @param url of the service's GraphQL
 */
export function openLive(url: string, keeper: SessionKeeper): LiveClient {
  return createLiveClient({ url, token: keeper.token });
}
// #endregion client

// #region article
/** The part of a page that shows a discussion, whatever it is made with. */
export interface ThreadView {
  apply(event: EventOf<ArticleEventsSubscription>): void;
  /** Loads the page again. */
  reload(): Promise<void>;
  showState(status: LiveState['status']): void;
}

/**
 * Follows an article without a cache library.
 * @param page of the query that `view` shows
 * @param signal ends it
 */
export function followThread(
  live: LiveClient,
  page: { readonly id: string; readonly liveCursor: string },
  view: ThreadView,
  signal?: AbortSignal,
): Listening {
  return live.article({
    articleId: page.id,
    cursor: page.liveCursor,
    document: ArticleEventsDocument,
    onEvent: (event) => view.apply(event),
    onReset: () => view.reload(),
    onState: ({ status }) => view.showState(status),
    signal,
  });
}
// #endregion article
