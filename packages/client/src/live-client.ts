import type { DocumentNode } from 'graphql';
import { type LiveClient, type LiveClientOptions, openLiveClient } from './client.ts';
import { print } from './print.ts';

export * from './parts.ts';

/**
 * A client that takes documents as texts and as syntax trees. The one of `@standfirst/client/live` takes texts alone, and
 * is without the printer of trees.
 * @throws TypeError for an invalid URL, and where there is no WebSocket; RangeError for an invalid limit
 */
export function createLiveClient(options: LiveClientOptions): LiveClient {
  return openLiveClient(options, (tree) => print(tree as DocumentNode));
}
