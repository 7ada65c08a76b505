import type { Client } from 'graphql-ws/client';
import type { ConnectionOptions } from './connection.ts';
import { Connections, type SocketOptions } from './connections.ts';
import {
  type EventOf,
  type EventResult,
  type OwnVariables,
  type PrintTree,
  requireParts,
  type SubscriptionDocument,
  textOf,
  type UntypedEvent,
} from './document.ts';
import { graphqlWsClient } from './graphql-ws-client.ts';
import { EventListening, type Listening, type LiveState, type Reset } from './listening.ts';

export type LiveClientOptions = ConnectionOptions & SocketOptions;

type VariablesOption<TVariables> =
  Record<never, never> extends OwnVariables<TVariables>
    ? { readonly variables?: OwnVariables<TVariables> | undefined }
    : { readonly variables: OwnVariables<TVariables> };

interface EventOptions<TResult, TVariables> {
  /** A subscription with the variable `$after`, and of an article with `$articleId`; sent unchanged. */
  readonly document: SubscriptionDocument<TResult, TVariables>;
  /**
   * Receives each event once, in order. A returned promise delays the next event. `cursor` moves after this returns or
   * its promise resolves. If it throws or rejects, the subscription ends with a `LiveError` of kind `handler`, and the
   * cursor stays before that event.
   */
  readonly onEvent: (
    event: Exclude<
      EventOf<TResult>,
      {
        readonly __typename:
          'ArticleReset' | 'ViewerReset' | 'SiteReset' | 'ModerationReset' | 'EventOmitted';
      }
    >,
  ) => unknown;
  /**
   * Too many events were missed, or their number is unknown, or an event exceeded the size limit: load the page again.
   * The stream resumes after the reset by itself; events wait for a returned promise of the new page. If this throws or
   * rejects, it is called again after a random wait, without a limit on attempts; the state says why.
   */
  readonly onReset: (reset: Reset) => unknown;
  /** Receives each change of state; `connecting` once for each failed attempt. */
  readonly onState?: ((state: LiveState) => void) | undefined;
  /** Ends the subscription. */
  readonly signal?: AbortSignal | undefined;
}

interface StreamOptions<TResult, TVariables> extends EventOptions<TResult, TVariables> {
  readonly articleId: string;
}

export type ViewerOptions<TResult, TVariables> = EventOptions<TResult, TVariables> &
  VariablesOption<TVariables> & {
    /** The viewer's `liveCursor`, or a stored `cursor`. Absent: the stream begins with the next notification. */
    readonly cursor?: string | null | undefined;
  };

export type SiteOptions<TResult, TVariables> = EventOptions<TResult, TVariables> &
  VariablesOption<TVariables> & {
    /** The `cursor` of `events`, or a stored one. Absent: the stream begins with the next event. */
    readonly cursor?: string | null | undefined;
  };

export type ModerationOptions<TResult, TVariables> = EventOptions<TResult, TVariables> &
  VariablesOption<TVariables> & {
    /** The queue's `liveCursor`, or a stored `cursor`. Absent: the stream begins with the next action. */
    readonly cursor?: string | null | undefined;
  };

export type ArticleOptions<TResult, TVariables> = StreamOptions<TResult, TVariables> &
  VariablesOption<TVariables> & {
    /** The page's `liveCursor`, or a stored `cursor`. Absent: the stream begins with the next event. */
    readonly cursor?: string | null | undefined;
  };

export type CommentsOptions<TResult, TVariables> = StreamOptions<TResult, TVariables> &
  VariablesOption<TVariables> & {
    /**
     * The page's `liveCursor`, or a stored `cursor`. Required, because before the first comment there is no other
     * cursor to resume from.
     */
    readonly cursor: string;
  };

type AnyVariables = Record<string, unknown>;

/**
 * Variables and fields of documents of all events of an article, of its comments alone, and of an inbox, the site or
 * moderation.
 */
const articleParts = ['$articleId', '$after', '__typename', 'cursor', 'resetReason'];
const commentParts = ['$articleId', '$after', 'cursor'];
const ownParts = ['$after', '__typename', 'cursor', 'resetReason'];

/**
 * Subscribes to articles over one socket, which is open while there are subscriptions. A service limits the
 * subscriptions of a socket (20 unless configured otherwise): beyond that, the client opens further sockets.
 */
