/** Far more than the service has. What comes behind goes without a name, so that no connection's memory can grow for ever. */
const maxNames = 500;

/**
 * Names for prepared statements, one for each text. PostgreSQL parses a statement with a name once for each connection,
 * and from the sixth time on keeps its plan where that is no worse; for short statements both take longer than running
 * them.
 */
export class StatementNames {
  readonly #names = new Map<string, string>();
  #given = 0;

  /** @returns undefined: send it without one */
  nameOf(text: string): string | undefined {
    const known = this.#names.get(text);
    if (known !== undefined || this.#names.size >= maxNames) return known;
    return this.#give(text);
  }

  /** Gives a statement another name: what connections keep under the old one is of no use any more. */
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
