import type { ArticleFacts } from '../../articles/article/article.policy.ts';
import { articleFactsJson, queueSql } from '../../articles/article/article.queries.ts';
import type { Queryable, Tx } from '../../../platform/db/database.ts';
import type { CommentFacts } from '../thread/comment.policy.ts';
import type { CommentKey } from '../thread/comment.queries.ts';

export type ReactionKind = 'LIKE' | 'INSIGHTFUL' | 'DISAGREE';

/** One account's reaction of one kind to a comment. */
export interface AccountReaction extends CommentKey {
  readonly accountId: string;
  readonly kind: ReactionKind;
}

const reactionColumns = `r.article_id::text AS "articleId", r.comment_id::text AS id, r.account_id::text AS "accountId", r.kind`;

/** Selects one account's reactions to some comments. */
export function selectReactionsBy(
  db: Queryable,
  accountId: string,
  keys: readonly CommentKey[],
): Promise<AccountReaction[]> {
  return db.query(
    `SELECT ${reactionColumns}
FROM unnest((SELECT $2::bigint[]), (SELECT $3::bigint[])) AS s(article_id, comment_id)
JOIN comment_reaction r ON r.article_id = s.article_id AND r.comment_id = s.comment_id AND r.account_id = $1`,
    [accountId, keys.map((key) => key.articleId), keys.map((key) => key.id)],
  );
}

/** Selects all accounts' reactions to some comments, at most `limit`. */
export function selectReactions(
  db: Queryable,
  keys: readonly CommentKey[],
  limit: number,
): Promise<AccountReaction[]> {
  return db.query(
    `SELECT ${reactionColumns}
FROM unnest((SELECT $1::bigint[]), (SELECT $2::bigint[])) AS s(article_id, comment_id)
JOIN comment_reaction r ON r.article_id = s.article_id AND r.comment_id = s.comment_id LIMIT $3`,
    [keys.map((key) => key.articleId), keys.map((key) => key.id), limit],
  );
}

/**
 * Locks a comment against removal and its article against unpublishing until the transaction ends. Any number of
 * reactions can hold this lock at once.
 */
export async function lockForReaction(tx: Tx, key: CommentKey): Promise<CommentFacts | undefined> {
  const [row] = await tx.query<CommentFacts & { article: ArticleFacts }>(
    `WITH ${queueSql('$1', 'shared')}
     SELECT c.status, c.listed, c.depth, c.account_id::text AS "accountId", c.created_at AS "createdAt",
       ${articleFactsJson} AS article
     FROM queue, comment c JOIN article a ON a.id = c.article_id
     WHERE c.article_id = $1 AND c.id = $2 FOR KEY SHARE OF c FOR SHARE OF a`,
    [key.articleId, key.id],
  );
  return row;
}

/** @param by 1 or -1: whether the row in `changed` is added or removed */
const countReaction = (changed: string, by: 1 | -1) => `WITH changed AS (${changed} RETURNING kind)
UPDATE comment_counter SET
  like_count = like_count + ${by} * (changed.kind = 'LIKE')::int,
  insightful_count = insightful_count + ${by} * (changed.kind = 'INSIGHTFUL')::int,
  disagree_count = disagree_count + ${by} * (changed.kind = 'DISAGREE')::int,
  score = score + ${by} * CASE changed.kind WHEN 'DISAGREE' THEN -1 ELSE 1 END
FROM changed WHERE article_id = $1 AND comment_id = $2 RETURNING comment_id`;

const statements = {
  add: countReaction(
    'INSERT INTO comment_reaction (article_id, comment_id, account_id, kind) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING',
    1,
  ),
  remove: countReaction(
    'DELETE FROM comment_reaction WHERE article_id = $1 AND comment_id = $2 AND account_id = $3 AND kind = $4',
    -1,
  ),
};

/** @returns whether anything changed; repeating a reaction changes nothing */
export async function changeReaction(
  tx: Tx,
  change: 'add' | 'remove',
  { articleId, id, accountId, kind }: AccountReaction,
): Promise<boolean> {
  const rows = await tx.query(statements[change], [articleId, id, accountId, kind]);
  return rows.length === 1;
}
