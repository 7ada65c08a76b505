/** Where GraphQL is served: POST, GET, WebSocket, and the explorer for browsers. */
export const graphqlPath = '/graphql';

/** Where subscriptions are served as Server-Sent Events. */
export const streamPath = '/graphql/stream';

/** Where the node's figures are read. */
export const metricsPath = '/metrics';

const probes = '/health/';

/** Whether an address is one of the operator's probes, which cost next to nothing and are answered whatever others do. */
export const isProbe = (url: string | undefined): boolean => url?.startsWith(probes) === true;
