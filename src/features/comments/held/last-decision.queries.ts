import type { Queryable } from '../../../platform/db/database.ts';
import {
  decisionColumns,
  lastDecisionAbout,
  type ModerationDecisionRow,
} from '../../../platform/screening/moderation-decision.queries.ts';
import type { CommentKey } from '../thread/comment.queries.ts';

/** The last decision about a comment that stands, alone or with others. */
export interface LastDecisionRow extends ModerationDecisionRow {
  readonly ofArticleId: string;
  readonly ofCommentId: string;
  /** What it still means for the comment, and for its author whom it has told; null: nothing. */
  readonly against: 'REJECTED' | 'REMOVED' | 'EDIT_REJECTED' | null;
}

/**
 * SQL for the last decision that stands about the comment `c`: of itself, but not that it was kept, which would tell of reports, or the
 * one that has removed it with everything that its author had written since a time.
 */
const lastDecision = `(
  (${lastDecisionAbout('c.article_id', 'c.id')})
  UNION ALL
  -- By the removals of its author, of which there are few: no index has the comments of all removals.
  (SELECT x.* FROM comment_removal w
   JOIN moderation_decision_comment m ON m.decision_id = w.decision_id AND m.article_id = c.article_id AND m.comment_id = c.id
   JOIN moderation_decision x ON x.id = m.decision_id
   WHERE w.account_id = c.account_id AND x.undone_at IS NULL)
  ORDER BY id DESC LIMIT 1
)`;

/** SQL for what the decision `d` means for the comment `c`. The comment may have changed since: its author has another text wait, for example. */
const against = `CASE
  WHEN c.account_id IS NULL OR d.subject_id IS DISTINCT FROM c.account_id THEN NULL
  WHEN d.kind = 'REJECTED' AND c.status = 'REJECTED' THEN 'REJECTED'
  WHEN d.kind IN ('REMOVED', 'REMOVED_SINCE') AND c.status = 'REMOVED' THEN 'REMOVED'
  WHEN d.kind = 'EDIT_REJECTED' AND c.status = 'PUBLISHED' AND EXISTS (SELECT FROM held_edit h
    WHERE h.article_id = c.article_id AND h.comment_id = c.id AND h.status = 'REJECTED' AND h.revision = d.revision)
  THEN 'EDIT_REJECTED' END`;

/** SQL for the decision that stands against the comment `c`, as JSON; null: none does. */
export const decisionAgainst = `(SELECT jsonb_build_object('kind', ${against}, 'reason', d.note, 'decidedAt', d.decided_at)
  FROM ${lastDecision} d WHERE ${against} IS NOT NULL)`;

/** The arrays are in subqueries for the reason given at `selectComments`. */
export function selectLastDecisions(db: Queryable, keys: readonly CommentKey[]): Promise<LastDecisionRow[]> {
  return db.query<LastDecisionRow>(
    `SELECT c.article_id::text AS "ofArticleId", c.id::text AS "ofCommentId", ${against} AS against, ${decisionColumns}
FROM unnest((SELECT $1::bigint[]), (SELECT $2::bigint[])) AS s(article_id, id)
JOIN comment c ON c.article_id = s.article_id AND c.id = s.id
JOIN LATERAL ${lastDecision} d ON true`,
    [keys.map(({ articleId }) => articleId), keys.map(({ id }) => id)],
  );
}
