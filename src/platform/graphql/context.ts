import { RequestError } from '../errors/errors.ts';
import type { ClientLimits } from '../auth/rate-limits.ts';
import type { Viewer } from '../auth/viewer.ts';
import type { Queryable } from '../db/database.ts';
import { type Coverage, KeptLoader, type Loader } from '../kept/kept-loader.ts';
import { KeptSiteValue, ReadOnce, type SiteValue } from '../kept/site-value.ts';
import type { RequestClock } from '../kept/request-clock.ts';
import type { AnswerSize } from './answer-size.ts';

/** Parameters of a batch of loads. */
export interface LoadScope {
  readonly db: Queryable;
  readonly viewer: Viewer | null;
}

/** Makes a loader for one request. Features export these functions; each is the key under which its loader is found. */
export type LoaderFactory<L> = (scope: LoadScope) => L;

interface KeptFactory {
  readonly name: string;
  readonly coverage: Coverage<never, never>;
}

/** Number of loaders that were declared so far: each has its number as name. */
let keptCount = 0;

const keptFactories = new WeakMap<LoaderFactory<unknown>, KeptFactory>();
/** Names of the values that change only with the site revision. */
const siteFactories = new WeakMap<LoaderFactory<unknown>, string>();

const coveredFactories = new WeakSet<LoaderFactory<unknown>>();

/**
 * Declares a loader whose data is the same for all viewers, and changes only with the log of one article or with the
 * site revision. Its values are kept in memory, and are used while that article's head stands.
 */
export function kept<Key, Value>(
  coverage: Coverage<Key, Value>,
  factory: (scope: Pick<LoadScope, 'db'>) => Loader<Key, Value>,
): LoaderFactory<Loader<Key, Value>> {
  // Not the factory itself, which may be shared.
  const own: LoaderFactory<Loader<Key, Value>> = (scope) => factory(scope);
  keptCount += 1;
  keptFactories.set(own, { name: String(keptCount), coverage });
  return own;
}

/** Declares a value that is the same for all viewers and changes only with the site revision. It is kept in memory. */
export function keptBySite<Value>(read: (db: Queryable) => Promise<Value>): LoaderFactory<SiteValue<Value>> {
  const factory: LoaderFactory<SiteValue<Value>> = ({ db }) => new ReadOnce(() => read(db));
  keptCount += 1;
  siteFactories.set(factory, String(keptCount));
  return factory;
}

/**
 * Declares a loader whose data changes only with the log of the article that its keys name, and depends on the viewer.
 * Keys are only asked for of articles that are read anyway.
 */
export function coveredByArticle<L>(factory: LoaderFactory<L>): LoaderFactory<L> {
  coveredFactories.add(factory);
  return factory;
}

export interface LoadersOptions {
  /** By which kept rows are checked; absent: nothing is kept. */
  readonly clock?: RequestClock | undefined;
  /** The source of loaders that are declared `kept`, which several viewers may share. */
  readonly common?: Loaders | undefined;
}

/**
 * The loaders of one request, each made when it is first requested. Each caches for this request only, so that one
 * viewer's data never reaches another viewer; what is the same for all viewers may come from memory.
 */
export class Loaders {
  #scope: LoadScope;
  readonly #common: Loaders | undefined;
  readonly #made = new Map<LoaderFactory<unknown>, unknown>();
  #clock: RequestClock | undefined;

  constructor(scope: LoadScope, { clock, common }: LoadersOptions = {}) {
    this.#scope = scope;
    this.#clock = clock;
    this.#common = common;
  }

  get<L>(factory: LoaderFactory<L>): L {
    const declared = keptFactories.get(factory);
    if (this.#common && (declared || siteFactories.has(factory))) return this.#common.get(factory);
    let loader = this.#made.get(factory) as L | undefined;
    if (loader === undefined) {
      loader = this.#make(factory, declared);
      this.#made.set(factory, loader);
    }
    return loader;
  }

  /**
   * Notes that the answer depends on the time at which it is made, so that it is not kept. For times that are compared here: what
   * statements compare is seen (`notingTime`).
   */
  notePassing(): void {
    this.#clock?.recorder?.addPassing();
  }

  /**
   * Drops loaded data, after a mutation.
   * @param viewer for whom is loaded from now on (as before): the session that the mutation has begun
   */
  reset(viewer = this.#scope.viewer): void {
    this.#made.clear();
    this.#scope = { ...this.#scope, viewer };
    this.#clock = this.#clock?.anew();
  }

  #make<L>(factory: LoaderFactory<L>, declared: KeptFactory | undefined): L {
    const loader = factory(this.#scope);
    const clock = this.#clock;
    if (!clock) return loader;
    if (declared)
      return new KeptLoader(
        declared.name,
        declared.coverage,
        clock,
        loader as Loader<never, never>,
      ) as unknown as L;
    const siteName = siteFactories.get(factory);
    if (siteName !== undefined)
      return new KeptSiteValue(siteName, clock, loader as SiteValue<unknown>) as unknown as L;
    if (!coveredFactories.has(factory)) clock.recorder?.addEverything();
    return loader;
  }
}

/** The context of every resolver. */
export interface Context {
  /** Changes where an account loses rights while its mutation waits. */
  viewer: Viewer | null;
  /** The expiry of the credential that proved who the viewer is. */
  readonly expiresAt?: Date | undefined;
  readonly loaders: Loaders;
  /** The client's address, by which rate limits count. */
  readonly address: string;
  readonly limits: ClientLimits;
  /** The name of its program, cut; absent: it has none, or begins no session. */
  readonly userAgent?: string | undefined;
  /** The token that its browser keeps, by which sign-ins are recognised; absent: it sends none. */
  readonly device?: string | undefined;
  /** The size of the response so far. */
  readonly answer: AnswerSize;
  /**
   * The reason why the credential of this request was refused; absent: there was none, or it authenticated the viewer.
   * With a refused credential only operations that begin a session run.
   */
  readonly credentialError?: RequestError;
  /** True for a gateway of Apollo Federation that has proven to be one. */
  readonly isGateway?: boolean;
}

/**
 * The viewer of a request that needs one.
 * @throws RequestError UNAUTHENTICATED
 */
export function requireViewer(context: Context): Viewer {
  if (!context.viewer) throw new RequestError('UNAUTHENTICATED', 'Sign in to do this.');
  return context.viewer;
}
