import { Client, fetchExchange, subscriptionExchange } from '@urql/core';
import {
  type Cache,
  cacheExchange,
  type CacheExchangeOpts,
  type KeyingConfig,
  type UpdateResolver,
} from '@urql/exchange-graphcache';
import { relayPagination } from '@urql/exchange-graphcache/extras';
import { minifyIntrospectionQuery } from '@urql/introspection';
import { buildSchema, introspectionFromSchema, isObjectType } from 'graphql';
import { type Client as WsClient } from 'graphql-ws';
import {
  type AddCommentMutation,
  type AddCommentMutationVariables,
  type ArticleEventsSubscription,
  type ArticleEventsSubscriptionVariables,
  type CommentEdgeFragment,
  CommentEdgeFragmentDoc,
  CommentRepliesFragmentDoc,
  MeDocument,
} from './generated/graphql.ts';

// #region schema
/**
 * The schema in the form that the cache needs: the cache uses it to resolve interfaces, and to show the data that it has
 * while it queries the rest. Generate it when you build, and bundle the result.
 * @param sdl the text of `schema.graphql`
 */
export function schemaForCache(sdl: string): Pick<CacheExchangeOpts, 'schema' | 'keys'> {
  const schema = buildSchema(sdl);
  const types = Object.values(schema.getTypeMap()).filter(isObjectType);
  const own = types.filter(({ name }) => !name.startsWith('__'));
  // Objects without an id are stored under their parent. Edges are identified by their cursor, which also identifies the list.
  const keys: KeyingConfig = Object.fromEntries(
    own.filter((type) => !('id' in type.getFields())).map(({ name }) => [name, () => null]),
  );
  return {
    schema: minifyIntrospectionQuery(introspectionFromSchema(schema)),
    keys: { ...keys, CommentEdge: ({ cursor }) => cursor as string },
  };
}
// #endregion schema

// #region client
/**
 * @param url the service's GraphQL address
 * @param live the `client` of `createLiveClient`
 * @param send `fetch` of a `SessionKeeper`
 * @param known the result of `schemaForCache`
 */
export function createUrqlClient(
  url: string,
  live: WsClient,
  send: typeof fetch,
  known: Pick<CacheExchangeOpts, 'schema' | 'keys'>,
): Client {
  const comments = relayPagination();
  return new Client({
    url,
    // GET is useful only with a shared cache in between, and would need the header `apollo-require-preflight`.
    preferGetMethod: false,
    fetch: send,
    exchanges: [
      cacheExchange({
        ...known,
        resolvers: { Article: { comments, allComments: comments }, Comment: { replies: comments } },
        updates: { Mutation: { addComment: showOwn }, Subscription: { articleEvents: showEvent } },
        optimistic: { addComment: foresee },
      }),
      fetchExchange,
      subscriptionExchange({
        forwardSubscription: ({ query = '', variables }) => ({
          subscribe: (sink) => ({ unsubscribe: live.subscribe({ query, variables }, sink) }),
        }),
      }),
    ],
  });
}
// #endregion client

// #region edges
/** The fields that list comments with this parent, with the objects that have the fields: of one level, and of all. */
const listsOf = (articleId: string, parent: { id: string } | null) => [
  parent
    ? { owner: { __typename: 'Comment', id: parent.id }, field: 'replies' }
    : { owner: { __typename: 'Article', id: articleId }, field: 'comments' },
  { owner: { __typename: 'Article', id: articleId }, field: 'allComments' },
];

type List = ReturnType<typeof listsOf>[number];

/** Changes the edges of each loaded page of a list. */
function editPages(
  cache: Cache,
  { owner, field }: List,
  edit: (edges: string[], page: string) => string[],
): void {
  for (const { fieldName, fieldKey } of cache.inspectFields(owner)) {
    const page = fieldName === field && (cache.resolve(owner, fieldKey) as string | null);
    const edges = page && (cache.resolve(page, 'edges') as string[] | null);
    if (edges) cache.link(page, 'edges', edit(edges, page));
  }
}

/** Whether a list has a comment already. */
function isShown(
  cache: Cache,
  articleId: string,
  comment: Pick<CommentEdgeFragment['node'], 'id' | 'parent'>,
): boolean {
  const key = cache.keyOfEntity({ __typename: 'Comment', id: comment.id });
  let isFound = false;
  for (const list of listsOf(articleId, comment.parent))
    editPages(cache, list, (edges) => {
      isFound ||= edges.some((edge) => cache.resolve(edge, 'node') === key);
      return edges;
    });
  return isFound;
}

