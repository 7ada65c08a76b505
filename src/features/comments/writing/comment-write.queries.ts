import type { ArticleFacts } from '../../articles/article/article.policy.ts';
import { articleFactsJson, queueSql } from '../../articles/article/article.queries.ts';
import { ordinalSql, pathElementSql } from '../../../platform/db/ordinal.ts';
import type { Tx } from '../../../platform/db/database.ts';
import { screeningFactsJson, type ScreeningFacts } from '../../screening/screened-article.queries.ts';
import type { CommentFacts, CommentStatus } from '../thread/comment.policy.ts';

/** The parent of a reply. */
export interface ParentRow {
  readonly id: string;
  readonly rootId: string;
  readonly depth: number;
  readonly path: Buffer;
  readonly status: CommentStatus;
  readonly accountId: string | null;
  /** Whether the comment is public, or was until it was removed. */
  readonly wasPublic: boolean;
  readonly listed: boolean;
}

/**
 * Locks the parent of a reply against removal until the transaction ends; waits for a removal in progress and then
 * returns its result. Any number of replies can hold this lock at once.
 */
export async function lockParent(tx: Tx, articleId: string, id: string): Promise<ParentRow | undefined> {
  const [row] = await tx.query<ParentRow>(
    `SELECT id::text AS id, root_id::text AS "rootId", depth, path, status, account_id::text AS "accountId", listed,
       coalesce(removed_status, status) = 'PUBLISHED' AS "wasPublic"
     FROM comment WHERE article_id = $1 AND id = $2 FOR KEY SHARE`,
    [articleId, id],
  );
  return row;
}

/** A comment that is locked for a change. */
export interface LockedCommentRow extends Omit<CommentFacts, 'article'> {
  /** The status before the removal; null unless the comment is removed. */
  readonly removedStatus: Exclude<CommentStatus, 'REMOVED'> | null;
  /** Whether its author has removed it, alone or after a moderator. */
  readonly isWithdrawn: boolean;
  /** The idempotency key of a comment that was held for a moderator. */
  readonly heldKey: string | null;
  readonly parentId: string | null;
  readonly rootId: string;
  readonly revision: number;
  readonly bodyMarkdown: string;
  readonly article: ArticleFacts;
  readonly screening: ScreeningFacts;
}

/**
 * Locks a comment against every change and every new reply; waits for replies in progress. Takes the same lock on its
 * article as `lockArticle`: during an unpublishing, permission to write depends on the article's status afterwards.
 */
export async function lockComment(
  tx: Tx,
  articleId: string,
  id: string,
): Promise<LockedCommentRow | undefined> {
  const [row] = await tx.query<LockedCommentRow>(
    `WITH ${queueSql('$1', 'shared')}
     SELECT c.parent_id::text AS "parentId", c.root_id::text AS "rootId", c.depth, c.status, c.listed, c.revision,
       c.removed_status AS "removedStatus", c.withdrawn_at IS NOT NULL AS "isWithdrawn", c.held_key AS "heldKey",
       c.body_markdown AS "bodyMarkdown", c.account_id::text AS "accountId", c.created_at AS "createdAt",
       ${articleFactsJson} AS article, ${screeningFactsJson} AS screening
     FROM queue, comment c JOIN article a ON a.id = c.article_id
     WHERE c.article_id = $1 AND c.id = $2 FOR UPDATE OF c FOR SHARE OF a`,
    [articleId, id],
  );
  return row;
}

export interface NewComment {
  readonly articleId: string;
  readonly id: string;
  readonly parent: ParentRow | undefined;
  readonly accountId: string;
  readonly status: 'PUBLISHED' | 'PENDING';
  readonly idempotencyKey: string | undefined;
  readonly markdown: string;
  readonly html: string;
  readonly text: string;
}

/**
 * Updates the counters of the parent and of the thread's first comment, which may be the same row. Both rows are locked
 * first, in a fixed order: a plain UPDATE locks rows in the order in which it finds them, and a scan finds rows where
 * their last change has put them.
 */
const bumpAncestors = `
  WITH locked AS (
    SELECT comment_id FROM comment_counter WHERE article_id = $1 AND comment_id IN ($2, $3)
    ORDER BY comment_id <> $3 FOR NO KEY UPDATE
  )
  UPDATE comment_counter c SET
    reply_count = reply_count + CASE WHEN c.comment_id = $2 THEN $4::int ELSE 0 END,
    listed_reply_count = listed_reply_count + CASE WHEN c.comment_id = $2 THEN $5::int ELSE 0 END,
    ever_replied = ever_replied OR c.comment_id = $2,
    descendant_count = descendant_count + CASE WHEN c.comment_id = $3 THEN $4::int ELSE 0 END
  FROM locked WHERE c.article_id = $1 AND c.comment_id = locked.comment_id`;

/** The ancestors whose counters change with a comment. */
export interface Place {
  readonly articleId: string;
  readonly parentId: string;
  readonly rootId: string;
}

