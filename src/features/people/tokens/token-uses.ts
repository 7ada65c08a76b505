import type { Queryable } from '../../../platform/db/database.ts';
import type { Clock } from '../../../platform/time/clock.ts';
import { updateTokensUsed } from './token.queries.ts';

export interface TokenUsesOptions {
  readonly db: Queryable;
  readonly clock: Clock;
  /** Time within which a use is written, in milliseconds. */
  readonly intervalMs?: number;
  /** Called when the uses could not be written; the next use of each token is written again. */
  readonly onError: (error: unknown) => void;
}

/** Most tokens whose use waits to be written; further ones are written when they are used again. */
const maxWaiting = 10_000;

const minuteOf = (at: Date): number => Math.floor(at.getTime() / 60_000);

/**
 * Writes when tokens were used last, to the minute: apart from the requests, all tokens in one statement, and each once
 * a minute at most, whatever the number of nodes.
 */
export class TokenUses {
  readonly #waiting = new Set<string>();
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(private readonly options: TokenUsesOptions) {}

  /** @param use a token that is used now, and its last use as the database has it */
  readonly note = ({ tokenId, lastUsedAt }: { tokenId: string; lastUsedAt: Date | null }): void => {
    const { clock, intervalMs = 2000 } = this.options;
    if (lastUsedAt && minuteOf(lastUsedAt) >= minuteOf(clock.now())) return;
    if (this.#stopped || this.#waiting.size >= maxWaiting) return;
    this.#waiting.add(tokenId);
    this.#timer ??= setTimeout(() => this.#write(), intervalMs);
  };

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#write();
    await this.#writing;
  }

  #write(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const ids = [...this.#waiting];
    this.#waiting.clear();
    if (ids.length === 0) return;
    const { db, clock, onError } = this.options;
    this.#writing = this.#writing.then(() => updateTokensUsed(db, ids, clock.now()).catch(onError));
  }
}
