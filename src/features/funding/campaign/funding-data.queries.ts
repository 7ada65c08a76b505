import type { PersonalData } from '../../../platform/db/personal-data.ts';

/** Pledges of an account, with their payments and what became of them. */
export const fundingData: PersonalData = {
  name: 'pledges',
  select: (db, accountId, { after, limit }) => {
    const [articleId, id] = (after ?? '0:0').split(':');
    return db.query(
      `SELECT p.article_id || ':' || p.id AS key, jsonb_build_object('article', a.slug, 'milestone', p.milestone,
         'amount', p.amount::text, 'currency', c.currency, 'testMode', c.test_mode, 'status', p.status,
         'displayName', p.display_name, 'pseudonym', p.pseudonym, 'createdAt', p.created_at,
         'activatedAt', p.activated_at, 'failureCode', p.failure_code, 'payments', (
           SELECT coalesce(jsonb_agg(jsonb_build_object('status', y.status, 'amount', y.amount::text,
             'providerId', y.provider_ref, 'failureCode', y.failure_code, 'createdAt', y.created_at,
             'settledAt', y.settled_at, 'givenBack', (SELECT coalesce(sum(f.amount), 0) FROM refund f
               WHERE f.article_id = y.article_id AND f.payment_id = y.id AND f.status = 'SUCCEEDED')::text)
             ORDER BY y.id), '[]')
           FROM payment y WHERE y.article_id = p.article_id AND y.pledge_id = p.id)) AS data
       FROM pledge p JOIN campaign c ON c.article_id = p.article_id JOIN article a ON a.id = p.article_id
       WHERE p.account_id = $1 AND (p.article_id, p.id) > ($2::bigint, $3::bigint)
       ORDER BY p.article_id, p.id LIMIT $4`,
      [accountId, articleId, id, limit],
    );
  },
};
