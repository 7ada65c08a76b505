/** Far more than the service has. What comes behind goes without a name, so that no connection's memory can grow for ever. */
const maxNames = 500;

/**
 * Names for prepared statements, one for each text. PostgreSQL parses a statement with a name once for each connection,
 * and from the sixth time on keeps its plan where that is no worse; for short statements both take longer than running
 * them.
 */
export class StatementNames {
  readonly #names = new Map<string, string>();

  /** @returns undefined: send it without one */
  nameOf(text: string): string | undefined {
    const known = this.#names.get(text);
    if (known !== undefined || this.#names.size >= maxNames) return known;
    const name = `standfirst_${this.#names.size + 1}`;
    this.#names.set(text, name);
    return name;
  }
}
