import { Client } from 'pg';

type QueryFunction = (this: unknown, ...args: unknown[]) => unknown;

/**
 * Records every statement that the `pg` driver sends in this process, exactly as it is sent.
 * @returns the list, which grows until `stop` is called
 */
export function recordStatements(): { statements: string[]; stop: () => void } {
  const statements: string[] = [];
  const prototype = Client.prototype as unknown as { query: QueryFunction };
  const original = prototype.query;
  prototype.query = function (this: unknown, ...args: unknown[]) {
    const [config] = args;
    statements.push(typeof config === 'string' ? config : String((config as { text?: unknown }).text));
    return original.apply(this, args);
  };
  return {
    statements,
    stop: () => {
      prototype.query = original;
    },
  };
}
