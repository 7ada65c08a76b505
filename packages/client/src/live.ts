import { type LiveClient, type LiveClientOptions, openLiveClient } from './client.ts';

export * from './parts.ts';

/**
 * A client that takes documents as texts: as strings, or as graphql-codegen generates them with `documentMode: 'string'`.
 * @throws TypeError for an invalid URL, and where there is no WebSocket; RangeError for an invalid limit
 */
export function createLiveClient(options: LiveClientOptions): LiveClient {
  return openLiveClient(options, () => {
    throw new TypeError(
      'The document is a syntax tree: print it, or take createLiveClient of @standfirst/client, which does',
    );
  });
}
