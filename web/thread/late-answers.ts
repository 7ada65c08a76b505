import { perReader } from '../session/per-reader.ts';
import { type LiveEvent } from './event-cache.ts';

type Apply = (events: readonly LiveEvent[]) => void;

/**
 * An answer says what was when the service read it, and may come behind events of what happened later: these are applied
 * once more, which they can be any number of times.
 */
export class LateAnswers {
  /** Requests under way, and what came while they were, with what shows it. */
  #requests = 0;
  readonly #events = new Map<Apply, LiveEvent[]>();
  /** Counts how often all was read anew. */
  #readings = 0;

  // #region during
  /**
   * Asks the service for something that goes into the cache.
   * @param show takes over what else the answer brings, before the events
   * @param again reads what the answer was about once more: all was read anew meanwhile, and the answer may be older than that
   */
  async during<T>(
    ask: () => Promise<T>,
    show: (answer: T) => void = () => undefined,
    again: (answer: T) => Promise<void> = () => Promise.resolve(),
  ): Promise<T> {
    const readings = this.#readings;
    this.#requests++;
    try {
      const answer = await ask();
      if (readings === this.#readings) show(answer);
      else await again(answer);
      for (const [apply, events] of this.#events) apply(events);
      return answer;
    } finally {
      this.#requests--;
      if (this.#requests === 0) this.#events.clear();
    }
  }
  // #endregion during

  /** @param apply has been called with these events, and may be again */
  note(events: readonly LiveEvent[], apply: Apply): void {
    if (this.#requests > 0) this.#events.set(apply, [...(this.#events.get(apply) ?? []), ...events]);
  }

  /** All is read anew: what came before is older than that. */
  forget(): void {
    this.#events.clear();
    this.#readings++;
  }
}

/** The late answers of the cache of one reader. */
export const lateAnswersOf = perReader(
  () => new LateAnswers(),
  (answers) => answers.forget(),
);
