import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { RequestError } from '../errors/errors.ts';
import type { OperationRequest } from './operation-request.ts';

/** Bytes of documents that clients registered by their hash; the least recently used are evicted first. */
const maxBytes = 30 * 1024 * 1024;

/**
 * A document that a request names or sends. `register` is the hash under which it is registered once the request is
 * admitted.
 */
export interface NamedDocument {
  readonly source: string;
  readonly register?: string;
}

/** Documents that clients have registered by hash: Apollo's automatic persisted queries. */
export class PersistedDocuments {
  readonly #byHash = new LRUCache<string, string>({
    maxSize: maxBytes,
    sizeCalculation: (source) => 2 * source.length + 256,
  });

  /** @throws RequestError BAD_REQUEST, PERSISTED_QUERY_NOT_FOUND, PERSISTED_QUERY_HASH_MISMATCH */
  resolve({ query, documentId, extensions }: OperationRequest): NamedDocument {
    const persisted = extensions.persistedQuery;
    if (persisted === undefined || persisted === null) {
      if (!query)
        throw new RequestError(
          'BAD_REQUEST',
          documentId === undefined
            ? 'Send the operation as `query`, or name it by `extensions.persistedQuery`.'
            : 'This service has no trusted documents, so nothing has a `documentId`: send the operation as `query`.',
        );
      return { source: query };
    }
    const { version, sha256Hash: hash } = persisted as { version?: unknown; sha256Hash?: unknown };
    if (version !== 1) throw new RequestError('BAD_REQUEST', 'Unsupported persisted query version');
    if (typeof hash !== 'string' || hash.length > 64)
      throw new RequestError(
        'BAD_REQUEST',
        '`extensions.persistedQuery.sha256Hash` must be a SHA-256 in hex.',
      );
    if (!query) {
      const source = this.#byHash.get(hash);
      // Clients look for this exact message.
      if (source === undefined) throw new RequestError('PERSISTED_QUERY_NOT_FOUND', 'PersistedQueryNotFound');
      return { source };
    }
    if (createHash('sha256').update(query).digest('hex') !== hash)
      throw new RequestError('PERSISTED_QUERY_HASH_MISMATCH', 'provided sha does not match query');
    return { source: query, register: hash };
  }

  register({ source, register: hash }: NamedDocument): void {
    if (hash !== undefined) this.#byHash.set(hash, source);
  }
}
