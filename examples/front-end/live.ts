import {
  createLiveClient,
  type EventOf,
  type Listening,
  type LiveClient,
  type LiveState,
  type SessionKeeper,
} from '@standfirst/client';
import { ArticleEventsDocument, type ArticleEventsSubscription } from './generated/graphql.ts';

// #region client
/**
 * One socket for all subscriptions, or several if they are many. The viewer of a socket is the account that was signed in when
 * the socket was opened: call `reconnect` when somebody signs in or out. Apollo Client, urql and Relay use its `client`.
 * @param url the service's GraphQL address
 */
export function openLive(url: string, keeper: SessionKeeper): LiveClient {
  return createLiveClient({ url, token: keeper.token });
}
// #endregion client

// #region article
/** The part of a page that shows a discussion, independent of any framework. */
export interface ThreadView {
  apply(event: EventOf<ArticleEventsSubscription>): void;
  /** Loads the page again. */
  reload(): Promise<void>;
  showState(status: LiveState['status']): void;
}

/**
 * Follows an article without a cache library.
 * @param page the article of the query that `view` shows
 * @param signal ends the subscription
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
