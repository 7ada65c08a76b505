import type { PersonalData } from '../../platform/db/personal-data.ts';

/** Endorsements of an account, including withdrawn ones. */
export const endorsementData: PersonalData = {
  name: 'endorsements',
  select: (db, accountId, { after, limit }) => {
    const [articleId, id] = (after ?? '0:0').split(':');
    return db.query(
      `SELECT e.article_id || ':' || e.id AS key, jsonb_build_object('article', a.slug, 'displayName', e.display_name,
         'affiliation', e.affiliation, 'statement', e.statement, 'byMail', e.by_mail, 'createdAt', e.created_at, 'withdrawnAt', e.withdrawn_at)
           AS data
       FROM endorsement e JOIN article a ON a.id = e.article_id
       WHERE e.account_id = $1 AND (e.article_id, e.id) > ($2::bigint, $3::bigint)
       ORDER BY e.article_id, e.id LIMIT $4`,
      [accountId, articleId, id, limit],
    );
  },
};
