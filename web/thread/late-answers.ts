import { type Reader } from '../session/session.ts';

/**
 * An answer says what was when the service read it, and may come behind events of what happened later: these are applied
 * once more, which they can be any number of times.
 */
export class LateAnswers {
  /** Requests under way, and what came while they were. */
  #requests = 0;
  #events: (() => void)[] = [];

  // #region during
  /**
   * Asks the service for something that goes into the cache.
   * @param show takes over what else the answer brings, before the events
   */
  async during<T>(ask: () => Promise<T>, show: (answer: T) => void = () => undefined): Promise<T> {
    this.#requests++;
    try {
      const answer = await ask();
      show(answer);
      for (const apply of this.#events) apply();
      return answer;
    } finally {
      this.#requests--;
      if (this.#requests === 0) this.#events = [];
    }
  }
  // #endregion during

  /** @param apply has been called for events, and may be again */
  note(apply: () => void): void {
    if (this.#requests > 0) this.#events.push(apply);
  }

  /** All is loaded anew: what came before is older than that. */
  forget(): void {
    this.#events = [];
  }
}

const known = new WeakMap<Reader, LateAnswers>();

/** Of the cache that one reader has. */
export function lateAnswersOf(reader: Reader): LateAnswers {
  const found = known.get(reader);
  if (found) return found;
  const made = new LateAnswers();
  reader.subscribe(() => made.forget());
  known.set(reader, made);
  return made;
}
