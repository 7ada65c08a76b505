import { perReader } from '../session/per-reader.ts';
import { type LiveEvent } from './event-cache.ts';

type Apply = (events: readonly LiveEvent[]) => void;

/**
 * A response shows the state at the time when the service read it, and may arrive after events of later changes: these
 * are applied again. Events are idempotent.
 */
export class LateAnswers {
  /** Requests under way, and the events that arrived meanwhile, by the function that applies them. */
  #requests = 0;
  readonly #events = new Map<Apply, LiveEvent[]>();
  /** Number of full reloads. */
  #readings = 0;

  // #region during
  /**
   * Sends a request whose response goes into the cache.
   * @param show applies the rest of the response, before the events
   * @param again reads the subject of the response again, after a full reload meanwhile that may be newer than the
   * response
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

  /** @param apply has been called with these events, and may be called again */
  note(events: readonly LiveEvent[], apply: Apply): void {
    if (this.#requests > 0) this.#events.set(apply, [...(this.#events.get(apply) ?? []), ...events]);
  }

  /** Everything is reloaded: earlier events are older than that. */
  forget(): void {
    this.#events.clear();
    this.#readings++;
  }
}

/** The late answers of one reader's cache. */
export const lateAnswersOf = perReader(
  () => new LateAnswers(),
  (answers) => answers.forget(),
);