/**
 * Must run before a change of the comment's own counter (the insertion of a new one is none, because nobody else can
 * lock it yet): counters are always locked from the thread's first comment
 * downwards, because two writers with different orders would deadlock.
 * @param change the change in the number of published replies; `listed` counts tombstones too
 */
export async function updateAncestorCounts(
  tx: Tx,
  { articleId, parentId, rootId }: Place,
  change: { published: number; listed: number },
): Promise<void> {
  await tx.query(bumpAncestors, [articleId, parentId, rootId, change.published, change.listed]);
}

const bumpAll = `
  WITH locked AS (
    SELECT comment_id FROM comment_counter
    WHERE article_id = $1 AND comment_id = ANY((SELECT $2::bigint[])::bigint[])
    ORDER BY array_position($2::bigint[], comment_id) FOR NO KEY UPDATE
  )
  UPDATE comment_counter c SET
    reply_count = reply_count + d.replies,
    listed_reply_count = listed_reply_count + d.replies,
    ever_replied = ever_replied OR d.replies > 0,
    descendant_count = descendant_count + d.descendants
  FROM locked JOIN unnest((SELECT $2::bigint[]), (SELECT $3::int[]), (SELECT $4::int[])) AS d(id, replies, descendants)
    ON d.id = locked.comment_id
  WHERE c.article_id = $1 AND c.comment_id = locked.comment_id`;

/**
 * Counts new public replies of one article at their ancestors. Each counter is changed once: the second change of a row in one
 * transaction has PostgreSQL lock what the row belongs to, here the comment, which a removal locks before the counters.
 */
export async function countReplies(tx: Tx, articleId: string, parents: readonly ParentRow[]): Promise<void> {
  // By their paths: every writer locks the counters of an article in this order.
  const sorted = [...parents].sort((a, b) => Buffer.compare(a.path, b.path));
  const changes = new Map<string, { replies: number; descendants: number }>();
  const changeOf = (id: string) => {
    const change = changes.get(id) ?? { replies: 0, descendants: 0 };
    changes.set(id, change);
    return change;
  };
  for (const { id, rootId } of sorted) {
    changeOf(rootId).descendants += 1;
    changeOf(id).replies += 1;
  }
  const all = [...changes.values()];
  await tx.query(bumpAll, [
    articleId,
    [...changes.keys()],
    all.map(({ replies }) => replies),
    all.map(({ descendants }) => descendants),
  ]);
}

/** What the removal of several comments changes in the counters of one of their ancestors. */
export interface AncestorChange {
  readonly id: string;
  readonly replies: number;
  readonly listedReplies: number;
  readonly descendants: number;
}

/** Changes counters of several ancestors, whose rows the transaction has locked. */
export async function updateLockedAncestors(
  tx: Tx,
  articleId: string,
  changes: readonly AncestorChange[],
): Promise<void> {
  await tx.query(
    `UPDATE comment_counter c SET reply_count = reply_count + d.replies, listed_reply_count = listed_reply_count + d.listed,
       descendant_count = descendant_count + d.descendants
     FROM unnest($2::bigint[], $3::int[], $4::int[], $5::int[]) AS d(id, replies, listed, descendants)
     WHERE c.article_id = $1 AND c.comment_id = d.id`,
    [
      articleId,
      changes.map(({ id }) => id),
      changes.map(({ replies }) => replies),
      changes.map(({ listedReplies }) => listedReplies),
      changes.map(({ descendants }) => descendants),
    ],
  );
}

const insertStatement = (isRoot: boolean): string => `
WITH made AS (SELECT now, ${ordinalSql('now', '$2::bigint')} AS ordinal FROM clock_timestamp() AS now),
placed AS (
  SELECT now, ordinal, coalesce($6::bytea, ''::bytea) ||
    ${pathElementSql('ordinal', isRoot)} AS path FROM made
), inserted AS (
  INSERT INTO comment (article_id, id, parent_id, root_id, depth, path, ordinal, account_id, status, listed,
    body_markdown, body_html, body_text, held_key, created_at, created_precision)
  SELECT $1, $2, $3, $4, $5, path, ordinal, $7, $8, $8 = 'PUBLISHED', $9, $10, $11, $12, now, 'INSTANT' FROM placed
  RETURNING article_id, id, coalesce(parent_id, 0) AS parent_id, ordinal, listed
)
INSERT INTO comment_counter (article_id, comment_id, parent_id, ordinal, listed)
SELECT article_id, id, parent_id, ordinal, listed FROM inserted`;

const [insertRoot, insertReply] = [insertStatement(true), insertStatement(false)];

export async function insertComment(tx: Tx, comment: NewComment): Promise<void> {
  const { parent } = comment;
  await tx.query(parent ? insertReply : insertRoot, [
    comment.articleId,
    comment.id,
    parent?.id ?? null,
    parent?.rootId ?? comment.id,
    parent ? parent.depth + 1 : 0,
    parent?.path ?? null,
    comment.accountId,
    comment.status,
    comment.markdown,
    comment.html,
    comment.text,
    comment.status === 'PENDING' ? (comment.idempotencyKey ?? null) : null,
  ]);
}

