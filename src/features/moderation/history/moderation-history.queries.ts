import type { Queryable } from '../../../platform/db/database.ts';
import {
  type Found,
  type KeysetList,
  type KeysetRow,
  type KeysetScan,
  type ListRange,
  selectKeysetPage,
} from '../../../platform/db/keyset.ts';
import type { Parameters } from '../../../platform/db/parameters.ts';
import {
  type ModerationEventKind,
  moderationEventKinds,
} from '../../../platform/screening/moderation-event-kinds.ts';
import {
  moderationEventColumns,
  type ModerationEventRow,
} from '../../../platform/screening/moderation-log.queries.ts';

/** What a list of the log is about: everything, one person, what one account has done, or one comment. */
export type HistorySubject =
  | { readonly about: 'EVERYTHING' }
  | { readonly about: 'PERSON' | 'ACTOR'; readonly accountId: string }
  | { readonly about: 'COMMENT'; readonly articleId: string; readonly commentId: string };

/** A list of the log. `kinds` in alphabetical order, so that equal lists have equal cursors; null: all. */
export interface HistoryScope {
  readonly subject: HistorySubject;
  readonly kinds: readonly ModerationEventKind[] | null;
}

/** An event in a page, and the epoch of its number. */
export type HistoryRow = ModerationEventRow & KeysetRow & { readonly epoch: string };

interface HistoryPart {
  /** The columns that begin the index with the list. */
  readonly columns: readonly string[];
  /** Types of their values. */
  readonly scope: KeysetList['scope'];
  readonly values: readonly string[];
}

function partOf(subject: HistorySubject): HistoryPart {
  const ofAccount = { scope: { account: 'bigint' } };
  switch (subject.about) {
    case 'EVERYTHING':
      return { columns: [], scope: { log: 'boolean' }, values: ['true'] };
    case 'PERSON':
      return { columns: ['subject_id'], ...ofAccount, values: [subject.accountId] };
    case 'ACTOR':
      return { columns: ['actor_id'], ...ofAccount, values: [subject.accountId] };
    case 'COMMENT':
      return {
        columns: ['article_id', 'comment_id'],
        scope: { article: 'bigint', comment: 'bigint' },
        values: [subject.articleId, subject.commentId],
      };
  }
}

/** One range of an index: of the rows with these values of its first columns, in the order of the log. */
interface IndexRange {
  /** SQL for the value of each of the first columns. */
  readonly of: Readonly<Record<string, string>>;
  /** SQL condition, of few rows of the range. */
  readonly where?: string;
}

/**
 * Scans one range of an index. These indexes have nulls first, of which there are none: so the planner can't take the order of the
 * primary key, which is that of the table, and read the whole log for somebody who is rarely in it. The other columns are compared by
 * equal signs, because PostgreSQL before 18 does not end a scan where a row is compared with its bound.
 */
function scanIndex(
  { of, where = 'true' }: IndexRange,
  { backward, from, inclusive, limit }: KeysetScan,
): string {
  const values = Object.entries(of);
  const equal = values.map(([column, value]) => `x.${column} = ${value}`);
  const begin = from ? [`x.sequence ${backward ? '>' : '<'}${inclusive ? '=' : ''} ${from.join()}`] : [];
  const nulls = backward ? ' NULLS FIRST' : ' NULLS LAST';
  const order = `x.sequence ${backward ? 'ASC' : 'DESC'}${values.length > 0 ? nulls : ''}`;
  return `SELECT x.sequence, row_number() OVER (ORDER BY ${order}) AS rank FROM moderation_event x
  WHERE ${[...equal, ...begin, where].join(' AND ')}
  ORDER BY ${order} LIMIT ${limit}`;
}

/**
 * Scans one range of an index for each kind, each no longer than the page, and merges them.
 * @param kinds SQL for the array of kinds
 */
function scanKinds({ of, ...range }: IndexRange, kinds: string, scan: KeysetScan): string {
  const order = `sequence ${scan.backward ? 'ASC' : 'DESC'}`;
  return `SELECT sequence, row_number() OVER (ORDER BY ${order}) AS rank
  FROM (SELECT y.sequence FROM unnest((SELECT ${kinds}::text[])) AS k(kind) CROSS JOIN LATERAL (
    ${scanIndex({ ...range, of: { ...of, kind: 'k.kind' } }, scan)}) y) z
  ORDER BY ${order} LIMIT ${scan.limit}`;
}

function listOf({ subject, kinds }: HistoryScope, readerId: string, parameters: Parameters): KeysetList {
  const { columns, scope } = partOf(subject);
  const names = Object.keys(scope);
  const range = { of: Object.fromEntries(columns.map((column, index) => [column, `s.${names[index]}`])) };
  const scanner = (): ((scan: KeysetScan) => string) => {
    const { about } = subject;
    if (kinds === null && (about === 'EVERYTHING' || about === 'COMMENT'))
      return (scan) => scanIndex(range, scan);
    const wanted = parameters.add(kinds ?? moderationEventKinds);
    // One comment has few events, whatever their kinds.
    if (about === 'COMMENT') {
      const where = `x.kind = ANY(${wanted}::text[])`;
      return (scan) => scanIndex({ ...range, where }, scan);
    }
    // What somebody has done does not tell those whom they have reported.
    const where =
      about === 'ACTOR'
        ? `(x.kind <> 'REPORTED' OR x.subject_id IS DISTINCT FROM ${parameters.add(readerId)}::bigint)`
        : 'true';
    return (scan) => scanKinds({ ...range, where }, wanted, scan);
  };
  const scanOf = scanner();
  return {
    table: 'moderation_event',
    scope,
    where: 'true',
    keys: ['sequence'],
    descending: true,
    pageColumns: ['sequence'],
    scan: (_list, scan) => scanOf(scan),
  };
}

/** Selects a page of the log of moderation, newest first. @param readerId the account of the moderator who reads it */
export function selectHistoryPage(
  db: Queryable,
  scope: HistoryScope,
  readerId: string,
  range: ListRange,
): Promise<Found<HistoryRow>> {
  const scopes = partOf(scope.subject).values.map((value) => [value]);
  return selectKeysetPage<HistoryRow>(db, { scopes, ...range }, (parameters) => ({
    list: listOf(scope, readerId, parameters),
    columns: `page.sequence::text AS id, (SELECT epoch FROM event_log) AS epoch, ${moderationEventColumns}`,
    join: 'LEFT JOIN moderation_event x ON x.sequence = page.sequence',
  }));
}
