import { type Client as WsClient, type Sink } from 'graphql-ws';
import {
  ConnectionHandler,
  Environment,
  type FetchFunction,
  type GraphQLResponse,
  Network,
  Observable,
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
/**
 * The `updater` of the subscription: inserts a new top-level comment into a list, once. `@prependEdge` would insert replies
 * there as well.
 * @param connectionId the `__id` of the list, newest first
 */
export const showNewComment = (connectionId: string) => (store: RecordSourceSelectorProxy) => {
  const event = store.getRootField('articleEvents');
  const edge = event?.getLinkedRecord('commentEdge', { orderBy: 'NEWEST' });
  const connection = store.get(connectionId);
  if (!connection || !edge || event?.getLinkedRecord('comment')?.getValue('depth') !== 0) return;
  const id = edge.getLinkedRecord('node')?.getDataID();
  const shown = connection.getLinkedRecords('edges') ?? [];
  if (shown.some((other) => other?.getLinkedRecord('node')?.getDataID() === id)) return;
  const own = ConnectionHandler.buildConnectionEdge(store, connection, edge);
  if (own) ConnectionHandler.insertEdgeBefore(connection, own);
};
// #endregion live