/**
 * SQL for the number of the next text of a comment `c`: also a new text that has waited and is gone had one of its own, which somebody
 * may have read.
 */
export const nextRevisionSql = `1 + greatest(c.revision, (SELECT e.revision FROM held_edit e
    WHERE e.article_id = c.article_id AND e.comment_id = c.id))`;

/**
 * Stores the old text as a revision and replaces it with the new one.
 * @returns the revision of the new text
 */
export async function updateCommentBody(
  tx: Tx,
  key: { articleId: string; id: string },
  body: { markdown: string; html: string; text: string },
): Promise<number> {
  const [row] = await tx.query<{ revision: number }>(
    `WITH kept AS (
  INSERT INTO comment_revision (article_id, comment_id, revision, body_markdown)
  SELECT article_id, id, revision, body_markdown FROM comment WHERE article_id = $1 AND id = $2
)
UPDATE comment c SET body_markdown = $3, body_html = $4, body_text = $5, revision = ${nextRevisionSql},
  edited_at = clock_timestamp()
WHERE article_id = $1 AND id = $2 RETURNING c.revision`,
    [key.articleId, key.id, body.markdown, body.html, body.text],
  );
  if (!row) throw new Error('A locked comment vanished');
  return row.revision;
}

/** Whether a locked comment ever had a reply, and so stays as a tombstone when removed. */
export async function hasEverReplied(tx: Tx, key: { articleId: string; id: string }): Promise<boolean> {
  const [row] = await tx.query<{ everReplied: boolean }>(
    `SELECT ever_replied AS "everReplied" FROM comment_counter WHERE article_id = $1 AND comment_id = $2`,
    [key.articleId, key.id],
  );
  if (!row) throw new Error('A locked comment vanished');
  return row.everReplied;
}

/**
 * Removes locked comments of one article; one that ever had a reply stays listed, as a tombstone. Their reactions are kept but no
 * longer counted, so that neither the counts nor the position in the TOP order reveal them.
 */
export async function updateCommentsRemoved(
  tx: Tx,
  articleId: string,
  ids: readonly string[],
  isWithdrawn = false,
): Promise<void> {
  await tx.query(
    `WITH counted AS (
  UPDATE comment_counter SET listed = ever_replied, like_count = 0, insightful_count = 0, disagree_count = 0, score = 0
  WHERE article_id = $1 AND comment_id = ANY($2::bigint[]) RETURNING comment_id, listed
)
UPDATE comment c SET status = 'REMOVED', removed_at = clock_timestamp(), removed_status = c.status, listed = k.listed,
  withdrawn_at = CASE WHEN $3 THEN clock_timestamp() END
FROM counted k WHERE c.article_id = $1 AND c.id = k.comment_id`,
    [articleId, ids, isWithdrawn],
  );
}

/**
 * Stores that its author has removed a locked comment as well that was removed before. Not for one that the same transaction removes: the
 * second change of a row in a transaction has PostgreSQL look at its parent again, which another removal may have locked.
 */
export async function updateCommentWithdrawn(tx: Tx, key: { articleId: string; id: string }): Promise<void> {
  await tx.query(
    `UPDATE comment SET withdrawn_at = clock_timestamp()
     WHERE article_id = $1 AND id = $2 AND withdrawn_at IS NULL`,
    [key.articleId, key.id],
  );
}

/**
 * Gives a locked comment another status, lists it if the status is PUBLISHED, and counts its reactions again, with the likes
 * that were imported. The
 * comment keeps its idempotency key until it is published, because the event that makes it public carries the key.
 */
export async function updateCommentStatus(
  tx: Tx,
  key: { articleId: string; id: string },
  status: Exclude<CommentStatus, 'REMOVED'>,
): Promise<void> {
  await tx.query(
    `WITH counted AS (
  UPDATE comment_counter SET listed = $3 = 'PUBLISHED', like_count = r.likes + imported_like_count,
    insightful_count = r.insightful, disagree_count = r.disagree,
    score = r.likes + imported_like_count + r.insightful - r.disagree
  FROM (SELECT count(*) FILTER (WHERE kind = 'LIKE')::int AS likes,
      count(*) FILTER (WHERE kind = 'INSIGHTFUL')::int AS insightful,
      count(*) FILTER (WHERE kind = 'DISAGREE')::int AS disagree
    FROM comment_reaction WHERE article_id = $1 AND comment_id = $2) r
  WHERE article_id = $1 AND comment_id = $2
)
UPDATE comment SET status = $3, listed = $3 = 'PUBLISHED', removed_at = NULL, removed_status = NULL, withdrawn_at = NULL,
  held_key = CASE WHEN $3 = 'PUBLISHED' THEN NULL ELSE held_key END
WHERE article_id = $1 AND id = $2`,
    [key.articleId, key.id, status],
  );
}
