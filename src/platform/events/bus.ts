/**
 * Tells the nodes that a log has grown. Messages are hints: a hint that is lost, doubled, late or out of
 * order costs time and nothing else, since its receiver reads the log from the last number that it has.
 */
export interface Bus {
  /** Announces that the log has reached `sequence`. Never throws and never waits. */
  hint(key: string, sequence: number): void;
  /** Calls `listener` with every hint about one log until the returned function is called. */
  watch(key: string, listener: HintListener): () => void;
  /** Resolves once hints reach other nodes, or when that takes too long to wait for. Never rejects. */
  connected(): Promise<void>;
  close(): Promise<void>;
}

/**
 * The sequence of a hint that tells of no event: something that streams show with their checkpoints has changed, such as
 * how much of an inbox was read. The first event of a log has number 1.
 */
export const stateChanged = 0;

export type HintListener = (sequence: number) => void;

/** The listeners of one process, by the key of the log. */
export class Listeners {
  readonly #byKey = new Map<string, Set<HintListener>>();

  /** @returns whether the listener is the log's first */
  add(key: string, listener: HintListener): boolean {
    const present = this.#byKey.get(key);
    if (present) {
      present.add(listener);
      return false;
    }
    this.#byKey.set(key, new Set([listener]));
    return true;
  }

  /** @returns whether the listener was the log's last */
  remove(key: string, listener: HintListener): boolean {
    const present = this.#byKey.get(key);
    if (!present?.delete(listener) || present.size > 0) return false;
    return this.#byKey.delete(key);
  }

  has(key: string): boolean {
    return this.#byKey.has(key);
  }

  call(key: string, sequence: number): void {
    for (const listener of this.#byKey.get(key) ?? []) listener(sequence);
  }

  keys(): string[] {
    return [...this.#byKey.keys()];
  }
}

/** The bus of a service that runs as one process. */
export class LocalBus implements Bus {
  readonly #listeners = new Listeners();

  hint(key: string, sequence: number): void {
    this.#listeners.call(key, sequence);
  }

  watch(key: string, listener: HintListener): () => void {
    this.#listeners.add(key, listener);
    return () => this.#listeners.remove(key, listener);
  }

  connected(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
