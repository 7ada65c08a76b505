import pg from 'pg';

/** A statement as the driver sent it. */
export interface SentStatement {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** Statements by which nodes look for work now and then: no request has caused them. */
const looks = [
  /^\s*SELECT hash FROM endorsement_link\s+WHERE expires_at <=/,
  /^\s*SELECT email FROM account WHERE erase_at <=/,
  / FROM journalist WHERE name_keys IS NULL/,
  /^\s*UPDATE journalist j SET name_keys/,
];

type Submit = (this: Partial<SentStatement>, ...args: unknown[]) => unknown;

/**
 * Records every statement that the `pg` driver sends in this process, exactly as it is sent, but for those of `looks`.
 * @returns the list, which grows until `stop` is called; `sent` has the values as well
 */
export function recordStatements(): { statements: string[]; sent: SentStatement[]; stop: () => void } {
  const statements: string[] = [];
  const sent: SentStatement[] = [];
  const prototype = pg.Query.prototype as unknown as { submit: Submit };
  const original = prototype.submit;
  prototype.submit = function (...args) {
    const { text = '', values } = this;
    if (!looks.some((look) => look.test(text))) {
      statements.push(text);
      sent.push({ text, values: Array.isArray(values) ? values : [] });
    }
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
