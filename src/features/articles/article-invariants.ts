import type { Invariants } from '../../platform/feature/invariants.ts';
import type { KeyedObjects } from '../../platform/idempotency/idempotency.queries.ts';

declare module '../../platform/idempotency/idempotency.queries.ts' {
  interface IdSequences {
    readonly article_id_seq: true;
  }
}

/** What holds of articles whenever no transaction is open. */
export const articleInvariants = {
  'a published article has a time of publication, and a draft that was never public no log': `
SELECT format('article %s is %s, published %s, %s events', a.id, a.status, a.published_at, k.sequence) AS violation
FROM article a LEFT JOIN article_counter k ON k.article_id = a.id
WHERE k.article_id IS NULL OR (a.status = 'DRAFT') <> (a.published_at IS NULL) OR (a.status = 'DRAFT' AND k.sequence > 0)`,

  'the log of an unpublished article ends with that, except for actions of its journalist and editors': `
SELECT format('article %s: event %s, %s', e.article_id, e.sequence, e.kind) AS violation
FROM article a JOIN article_event e ON e.article_id = a.id
WHERE a.status = 'UNPUBLISHED' AND e.kind IN ('COMMENT_ADDED', 'ENDORSEMENT_ADDED', 'ARTICLE_UPDATED',
    'PLEDGE_ADDED', 'MILESTONE_REACHED')
  AND e.sequence > (SELECT max(u.sequence) FROM article_event u
    WHERE u.article_id = a.id AND u.kind = 'ARTICLE_UNPUBLISHED')`,

  'an article’s lists count from 0 without a gap': `
SELECT format('article %s', a.id) AS violation FROM article a
CROSS JOIN LATERAL (SELECT count(*) AS n, coalesce(max(position), -1) AS last FROM article_tag
  WHERE article_id = a.id) t
CROSS JOIN LATERAL (SELECT count(*) AS n, coalesce(max(position), -1) AS last FROM signature
  WHERE article_id = a.id) s
WHERE t.n <> t.last + 1 OR s.n <> s.last + 1`,
} satisfies Invariants;

/** What idempotency keys lead to. */
export const articleKeys = {
  article_id_seq: {
    isOwned: `EXISTS (SELECT FROM article a WHERE a.id = i.article_id AND a.id = i.result_id)`,
  },
} satisfies KeyedObjects;
