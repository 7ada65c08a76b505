import pg from 'pg';

/** A statement as the driver sent it. */
export interface SentStatement {
  readonly text: string;
  readonly values: readonly unknown[];
}

type Submit = (this: Partial<SentStatement>, ...args: unknown[]) => unknown;

/**
 * Records every statement that the `pg` driver sends in this process, exactly as it is sent.
 * @returns the list, which grows until `stop` is called; `sent` has the values as well
 */
export function recordStatements(): { statements: string[]; sent: SentStatement[]; stop: () => void } {
  const statements: string[] = [];
  const sent: SentStatement[] = [];
  const prototype = pg.Query.prototype as unknown as { submit: Submit };
  const original = prototype.submit;
  prototype.submit = function (...args) {
    const { text = '', values } = this;
    statements.push(text);
    sent.push({ text, values: Array.isArray(values) ? values : [] });
    return original.apply(this, args);
  };
  return {
    statements,
    sent,
    stop: () => {
      prototype.submit = original;
    },
  };
}
