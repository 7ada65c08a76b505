import type { Invariants } from '../../platform/feature/invariants.ts';
import type { KeyedObjects } from '../../platform/idempotency/idempotency.queries.ts';

declare module '../../platform/idempotency/idempotency.queries.ts' {
  interface IdSequences {
    readonly comment_id_seq: true;
  }
}

/** What holds of comments whenever no transaction is open. */
export const commentInvariants = {
  'a comment’s counts equal a recount': `
WITH replies AS (
  SELECT article_id, parent_id AS id, count(*) FILTER (WHERE status = 'PUBLISHED')::int AS published,
    count(*) FILTER (WHERE listed)::int AS listed
  FROM comment WHERE parent_id IS NOT NULL GROUP BY 1, 2
), below AS (
  SELECT article_id, root_id AS id, count(*) FILTER (WHERE status = 'PUBLISHED')::int AS published
  FROM comment WHERE depth > 0 GROUP BY 1, 2
), counted AS (
  SELECT c.article_id, c.id, coalesce(r.published, 0) AS replies, coalesce(r.listed, 0) AS listed,
    CASE WHEN c.depth = 0 THEN coalesce(b.published, 0) ELSE 0 END AS descendants
  FROM comment c LEFT JOIN replies r USING (article_id, id) LEFT JOIN below b USING (article_id, id)
)
SELECT format('comment %s:%s: stored %s, counted %s', c.article_id, c.id,
  row(k.reply_count, k.listed_reply_count, k.descendant_count), row(c.replies, c.listed, c.descendants)) AS violation
FROM counted c LEFT JOIN comment_counter k ON k.article_id = c.article_id AND k.comment_id = c.id
WHERE (k.reply_count, k.listed_reply_count, k.descendant_count)
  IS DISTINCT FROM (c.replies, c.listed, c.descendants)`,

  'a comment’s reaction counts equal a recount, and are zero for a removed comment': `
SELECT format('comment %s:%s: stored %s, counted %s', k.article_id, k.comment_id,
  row(k.like_count, k.insightful_count, k.disagree_count, k.score), row(r.likes, r.insightful, r.disagree)) AS violation
FROM comment_counter k JOIN comment c ON c.article_id = k.article_id AND c.id = k.comment_id
CROSS JOIN LATERAL (SELECT (count(*) FILTER (WHERE kind = 'LIKE')
    + CASE c.status WHEN 'REMOVED' THEN 0 ELSE k.imported_like_count END)::int AS likes,
  count(*) FILTER (WHERE kind = 'INSIGHTFUL')::int AS insightful,
  count(*) FILTER (WHERE kind = 'DISAGREE')::int AS disagree
  FROM comment_reaction WHERE article_id = k.article_id AND comment_id = k.comment_id AND c.status <> 'REMOVED') r
WHERE (k.like_count, k.insightful_count, k.disagree_count, k.score)
  IS DISTINCT FROM (r.likes, r.insightful, r.disagree, r.likes + r.insightful - r.disagree)`,

  'likes are imported with comments that were imported': `
SELECT format('comment %s:%s: %s', k.article_id, k.comment_id, k.imported_like_count) AS violation
FROM comment_counter k JOIN comment c ON c.article_id = k.article_id AND c.id = k.comment_id
WHERE k.imported_like_count < 0 OR (k.imported_like_count > 0 AND c.import_key IS NULL)`,

  'the columns for orders by reactions equal those of the comment': `
SELECT format('comment %s:%s', k.article_id, k.comment_id) AS violation
FROM comment_counter k JOIN comment c ON c.article_id = k.article_id AND c.id = k.comment_id
WHERE (k.parent_id, k.ordinal, k.listed) IS DISTINCT FROM (coalesce(c.parent_id, 0), c.ordinal, c.listed)`,

  'a comment with a reply is marked as ever replied to': `
SELECT format('comment %s:%s', k.article_id, k.comment_id) AS violation FROM comment_counter k
WHERE NOT k.ever_replied AND EXISTS (SELECT FROM comment c
  WHERE c.article_id = k.article_id AND c.parent_id = k.comment_id AND c.listed)`,

  'the parent of a listed comment is listed': `
SELECT format('comment %s:%s under %s', c.article_id, c.id, p.id) AS violation
FROM comment c JOIN comment p ON p.article_id = c.article_id AND p.id = c.parent_id WHERE c.listed AND NOT p.listed`,

  'a removed comment stays exactly if it ever had a reply': `
SELECT format('comment %s:%s', c.article_id, c.id) AS violation
FROM comment c JOIN comment_counter k ON k.article_id = c.article_id AND k.comment_id = c.id
WHERE c.status = 'REMOVED' AND c.listed <> k.ever_replied`,

  'a comment’s place follows from its parent’s': `
SELECT format('comment %s:%s', c.article_id, c.id) AS violation
FROM comment c LEFT JOIN comment p ON p.article_id = c.article_id AND p.id = c.parent_id
WHERE (c.depth, c.root_id) IS DISTINCT FROM (coalesce(p.depth + 1, 0), coalesce(p.root_id, c.id))
  OR length(c.path) <> 8 * (c.depth + 1) OR substr(c.path, 1, 8 * c.depth) <> coalesce(p.path, ''::bytea)`,

  // An imported comment may be older than its article's log, and may have been removed before (it has no text then). A
  // comment that was removed while pending was never public.
  'every comment that became public was added once, and every removed one removed once': `
SELECT format('comment %s:%s (%s): %s added, %s removed', c.article_id, c.id, c.status, e.added, e.removed) AS violation
FROM comment c CROSS JOIN LATERAL (SELECT count(*) FILTER (WHERE kind = 'COMMENT_ADDED') AS added,
  count(*) FILTER (WHERE kind = 'COMMENT_REMOVED') - count(*) FILTER (WHERE kind = 'COMMENT_RESTORED') AS removed
  FROM article_event WHERE article_id = c.article_id AND subject_id = c.id) e
WHERE NOT CASE
  WHEN c.status IN ('PENDING', 'REJECTED') THEN e.added = 0 AND e.removed = 0
  WHEN c.import_key IS NOT NULL THEN e.added <= 1
    AND (e.removed = (c.status = 'REMOVED')::int OR (c.status = 'REMOVED' AND e.removed = 0 AND c.body_markdown = ''))
  WHEN c.status = 'PUBLISHED' THEN e.added = 1 AND e.removed = 0
  ELSE e.added = e.removed AND e.added <= 1 AND (e.added = 1 OR NOT c.listed) END`,

  'events name comments of their own article, in the order of their lives': `
SELECT format('article %s: event %s, %s of comment %s', e.article_id, e.sequence, e.kind, e.subject_id) AS violation
FROM article_event e LEFT JOIN comment c ON c.article_id = e.article_id AND c.id = e.subject_id
LEFT JOIN article_event a ON a.article_id = e.article_id AND a.subject_id = e.subject_id AND a.kind = 'COMMENT_ADDED'
LEFT JOIN LATERAL (SELECT max(r.sequence) AS sequence FROM article_event r WHERE r.article_id = e.article_id
  AND r.subject_id = e.subject_id AND r.kind = 'COMMENT_REMOVED') r ON c.status = 'REMOVED'
WHERE e.kind LIKE 'COMMENT\\_%' AND e.subject_id IS NOT NULL
  AND (c.id IS NULL OR e.sequence < a.sequence OR e.sequence > r.sequence
    OR (e.kind = 'COMMENT_REMOVED' AND c.status = 'REMOVED' AND e.sequence = r.sequence AND (e.detail IS NOT NULL) = c.listed))`,

  // A text that waits takes a number, and leaves none behind.
  'a comment that is public holds no key any more': `
SELECT format('comment %s:%s', article_id, id) AS violation FROM comment
WHERE held_key IS NOT NULL AND coalesce(removed_status, status) = 'PUBLISHED'`,

  // The keys of an erased account are deleted.
  'an event of a comment carries the key that made it': `
SELECT format('article %s: event %s', e.article_id, e.sequence) AS violation FROM article_event e
JOIN comment c ON c.article_id = e.article_id AND c.id = e.subject_id AND c.account_id IS NOT NULL
WHERE e.kind LIKE 'COMMENT\\_%' AND e.idempotency_key IS NOT NULL AND NOT EXISTS (SELECT FROM idempotency_key i
  WHERE i.key = e.idempotency_key AND i.article_id = e.article_id AND i.result_id = e.subject_id)`,

  'old texts are kept, one for each edit': `
SELECT format('comment %s:%s: revision %s, %s kept', c.article_id, c.id, c.revision, r.n) AS violation
FROM comment c CROSS JOIN LATERAL (SELECT count(*)::int AS n, max(revision) AS last FROM comment_revision
  WHERE article_id = c.article_id AND comment_id = c.id) r
WHERE r.last >= c.revision OR CASE WHEN EXISTS (SELECT FROM held_edit e WHERE e.article_id = c.article_id AND e.comment_id = c.id)
  THEN r.n >= c.revision OR (r.n = 0 AND c.revision > 1) ELSE r.n <> c.revision - 1 END`,

  'a held text has a revision of its own, an author, and a comment that became public': `
SELECT format('comment %s:%s: revision %s, held %s (%s)', c.article_id, c.id, c.revision, e.revision, e.status) AS violation
FROM held_edit e JOIN comment c ON c.article_id = e.article_id AND c.id = e.comment_id
WHERE coalesce(c.removed_status, c.status) <> 'PUBLISHED' OR c.account_id IS NULL OR e.ordinal <> c.ordinal
  OR (e.status <> 'SETTLED' AND (e.revision <= c.revision OR e.body_markdown = c.body_markdown))`,

  'a comment that was never public has no reaction': `
SELECT format('comment %s:%s', c.article_id, c.id) AS violation FROM comment c
WHERE coalesce(c.removed_status, c.status) <> 'PUBLISHED' AND EXISTS (SELECT FROM comment_reaction r
  WHERE r.article_id = c.article_id AND r.comment_id = c.id)`,
} satisfies Invariants;

/** What idempotency keys lead to. */
export const commentKeys = {
  comment_id_seq: {
    isOwned: `EXISTS (SELECT FROM comment c
      WHERE c.article_id = i.article_id AND c.id = i.result_id AND c.account_id = i.account_id)`,
    announcedBy: 'COMMENT_ADDED',
  },
} satisfies KeyedObjects;
