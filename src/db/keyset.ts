/**
 * Keyset pages of many lists at once: one statement, one index range for each list. The lists of one call differ only
 * in the values of their scope, as the replies of twenty comments do.
 */
export interface KeysetList {
  /** The table, called `x` inside the list. */
  readonly table: string;
  /** The columns that name a list, with their types; `s.<column>` inside `where`. */
  readonly scope: Readonly<Record<string, string>>;
  /** Which rows of the table are in the list. */
  readonly where: string;
  /** The sort columns of `x`, together unique within one list. */
  readonly keys: readonly string[];
  readonly descending: boolean;
  /** The key columns of a row joined to the page, called `page`. */
  readonly pageColumns: readonly string[];
}

/** Which part of the list. */
export interface KeysetRange {
  readonly backward: boolean;
  /** SQL for each key of the cursor's row, from the parameters behind the scope and the limit; none: from the end. */
  readonly cursor: readonly string[] | undefined;
}

/**
 * A FROM clause: `s` is the list (with `s.n`, its number from 1), `page` its rows, at most `$limit`; a list with an
 * empty page keeps one row with nulls. `behind` is SQL for whether there is anything on the cursor's other side.
 *
 * The parameters are the scope's arrays, then the limit, then the cursor's.
 */
export function keysetPages(
  list: KeysetList,
  range: KeysetRange,
): { from: string; orderBy: string; behind: string } {
  const scopeNames = Object.keys(list.scope);
  const unnested = Object.values(list.scope).map((type, index) => `$${index + 1}::${type}[]`);
  const forwardDescending = list.descending !== range.backward;
  const direction = forwardDescending ? 'DESC' : 'ASC';
  const keys = list.keys.map((key) => `x.${key}`);
  const [beyond, behindOperator] = forwardDescending ? ['<', '>='] : ['>', '<='];
  const compare = (operator: string) =>
    keys.length === 1
      ? `${keys[0]} ${operator} ${range.cursor?.[0]}`
      : `(${keys.join(', ')}) ${operator} (${range.cursor?.join(', ')})`;
  const order = (columns: readonly string[], way: string) =>
    columns.map((column) => `${column} ${way}`).join(', ');
  const lists = `unnest(${unnested.join(', ')}) WITH ORDINALITY AS s(${scopeNames.join(', ')}, n)`;
  // OFFSET 0 keeps the planner from asking again for every row of the page.
  const scoped = range.cursor
    ? `(SELECT s.*, EXISTS (SELECT FROM ${list.table} x WHERE ${list.where} AND ${compare(behindOperator)}) AS behind
  FROM ${lists} OFFSET 0) s`
    : lists;
  const from = `${scoped}
LEFT JOIN LATERAL (
  SELECT ${list.pageColumns.map((column) => `x.${column}`).join(', ')}
  FROM ${list.table} x
  WHERE ${list.where}${range.cursor ? ` AND ${compare(beyond)}` : ''}
  ORDER BY ${order(keys, direction)} LIMIT $${scopeNames.length + 1}
) page ON true`;
  return {
    from,
    orderBy: `s.n, ${order(
      list.keys.map((key) => `page.${key}`),
      direction,
    )}`,
    behind: range.cursor ? 's.behind' : 'false',
  };
}

/** The number of the first cursor parameter of a list's statement. */
export function firstCursorParameter(list: KeysetList): number {
  return Object.keys(list.scope).length + 2;
}

/** What a statement over `keysetPages` returns: rows of all lists, each list at least once. */
export interface KeysetRow {
  /** The number of the list, from 1. */
  readonly n: number;
  readonly behind: boolean;
  /** Null: the list's page is empty. */
  readonly id: string | null;
}

/** One list's part of what was found, up to the limit, in the direction of paging. */
export interface Found<Row> {
  readonly rows: readonly Row[];
  readonly behind: boolean;
}

/** Deals the rows out to their lists. */
export function byList<Row extends KeysetRow>(rows: readonly Row[], lists: number): Found<Row>[] {
  const found = Array.from({ length: lists }, () => ({ rows: [] as Row[], behind: false }));
  for (const row of rows) {
    const list = found[row.n - 1];
    if (!list) continue;
    list.behind = row.behind;
    if (row.id !== null) list.rows.push(row);
  }
  return found;
}