export interface LiveClient {
  /**
   * Subscribes to all events of an article, by a document of `articleEvents` that selects `__typename` and `cursor` of
   * each event and `resetReason` of an `ArticleReset`.
   * @throws TypeError for a document that could not be resumed
   */
  article<TResult extends EventResult = { articleEvents: UntypedEvent }, TVariables = AnyVariables>(
    options: ArticleOptions<TResult, TVariables>,
  ): Listening;
  /**
   * Subscribes to new comments alone, by a document of `commentAdded` that selects `cursor`. No event marks the end of
   * the missed comments, so the state is `live` from the start.
   * @throws TypeError for a document that could not be resumed
   */
  comments<TResult extends EventResult = { commentAdded: UntypedEvent }, TVariables = AnyVariables>(
    options: CommentsOptions<TResult, TVariables>,
  ): Listening;
  /**
   * Subscribes to the notifications of the account that `token` is for, by a document of `viewerEvents` that selects
   * `__typename` and `cursor` of each event and `resetReason` of a `ViewerReset`.
   * @throws TypeError for a document that could not be resumed
   */
  viewer<TResult extends EventResult = { viewerEvents: UntypedEvent }, TVariables = AnyVariables>(
    options: ViewerOptions<TResult, TVariables>,
  ): Listening;
  /**
   * Subscribes to the public events of the whole site, by a document of `siteEvents` that selects `__typename` and
   * `cursor` of each event and `resetReason` of a `SiteReset`.
   * @throws TypeError for a document that could not be resumed
   */
  site<TResult extends EventResult = { siteEvents: UntypedEvent }, TVariables = AnyVariables>(
    options: SiteOptions<TResult, TVariables>,
  ): Listening;
  /**
   * Subscribes to what happens in moderation, for a moderator's `token`, by a document of `moderationEvents` that selects
   * `__typename` and `cursor` of each event and `resetReason` of a `ModerationReset`. If the rights are taken away, it ends
   * with a `LiveError` of kind `refused` and code `FORBIDDEN`.
   * @throws TypeError for a document that could not be resumed
   */
  moderation<TResult extends EventResult = { moderationEvents: UntypedEvent }, TVariables = AnyVariables>(
    options: ModerationOptions<TResult, TVariables>,
  ): Listening;
  /**
   * The same sockets as a graphql-ws client, for Apollo Client, urql, Relay and other libraries: it reconnects without a
   * limit on attempts, and resumes each subscription that has a variable `after` and selects `cursor`. Resets are
   * delivered as ordinary events.
   */
  readonly client: Client;
  /**
   * Reconnects with the current result of `token`, for use after signing in or out. A socket is authenticated once,
   * when it is opened; `token` is not called meanwhile. Subscriptions resume after their last event.
   */
  reconnect(): void;
  /** Ends every subscription, and with them the sockets. */
  close(): void;
}

/**
 * @param print makes a text of a document that is a syntax tree
 * @throws TypeError for an invalid URL, and where there is no WebSocket; RangeError for an invalid limit
 */
export function openLiveClient(options: LiveClientOptions, print: PrintTree): LiveClient {
  const connections = new Connections(options);
  const open = new Set<() => void>();
  let isClosed = false;
  const opened = (stop: () => void) => {
    if (isClosed) throw new Error('This live client was closed');
    open.add(stop);
    return () => open.delete(stop);
  };

  function listen<TResult, TVariables>(
    {
      articleId,
      cursor,
      document,
      onEvent,
      onReset,
      onState,
      signal,
      ...rest
    }: EventOptions<TResult, TVariables> & {
      readonly articleId?: string;
      readonly cursor?: string | null | undefined;
      readonly variables?: unknown;
    },
    parts: readonly string[],
  ): Listening {
    const query = textOf(document, print);
    requireParts(query, parts);
    if (typeof onEvent !== 'function' || typeof onReset !== 'function')
      throw new TypeError('A subscription needs onEvent and onReset');
    // Only an ArticleCheckpoint provides a cursor before the first event.
    if (parts === commentParts && typeof cursor !== 'string')
      throw new TypeError('A subscription to comments needs a cursor to begin from');
    const variables = {
      ...(rest.variables as AnyVariables | undefined),
      ...(articleId === undefined ? {} : { articleId }),
      after: cursor,
    };
    const listening = new EventListening(
      connections,
      {
        payload: { query, variables },
        hasCheckpoints: parts !== commentParts,
        onEvent,
        onReset,
        onState,
        signal,
      },
      () => closed(),
    );
    const closed = opened(listening.stop);
    listening.start();
    return listening;
  }

  const close = () => {
    isClosed = true;
    for (const stop of [...open]) stop();
  };
  return {
    article: (article) => listen(article, articleParts),
    comments: (comments) => listen(comments, commentParts),
    viewer: (viewer) => listen(viewer, ownParts),
    site: (site) => listen(site, ownParts),
    moderation: (moderation) => listen(moderation, ownParts),
    client: graphqlWsClient(connections, opened, close),
    reconnect: () => connections.renew(),
    close,
  };
}
