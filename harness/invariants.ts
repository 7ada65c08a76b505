import { features } from '../src/app/features.ts';
import type { Queryable } from '../src/platform/db/database.ts';
import { columnOf } from '../src/platform/db/naming.ts';
import { countersOf } from '../src/platform/feature/gather.ts';

/**
 * Conditions that hold whenever no transaction is open, each with a statement that finds the violating rows.
 * `violation` identifies the row and the fault.
 */
const statements: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    Object.entries(countersOf(features)).map(([name, { recount }]) => [
      `the ${name} of an article equals a recount`,
      `SELECT format('article %s: stored %s, counted %s', article_id, stored, counted) AS violation
FROM (SELECT k.article_id, k.${columnOf(name)} AS stored, ${recount} AS counted FROM article_counter k) counts
WHERE stored IS DISTINCT FROM counted`,
    ]),
  ),

  'a comment’s counts equal a recount': `
WITH replies AS (
  SELECT article_id, parent_id AS id, count(*) FILTER (WHERE status = 'PUBLISHED')::int AS published,
    count(*) FILTER (WHERE listed)::int AS listed
  FROM comment WHERE parent_id IS NOT NULL GROUP BY 1, 2
), below AS (
  SELECT article_id, root_id AS id, count(*) FILTER (WHERE status = 'PUBLISHED')::int AS published
  FROM comment WHERE depth > 0 GROUP BY 1, 2
), counted AS (
  SELECT c.article_id, c.id, coalesce(r.published, 0) AS replies, coalesce(r.listed, 0) AS listed,
    CASE WHEN c.depth = 0 THEN coalesce(b.published, 0) ELSE 0 END AS descendants
  FROM comment c LEFT JOIN replies r USING (article_id, id) LEFT JOIN below b USING (article_id, id)
)
SELECT format('comment %s:%s: stored %s, counted %s', c.article_id, c.id,
  row(k.reply_count, k.listed_reply_count, k.descendant_count), row(c.replies, c.listed, c.descendants)) AS violation
FROM counted c LEFT JOIN comment_counter k ON k.article_id = c.article_id AND k.comment_id = c.id
WHERE (k.reply_count, k.listed_reply_count, k.descendant_count)
  IS DISTINCT FROM (c.replies, c.listed, c.descendants)`,

  'a comment’s reaction counts equal a recount, and are zero for a removed comment': `
SELECT format('comment %s:%s: stored %s, counted %s', k.article_id, k.comment_id,
  row(k.like_count, k.insightful_count, k.disagree_count, k.score), row(r.likes, r.insightful, r.disagree)) AS violation
FROM comment_counter k JOIN comment c ON c.article_id = k.article_id AND c.id = k.comment_id
CROSS JOIN LATERAL (SELECT (count(*) FILTER (WHERE kind = 'LIKE')
    + CASE c.status WHEN 'REMOVED' THEN 0 ELSE k.imported_like_count END)::int AS likes,
  count(*) FILTER (WHERE kind = 'INSIGHTFUL')::int AS insightful,
  count(*) FILTER (WHERE kind = 'DISAGREE')::int AS disagree
  FROM comment_reaction WHERE article_id = k.article_id AND comment_id = k.comment_id AND c.status <> 'REMOVED') r
WHERE (k.like_count, k.insightful_count, k.disagree_count, k.score)
  IS DISTINCT FROM (r.likes, r.insightful, r.disagree, r.likes + r.insightful - r.disagree)`,

  'likes are imported with comments that were imported': `
SELECT format('comment %s:%s: %s', k.article_id, k.comment_id, k.imported_like_count) AS violation
FROM comment_counter k JOIN comment c ON c.article_id = k.article_id AND c.id = k.comment_id
WHERE k.imported_like_count < 0 OR (k.imported_like_count > 0 AND c.import_key IS NULL)`,

  'an imported author’s comments belong to the account that claimed them, and to nobody once forgotten': `
SELECT format('comment %s:%s: account %s, author %s', c.article_id, c.id, c.account_id, ia.id) AS violation
FROM comment c JOIN imported_author ia ON ia.id = c.imported_author_id
WHERE NOT ia.is_moving AND c.account_id IS DISTINCT FROM ia.account_id
UNION ALL
SELECT format('author %s is claimed and still to be claimed', id) FROM imported_author
WHERE (account_id IS NOT NULL OR forgotten_at IS NOT NULL) AND email_digest IS NOT NULL`,

  'the columns for orders by reactions equal those of the comment': `
SELECT format('comment %s:%s', k.article_id, k.comment_id) AS violation
FROM comment_counter k JOIN comment c ON c.article_id = k.article_id AND c.id = k.comment_id
WHERE (k.parent_id, k.ordinal, k.listed) IS DISTINCT FROM (coalesce(c.parent_id, 0), c.ordinal, c.listed)`,

  'a comment with a reply is marked as ever replied to': `
SELECT format('comment %s:%s', k.article_id, k.comment_id) AS violation FROM comment_counter k
WHERE NOT k.ever_replied AND EXISTS (SELECT FROM comment c
  WHERE c.article_id = k.article_id AND c.parent_id = k.comment_id AND c.listed)`,

  'the parent of a listed comment is listed': `
SELECT format('comment %s:%s under %s', c.article_id, c.id, p.id) AS violation
FROM comment c JOIN comment p ON p.article_id = c.article_id AND p.id = c.parent_id WHERE c.listed AND NOT p.listed`,

  'a removed comment stays exactly if it ever had a reply': `
SELECT format('comment %s:%s', c.article_id, c.id) AS violation
FROM comment c JOIN comment_counter k ON k.article_id = c.article_id AND k.comment_id = c.id
WHERE c.status = 'REMOVED' AND c.listed <> k.ever_replied`,

  'a comment’s place follows from its parent’s': `
SELECT format('comment %s:%s', c.article_id, c.id) AS violation
FROM comment c LEFT JOIN comment p ON p.article_id = c.article_id AND p.id = c.parent_id
WHERE (c.depth, c.root_id) IS DISTINCT FROM (coalesce(p.depth + 1, 0), coalesce(p.root_id, c.id))
  OR length(c.path) <> 8 * (c.depth + 1) OR substr(c.path, 1, 8 * c.depth) <> coalesce(p.path, ''::bytea)`,

  'the log of moderation counts from 1 without a gap': `
SELECT format('%s events from %s to %s; the log says %s to %s', e.n, e.first, e.last, l.pruned_sequence + 1, l.sequence) AS violation
FROM (SELECT 1) always LEFT JOIN moderation_log l ON true
CROSS JOIN (SELECT count(*) AS n, min(sequence) AS first, max(sequence) AS last FROM moderation_event) e
WHERE l.id IS NULL OR e.n <> l.sequence - l.pruned_sequence
  OR e.n > 0 AND (e.first, e.last) IS DISTINCT FROM (l.pruned_sequence + 1, l.sequence)`,

  // What reports have taken back waits as a removed comment.
  'the moderators’ queue equals a recount': `
WITH held AS (
  SELECT article_id, id AS comment_id, account_id, 'COMMENT' AS held FROM comment WHERE status = 'PENDING'
  UNION ALL
  SELECT article_id, c.id, c.account_id, 'EDIT' FROM held_edit e JOIN comment c USING (article_id)
  WHERE c.id = e.comment_id AND c.status = 'PUBLISHED' AND e.status = 'PENDING'
  UNION ALL
  SELECT i.article_id, i.comment_id, c.account_id, 'REPORTS' FROM moderation_item i JOIN comment c
    ON c.article_id = i.article_id AND c.id = i.comment_id
  WHERE i.held = 'REPORTS' AND c.status = 'REMOVED' AND c.removed_status = 'PUBLISHED' AND c.body_markdown <> ''
), reported AS (
  SELECT r.article_id, r.comment_id, min(c.account_id) AS account_id, count(*)::int AS reports
  FROM comment_report r JOIN comment c ON c.article_id = r.article_id AND c.id = r.comment_id
  WHERE r.state = 'OPEN' GROUP BY 1, 2
), expected AS (
  SELECT article_id, comment_id, coalesce(h.account_id, r.account_id) AS account_id, h.held, coalesce(r.reports, 0) AS reports
  FROM held h FULL JOIN reported r USING (article_id, comment_id)
)
SELECT format('comment %s:%s: stored %s, counted %s', article_id, comment_id, row(i.account_id, i.held, i.reports),
  row(e.account_id, e.held, e.reports)) AS violation
FROM expected e FULL JOIN moderation_item i USING (article_id, comment_id)
WHERE (i.account_id, i.held, i.reports) IS DISTINCT FROM (e.account_id, e.held, e.reports)`,

  'a comment whose report is open is public, or was taken back by reports': `
SELECT format('comment %s:%s is %s', c.article_id, c.id, c.status) AS violation
FROM comment c JOIN comment_report r ON r.article_id = c.article_id AND r.comment_id = c.id AND r.state = 'OPEN'
LEFT JOIN moderation_item i ON i.article_id = c.article_id AND i.comment_id = c.id
WHERE c.status IN ('REMOVED', 'REJECTED') AND i.held IS DISTINCT FROM 'REPORTS'`,

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

  // An imported comment may be older than its article's log, and may have been removed before (it has no text then). A
  // comment that was removed while pending was never public.
  'every comment that became public was added once, and every removed one removed once': `
SELECT format('comment %s:%s (%s): %s added, %s removed', c.article_id, c.id, c.status, e.added, e.removed) AS violation
FROM comment c CROSS JOIN LATERAL (SELECT count(*) FILTER (WHERE kind = 'COMMENT_ADDED') AS added,
  count(*) FILTER (WHERE kind = 'COMMENT_REMOVED') - count(*) FILTER (WHERE kind = 'COMMENT_RESTORED') AS removed
  FROM article_event WHERE article_id = c.article_id AND subject_id = c.id) e
WHERE NOT CASE
  WHEN c.status IN ('PENDING', 'REJECTED') THEN e.added = 0 AND e.removed = 0
  WHEN c.import_key IS NOT NULL THEN e.added <= 1
    AND (e.removed = (c.status = 'REMOVED')::int OR (c.status = 'REMOVED' AND e.removed = 0 AND c.body_markdown = ''))
  WHEN c.status = 'PUBLISHED' THEN e.added = 1 AND e.removed = 0
  ELSE e.added = e.removed AND e.added <= 1 AND (e.added = 1 OR NOT c.listed) END`,

  'events name comments of their own article, in the order of their lives': `
SELECT format('article %s: event %s, %s of comment %s', e.article_id, e.sequence, e.kind, e.subject_id) AS violation
FROM article_event e LEFT JOIN comment c ON c.article_id = e.article_id AND c.id = e.subject_id
LEFT JOIN article_event a ON a.article_id = e.article_id AND a.subject_id = e.subject_id AND a.kind = 'COMMENT_ADDED'
LEFT JOIN LATERAL (SELECT max(r.sequence) AS sequence FROM article_event r WHERE r.article_id = e.article_id
  AND r.subject_id = e.subject_id AND r.kind = 'COMMENT_REMOVED') r ON c.status = 'REMOVED'
WHERE e.kind LIKE 'COMMENT\\_%' AND e.subject_id IS NOT NULL
  AND (c.id IS NULL OR e.sequence < a.sequence OR e.sequence > r.sequence
    OR (e.kind = 'COMMENT_REMOVED' AND c.status = 'REMOVED' AND e.sequence = r.sequence AND (e.detail IS NOT NULL) = c.listed))`,

  // A text that waits takes a number, and leaves none behind.
  'old texts are kept, one for each edit': `
SELECT format('comment %s:%s: revision %s, %s kept', c.article_id, c.id, c.revision, r.n) AS violation
FROM comment c CROSS JOIN LATERAL (SELECT count(*)::int AS n, max(revision) AS last FROM comment_revision
  WHERE article_id = c.article_id AND comment_id = c.id) r
WHERE r.last >= c.revision OR CASE WHEN EXISTS (SELECT FROM held_edit e WHERE e.article_id = c.article_id AND e.comment_id = c.id)
  THEN r.n >= c.revision OR (r.n = 0 AND c.revision > 1) ELSE r.n <> c.revision - 1 END`,

  'a held text has a revision of its own, an author, and a comment that became public': `
SELECT format('comment %s:%s: revision %s, held %s (%s)', c.article_id, c.id, c.revision, e.revision, e.status) AS violation
FROM held_edit e JOIN comment c ON c.article_id = e.article_id AND c.id = e.comment_id
WHERE coalesce(c.removed_status, c.status) <> 'PUBLISHED' OR c.account_id IS NULL OR e.ordinal <> c.ordinal
  OR (e.status <> 'SETTLED' AND (e.revision <= c.revision OR e.body_markdown = c.body_markdown))`,

  'every endorsement was added once, and every withdrawn one withdrawn once': `
SELECT format('endorsement %s:%s: %s added, %s withdrawn', n.article_id, n.id, e.added, e.withdrawn) AS violation
FROM endorsement n CROSS JOIN LATERAL (SELECT count(*) FILTER (WHERE kind = 'ENDORSEMENT_ADDED') AS added,
  count(*) FILTER (WHERE kind = 'ENDORSEMENT_WITHDRAWN') AS withdrawn FROM article_event
  WHERE article_id = n.article_id AND subject_id = n.id) e
WHERE e.added > 1 OR (n.account_id IS NOT NULL OR n.by_mail) AND (e.added <> 1 OR e.withdrawn <> (n.withdrawn_at IS NOT NULL)::int)
  OR (n.listed AND n.withdrawn_at IS NOT NULL)`,

  'the address of a mailed link is kept while its endorsement waits, or is live and nobody’s account owns it': `
SELECT format('link of article %s, endorsement %s', l.article_id, n.id) AS violation
FROM endorsement_link l JOIN endorsement n ON n.article_id = l.article_id AND n.id = l.endorsement_id
WHERE l.email IS NOT NULL AND (n.account_id IS NOT NULL OR n.withdrawn_at IS NOT NULL)`,

  'the event that made an object public carries its idempotency key': `
SELECT format('key %s of account %s', i.key, i.account_id) AS violation FROM idempotency_key i
WHERE EXISTS (SELECT FROM article_event e JOIN comment c ON c.article_id = e.article_id AND c.id = e.subject_id
    WHERE e.article_id = i.article_id AND e.subject_id = i.result_id AND e.kind = 'COMMENT_ADDED' AND c.account_id = i.account_id)
  -- A pledge may have the number of a comment.
  AND NOT EXISTS (SELECT FROM pledge p WHERE p.article_id = i.article_id AND p.id = i.result_id AND p.account_id = i.account_id)
  AND NOT EXISTS (SELECT FROM article_event e WHERE e.article_id = i.article_id AND e.idempotency_key = i.key
    AND i.result_id = e.subject_id)
UNION ALL
-- The keys of an erased account are deleted.
SELECT format('article %s: event %s carries a key of nobody', e.article_id, e.sequence) FROM article_event e
WHERE e.idempotency_key IS NOT NULL AND (
    e.kind LIKE 'COMMENT\\_%' AND EXISTS (SELECT FROM comment c
      WHERE c.article_id = e.article_id AND c.id = e.subject_id AND c.account_id IS NOT NULL)
    OR e.kind LIKE 'ENDORSEMENT\\_%' AND EXISTS (SELECT FROM endorsement n
      WHERE n.article_id = e.article_id AND n.id = e.subject_id AND n.account_id IS NOT NULL))
  AND NOT EXISTS (SELECT FROM idempotency_key i WHERE i.key = e.idempotency_key
  AND i.article_id = e.article_id AND i.result_id = e.subject_id)
UNION ALL
SELECT format('comment %s:%s still holds its key', article_id, id) FROM comment
WHERE held_key IS NOT NULL AND coalesce(removed_status, status) = 'PUBLISHED'`,

  'a comment that was never public has no reaction': `
SELECT format('comment %s:%s', c.article_id, c.id) AS violation FROM comment c
WHERE coalesce(c.removed_status, c.status) <> 'PUBLISHED' AND EXISTS (SELECT FROM comment_reaction r
  WHERE r.article_id = c.article_id AND r.comment_id = c.id)`,

  'an idempotency key leads to one object of its own account': `
SELECT format('key %s of account %s', i.key, i.account_id) AS violation FROM idempotency_key i
WHERE NOT EXISTS (SELECT FROM comment c
    WHERE c.article_id = i.article_id AND c.id = i.result_id AND c.account_id = i.account_id)
  AND NOT EXISTS (SELECT FROM endorsement n
    WHERE n.article_id = i.article_id AND n.id = i.result_id AND n.account_id = i.account_id)
  AND NOT EXISTS (SELECT FROM pledge p
    WHERE p.article_id = i.article_id AND p.id = i.result_id AND p.account_id = i.account_id)
  AND NOT EXISTS (SELECT FROM payout o WHERE o.article_id = i.article_id AND o.id = i.result_id)
  AND NOT EXISTS (SELECT FROM moderation_decision d
    WHERE i.article_id = d.id AND i.result_id = d.id AND d.actor_id = i.account_id)
  -- A campaign has the key of its article, and its idempotency key a number that no pledge has.
  AND NOT EXISTS (SELECT FROM campaign c WHERE c.article_id = i.article_id
    AND NOT EXISTS (SELECT FROM pledge p WHERE p.id = i.result_id))
  AND NOT EXISTS (SELECT FROM article a WHERE a.id = i.article_id AND a.id = i.result_id)`,

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
};

