import type { Invariants } from './invariants.ts';

/** What holds of the logs of articles whenever no transaction is open. */
export const logInvariants = {
  'an article’s log counts from 1 without a gap': `
SELECT format('article %s: %s events from %s to %s; the counter says %s to %s', k.article_id, e.n, e.first, e.last,
  k.pruned_sequence + 1, k.sequence) AS violation
FROM article_counter k CROSS JOIN LATERAL (SELECT count(*)::int AS n, min(sequence) AS first, max(sequence) AS last
  FROM article_event WHERE article_id = k.article_id) e
WHERE e.n <> k.sequence - k.pruned_sequence
  OR (e.n > 0 AND (e.first, e.last) IS DISTINCT FROM (k.pruned_sequence + 1, k.sequence))`,

  'events happened in the order of their numbers': `
SELECT format('article %s: event %s', article_id, sequence) AS violation FROM (
  SELECT article_id, sequence, occurred_at, lag(occurred_at) OVER (PARTITION BY article_id ORDER BY sequence) AS before
  FROM article_event) e WHERE occurred_at < before`,

  'the last event’s time is the article’s': `
SELECT format('article %s', k.article_id) AS violation
FROM article_counter k JOIN article_event e ON e.article_id = k.article_id AND e.sequence = k.sequence
WHERE k.last_event_at <> e.occurred_at`,
} satisfies Invariants;
