/** Where GraphQL is served: POST, GET, WebSocket, and the explorer for browsers. */
export const graphqlPath = '/graphql';

/** Where subscriptions are served as Server-Sent Events. */
export const streamPath = '/graphql/stream';
