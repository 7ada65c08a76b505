import { RequestError } from '../errors/errors.ts';
import type { ClientLimits } from '../auth/rate-limits.ts';
import type { Viewer } from '../auth/viewer.ts';
import type { Queryable } from '../db/database.ts';
import type { AnswerSize } from './answer-size.ts';

/** What a batch of loads needs to know. */
export interface LoadScope {
  readonly db: Queryable;
  readonly viewer: Viewer | null;
}

/** Makes a loader for one request. Features export these; the function itself is the key under which it is kept. */
export type LoaderFactory<L> = (scope: LoadScope) => L;

const forEverybody = new WeakSet<LoaderFactory<unknown>>();

/**
 * Marks a loader of what is the same for all who are nobody in particular, signed in or not: answers that are made at the
 * same moment for many of them may load it together.
 */
export function sameForEverybody<L>(factory: LoaderFactory<L>): LoaderFactory<L> {
  forEverybody.add(factory);
  return factory;
}

/**
 * The loaders of one request, each made when first asked for. Every one caches for the request alone, so what a
 * viewer may see never reaches another one.
 */
export class Loaders {
  readonly #scope: LoadScope;
  readonly #common: Loaders | undefined;
  readonly #made = new Map<LoaderFactory<unknown>, unknown>();

  /** @param common where loaders come from that are marked `sameForEverybody`; for a viewer who is nobody in particular */
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

  /** Forgets what was loaded: after a mutation. */
  reset(): void {
    this.#made.clear();
  }
}

/** What every resolver gets. */
export interface Context {
  readonly viewer: Viewer | null;
  readonly loaders: Loaders;
  /** The address that the request came from; rate limits count by it. */
  readonly address: string;
  readonly limits: ClientLimits;
  /** The bytes of the answer so far. */
  readonly answer: AnswerSize;
  /**
   * Why the credential of this request was refused; absent: there was none, or it proved the viewer. Nothing but what
   * begins a session runs beside one that was refused.
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
