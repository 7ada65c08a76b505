import type { PersonalData } from '../feature/personal-data.ts';

/** Pledges of an account, with what became of them. */
export const fundingData: PersonalData = {
  name: 'pledges',
  select: (db, accountId, { after, limit }) => {
    const [articleId, id] = (after ?? '0:0').split(':');
    return db.query(
      `SELECT p.article_id || ':' || p.id AS key, jsonb_build_object('article', a.slug, 'milestone', p.milestone,
         'amount', p.amount::text, 'currency', c.currency, 'testMode', c.test_mode, 'status', p.status,
         'displayName', p.display_name, 'pseudonym', p.pseudonym, 'createdAt', p.created_at,
         'activatedAt', p.activated_at) AS data
       FROM pledge p JOIN campaign c ON c.article_id = p.article_id JOIN article a ON a.id = p.article_id
       WHERE p.account_id = $1 AND (p.article_id, p.id) > ($2::bigint, $3::bigint)
       ORDER BY p.article_id, p.id LIMIT $4`,
      [accountId, articleId, id, limit],
    );
  },
};
