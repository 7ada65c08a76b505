import { lastDecisionAbout } from '../../../platform/screening/moderation-decision.queries.ts';
import { visibleArticleSql } from '../../articles/article/article.queries.ts';
import type { Viewer } from '../../../platform/auth/viewer.ts';
import type { Queryable } from '../../../platform/db/database.ts';
import { type Found, type KeysetRow, selectKeysetPage } from '../../../platform/db/keyset.ts';
import { Parameters } from '../../../platform/db/parameters.ts';
import type { NotificationKind } from '../inbox/notification-kinds.ts';

/** A notification of the viewer. */
export interface NotificationRow {
  readonly accountId: string;
  readonly position: number;
  readonly kind: NotificationKind;
  /** Null: it tells of the account itself. */
  readonly articleId: string | null;
  readonly commentId: string | null;
  readonly endorsementId: string | null;
  readonly pledgeId: string | null;
  readonly milestone: number | null;
  readonly decisionId: string | null;
  readonly occurredAt: Date;
  /** Up to which number the inbox was read. */
  readonly readPosition: number;
}

export type ListedNotificationRow = NotificationRow & KeysetRow;

/** SQL for whether the owner of the notification `x` has not muted an account. Nobody mutes themselves. */
const notMuted = (accountId: string): string =>
  `NOT EXISTS (SELECT FROM mute m WHERE m.account_id = x.account_id AND m.muted_account_id = ${accountId})`;

/**
 * SQL for whether the owner of the notification `x`, of what somebody has said under an article, has muted neither the article
 * nor a thread with the comment `c`; null: it tells of no comment.
 */
const notMutedHere = (c: string | null): string =>
  `NOT EXISTS (SELECT FROM discussion_mute d WHERE d.account_id = x.account_id AND d.article_id = x.article_id AND (
    d.comment_id = 0${
      c === null
        ? ''
        : ` OR EXISTS (SELECT FROM comment t WHERE t.article_id = d.article_id AND t.id = d.comment_id
      AND substr(${c}.path, 1, length(t.path)) = t.path)`
    }))`;

/** SQL for whether the notification `x` tells of the last decision of its kind about its comment: only that one's reason stands. */
const isLastOfKind = `NOT EXISTS (SELECT FROM notification y WHERE y.account_id = x.account_id AND y.sequence > x.sequence
        AND y.kind = x.kind AND y.article_id = x.article_id AND y.comment_id = x.comment_id)`;

/**
 * SQL for whether a notification `x` is shown: what it tells of is there, the viewer may see it, and has not muted its
 * author, nor the discussion in which it was said. What was removed, withdrawn, repaired or decided otherwise since is
 * neither listed nor counted; nor is a decision about the account that was undone.
 * @param viewer null: whoever has no rights beyond a reader's
 */
export function shownSql(viewer: Viewer | null, parameters: Parameters): string {
  return `CASE
    WHEN x.kind = 'PLEDGE_FAILED' THEN EXISTS (SELECT FROM pledge p WHERE p.article_id = x.article_id
      AND p.id = x.pledge_id AND p.account_id = x.account_id AND p.status = 'ACTION_REQUIRED')
    WHEN x.decision_id IS NOT NULL THEN EXISTS (SELECT FROM moderation_decision d
      WHERE d.id = x.decision_id AND (d.undone_at IS NULL OR x.kind = 'APPEAL_ANSWERED'))
    WHEN NOT EXISTS (SELECT FROM article a WHERE a.id = x.article_id AND ${visibleArticleSql('a', viewer, parameters)})
      THEN false
    WHEN x.kind = 'ENDORSEMENT' THEN EXISTS (SELECT FROM endorsement e
      WHERE e.article_id = x.article_id AND e.id = x.endorsement_id AND e.listed
      AND ${notMuted('e.account_id')} AND ${notMutedHere(null)})
    WHEN x.comment_id IS NOT NULL THEN EXISTS (SELECT FROM comment c
      WHERE c.article_id = x.article_id AND c.id = x.comment_id AND CASE x.kind
        WHEN 'COMMENT_REJECTED' THEN c.status = 'REJECTED'
        WHEN 'COMMENT_REMOVED' THEN c.status = 'REMOVED' AND EXISTS (
          SELECT FROM (${lastDecisionAbout('c.article_id', 'c.id')}) d WHERE d.kind = 'REMOVED')
        WHEN 'COMMENT_HELD' THEN c.status = 'REMOVED' AND EXISTS (SELECT FROM moderation_item i
          WHERE i.article_id = c.article_id AND i.comment_id = c.id AND i.held = 'REPORTS')
        WHEN 'EDIT_REJECTED' THEN c.status = 'PUBLISHED' AND EXISTS (SELECT FROM held_edit h
          WHERE h.article_id = c.article_id AND h.comment_id = c.id AND h.status = 'REJECTED')
        ELSE c.status = 'PUBLISHED' END AND ${notMuted('c.account_id')}
      AND (x.kind NOT IN ('REPLY', 'ARTICLE_COMMENT') OR ${notMutedHere('c')})
      AND (x.kind NOT IN ('COMMENT_REJECTED', 'COMMENT_REMOVED', 'COMMENT_HELD', 'EDIT_REJECTED') OR ${isLastOfKind}))
    ELSE true END`;
}