/** Checks all derived data against the rows. @throws Error with all violations */
export async function checkInvariants(db: Queryable): Promise<void> {
  const violations = await findViolations(db);
  if (violations.length > 0) throw new Error(violations.join('\n'));
}

/** @returns the violations, one sentence for each row; empty when all invariants hold */
export async function findViolations(db: Queryable): Promise<string[]> {
  const violations: string[] = [];
  for (const [rule, statement] of Object.entries(statements)) {
    const rows = await db.query<{ violation: string }>(statement);
    violations.push(...rows.map(({ violation }) => `${rule}: ${violation}`));
  }
  return violations;
}

/** The number of published comments below each comment, counted by walking from each of them up to its root. */
export async function recountDescendants(
  db: Queryable,
  articleId: string,
): Promise<ReadonlyMap<string, number>> {
  const rows = await db.query<{ id: string; count: number }>(
    `WITH RECURSIVE up AS (
  SELECT parent_id AS id FROM comment WHERE article_id = $1 AND status = 'PUBLISHED' AND parent_id IS NOT NULL
  UNION ALL
  SELECT c.parent_id FROM up JOIN comment c ON c.article_id = $1 AND c.id = up.id WHERE c.parent_id IS NOT NULL
)
SELECT id::text AS id, count(*)::int AS count FROM up GROUP BY id`,
    [articleId],
  );
  return new Map(rows.map(({ id, count }) => [id, count]));
}
