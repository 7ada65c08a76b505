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
  /** True: no index has the list in its order, and every page sorts it. */
  readonly isSorted?: boolean;
  /** How to go through the list where its rows are no range of one index; absent: `scanRange`. */
  readonly scan?: (list: KeysetList, scan: KeysetScan) => string;
}

/** One way through a list. */
export interface KeysetScan {
  /** Towards the start of the list instead of its end. */
  readonly backward: boolean;
  /** SQL for the sort keys of the place to begin at; none: at the list's own end. */
  readonly from: readonly string[] | undefined;
  /** Whether a row at that very place counts. */
  readonly inclusive: boolean;
  /** SQL for the most rows. */
  readonly limit: string;
}

/** Which part of the list. */
export interface KeysetRange {
  readonly backward: boolean;
  /**
   * SQL for each key of the cursor's row, from the parameters behind the scope and the limit, and `s`; none: from the
   * end.
   */
  readonly cursor: readonly string[] | undefined;
  /** The page that holds the cursor's row, about half of it before that row; the limit is one more than the page. */
  readonly around?: boolean;
}

/**
 * A FROM clause: `s` is the list (with `s.n`, its number from 1), `page` its rows with their `rank`, at most `$limit`;
 * a list with an empty page keeps one row with nulls. `behind` is SQL for whether there is anything on the cursor's
 * other side. Rows come in any order: `byList` puts them in theirs, so that the statement needs no sort.
 *
 * The parameters are the scope's arrays, then the limit, then the cursor's.
 */
export function keysetPages(list: KeysetList, range: KeysetRange): { from: string; behind: string } {
  const scopeNames = Object.keys(list.scope);
  const unnested = Object.values(list.scope).map((type, index) => `$${index + 1}::${type}[]`);
  const limit = `$${scopeNames.length + 1}::int`;
  const lists = `unnest(${unnested.join(', ')}) WITH ORDINALITY AS s(${scopeNames.join(', ')}, n)`;
  const { backward, cursor, around = false } = range;
  if (!cursor) {
    const page = scanOf(list, { backward, from: undefined, inclusive: false, limit });
    return { from: lateral(lists, page), behind: 'false' };
  }
  // Looked up once for each list. OFFSET 0 keeps the planner from asking again for every row of the page.
  const keys = cursor.map((key, index) => `${key} AS at${index}`).join(', ');
  const placed = `(SELECT s.*, ${keys} FROM ${lists} OFFSET 0) s`;
  const from = cursor.map((_, index) => `s.at${index}`);
  if (around) return { from: lateral(placed, pageAround(list, from, limit)), behind: 'false' };
  const opposite = { backward: !backward, from, inclusive: true, limit: '1' };
  // Whether there is a row at all needs no order; asked for in order it is the first entry of an index.
  const other = list.isSorted ? `SELECT FROM ${partOf(list, opposite)}` : scanOf(list, opposite);
  const scoped = `(SELECT s.*, EXISTS (${other}) AS behind
  FROM ${placed} OFFSET 0) s`;
  const page = scanOf(list, { backward, from, inclusive: false, limit });
  return { from: lateral(scoped, page), behind: 's.behind' };
}

const lateral = (lists: string, page: string): string => `${lists}
LEFT JOIN LATERAL (
  ${page}
) page ON true`;

const scanOf = (list: KeysetList, scan: KeysetScan): string => (list.scan ?? scanRange)(list, scan);

/** One range of an index in the list's order. Rows are ranked from 1. */
export function scanRange(list: KeysetList, scan: KeysetScan): string {
  const way = list.descending !== scan.backward ? 'DESC' : 'ASC';
  const order = list.keys.map((key) => `x.${key} ${way}`).join(', ');
  return `SELECT ${list.pageColumns.map((column) => `x.${column}`).join(', ')}, row_number() OVER (ORDER BY ${order}) AS rank
  FROM ${partOf(list, scan)}
  ORDER BY ${order} LIMIT ${scan.limit}`;
}

/** The rows of a list from a place on, in no order. */
function partOf(list: KeysetList, { backward, from, inclusive }: KeysetScan): string {
  const operator = `${list.descending !== backward ? '<' : '>'}${inclusive ? '=' : ''}`;
  const row = (columns: readonly string[]) =>
    columns.length === 1 ? (columns[0] ?? '') : `(${columns.join(', ')})`;
  const keys = list.keys.map((key) => `x.${key}`);
  return `${list.table} x
  WHERE ${list.where}${from ? ` AND ${row(keys)} ${operator} ${row(from)}` : ''}`;
}

/**
 * Both sides of a place: ranks count down from -1 before it and up from 0 from it on. One row more than the page holds
 * on each side, if there is one. Where one side is short the other one fills the page. `toPageAround` says the same.
 */
function pageAround(list: KeysetList, from: readonly string[], limit: string): string {
  const columns = list.pageColumns.join(', ');
  const before = scanOf(list, { backward: true, from, inclusive: false, limit });
  const behind = scanOf(list, { backward: false, from, inclusive: true, limit });
  return `SELECT ${columns}, rank FROM (
    SELECT *, least(before, greatest((${limit} - 1) / 2, ${limit} - 1 - behind)) AS share FROM (
      SELECT *, count(*) FILTER (WHERE rank < 0) OVER () AS before, count(*) FILTER (WHERE rank >= 0) OVER () AS behind
      FROM (
        SELECT ${columns}, -rank AS rank FROM (${before}) b
        UNION ALL
        SELECT ${columns}, rank - 1 FROM (${behind}) f
      ) sides
    ) counted
  ) shared WHERE rank BETWEEN -1 - share AND ${limit} - 1 - share`;
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
  /** Its place within the page; below 0 only in a page around a row, for what comes before that one. */
  readonly rank: number;
  /** Null: the list's page is empty. */
  readonly id: string | null;
}

/** The columns of `KeysetRow` that the page brings, for a SELECT list. */
export const keysetColumns = (behind: string): string =>
  `s.n::int AS n, ${behind} AS behind, page.rank::int AS rank`;

/** One list's part of what was found, up to the limit, in the direction of paging. */
export interface Found<Row> {
  readonly rows: readonly Row[];
  readonly behind: boolean;
}

/** Deals the rows out to their lists, and puts each list's rows in order. */
export function byList<Row extends KeysetRow>(rows: readonly Row[], lists: number): Found<Row>[] {
  const found = Array.from({ length: lists }, () => ({ rows: [] as Row[], behind: false }));
  for (const row of rows) {
    const list = found[row.n - 1];
    if (!list) continue;
    list.behind = row.behind;
    if (row.id !== null) list.rows.push(row);
  }
  for (const list of found) list.rows.sort((a, b) => a.rank - b.rank);
  return found;
}
