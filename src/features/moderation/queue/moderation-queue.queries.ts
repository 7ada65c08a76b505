import type { Queryable } from '../../../platform/db/database.ts';
import {
  type Found,
  type KeysetList,
  type KeysetRow,
  type ListRange,
  selectKeysetPage,
} from '../../../platform/db/keyset.ts';
import type { CommentHoldEntity } from '../../screening/comment-hold.entity.ts';
import { Parameters } from '../../../platform/db/parameters.ts';
import {
  type HeldKind,
  itemColumns,
  type ItemKey,
  type ModerationItemRow,
} from '../../../platform/screening/moderation-item.queries.ts';
import { isUnderVisible } from '../decisions/moderation.queries.ts';

/** Restricts the queue; null: no restriction. */
export interface QueueFilter {
  readonly held: HeldKind | null;
  /** Whether reports of it are open. */
  readonly reported: boolean | null;
  readonly articleId: string | null;
  /** The author. */
  readonly accountId: string | null;
  readonly phase: string | null;
}

/** A row of the queue. */
export type QueuedRow = ModerationItemRow & KeysetRow;

/** The entries of the queue under articles that the reader may see. */
function queueList(owner: string, filter: QueueFilter, parameters: Parameters): KeysetList {
  const where = [
    isUnderVisible(owner),
    ...(filter.held === null ? [] : [`x.held = ${parameters.add(filter.held)}::text`]),
    ...(filter.reported === null ? [] : [filter.reported ? 'x.reports > 0' : 'x.reports = 0']),
    ...(filter.articleId === null ? [] : [`x.article_id = ${parameters.add(filter.articleId)}::bigint`]),
    ...(filter.accountId === null ? [] : [`x.account_id = ${parameters.add(filter.accountId)}::bigint`]),
    ...(filter.phase === null ? [] : [`x.phase = ${parameters.add(filter.phase)}::text`]),
  ];
  return {
    table: 'moderation_item',
    scope: { owner: 'bigint' },
    where: where.join(' AND '),
    keys: ['ordinal', 'comment_id'],
    descending: false,
    pageColumns: ['article_id', 'comment_id', 'ordinal'],
  };
}

/** Selects a page of the queue in the order of the entries. @param owner as for `isUnderVisible` */
export function selectQueuePage(
  db: Queryable,
  owner: string | null,
  filter: QueueFilter,
  range: ListRange,
): Promise<Found<QueuedRow>> {
  return selectKeysetPage<QueuedRow>(db, { scopes: [[owner]], ...range }, (parameters) => ({
    list: queueList('s.owner', filter, parameters),
    columns: `x.comment_id::text AS id, ${itemColumns}`,
    join: 'LEFT JOIN moderation_item x ON x.article_id = page.article_id AND x.comment_id = page.comment_id',
  }));
}

/** Counts the entries of the queue. */
export async function countQueue(db: Queryable, owner: string | null, filter: QueueFilter): Promise<number> {
  const parameters = new Parameters([owner]);
  const { where } = queueList('$1::bigint', filter, parameters);
  const [row] = await db.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM moderation_item x WHERE ${where}`,
    parameters.values,
  );
  return row?.count ?? 0;
}

/** What a phase has found in a text that waits. */
export type HoldRow = Readonly<CommentHoldEntity>;

/** The newest finding about each comment. */
export function selectHolds(db: Queryable, keys: readonly ItemKey[]): Promise<HoldRow[]> {
  return db.query<HoldRow>(
    `SELECT h.article_id::text AS "articleId", h.comment_id::text AS "commentId", h.revision, h.phase, h.match, h.rule,
       h.held_at AS "heldAt", h.due_at AS "dueAt", h.hook_outcome AS "hookOutcome", h.suspicion
FROM unnest((SELECT $1::bigint[]), (SELECT $2::bigint[])) AS s(article_id, comment_id)
JOIN LATERAL (SELECT * FROM comment_hold h WHERE h.article_id = s.article_id AND h.comment_id = s.comment_id
  ORDER BY h.revision DESC LIMIT 1) h ON true`,
    [keys.map(({ articleId }) => articleId), keys.map(({ commentId }) => commentId)],
  );
}
