import type { Queryable } from './database.ts';
import { Parameters } from './parameters.ts';

/**
 * Keyset pages of many lists at once: one statement, one index range for each list. The lists of one call differ only
 * in the values of their scope, such as the parent id in the replies of twenty comments.
 */
export interface KeysetList {
  /** The table, aliased `x` inside the list. */
  readonly table: string;
  /** The columns that identify a list, with their types; `s.<column>` inside `where`. */
  readonly scope: Readonly<Record<string, string>>;
  /** Condition for the rows of the table that belong to the list. */
  readonly where: string;
  /** The sort columns of `x`, together unique within one list. */
  readonly keys: readonly string[];
  readonly descending: boolean;
  /** The key columns of a row that are selected into the page, which is aliased `page`. */
  readonly pageColumns: readonly string[];
  /** True: no index has the list in its order, so every page sorts it. */
  readonly isSorted?: boolean;
  /** SQL that scans the list where its rows are not one range of one index; absent: `scanRange`. */
  readonly scan?: (list: KeysetList, scan: KeysetScan) => string;
}

/** One scan of a list. */
export interface KeysetScan {
  /** Towards the start of the list instead of its end. */
  readonly backward: boolean;
  /**
   * SQL for the sort keys of the position where the scan begins; undefined: at the end of the list, in the scan's
   * direction.
   */
  readonly from: readonly string[] | undefined;
  /** Whether a row exactly at that position is included. */
  readonly inclusive: boolean;
  /** SQL for the maximum number of rows. */
  readonly limit: string;
}

/** The part of the list that a page covers. */
export interface KeysetRange {
  readonly backward: boolean;
  /**
   * SQL for each sort key of the cursor's row, from `s` and the parameters after the scope and the limit; undefined:
   * from the end of the list.
   */
  readonly cursor: readonly string[] | undefined;
  /**
   * The page contains the cursor's row, with about half of the page before that row; the limit is one more than the
   * page.
   */
  readonly around?: boolean;
}

/**
 * A FROM clause: `s` is the list (with `s.n`, its number from 1), `page` its rows with their `rank`, at most `$limit`;
 * a list with an empty page has one row with nulls. `behind` is SQL for whether rows exist on the other side of the
 * cursor. Rows come unordered, so that the statement needs no sort: `byList` orders them.
 *
 * The parameters are the arrays of the scope, the limit, and those of the cursor. Subqueries hide the arrays and the limit
 * from the planner, whose estimates then don't depend on them: the plan is made once (docs/decisions/plans.md).
 */
function keysetPages(list: KeysetList, range: KeysetRange): { from: string; behind: string } {
  const scopeNames = Object.keys(list.scope);
  const unnested = Object.values(list.scope).map((type, index) => `(SELECT $${index + 1}::${type}[])`);
  const limit = `(SELECT $${scopeNames.length + 1}::int)`;
  const lists = `unnest(${unnested.join(', ')}) WITH ORDINALITY AS s(${scopeNames.join(', ')}, n)`;
  const { backward, cursor, around = false } = range;
  if (!cursor) {
    const page = pageOf(list, { backward, from: undefined, inclusive: false, limit });
    return { from: lateral(lists, page), behind: 'false' };
  }
  // Looks the cursor up once for each list. Without OFFSET 0 the planner would look it up for every row of the page.
  const keys = cursor.map((key, index) => `${key} AS at${index}`).join(', ');
  const placed = `(SELECT s.*, ${keys} FROM ${lists} OFFSET 0) s`;
  const from = cursor.map((_, index) => `s.at${index}`);
  if (around) return { from: lateral(placed, pageAround(list, from, limit)), behind: 'false' };
  const opposite = { backward: !backward, from, inclusive: true, limit: '1' };
  // Existence needs no order. With an index, though, an ordered scan reads only its first entry.
  const other = list.isSorted ? `SELECT FROM ${partOf(list, opposite)}` : scanOf(list, opposite);
  const scoped = `(SELECT s.*, EXISTS (${other}) AS behind
  FROM ${placed} OFFSET 0) s`;
  const page = pageOf(list, { backward, from, inclusive: false, limit });
  return { from: lateral(scoped, page), behind: 's.behind' };
}

const lateral = (lists: string, page: string): string => `${lists}
LEFT JOIN LATERAL (
  ${page}
) page ON true`;

/** A scan in one direction, as a page. */
const pageOf = (list: KeysetList, scan: KeysetScan): string => `SELECT * FROM (
  ${scanOf(list, scan)}
  ) scan WHERE ${ofFewRows('1', scan.limit)}`;

const scanOf = (list: KeysetList, scan: KeysetScan): string => (list.scan ?? scanRange)(list, scan);

/** Scans one range of an index in the list's order. Ranks count from 1. */
export function scanRange(list: KeysetList, scan: KeysetScan): string {
  const way = list.descending !== scan.backward ? 'DESC' : 'ASC';
  const order = list.keys.map((key) => `x.${key} ${way}`).join(', ');
  return `SELECT ${list.pageColumns.map((column) => `x.${column}`).join(', ')}, row_number() OVER (ORDER BY ${order}) AS rank
  FROM ${partOf(list, scan)}
  ORDER BY ${order} LIMIT ${scan.limit}`;
}

/** The rows of a list from a position on, unordered. */
function partOf(list: KeysetList, { backward, from, inclusive }: KeysetScan): string {
  const operator = `${list.descending !== backward ? '<' : '>'}${inclusive ? '=' : ''}`;
  const row = (columns: readonly string[]) =>
    columns.length === 1 ? (columns[0] ?? '') : `(${columns.join(', ')})`;
  const keys = list.keys.map((key) => `x.${key}`);
  return `${list.table} x
  WHERE ${list.where}${from ? ` AND ${row(keys)} ${operator} ${row(from)}` : ''}`;
}

