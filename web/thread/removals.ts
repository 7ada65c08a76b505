/** A comment that this reader has removed here as a moderator. */
export interface Removal {
  /** The decision to undo; undefined until the service has answered. */
  readonly decisionId: string | undefined;
  readonly authorName: string | null;
}

/**
 * The comments that the reader has removed on this page as a moderator. Their rows stay, so that the removal can be undone in its
 * place.
 */
export class Removals {
  readonly #byId = new Map<string, Removal>();
  readonly #listeners = new Set<() => void>();

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  get(id: string): Removal | undefined {
    return this.#byId.get(id);
  }

  set(id: string, removal: Removal): void {
    this.#byId.set(id, removal);
    this.#changed();
  }

  /** The removal was refused or undone. */
  delete(id: string): void {
    if (this.#byId.delete(id)) this.#changed();
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }
}
