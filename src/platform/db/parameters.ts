/** Collects the parameter values of one statement whose SQL is composed from parts. */
export class Parameters {
  readonly #values: unknown[];

  /** @param values initial parameters; `add` appends after them */
  constructor(values: readonly unknown[] = []) {
    this.#values = [...values];
  }

  /** @returns SQL for the value, without a type: append a cast where the type matters */
  add(value: unknown): string {
    this.#values.push(value);
    return `$${this.#values.length}`;
  }

  get values(): readonly unknown[] {
    return this.#values;
  }
}
