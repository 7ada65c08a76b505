import { RequestError } from '../errors/errors.ts';
import type { ClientLimits } from '../auth/rate-limits.ts';
import type { Viewer } from '../auth/viewer.ts';
import type { Queryable } from '../db/database.ts';
import type { AnswerSize } from './answer-size.ts';

/** Parameters of a batch of loads. */
export interface LoadScope {
  readonly db: Queryable;
  readonly viewer: Viewer | null;
}

/** Makes a loader for one request. Features export these functions; each is the key under which its loader is kept. */
export type LoaderFactory<L> = (scope: LoadScope) => L;

const forEverybody = new WeakSet<LoaderFactory<unknown>>();

/**
 * Marks a loader whose data is the same for every `SharedViewer` and for clients that are signed out: responses that
 * are made at the same moment for several of them may share the loader.
 */
export function sameForEverybody<L>(factory: LoaderFactory<L>): LoaderFactory<L> {
  forEverybody.add(factory);
  return factory;
}

/**
 * The loaders of one request, each made when it is first requested. Each caches for this request only, so that one
 * viewer's data never reaches another viewer.
 */
export class Loaders {
  readonly #scope: LoadScope;
  readonly #common: Loaders | undefined;
  readonly #made = new Map<LoaderFactory<unknown>, unknown>();

  /** @param common the source of loaders that are marked `sameForEverybody`; only for a `SharedViewer` or null */
  constructor(scope: LoadScope, common?: Loaders) {
    this.#scope = scope;
    this.#common = common;
  }

  get<L>(factory: LoaderFactory<L>): L {
    if (this.#common && forEverybody.has(factory)) return this.#common.get(factory);
    let loader = this.#made.get(factory) as L | undefined;
    if (loader === undefined) {
      loader = factory(this.#scope);
      this.#made.set(factory, loader);
    }
    return loader;
  }

  /** Drops loaded data, after a mutation. */
  reset(): void {
    this.#made.clear();
  }
}

/** The context of every resolver. */
export interface Context {
  readonly viewer: Viewer | null;
  readonly loaders: Loaders;
  /** The client's address, by which rate limits count. */
  readonly address: string;
  readonly limits: ClientLimits;
  /** The size of the response so far. */
  readonly answer: AnswerSize;
  /**
   * The reason why the credential of this request was refused; absent: there was none, or it authenticated the viewer.
   * With a refused credential only operations that begin a session run.
   */
  readonly credentialError?: RequestError;
}

/**
 * The viewer of a request that needs one.
 * @throws RequestError UNAUTHENTICATED
 */
export function requireViewer(context: Context): Viewer {
  if (!context.viewer) throw new RequestError('UNAUTHENTICATED', 'Sign in to do this.');
  return context.viewer;
}
