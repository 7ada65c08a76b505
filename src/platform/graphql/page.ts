import { createHash } from 'node:crypto';
import { ArgsType, Field, Int } from 'type-graphql';
import { RequestError } from '../errors/errors.ts';
import { toBase64Url } from '../text/base64url.ts';
import { CursorScalar } from './scalars.ts';

/** Items of a page whose size is not given. */
export const defaultPageSize = 20;
/** Most items of a page. */
export const maxPageSize = 100;

/** The arguments of every connection (Relay Cursor Connections). */
@ArgsType()
export class PageArgs {
  @Field(() => Int, {
    nullable: true,
    description: 'Number of items from the start of the list, or after `after`: 1 to 100, 20 by default.',
  })
  first?: number | null;

  @Field(() => CursorScalar, {
    nullable: true,
    description: 'The page starts after the item with this `cursor`.',
  })
  after?: string | null;

  @Field(() => Int, {
    nullable: true,
    description: 'Number of items from the end of the list, or before `before`, in the same order: 1 to 100.',
  })
  last?: number | null;

  @Field(() => CursorScalar, {
    nullable: true,
    description: 'The page ends before the item with this `cursor`.',
  })
  before?: string | null;
}

/** The arguments of connections of which some also have pages around one item. */
export interface AnyPageArgs extends PageArgs {
  readonly around?: string | null;
}

/** The checked request for one page of a list. */
export interface PageRequest {
  readonly limit: number;
  /** Towards the start of the list instead of its end. */
  readonly backward: boolean;
  readonly cursor: string | undefined;
  /** The sort key of the row that the page is around, which the list's own resolver looks up. */
  readonly around?: string;
}

/** The rows of one page in the list's own order. Both flags are exact. */
export interface Page<Row> {
  readonly rows: readonly Row[];
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
  readonly cursorOf: (row: Row) => string;
}

/** A page before its rows have cursors. */
type RowsOfPage<Row> = Omit<Page<Row>, 'cursorOf'>;

/**
 * The size of a page.
 * @throws RequestError BAD_USER_INPUT
 */
export function pageSize(
  name: 'first' | 'last',
  asked: number | null | undefined,
  byDefault: number = defaultPageSize,
): number {
  const size = asked ?? byDefault;
  if (size < 1 || size > maxPageSize) {
    throw new RequestError('BAD_USER_INPUT', `\`${name}\` takes 1 to ${maxPageSize}, not ${size}.`);
  }
  return size;
}

/**
 * Checks a connection's arguments. The row that a page is `around` is looked up by the list's own resolver.
 * @throws RequestError BAD_USER_INPUT
 */
export function pageRequest({ first, after, last, before, around }: AnyPageArgs): PageRequest {
  if (around != null && (after != null || last != null || before != null)) {
    throw new RequestError('BAD_USER_INPUT', 'Give `around` with `first` alone.');
  }
  if (first != null && last != null)
    throw new RequestError('BAD_USER_INPUT', 'Give `first` or `last`, not both.');
  if (after != null && before != null)
    throw new RequestError('BAD_USER_INPUT', 'Give `after` or `before`, not both.');
  const backward = last != null || before != null;
  if (backward && (first != null || after != null)) {
    throw new RequestError(
      'BAD_USER_INPUT',
      'Page forwards with `first` and `after`, backwards with `last` and `before`.',
    );
  }
  return {
    limit: backward ? pageSize('last', last) : pageSize('first', first),
    backward,
    cursor: (backward ? before : after) ?? undefined,
  };
}

/**
 * Makes a page of the rows that a keyset query found: up to `limit + 1` rows in the direction of paging.
 * @param behindCursor whether the list has any row on the other side of the page (false without a cursor)
 */
export function toPage<Row>(
  request: PageRequest,
  found: readonly Row[],
  behindCursor: boolean,
): RowsOfPage<Row> {
  const more = found.length > request.limit;
  const rows = found.slice(0, request.limit);
  return request.backward
    ? { rows: rows.reverse(), hasPreviousPage: more, hasNextPage: behindCursor }
    : { rows, hasNextPage: more, hasPreviousPage: behindCursor };
}

/**
 * Makes a page around a row of the rows that a keyset query found: ranks below 0 come before that row, and if there are
 * more rows than the page holds, there is one row more on that side.
 */
export function toPageAround<Row extends { readonly rank: number }>(
  size: number,
  found: readonly Row[],
): RowsOfPage<Row> {
  const before = found.filter((row) => row.rank < 0).length;
  const share = Math.min(before, Math.max(Math.floor(size / 2), size - (found.length - before)));
  const start = before - share;
  return {
    rows: found.slice(start, start + size),
    hasPreviousPage: start > 0,
    hasNextPage: found.length > start + size,
  };
}

/**
 * A cursor: its connection, and the sort keys of its row. The full stop at its end distinguishes a complete cursor from
 * a truncated one, which would otherwise be a valid cursor of another position.
 */
export function encodeCursor(scope: string, keys: readonly string[]): string {
  return toBase64Url(`${[scope, ...keys].join('|')}.`);
}

/**
 * The sort keys in a cursor of this connection, each a whole number in the range of a `bigint`.
 * @throws RequestError BAD_USER_INPUT for a cursor of another connection, or a text that is no cursor
 */
export function decodeCursor(scope: string, count: number, cursor: string): string[] {
  const [foundScope, ...keys] = Buffer.from(cursor, 'base64url').toString('latin1').slice(0, -1).split('|');
  const fits =
    foundScope === scope &&
    keys.length === count &&
    keys.every((key) => /^-?\d{1,19}$/.test(key) && String(BigInt.asIntN(64, BigInt(key))) === key) &&
    encodeCursor(scope, keys) === cursor;
  if (!fits) throw new RequestError('BAD_USER_INPUT', 'The cursor does not belong to this connection.');
  return keys;
}

/** A short name for a list's filters: equal values have equal names, in every process. */
export function scopeHash(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('base64url').slice(0, 16);
}
