import { rightsOf, type Viewer } from '../auth/viewer.ts';
import type { Clock } from '../time/clock.ts';

/** An authenticated connection. */
export interface RightsHolder {
  readonly viewer: Viewer;
  /** When the authentication expires. */
  readonly expiresAt: Date;
  /** Called when the viewer's rights have changed. */
  readonly onChange: (viewer: Viewer) => void;
  /** Called when the authentication has expired, its session has ended, or its token was revoked. */
  readonly onEnd: () => void;
}

/** The last known state of a session or of a machine token. */
export interface KnownSession extends Pick<Viewer, 'accountId' | 'sessionId' | 'token'> {
  /** As `rightsOf` names them. */
  readonly rights: string;
}

export interface RightsWatchOptions {
  /** Interval between two checks, in milliseconds. */
  readonly intervalMs: number;
  readonly clock: Clock;
  /** Finds the viewers that differ from the known state, by session; undefined: the session has ended. */
  readonly findChanges: (known: readonly KnownSession[]) => Promise<ReadonlyMap<string, Viewer | undefined>>;
  /** Called when a check failed; it is repeated. */
  readonly onError: (error: unknown) => void;
}

/** Number of sessions that are looked up in one statement. */
const batchSize = 1000;

interface Watched extends RightsHolder {
  known: KnownSession;
}

function knownOf(viewer: Viewer): KnownSession {
  const { accountId, sessionId, token } = viewer;
  return { accountId, sessionId, rights: rightsOf(viewer), ...(token ? { token } : {}) };
}

/**
 * Applies changes of rights to open connections: signing out, a role given or taken away and a suspension take effect
 * within two checks. Runs only while there are connections, and checks all of them together.
 */
export class RightsWatch {
  readonly #watched = new Set<Watched>();
  #timer: NodeJS.Timeout | undefined;
  #looking = false;
  #closed = false;

  constructor(private readonly options: RightsWatchOptions) {}

  /** @returns a function that ends the watch */
  watch(holder: RightsHolder): () => void {
    const watched: Watched = { ...holder, known: knownOf(holder.viewer) };
    this.#watched.add(watched);
    this.#schedule();
    return () => {
      this.#watched.delete(watched);
      if (this.#watched.size === 0) this.#unschedule();
    };
  }

  close(): void {
    this.#closed = true;
    this.#unschedule();
  }

  #schedule(): void {
    if (this.#closed || this.#looking || this.#watched.size === 0) return;
    this.#timer ??= setTimeout(() => void this.#look(), this.options.intervalMs);
  }

  #unschedule(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  async #look(): Promise<void> {
    this.#timer = undefined;
    this.#looking = true;
    this.#endExpired();
    const all = [...this.#watched];
    for (let from = 0; from < all.length; from += batchSize) {
      const batch = all.slice(from, from + batchSize);
      try {
        this.#compare(batch, await this.#find(batch));
      } catch (error) {
        this.options.onError(error);
      }
    }
    this.#looking = false;
    this.#schedule();
  }

  /** Runs also while the database is away. */
  #endExpired(): void {
    const now = this.options.clock.now();
    for (const watched of [...this.#watched]) if (watched.expiresAt <= now) this.#end(watched);
  }

  /** Several connections may have different known states of one session. */
  #find(batch: readonly Watched[]): Promise<ReadonlyMap<string, Viewer | undefined>> {
    const known = new Map(batch.map(({ known: each }) => [`${each.sessionId} ${each.rights}`, each]));
    return this.options.findChanges([...known.values()]);
  }

  #compare(batch: readonly Watched[], changes: ReadonlyMap<string, Viewer | undefined>): void {
    if (changes.size === 0) return;
    for (const watched of batch) {
      const { sessionId, rights } = watched.known;
      if (!changes.has(sessionId) || !this.#watched.has(watched)) continue;
      const viewer = changes.get(sessionId);
      if (viewer === undefined) this.#end(watched);
      else if (rightsOf(viewer) !== rights) {
        watched.known = knownOf(viewer);
        watched.onChange(viewer);
      }
    }
  }

  #end(watched: Watched): void {
    this.#watched.delete(watched);
    watched.onEnd();
  }
}
