/** Far more than the service has. Further statements get no name, so that the memory of connections stays bounded. */
const maxNames = 500;

/**
 * Names for prepared statements, one for each text. PostgreSQL parses a named statement once for each connection, and
 * from the sixth execution on keeps its plan where that is no worse; for short statements, parsing and planning each
 * take longer than the execution.
 */
export class StatementNames {
  readonly #names = new Map<string, string>();
  #given = 0;

  /** @returns undefined: send the statement without a name */
  nameOf(text: string): string | undefined {
    const known = this.#names.get(text);
    if (known !== undefined || this.#names.size >= maxNames) return known;
    return this.#give(text);
  }

  /** Assigns a new name, because the statements that connections keep under the old one are unusable. */
  renew(text: string): void {
    if (this.#names.has(text)) this.#give(text);
  }

  #give(text: string): string {
    this.#given += 1;
    const name = `standfirst_${this.#given}`;
    this.#names.set(text, name);
    return name;
  }
}
