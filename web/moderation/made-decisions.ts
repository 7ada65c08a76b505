import { perReader } from '../session/per-reader.ts';

/** A decision that was made in the queue. */
export interface Made {
  readonly decisionId: string;
  /** The id of the comment. */
  readonly id: string;
  /** Whose comment it is about; null: nobody with a name. */
  readonly name: string | null;
}

/** What somebody has decided in one go. */
export type Batch = readonly Made[];

/** Most batches that can be undone. */
const most = 20;

/**
 * The decisions that a reader has made in the queue since the document was loaded, the last one at the end. They outlive the list in which
 * they were made: they can be undone whatever part of the queue is shown.
 */
export class MadeDecisions {
  #batches: readonly Batch[] = [];
  readonly #listeners = new Set<() => void>();

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  last = (): Batch | undefined => this.#batches.at(-1);

  add(batch: Batch): void {
    this.#set([...this.#batches.slice(1 - most), batch]);
  }

  forget(batch: Batch): void {
    const gone = new Set(batch.map(({ decisionId }) => decisionId));
    this.#set(
      this.#batches
        .map((one) => one.filter(({ decisionId }) => !gone.has(decisionId)))
        .filter((one) => one.length > 0),
    );
  }

  clear(): void {
    this.#set([]);
  }

  #set(batches: readonly Batch[]): void {
    this.#batches = batches;
    for (const listener of this.#listeners) listener();
  }
}

/** Signing in or out forgets them. */
export const madeDecisionsOf = perReader(
  () => new MadeDecisions(),
  (made) => made.clear(),
);
