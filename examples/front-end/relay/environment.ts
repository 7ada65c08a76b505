import { type Client as WsClient, type Sink } from 'graphql-ws';
import {
  ConnectionHandler,
  Environment,
  type FetchFunction,
  type GraphQLResponse,
  Network,
  Observable,
  type RecordProxy,
  type RecordSourceSelectorProxy,
  RecordSource,
  Store,
  type SubscribeFunction,
} from 'relay-runtime';

// #region environment
/**
 * @param url the service's GraphQL address
 * @param live the `client` of `createLiveClient`
 * @param send `fetch` of a `SessionKeeper`
 */
export function createRelayEnvironment(url: string, live: WsClient, send: typeof fetch): Environment {
  const fetchResponse: FetchFunction = async ({ text }, variables) => {
    const response = await send(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: text, variables }),
    });
    return response.json() as Promise<GraphQLResponse>;
  };
  const subscribe: SubscribeFunction = ({ text }, variables) =>
    Observable.create((sink) => live.subscribe({ query: text ?? '', variables }, sink as Sink<unknown>));
  return new Environment({
    network: Network.create(fetchResponse, subscribe),
    store: new Store(new RecordSource()),
  });
}
// #endregion environment

// #region live
/** The `__id`s of the lists that show the article's comments, newest first; absent: there is no such list. */
export interface ShownLists {
  /** The comments of the first level. */
  readonly comments?: string;
  /** The comments of all levels. */
  readonly all?: string;
}

/**
 * The `updater` of the subscription: inserts a new comment into its lists, once. `@prependEdge` would insert replies among the
 * comments of the first level as well.
 */
export const showNewComment = (lists: ShownLists) => (store: RecordSourceSelectorProxy) => {
  const event = store.getRootField('articleEvents');
  const parent = event?.getLinkedRecord('comment')?.getLinkedRecord('parent');
  const replies =
    parent && ConnectionHandler.getConnection(parent, 'documents_replies', { orderBy: 'OLDEST' });
  const vanished: unknown = event?.getValue('vanishedCommentId');
  // The lists of `connections` have lost it by `@deleteEdge`.
  if (replies && typeof vanished === 'string') ConnectionHandler.deleteNode(replies, vanished);
  const node = event?.getLinkedRecord('commentEdge', { orderBy: 'NEWEST' })?.getLinkedRecord('node');
  if (!node) return;
  const newestFirst = [lists.all, parent ? undefined : lists.comments];
  for (const id of newestFirst) {
    const list = id === undefined ? undefined : store.get(id);
    if (list) insert(store, list, node, ConnectionHandler.insertEdgeBefore);
  }
  if (replies && !moreIsToCome(replies)) insert(store, replies, node, ConnectionHandler.insertEdgeAfter);
};

const moreIsToCome = (list: RecordProxy): boolean =>
  list.getLinkedRecord('pageInfo')?.getValue('hasNextPage') === true;

function insert(
  store: RecordSourceSelectorProxy,
  list: RecordProxy,
  node: RecordProxy,
  place: (list: RecordProxy, edge: RecordProxy) => void,
): void {
  const shown = list.getLinkedRecords('edges') ?? [];
  if (shown.some((edge) => edge?.getLinkedRecord('node')?.getDataID() === node.getDataID())) return;
  place(list, ConnectionHandler.createEdge(store, list, node, 'CommentEdge'));
}
// #endregion live
