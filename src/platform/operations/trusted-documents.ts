import { readFile } from 'node:fs/promises';
import type { GraphQLSchema } from 'graphql';
import { z } from 'zod';
import { ConfigError } from '../config/config.ts';
import { RequestError } from '../errors/errors.ts';
import { type DocumentLimits, readDocument } from './read-document.ts';

/** Format of `@apollo/generate-persisted-query-manifest`. */
const apolloManifest = z.object({
  format: z.literal('apollo-persisted-query-manifest'),
  version: z.literal(1),
  operations: z.array(
    z.object({ id: z.string().min(1), name: z.string().optional(), body: z.string().min(1) }),
  ),
});

/** Format of Relay's compiler and of graphql-codegen's client preset: documents by their hash or id. */
const plainMap = z.record(z.string().min(1), z.string().min(1));

/** A document of a manifest; `name` identifies it in messages. */
export interface ManifestEntry {
  readonly id: string;
  readonly name: string | undefined;
  readonly text: string;
}

/** The members with which a request identifies its document. */
export interface DocumentReference {
  /** The whole text. */
  readonly query?: string | null | undefined;
  readonly extensions?: Readonly<Record<string, unknown>> | null | undefined;
  readonly documentId?: unknown;
  readonly id?: unknown;
}

/** The id in a request, in the member that Apollo, GraphQL over HTTP or Relay uses. */
function idOf({ extensions, documentId, id }: DocumentReference): string | undefined {
  const persisted = extensions?.persistedQuery as { readonly sha256Hash?: unknown } | null | undefined;
  return [persisted?.sha256Hash, documentId, id].find((value) => typeof value === 'string');
}

/** The only documents that a service with a manifest runs, by id and by text. */
export class TrustedDocuments {
  readonly #texts: ReadonlySet<string>;
  readonly #byId: ReadonlyMap<string, string>;

  constructor(entries: Iterable<readonly [id: string, text: string]>) {
    this.#byId = new Map(entries);
    this.#texts = new Set(this.#byId.values());
  }

  /** The exact texts of the documents. */
  get texts(): Iterable<string> {
    return this.#texts;
  }

  /** Number of operations in the manifest. */
  get size(): number {
    return this.#byId.size;
  }

  /**
   * The document that a request identifies. A text must equal a listed one exactly.
   * @throws RequestError OPERATION_NOT_TRUSTED
   */
  resolve(reference: DocumentReference): string {
    const { query } = reference;
    if (typeof query === 'string' && query !== '') {
      if (this.#texts.has(query)) return query;
      throw new RequestError('OPERATION_NOT_TRUSTED');
    }
    const id = idOf(reference) ?? '';
    // GraphQL over HTTP prefixes the id with its kind.
    const text = this.#byId.get(id) ?? this.#byId.get(id.replace(/^sha256:/, ''));
    if (text === undefined) throw new RequestError('OPERATION_NOT_TRUSTED');
    return text;
  }
}

const fault = (message: string): ConfigError => new ConfigError(`TRUSTED_DOCUMENTS: ${message}`);

/**
 * Reads a manifest in any of the formats that client tools write: Apollo's manifest, or a map from id to document (Relay,
 * graphql-codegen).
 * @param fault makes the error; the messages of the JSON parser and of zod are replaced, as they may quote the file
 */
export async function readManifest(
  path: string,
  fault: (message: string) => Error,
): Promise<ManifestEntry[]> {
  let content: unknown;
  try {
    content = JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw fault(code === undefined ? `${path} is no JSON` : `${path} can not be read (${code})`);
  }
  const manifest = apolloManifest.safeParse(content);
  if (manifest.success) {
    return manifest.data.operations.map(({ id, name, body }) => ({ id, name, text: body }));
  }
  const map = plainMap.safeParse(content);
  if (map.success) return Object.entries(map.data).map(([id, text]) => ({ id, name: undefined, text }));
  throw fault(`${path} is neither an Apollo manifest nor a map from id to document`);
}

/** Errors of one entry; undefined where there are none. */
function faultOf({ text }: ManifestEntry, schema: GraphQLSchema, limits: DocumentLimits): string | undefined {
  return readDocument(schema, text, limits)
    .errors?.map(({ message }) => message)
    .join(' ');
}

/**
 * Reads and checks manifests. Every document must satisfy the schema and the limits, as it would have to in a request.
 * @param paths of JSON files, see `readManifest`
 * @throws ConfigError that names the setting and each operation that cannot be run
 */
export async function loadTrustedDocuments(
  paths: readonly string[],
  schema: GraphQLSchema,
  limits: DocumentLimits,
): Promise<TrustedDocuments> {
  const texts = new Map<string, string>();
  const faults: string[] = [];
  for (const path of paths) {
    const entries = await readManifest(path, fault);
    if (entries.length === 0) throw fault(`${path} lists no operation`);
    for (const entry of entries) {
      const label = [
        entry.name ?? /\b(?:query|mutation|subscription)\s+(\w+)/.exec(entry.text)?.[1],
        entry.id,
      ]
        .filter(Boolean)
        .join(', ');
      const found =
        texts.has(entry.id) && texts.get(entry.id) !== entry.text
          ? 'Another document has the same id.'
          : faultOf(entry, schema, limits);
      if (found !== undefined) faults.push(`operation ${label}: ${found}`);
      texts.set(entry.id, entry.text);
    }
  }
  if (faults.length > 0) throw new ConfigError(faults.map((line) => fault(line).message).join('\n'));
  return new TrustedDocuments(texts);
}
