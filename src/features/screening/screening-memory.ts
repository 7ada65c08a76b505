import type { Tx } from '../../platform/db/database.ts';
import { inTurns } from '../../platform/fairness/computations.ts';
import { defaultSettings, type ScreeningSettings } from './screening-settings.ts';
import { selectAllWords, selectSettings } from './screening.queries.ts';
import { WordList } from './word-list.ts';

/** The settings and the words of one revision. */
export interface Kept {
  readonly revision: number;
  readonly settings: ScreeningSettings;
  readonly words: WordList;
}

/**
 * The site's settings and words, as one process keeps them. Which revision is needed comes with the lock of the article, so a change
 * holds for every text that is sent after it, on every node, and nobody has to be told.
 */
export class ScreeningMemory {
  /** A database begins with this revision. */
  #kept: Kept = { revision: 0, settings: defaultSettings, words: WordList.empty };
  #loading: Promise<Kept> | undefined;

  /** The settings and words of a revision, or of a later one. Without a statement, unless they have changed. */
  at(tx: Tx, revision: number): Kept | Promise<Kept> {
    return this.#kept.revision >= revision ? this.#kept : this.#load(tx, revision);
  }

  async #load(tx: Tx, revision: number): Promise<Kept> {
    // Another transaction may be loading, an earlier revision perhaps, and it may fail without any fault of this one.
    while (this.#loading) await this.#loading.catch(() => undefined);
    if (this.#kept.revision >= revision) return this.#kept;
    this.#loading = read(tx);
    try {
      this.#kept = await this.#loading;
    } finally {
      this.#loading = undefined;
    }
    return this.#kept;
  }
}

async function read(tx: Tx): Promise<Kept> {
  // In this order: words that are newer than the revision do no harm, older ones would stay.
  const [{ revision, ...settings }, entries] = await Promise.all([selectSettings(tx), selectAllWords(tx)]);
  return { revision, settings, words: await inTurns(WordList.build(entries)) };
}