const kindSql = (kinds: readonly NotificationKind[] | undefined, parameters: Parameters): string =>
  kinds ? ` AND x.kind = ANY(${parameters.add(kinds)}::text[])` : '';

/**
 * Selects a page of the viewer's notifications, newest first.
 * @param kinds undefined: all
 */
export function selectNotificationPage(
  db: Queryable,
  viewer: Viewer,
  kinds: readonly NotificationKind[] | undefined,
  range: { limit: number; backward: boolean; cursor: readonly string[] | undefined },
): Promise<Found<ListedNotificationRow>> {
  return selectKeysetPage<ListedNotificationRow>(
    db,
    { scopes: [[viewer.accountId]], ...range },
    (parameters) => ({
      list: {
        table: 'notification',
        scope: { account_id: 'bigint' },
        where: `x.account_id = s.account_id${kindSql(kinds, parameters)} AND ${shownSql(viewer, parameters)}`,
        keys: ['sequence'],
        descending: true,
        pageColumns: [
          'account_id',
          'sequence',
          'kind',
          'article_id',
          'comment_id',
          'endorsement_id',
          'pledge_id',
          'milestone',
          'decision_id',
          'occurred_at',
        ],
      },
      columns: `page.sequence::text AS id, page.account_id::text AS "accountId", page.sequence AS position, page.kind,
  page.article_id::text AS "articleId", page.comment_id::text AS "commentId",
  page.endorsement_id::text AS "endorsementId", page.pledge_id::text AS "pledgeId", page.milestone,
  page.decision_id::text AS "decisionId",
  page.occurred_at AS "occurredAt", i.read_sequence AS "readPosition"`,
      join: 'LEFT JOIN inbox i ON i.account_id = page.account_id',
    }),
  );
}

/** Selects those of the viewer's notifications with these numbers that are shown. */
export function selectNotifications(
  db: Queryable,
  viewer: Viewer,
  positions: readonly string[],
): Promise<NotificationRow[]> {
  const parameters = new Parameters([viewer.accountId, positions]);
  return db.query<NotificationRow>(
    `SELECT x.account_id::text AS "accountId", x.sequence AS position, x.kind, x.article_id::text AS "articleId",
       x.comment_id::text AS "commentId", x.endorsement_id::text AS "endorsementId", x.pledge_id::text AS "pledgeId",
       x.milestone, x.decision_id::text AS "decisionId", x.occurred_at AS "occurredAt", i.read_sequence AS "readPosition"
     FROM notification x JOIN inbox i ON i.account_id = x.account_id
     WHERE x.account_id = $1::bigint AND x.sequence = ANY((SELECT $2::int[])::int[]) AND ${shownSql(viewer, parameters)}`,
    parameters.values,
  );
}

/** Counts the viewer's notifications that are shown and were not read. */
export async function selectUnreadCount(db: Queryable, viewer: Viewer): Promise<number> {
  const parameters = new Parameters([viewer.accountId]);
  const [row] = await db.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM inbox i JOIN notification x ON x.account_id = i.account_id
     WHERE i.account_id = $1::bigint AND x.sequence > i.read_sequence AND ${shownSql(viewer, parameters)}`,
    parameters.values,
  );
  return row?.count ?? 0;
}
