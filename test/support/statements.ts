import { Client } from 'pg';

type QueryFunction = (this: unknown, ...args: unknown[]) => unknown;

/** A statement as the driver sent it. */
export interface SentStatement {
  readonly text: string;
  readonly values: readonly unknown[];
}

/**
 * Records every statement that the `pg` driver sends in this process, exactly as it is sent.
 * @returns the list, which grows until `stop` is called; `sent` has the values as well
 */
export function recordStatements(): { statements: string[]; sent: SentStatement[]; stop: () => void } {
  const statements: string[] = [];
  const sent: SentStatement[] = [];
  const prototype = Client.prototype as unknown as { query: QueryFunction };
  const original = prototype.query;
  prototype.query = function (this: unknown, ...args: unknown[]) {
    const [first, second] = args;
    const given =
      typeof first === 'string' ? { text: first, values: second } : (first as Partial<SentStatement>);
    const { text = '', values } = given;
    statements.push(text);
    sent.push({ text, values: Array.isArray(values) ? values : [] });
    return original.apply(this, args);
  };
  return {
    statements,
    sent,
    stop: () => {
      prototype.query = original;
    },
  };
}
