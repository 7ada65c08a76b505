/**
 * The question who the reader is, which the service asks before some operations: one at a time, however many operations wait for the
 * answer.
 */
export class ProofQuestion {
  readonly #listeners = new Set<() => void>();
  #settle: ((isProven: boolean) => void) | undefined;
  #answer: Promise<boolean> | undefined;

  /** Whether the reader is being asked. */
  get isOpen(): boolean {
    return this.#answer !== undefined;
  }

  /** @returns whether the reader has proven who they are */
  ask(): Promise<boolean> {
    this.#answer ??= new Promise((resolve) => {
      this.#settle = resolve;
    });
    this.#tell();
    return this.#answer;
  }

  /** Ends the question. */
  answer(isProven: boolean): void {
    this.#settle?.(isProven);
    this.#settle = undefined;
    this.#answer = undefined;
    this.#tell();
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}
