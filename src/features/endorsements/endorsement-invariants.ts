import type { Invariants } from '../../platform/feature/invariants.ts';
import type { KeyedObjects } from '../../platform/idempotency/idempotency.queries.ts';

declare module '../../platform/idempotency/idempotency.queries.ts' {
  interface IdSequences {
    readonly endorsement_id_seq: true;
  }
}

/** What holds of endorsements whenever no transaction is open. */
export const endorsementInvariants = {
  'every endorsement was added once, and every withdrawn one withdrawn once': `
SELECT format('endorsement %s:%s: %s added, %s withdrawn', n.article_id, n.id, e.added, e.withdrawn) AS violation
FROM endorsement n CROSS JOIN LATERAL (SELECT count(*) FILTER (WHERE kind = 'ENDORSEMENT_ADDED') AS added,
  count(*) FILTER (WHERE kind = 'ENDORSEMENT_WITHDRAWN') AS withdrawn FROM article_event
  WHERE article_id = n.article_id AND subject_id = n.id) e
WHERE e.added > 1 OR (n.account_id IS NOT NULL OR n.by_mail) AND (e.added <> 1 OR e.withdrawn <> (n.withdrawn_at IS NOT NULL)::int)
  OR (n.listed AND n.withdrawn_at IS NOT NULL)`,

  // The keys of an erased account are deleted.
  'an event of an endorsement carries the key that made it': `
SELECT format('article %s: event %s', e.article_id, e.sequence) AS violation FROM article_event e
JOIN endorsement n ON n.article_id = e.article_id AND n.id = e.subject_id AND n.account_id IS NOT NULL
WHERE e.kind LIKE 'ENDORSEMENT\\_%' AND e.idempotency_key IS NOT NULL AND NOT EXISTS (SELECT FROM idempotency_key i
  WHERE i.key = e.idempotency_key AND i.article_id = e.article_id AND i.result_id = e.subject_id)`,

  'the address of a mailed link is kept while its endorsement waits, or is live and nobody’s account owns it': `
SELECT format('link of article %s, endorsement %s', l.article_id, n.id) AS violation
FROM endorsement_link l JOIN endorsement n ON n.article_id = l.article_id AND n.id = l.endorsement_id
WHERE l.email IS NOT NULL AND (n.account_id IS NOT NULL OR n.withdrawn_at IS NOT NULL)`,
} satisfies Invariants;

/** What idempotency keys lead to. */
export const endorsementKeys = {
  endorsement_id_seq: {
    isOwned: `EXISTS (SELECT FROM endorsement n
      WHERE n.article_id = i.article_id AND n.id = i.result_id AND n.account_id = i.account_id)`,
    announcedBy: 'ENDORSEMENT_ADDED',
  },
} satisfies KeyedObjects;
