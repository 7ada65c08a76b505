import type { Invariants } from '../../platform/feature/invariants.ts';
import type { KeyedObjects } from '../../platform/idempotency/idempotency.queries.ts';

declare module '../../platform/idempotency/idempotency.queries.ts' {
  interface IdSequences {
    readonly pledge_id_seq: true;
    readonly payout_id_seq: true;
  }
}

/** What holds of campaigns, pledges and money whenever no transaction is open. */
export const fundingInvariants = {
  'a ledger is one chain of transactions, each of which sums to zero': `
SELECT format('transaction %s of article %s', t.sequence, t.article_id) AS violation
FROM (SELECT article_id, sequence, previous_hash, row_number() OVER chain AS number,
    lag(hash, 1, decode(repeat('00', 32), 'hex')) OVER chain AS before
  FROM ledger_transaction WINDOW chain AS (PARTITION BY article_id ORDER BY sequence)) t
CROSS JOIN LATERAL (SELECT count(*) AS n, sum(minor_units) AS total FROM ledger_entry e
  WHERE e.article_id = t.article_id AND e.sequence = t.sequence) e
WHERE t.sequence <> t.number OR t.previous_hash <> t.before OR e.n < 2 OR e.total <> 0`,

  'the accounts of a ledger equal the totals': `
SELECT format('article %s: collected %s, paid out %s; the ledger says %s, %s', k.article_id, k.collected, k.paid_out, l.given,
  l.paid) AS violation
FROM article_counter k CROSS JOIN LATERAL (SELECT
    coalesce(-sum(minor_units) FILTER (WHERE account = 'BACKER'), 0) AS given,
    coalesce(sum(minor_units) FILTER (WHERE account = 'JOURNALIST'), 0) AS paid
  FROM ledger_entry WHERE article_id = k.article_id) l
WHERE EXISTS (SELECT FROM campaign c WHERE c.article_id = k.article_id)
  AND (coalesce(k.collected, 0), coalesce(k.paid_out, 0)) IS DISTINCT FROM (l.given, l.paid)`,

  'a pledge that counts was added once, and withdrawn once if it was withdrawn': `
SELECT format('pledge %s:%s (%s): %s added, %s withdrawn', p.article_id, p.id, p.status, e.added, e.withdrawn) AS violation
FROM pledge p CROSS JOIN LATERAL (SELECT count(*) FILTER (WHERE kind = 'PLEDGE_ADDED') AS added,
  count(*) FILTER (WHERE kind = 'PLEDGE_WITHDRAWN') AS withdrawn,
  min(sequence) FILTER (WHERE kind = 'PLEDGE_ADDED') AS first,
  max(sequence) FILTER (WHERE kind = 'PLEDGE_WITHDRAWN') AS gone, min(sequence) AS least, max(sequence) AS most
  FROM article_event WHERE article_id = p.article_id AND kind LIKE 'PLEDGE\\_%' AND subject_id = p.id) e
WHERE e.added <> (p.activated_at IS NOT NULL)::int
  OR e.withdrawn <> (p.activated_at IS NOT NULL AND p.status = 'WITHDRAWN')::int
  OR e.least <> e.first OR e.most <> coalesce(e.gone, e.most)`,

  'a milestone was reached once and settled once, as its state says, and in the order of the goals': `
SELECT format('milestone %s of article %s (%s): %s reached, %s settled', m.position, m.article_id, m.status, e.reached, e.settled)
  AS violation
FROM milestone m CROSS JOIN LATERAL (SELECT count(*) FILTER (WHERE kind = 'MILESTONE_REACHED') AS reached,
  count(*) FILTER (WHERE kind = 'MILESTONE_SETTLED') AS settled,
  min(sequence) FILTER (WHERE kind = 'MILESTONE_REACHED') AS at,
  min(sequence) FILTER (WHERE kind = 'MILESTONE_SETTLED') AS settled_at
  FROM article_event WHERE article_id = m.article_id AND kind LIKE 'MILESTONE\\_%' AND subject_id = m.position) e
WHERE e.reached <> (m.status IN ('REACHED', 'FUNDED', 'SHORT'))::int OR e.reached <> (m.reached_at IS NOT NULL)::int
  OR e.settled <> (m.status IN ('FUNDED', 'SHORT'))::int OR e.settled <> (m.settled_at IS NOT NULL)::int
  OR e.settled_at < e.at
  OR EXISTS (SELECT FROM article_event o WHERE o.article_id = m.article_id AND o.kind = 'MILESTONE_REACHED'
    AND o.subject_id < m.position AND o.sequence > e.at)
  OR e.reached = 1 AND EXISTS (SELECT FROM milestone o WHERE o.article_id = m.article_id AND o.position < m.position
    AND o.reached_at IS NULL)`,

  'a milestone is reached exactly if what counts for it is its goal': `
SELECT format('milestone %s of article %s (%s): %s of %s', m.position, m.article_id, m.status, k.pledged, m.goal) AS violation
FROM milestone m JOIN article_counter k ON k.article_id = m.article_id
WHERE k.pledged IS NOT NULL AND CASE WHEN m.reached_at IS NOT NULL THEN k.pledged < m.goal
  -- What is released when a campaign ends still counts.
  ELSE k.pledged >= m.goal END`,

  'a campaign that runs has one open milestone, the first that is not reached, and one that is over has none': `
SELECT format('campaign of article %s (%s): %s open, at %s', c.article_id, c.status, m.n, m.at) AS violation
FROM campaign c CROSS JOIN LATERAL (SELECT count(*) FILTER (WHERE status = 'OPEN') AS n,
  min(position) FILTER (WHERE status = 'OPEN') AS at, min(position) FILTER (WHERE reached_at IS NULL) AS next
  FROM milestone WHERE article_id = c.article_id) m
WHERE CASE WHEN c.status IN ('LIVE', 'SUSPENDED') THEN m.n <> 1 OR m.at <> m.next ELSE m.n <> 0 END
  OR (c.status = 'SUCCEEDED' AND m.next IS NOT NULL)`,

  'a campaign was launched before all other events of it, and has ended once if it is over': `
SELECT format('campaign of article %s (%s): %s ended', c.article_id, c.status, e.ended) AS violation
FROM campaign c CROSS JOIN LATERAL (SELECT count(*) FILTER (WHERE kind = 'CAMPAIGN_ENDED') AS ended,
  max(sequence) FILTER (WHERE kind = 'CAMPAIGN_ENDED') AS at,
  min(sequence) FILTER (WHERE kind = 'CAMPAIGN_UPDATED') AS launched, min(sequence) AS first
  FROM article_event WHERE article_id = c.article_id AND kind IN ('CAMPAIGN_UPDATED', 'CAMPAIGN_ENDED', 'PLEDGE_ADDED',
    'PLEDGE_CHANGED', 'PLEDGE_WITHDRAWN', 'MILESTONE_REACHED', 'MILESTONE_SETTLED', 'COLLECTION_PROGRESSED')) e
WHERE e.ended <> (c.launched_at IS NOT NULL AND c.ended_at IS NOT NULL)::int OR e.launched <> e.first
  OR (c.launched_at IS NOT NULL) <> (e.first IS NOT NULL)
  OR EXISTS (SELECT FROM article_event o WHERE o.article_id = c.article_id AND o.sequence > e.at
    AND o.kind IN ('CAMPAIGN_UPDATED', 'PLEDGE_ADDED', 'PLEDGE_WITHDRAWN', 'MILESTONE_REACHED'))`,

  'the state of a pledge fits its milestone and its payments': `
SELECT format('pledge %s:%s is %s, its milestone %s', p.article_id, p.id, p.status, m.status) AS violation
FROM pledge p JOIN milestone m ON m.article_id = p.article_id AND m.position = p.milestone
CROSS JOIN LATERAL (SELECT count(*) FILTER (WHERE status = 'SUCCEEDED') AS paid,
  count(*) FILTER (WHERE status <> 'FAILED') AS live FROM payment WHERE article_id = p.article_id AND pledge_id = p.id) y
WHERE CASE
  WHEN p.status = 'ACTIVE' THEN m.status <> 'OPEN' OR y.live > 0
  WHEN p.status = 'SETUP' THEN m.status NOT IN ('OPEN', 'REACHED', 'FUNDED', 'SHORT') OR y.live > 0
  WHEN p.status IN ('WITHDRAWN', 'RELEASED') THEN y.live > 0
  WHEN p.status = 'DUE' THEN m.status <> 'REACHED' OR y.paid > 0
  WHEN p.status = 'ACTION_REQUIRED' THEN m.status <> 'REACHED' OR y.live > 0
  WHEN p.status = 'DROPPED' THEN m.status NOT IN ('FUNDED', 'SHORT') OR y.live > 0
  ELSE m.reached_at IS NULL OR y.paid <> 1 END`,

  'nothing is looked up for a pledge that needs no means of payment': `
SELECT format('pledge %s:%s is %s', article_id, id, status) AS violation FROM pledge
WHERE status NOT IN ('SETUP', 'ACTION_REQUIRED') AND (look_at IS NOT NULL OR set_up_url IS NOT NULL)`,

  // A payment also until its fee is known, or is not expected any more.
  'what moves money is looked up until it is settled': `
SELECT format('%s %s:%s is %s', kind, article_id, id, status) AS violation FROM (
  SELECT 'payment' AS kind, article_id, id, status, look_at, settled_at, status = 'SUCCEEDED' AND NOT fee_known AS open
    FROM payment
  UNION ALL SELECT 'refund', article_id, id, status, look_at, settled_at, false FROM refund
  UNION ALL SELECT 'payout', article_id, id, status, look_at, settled_at, false FROM payout) x
WHERE (look_at IS NULL) <> (settled_at IS NOT NULL AND NOT open)
  OR (settled_at IS NOT NULL) <> (status IN ('SUCCEEDED', 'FAILED', 'PAID', 'REVERSED'))`,
} satisfies Invariants;

/** What idempotency keys lead to. */
export const fundingKeys = {
  pledge_id_seq: {
    isOwned: `EXISTS (SELECT FROM pledge p
      WHERE p.article_id = i.article_id AND p.id = i.result_id AND p.account_id = i.account_id)`,
  },
  payout_id_seq: {
    isOwned: `EXISTS (SELECT FROM payout o WHERE o.article_id = i.article_id AND o.id = i.result_id)`,
  },
} satisfies KeyedObjects;