/**
 * A condition that every row of a page satisfies. It is for the planner: whatever the statistics say, the planner
 * expects a single row of each list, and looks up by index what is joined.
 */
const ofFewRows = (lowest: string, limit: string): string => `rank BETWEEN ${lowest} AND ${limit}`;

/**
 * Rows on both sides of a position: ranks count down from -1 before the position, and up from 0 from it on. Each side
 * has one row more than the page holds, if there is one. Where one side is short, the other fills the page. Must agree
 * with `toPageAround`.
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
  ) shared WHERE rank BETWEEN -1 - share AND ${limit} - 1 - share AND ${ofFewRows(`-${limit}`, limit)}`;
}

/** A row of a statement over `keysetPages`, which returns the rows of all lists, and at least one for each list. */
export interface KeysetRow {
  /** The number of the list, from 1. */
  readonly n: number;
  readonly behind: boolean;
  /** Position within the page; negative only in a page around a row, for rows before that row. */
  readonly rank: number;
  /** Null: the list's page is empty. */
  readonly id: string | null;
}

/** The columns of `KeysetRow` that the page provides, for a SELECT list. */
const keysetColumns = (behind: string): string =>
  `s.n::int AS n, ${behind} AS behind, page.rank::int AS rank`;

/** The rows found for one list, up to the limit, in the direction of paging. */
export interface Found<Row> {
  readonly rows: readonly Row[];
  readonly behind: boolean;
}

/** Groups the rows by list, and sorts the rows of each list. */
function byList<Row extends KeysetRow>(rows: readonly Row[], lists: number): Found<Row>[] {
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

/** The pages to select: one of each list, all at the same place. */
export interface KeysetRequest {
  /** For each column of the lists' scope, the values of all lists. */
  readonly scopes: readonly (readonly unknown[])[];
  /** The most rows of a page; one more is selected. */
  readonly limit: number;
  readonly backward: boolean;
  /** Values of the cursor; undefined: from the end of the list. */
  readonly cursor: readonly string[] | undefined;
  /** As in `KeysetRange`. */
  readonly around?: boolean;
}

/** The part of a list that a page of it covers. */
export type ListRange = Pick<KeysetRequest, 'limit' | 'backward' | 'cursor'>;

/** The part of a statement that differs between lists. */
export interface KeysetStatement {
  readonly list: KeysetList;
  /**
   * SQL for each sort key of the cursor's row.
   * @param at the parameters of the cursor's values; absent: each is a bigint
   */
  readonly cursorSql?: (at: (index: number) => string) => readonly string[];
  /** SQL before the SELECT. */
  readonly with?: string;
  /** Columns of `page` and of what is joined, beside those of `KeysetRow`. */
  readonly columns: string;
  /** SQL behind the FROM clause. */
  readonly join?: string;
}

/** A statement's text, with what it was made of. */
interface KnownText {
  readonly statement: KeysetStatement;
  readonly range: Required<KeysetRange>;
  readonly text: string;
}

/** The texts of the lists that are the same object in each statement. */
const knownTexts = new WeakMap<KeysetList, KnownText[]>();

/** Most texts that are remembered of one list. */
const maxTexts = 20;

/** Declares a list that is used for many statements: their texts are remembered. */
export function lasting<List extends KeysetList>(list: List): List {
  knownTexts.set(list, []);
  return list;
}

const isEqual = (a: readonly string[] | undefined, b: readonly string[] | undefined): boolean =>
  a === b || (a?.length === b?.length && a?.every((text, index) => text === b?.[index]) === true);

function textOf(statement: KeysetStatement, range: Required<KeysetRange>): string {
  const known = knownTexts.get(statement.list);
  const found = known?.find(
    (one) =>
      one.statement.columns === statement.columns &&
      one.statement.join === statement.join &&
      one.statement.with === statement.with &&
      one.range.backward === range.backward &&
      one.range.around === range.around &&
      isEqual(one.range.cursor, range.cursor),
  );
  if (found) return found.text;
  const text = makeText(statement, range);
  if (known && known.length < maxTexts) known.push({ statement, range, text });
  return text;
}

function makeText({ list, columns, join, with: before = '' }: KeysetStatement, range: KeysetRange): string {
  const { from, behind } = keysetPages(list, range);
  return `${before}SELECT ${keysetColumns(behind)}, ${columns}
FROM ${from}${join === undefined ? '' : `\n${join}`}`;
}

/**
 * Selects a page of each list.
 * @param build makes the statement; it may add parameters behind those of scopes, limit and cursor
 */
export async function selectKeysetPages<Row extends KeysetRow>(
  db: Queryable,
  { scopes, limit, backward, cursor, around = false }: KeysetRequest,
  build: (parameters: Parameters) => KeysetStatement,
): Promise<Found<Row>[]> {
  const parameters = new Parameters([...scopes, limit + 1, ...(cursor ?? [])]);
  const statement = build(parameters);
  const at = (index: number): string => `$${scopes.length + 2 + index}`;
  const { list, cursorSql = () => list.keys.map((_, index) => `${at(index)}::bigint`) } = statement;
  const range = { backward, cursor: cursor && cursorSql(at), around };
  const rows = await db.query<Row>(textOf(statement, range), parameters.values);
  return byList(rows, scopes[0]?.length ?? 0);
}

/** As `selectKeysetPages`, for a single list. */
export async function selectKeysetPage<Row extends KeysetRow>(
  db: Queryable,
  request: KeysetRequest,
  build: (parameters: Parameters) => KeysetStatement,
): Promise<Found<Row>> {
  const [found] = await selectKeysetPages<Row>(db, request, build);
  return found ?? { rows: [], behind: false };
}
