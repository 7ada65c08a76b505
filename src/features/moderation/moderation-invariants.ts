import type { Invariants } from '../../platform/feature/invariants.ts';
import type { KeyedObjects } from '../../platform/idempotency/idempotency.queries.ts';

declare module '../../platform/idempotency/idempotency.queries.ts' {
  interface IdSequences {
    readonly moderation_decision_id_seq: true;
  }
}

/** What holds of the moderators’ queue and log whenever no transaction is open. */
export const moderationInvariants = {
  'the log of moderation counts from 1 without a gap': `
SELECT format('%s events from %s to %s; the log says %s to %s', e.n, e.first, e.last, l.pruned_sequence + 1, l.sequence) AS violation
FROM (SELECT 1) always LEFT JOIN moderation_log l ON true
CROSS JOIN (SELECT count(*) AS n, min(sequence) AS first, max(sequence) AS last FROM moderation_event) e
WHERE l.id IS NULL OR e.n <> l.sequence - l.pruned_sequence
  OR e.n > 0 AND (e.first, e.last) IS DISTINCT FROM (l.pruned_sequence + 1, l.sequence)`,

  // What reports have taken back waits as a removed comment.
  'the moderators’ queue equals a recount': `
WITH held AS (
  SELECT article_id, id AS comment_id, account_id, 'COMMENT' AS held FROM comment WHERE status = 'PENDING'
  UNION ALL
  SELECT article_id, c.id, c.account_id, 'EDIT' FROM held_edit e JOIN comment c USING (article_id)
  WHERE c.id = e.comment_id AND c.status = 'PUBLISHED' AND e.status = 'PENDING'
  UNION ALL
  SELECT i.article_id, i.comment_id, c.account_id, 'REPORTS' FROM moderation_item i JOIN comment c
    ON c.article_id = i.article_id AND c.id = i.comment_id
  WHERE i.held = 'REPORTS' AND c.status = 'REMOVED' AND c.removed_status = 'PUBLISHED' AND c.body_markdown <> ''
), reported AS (
  SELECT r.article_id, r.comment_id, min(c.account_id) AS account_id, count(*)::int AS reports
  FROM comment_report r JOIN comment c ON c.article_id = r.article_id AND c.id = r.comment_id
  WHERE r.state = 'OPEN' GROUP BY 1, 2
), expected AS (
  SELECT article_id, comment_id, coalesce(h.account_id, r.account_id) AS account_id, h.held, coalesce(r.reports, 0) AS reports
  FROM held h FULL JOIN reported r USING (article_id, comment_id)
)
SELECT format('comment %s:%s: stored %s, counted %s', article_id, comment_id, row(i.account_id, i.held, i.reports),
  row(e.account_id, e.held, e.reports)) AS violation
FROM expected e FULL JOIN moderation_item i USING (article_id, comment_id)
WHERE (i.account_id, i.held, i.reports) IS DISTINCT FROM (e.account_id, e.held, e.reports)`,

  'a comment whose report is open is public, or was taken back by reports': `
SELECT format('comment %s:%s is %s', c.article_id, c.id, c.status) AS violation
FROM comment c JOIN comment_report r ON r.article_id = c.article_id AND r.comment_id = c.id AND r.state = 'OPEN'
LEFT JOIN moderation_item i ON i.article_id = c.article_id AND i.comment_id = c.id
WHERE c.status IN ('REMOVED', 'REJECTED') AND i.held IS DISTINCT FROM 'REPORTS'`,
} satisfies Invariants;

/** What idempotency keys lead to. */
export const moderationKeys = {
  moderation_decision_id_seq: {
    isOwned: `EXISTS (SELECT FROM moderation_decision d
      WHERE i.article_id = d.id AND i.result_id = d.id AND d.actor_id = i.account_id)`,
  },
} satisfies KeyedObjects;