/** Inserts a new comment at the end of its lists, if that end is loaded, once. */
function showEdge(cache: Cache, articleId: string, { cursor, node }: CommentEdgeFragment): void {
  const key = cache.keyOfEntity({ __typename: 'Comment', id: node.id });
  beginReplies(cache, node.id);
  for (const list of listsOf(articleId, node.parent)) {
    const isNewestLast = list.field === 'replies';
    // Edges are identified by their cursor, which is another one in each list; the list of all levels needs none to go on.
    const edge = {
      __typename: 'CommentEdge' as const,
      cursor: list.field === 'allComments' ? `live:${node.id}` : cursor,
      node,
    };
    editPages(cache, list, (edges, page) => {
      const pageInfo = cache.resolve(page, 'pageInfo') as string;
      const hasIt = edges.some((other) => cache.resolve(other, 'node') === key);
      if (hasIt || cache.resolve(pageInfo, isNewestLast ? 'hasNextPage' : 'hasPreviousPage')) return edges;
      cache.writeFragment(CommentEdgeFragmentDoc, edge);
      const added = `CommentEdge:${edge.cursor}`;
      return isNewestLast ? [...edges, added] : [added, ...edges];
    });
  }
}

/**
 * Gives a new comment its empty list of replies. Without it a query of a nested thread misses that list in the cache, and asks
 * for the whole page again.
 */
function beginReplies(cache: Cache, id: string): void {
  const comment = { __typename: 'Comment' as const, id };
  if (cache.inspectFields(comment).some(({ fieldName }) => fieldName === 'replies')) return;
  const pageInfo = { hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null };
  const replies = {
    __typename: 'CommentConnection' as const,
    edges: [],
    pageInfo: { __typename: 'PageInfo' as const, ...pageInfo },
  };
  cache.writeFragment(CommentRepliesFragmentDoc, { ...comment, replies });
}
// #endregion edges

// #region addComment
const foresee = (args: unknown, cache: Cache) => {
  const { body, parentId, idempotencyKey } = (args as AddCommentMutationVariables).input;
  const author = cache.readQuery({ query: MeDocument })?.viewer?.commentAuthor;
  return {
    __typename: 'AddCommentPayload',
    article: null,
    comment: null,
    userErrors: [],
    commentEdge: {
      __typename: 'CommentEdge',
      cursor: `optimistic:${idempotencyKey}`,
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
        author: author ?? null,
        parent: parentId ? { __typename: 'Comment', id: parentId } : null,
      },
    },
  };
};

const escapeHtml = (text: string) => text.replace(/[&<>"]/g, (char) => `&#${char.charCodeAt(0)};`);

const showOwn: UpdateResolver<AddCommentMutation, AddCommentMutationVariables> = (
  { addComment },
  args,
  cache,
) => {
  const { articleId } = args.input;
  if (addComment.commentEdge && articleId) showEdge(cache, articleId, addComment.commentEdge);
};
// #endregion addComment

// #region live
/** Edits, tombstones and counts update the cache without further code: events contain whole objects with their ids. */
const showEvent: UpdateResolver<ArticleEventsSubscription, ArticleEventsSubscriptionVariables> = (
  { articleEvents: event },
  { articleId },
  cache,
) => {
  switch (event.__typename) {
    case 'CommentAdded': {
      const edge = event.comment.parent ? event.asReply : event.asComment;
      if (edge) showEdge(cache, articleId, edge);
      return;
    }
    case 'CommentRemoved': {
      if (event.vanishedCommentId === null) return;
      const vanished = cache.keyOfEntity({ __typename: 'Comment', id: event.vanishedCommentId });
      for (const list of listsOf(articleId, event.comment.parent))
        editPages(cache, list, (edges) => edges.filter((edge) => cache.resolve(edge, 'node') !== vanished));
      return;
    }
    case 'CommentRestored':
      // A comment that had vanished has its place not at an end of the list: load the visible page again.
      if (!isShown(cache, articleId, event.comment))
        cache.invalidate({ __typename: 'Article', id: articleId });
      return;
    case 'ArticleReset':
    case 'EventOmitted':
      // Too many events were missed, or one event was too large: load the visible page again.
      cache.invalidate({ __typename: 'Article', id: articleId });
  }
};
// #endregion live
