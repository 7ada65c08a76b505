import { RequestError } from '../errors.ts';
import type { Viewer } from '../auth/viewer.ts';
import type { Queryable } from '../db/database.ts';
import type { Hub } from '../events/hub.ts';
import type { StreamConnection } from '../events/stream-connection.ts';

/** What a batch of loads needs to know. */
export interface LoadScope {
  readonly db: Queryable;
  readonly viewer: Viewer | null;
}

/** Makes a loader for one request. Features export these; the function itself is the key under which it is kept. */
export type LoaderFactory<L> = (scope: LoadScope) => L;

/**
 * The loaders of one request, each made when first asked for. Every one caches for the request alone, so what a
 * viewer may see never reaches another one.
 */
export class Loaders {
  readonly #scope: LoadScope;
  readonly #made = new Map<LoaderFactory<unknown>, unknown>();

  constructor(scope: LoadScope) {
    this.#scope = scope;
  }

  get<L>(factory: LoaderFactory<L>): L {
    let loader = this.#made.get(factory) as L | undefined;
    if (loader === undefined) {
      loader = factory(this.#scope);
      this.#made.set(factory, loader);
    }
    return loader;
  }

  /** Forgets what was loaded: after a mutation, and before each event of a subscription. */
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
  /** The live events of all articles. */
  readonly hub: Hub;
  /** What carries this subscription; a request has none. */
  readonly connection?: StreamConnection;
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
