import { createLiveClient } from '@standfirst/client';
import { perReader } from '../session/per-reader.ts';

/** The socket of a browser tab, made when something is first listened to. It carries the token of who is signed in. */
export const liveOf = perReader(
  (reader) => createLiveClient({ url: '/graphql', token: reader.token }),
  (live) => live.reconnect(),
);
