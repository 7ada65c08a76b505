/** Collects the values of one statement, for SQL that is put together from parts. */
export class Parameters {
  readonly #values: unknown[];

  /** @param values what stands before: the first `add` comes behind them */
  constructor(values: readonly unknown[] = []) {
    this.#values = [...values];
  }

  /** @returns SQL for the value, without a type: put a cast behind it */
  add(value: unknown): string {
    this.#values.push(value);
    return `$${this.#values.length}`;
  }

  get values(): readonly unknown[] {
    return this.#values;
  }
}
