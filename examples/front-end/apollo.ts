import {
  type ApolloCache,
  ApolloClient,
  ApolloLink,
  HttpLink,
  InMemoryCache,
  isReference,
  type Reference,
  type StoreObject,
} from '@apollo/client';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { relayStylePagination } from '@apollo/client/utilities';
import { OperationTypeNode } from 'graphql';
import { type Client as WsClient } from 'graphql-ws';
import {
  AddCommentDocument,
  type AddCommentInput,
  type AddCommentMutation,
  ArticleEventsDocument,
  type ArticleEventsSubscription,
  type CommentEdgeFragment,
  CommentRepliesFragmentDoc,
  type MeQuery,
} from './generated/graphql.ts';
import possibleTypes from '@standfirst/client/possible-types.json' with { type: 'json' };

// #region client
/**
 * @param url the service's GraphQL address
 * @param live the `client` of `createLiveClient`
 * @param send `fetch` of a `SessionKeeper`
 */
export function createApolloClient(url: string, live: WsClient, send: typeof fetch): ApolloClient {
  // `orderBy` selects another list; all other arguments select another page of the same list.
  const comments = relayStylePagination(['orderBy']);
  const fields = { comments, allComments: comments };
  return new ApolloClient({
    link: ApolloLink.split(
      ({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION,
      new GraphQLWsLink(live),
      new HttpLink({ uri: url, fetch: send }),
    ),
    cache: new InMemoryCache({
      possibleTypes,
      typePolicies: { Article: { fields }, Comment: { fields: { replies: comments } } },
    }),
  });
}
// #endregion client

// #region edges
type CachedConnection = {
  edges: { cursor: string; node: Reference | undefined }[];
  pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean };
};

/** A comment as an edge of the list of its level, and of the list of all levels. */
function showEdge(cache: ApolloCache, articleId: string, edge: CommentEdgeFragment): void {
  const article = { __typename: 'Article', id: articleId };
  const { id, parent, threadPosition, createdAt } = edge.node;
  beginReplies(cache, id);
  // Both lists of one level are ordered by `threadPosition`: comments newest first, replies oldest first.
  insert(
    cache,
    parent ?? article,
    parent ? 'replies' : 'comments',
    edge,
    (read) => read('threadPosition') > threadPosition,
  );
  insert(cache, article, 'allComments', edge, (read) => read('createdAt') <= createdAt);
}

/**
 * Inserts an edge into a list, if its place there is loaded, once: an answer and an event may both contain the edge.
 * @param isBehind whether a comment of the list belongs behind the new one
 */
function insert(
  cache: ApolloCache,
  owner: StoreObject,
  field: string,
  { cursor, node }: CommentEdgeFragment,
  isBehind: (read: (name: string) => string) => boolean,
): void {
  cache.modify<Record<string, CachedConnection>>({
    id: cache.identify(owner),
    fields: {
      [field](list, { readField, toReference }) {
        if (isReference(list) || list.edges.some((edge) => readField('id', edge.node) === node.id))
          return list;
        const behind = list.edges.findIndex((edge) =>
          isBehind((name) => readField<string>(name, edge.node) ?? ''),
        );
        const place = behind < 0 ? list.edges.length : behind;
        const { hasNextPage, hasPreviousPage } = list.pageInfo;
        // Beyond an end at which more is to be loaded, the comment comes with its page.
        if ((place === 0 && hasPreviousPage) || (behind < 0 && hasNextPage)) return list;
        const edge = { __typename: 'CommentEdge', cursor, node: toReference(node) };
        return { ...list, edges: list.edges.toSpliced(place, 0, edge) };
      },
    },
  });
}

/**
 * Gives a new comment its empty list of replies. Without it a query of a nested thread misses that list in the cache, and asks
 * for the whole page again.
 */
function beginReplies(cache: ApolloCache, commentId: string): void {
  const id = cache.identify({ __typename: 'Comment', id: commentId });
  let isKnown = false;
  cache.modify<Record<string, unknown>>({ id, fields: { replies: (list) => ((isKnown = true), list) } });
  if (isKnown) return;
  cache.writeFragment({
    id,
    fragment: CommentRepliesFragmentDoc,
    fragmentName: 'CommentReplies',
    data: {
      __typename: 'Comment',
      id: commentId,
      replies: {
        __typename: 'CommentConnection',
        edges: [],
        pageInfo: {
          __typename: 'PageInfo',
          hasNextPage: false,
          hasPreviousPage: false,
          startCursor: null,
          endCursor: null,
        },
      },
    },
  });
}
// #endregion edges

// #region addComment
/**
 * Posts a comment, and shows it before the service has answered.
 * @param input with a new `idempotencyKey`; reuse the key for retries
 * @param author the viewer's `commentAuthor`
 * @returns the reasons of a refusal; empty after success
 */
export async function addComment(
  client: ApolloClient,
  input: AddCommentInput & { articleId: string; idempotencyKey: string },
  author: NonNullable<MeQuery['viewer']>['commentAuthor'],
): Promise<AddCommentMutation['addComment']['userErrors']> {
  const { articleId, parentId, body, idempotencyKey } = input;
  const { data } = await client.mutate({
    mutation: AddCommentDocument,
    variables: { input, orderBy: parentId ? 'OLDEST' : 'NEWEST' },
    optimisticResponse: {
      __typename: 'Mutation',
      addComment: {
        __typename: 'AddCommentPayload',
        article: null,
        comment: null,
        userErrors: [],
        commentEdge: {
          __typename: 'CommentEdge',
          cursor: '',
          node: {
            __typename: 'Comment',
            id: `optimistic:${idempotencyKey}`,
            bodyHtml: `<p>${escapeHtml(body)}</p>`,
            createdAt: new Date().toISOString(),
            editedAt: null,
            status: 'PUBLISHED',
            // Sorts as the first comment of the article, or as the last reply.
            threadPosition: parentId ? '~' : '',
            replyCount: 0,
            author,
            parent: parentId ? { __typename: 'Comment', id: parentId } : null,
          },
        },
      },
    },
    update: (cache, result) => {
      const edge = result.data?.addComment.commentEdge;
      if (edge) showEdge(cache, articleId, edge);
    },
  });
  return data?.addComment.userErrors ?? [];
}

const escapeHtml = (text: string) => text.replace(/[&<>"]/g, (char) => `&#${char.charCodeAt(0)};`);
// #endregion addComment

// #region live
/**
 * Follows an article. Edits, tombstones and counts update the cache without further code: events contain whole objects with
 * their ids. Only new comments must be inserted, and comments that vanished without a tombstone be removed.
 * @param after the `liveCursor` of the first page
 * @returns a function that ends the subscription
 */
export function followArticle(client: ApolloClient, articleId: string, after: string): () => void {
  const events = client.subscribe({ query: ArticleEventsDocument, variables: { articleId, after } });
  const subscription = events.subscribe(({ data }) => {
    if (data) show(client, articleId, data.articleEvents);
  });
  return () => subscription.unsubscribe();
}

type ArticleEvent = ArticleEventsSubscription['articleEvents'];

function show(client: ApolloClient, articleId: string, event: ArticleEvent): void {
  const { cache } = client;
  switch (event.__typename) {
    case 'CommentAdded':
    case 'CommentRestored': {
      const edge = event.comment.parent ? event.asReply : event.asComment;
      if (edge) showEdge(cache, articleId, edge);
      return;
    }
    case 'CommentRemoved':
      // Lists omit items that are no longer in the cache.
      cache.evict({ id: cache.identify({ __typename: 'Comment', id: event.vanishedCommentId }) });
      return;
    case 'ArticleReset':
    case 'EventOmitted':
      // Too many events were missed, or one event was too large: load the page again. The stream continues by itself.
      void client.refetchQueries({ include: 'active' });
  }
}
// #endregion live
