import { createLiveClient, type LiveClient } from 'standfirst/client';
import { type Reader } from '../session/session.ts';

const clients = new WeakMap<Reader, LiveClient>();

/** The socket of a browser tab, made when something is first listened to. It speaks for whoever is signed in. */
export function liveOf(reader: Reader): LiveClient {
  const known = clients.get(reader);
  if (known) return known;
  const live = createLiveClient({ url: '/graphql', token: reader.token });
  reader.subscribe(() => live.reconnect());
  clients.set(reader, live);
  return live;
}
