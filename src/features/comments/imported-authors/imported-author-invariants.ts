import type { Invariants } from '../../../platform/feature/invariants.ts';

/** What holds of imported authors whenever no transaction is open. */
export const importedAuthorInvariants = {
  'an imported author’s comments belong to the account that claimed them, and to nobody once forgotten': `
SELECT format('comment %s:%s: account %s, author %s', c.article_id, c.id, c.account_id, ia.id) AS violation
FROM comment c JOIN imported_author ia ON ia.id = c.imported_author_id
WHERE NOT ia.is_moving AND c.account_id IS DISTINCT FROM ia.account_id
UNION ALL
SELECT format('author %s is claimed and still to be claimed', id) FROM imported_author
WHERE (account_id IS NOT NULL OR forgotten_at IS NOT NULL) AND email_digest IS NOT NULL`,
} satisfies Invariants;
