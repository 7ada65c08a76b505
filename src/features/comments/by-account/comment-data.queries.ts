import type { PersonalData } from '../../../platform/db/personal-data.ts';
import { decisionAgainst } from '../held/last-decision.queries.ts';

/** Splits a key `article:comment` into its two numbers; the first page starts before the smallest key. */
const afterPair = (after: string | undefined): string[] => (after ?? '0:0').split(':');

/** Comments of an account in any status, with their earlier texts, a pending or rejected new text, and a moderator's decision. */
export const commentData: PersonalData = {
  name: 'comments',
  select: (db, accountId, { after, limit }) =>
    db.query(
      `SELECT c.article_id || ':' || c.id AS key, jsonb_build_object('article', a.slug, 'status', c.status,
         'createdAt', c.created_at, 'editedAt', c.edited_at, 'removedAt', c.removed_at, 'body', c.body_markdown,
         'heldEdit', (SELECT jsonb_build_object('status', h.status, 'editedAt', h.edited_at, 'body', h.body_markdown)
           FROM held_edit h WHERE h.article_id = c.article_id AND h.comment_id = c.id AND h.status <> 'SETTLED'),
         'decision', ${decisionAgainst},
         'earlier', (SELECT coalesce(jsonb_agg(jsonb_build_object('replacedAt', r.replaced_at, 'body', r.body_markdown)
             ORDER BY r.revision), '[]')
           FROM comment_revision r WHERE r.article_id = c.article_id AND r.comment_id = c.id)) AS data
       FROM comment c JOIN article a ON a.id = c.article_id
       WHERE c.account_id = $1 AND (c.article_id, c.id) > ($2::bigint, $3::bigint)
       ORDER BY c.article_id, c.id LIMIT $4`,
      [accountId, ...afterPair(after), limit],
    ),
};

/** Reactions to comments. */
export const reactionData: PersonalData = {
  name: 'reactions',
  select: (db, accountId, { after, limit }) => {
    const [articleId = '0', commentId = '0', kind = ''] = (after ?? '').split(':');
    return db.query(
      `SELECT r.article_id || ':' || r.comment_id || ':' || r.kind AS key,
         jsonb_build_object('article', a.slug, 'commentId', r.comment_id::text, 'kind', r.kind, 'createdAt', r.created_at)
           AS data
       FROM comment_reaction r JOIN article a ON a.id = r.article_id
       WHERE r.account_id = $1 AND (r.article_id, r.comment_id, r.kind) > ($2::bigint, $3::bigint, $4::text)
       ORDER BY r.article_id, r.comment_id, r.kind LIMIT $5`,
      [accountId, articleId || '0', commentId, kind, limit],
    );
  },
};
