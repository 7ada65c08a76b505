import type { Queryable } from '../../../platform/db/database.ts';
import {
  decisionColumns,
  type ModerationDecisionRow,
} from '../../../platform/screening/moderation-decision.queries.ts';
import type { ItemKey } from '../../../platform/screening/moderation-item.queries.ts';

/** A decision about a comment, alone or with others, and the comment's key. */
export interface LastDecisionRow {
  readonly ofArticleId: string;
  readonly ofCommentId: string;
  readonly decision: ModerationDecisionRow;
}

/**
 * The last decision about each comment that stands, for its author: of the comment itself, but not that it was kept, which would tell
 * of reports, or the one that has removed it with everything that its author had written since a time.
 */
export async function selectLastDecisions(
  db: Queryable,
  keys: readonly ItemKey[],
): Promise<LastDecisionRow[]> {
  const rows = await db.query<ModerationDecisionRow & Omit<LastDecisionRow, 'decision'>>(
    `SELECT s.article_id::text AS "ofArticleId", s.comment_id::text AS "ofCommentId", ${decisionColumns}
FROM unnest((SELECT $1::bigint[]), (SELECT $2::bigint[])) AS s(article_id, comment_id)
JOIN LATERAL (
  (SELECT x.* FROM moderation_decision x
   WHERE x.article_id = s.article_id AND x.comment_id = s.comment_id AND x.undone_at IS NULL AND x.kind <> 'KEPT'
   ORDER BY x.id DESC LIMIT 1)
  UNION ALL
  -- By the removals of its author, of which there are few: no index has the comments of all removals.
  (SELECT x.* FROM comment c JOIN comment_removal w ON w.account_id = c.account_id
   JOIN moderation_decision_comment m ON m.decision_id = w.decision_id AND m.article_id = c.article_id AND m.comment_id = c.id
   JOIN moderation_decision x ON x.id = m.decision_id
   WHERE c.article_id = s.article_id AND c.id = s.comment_id AND x.undone_at IS NULL)
  ORDER BY id DESC LIMIT 1
) d ON true`,
    [keys.map(({ articleId }) => articleId), keys.map(({ commentId }) => commentId)],
  );
  return rows.map(({ ofArticleId, ofCommentId, ...decision }) => ({ ofArticleId, ofCommentId, decision }));
}
