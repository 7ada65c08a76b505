import { createLiveClient } from '@standfirst/client';
import { perReader } from '../session/per-reader.ts';

/**
 * The WebSocket of a browser tab, created with the first subscription. It carries the token of the signed-in reader.
 */
export const liveOf = perReader(
  (reader) => createLiveClient({ url: '/graphql', token: reader.token }),
  (live) => live.reconnect(),
);
