import type { Queryable, Tx } from '../db/database.ts';
import type { Bus } from './bus.ts';
import type { ArticleEventKind, ArticleEventRecord } from './event.ts';

/** Differences that an event adds to an article's counts. */
export interface CountChanges {
  readonly comments?: number;
  /** Comments that are shown: published ones and tombstones. */
  readonly listed?: number;
  readonly listedRoots?: number;
  readonly endorsements?: number;
  /** Minor units of the currency of the article's campaign. */
  readonly pledged?: bigint;
  readonly collected?: bigint;
  readonly paidOut?: bigint;
  readonly backers?: number;
}

/** Sums up the differences of several changes. */
export function sumCounts(changes: readonly CountChanges[]): CountChanges {
  const numbers = (name: 'comments' | 'listed' | 'listedRoots' | 'endorsements' | 'backers'): number =>
    changes.reduce((sum, change) => sum + (change[name] ?? 0), 0);
  const amounts = (name: 'pledged' | 'collected' | 'paidOut'): bigint =>
    changes.reduce((sum, change) => sum + (change[name] ?? 0n), 0n);
  return {
    comments: numbers('comments'),
    listed: numbers('listed'),
    listedRoots: numbers('listedRoots'),
    endorsements: numbers('endorsements'),
    pledged: amounts('pledged'),
    collected: amounts('collected'),
    paidOut: amounts('paidOut'),
    backers: numbers('backers'),
  };
}

/** A fact to append; the log assigns its number and its time. */
export interface NewEvent {
  readonly articleId: string;
  readonly kind: ArticleEventKind;
  readonly commentId?: string;
  readonly vanished?: boolean;
  readonly endorsementId?: string;
  readonly pledgeId?: string;
  readonly milestone?: number;
  readonly idempotencyKey?: string | undefined;
  readonly counts?: CountChanges;
}

/** Facts to append to the log of one article, in their order. */
export interface LogAppend {
  readonly articleId: string;
  readonly events: readonly Omit<NewEvent, 'articleId' | 'counts'>[];
  readonly counts: CountChanges;
}

/** The head of one article's log. */
export interface LogHead {
  readonly articleId: string;
  readonly epoch: string;
  /** The number of the last event; 0: none yet. */
  readonly sequence: number;
  /** Events up to this number were pruned. */
  readonly prunedSequence: number;
}

// One statement bumps the article's counter and inserts the events: the row lock that it takes orders the commits of
// all writers to the article, so the numbers have no gap and become visible in their own order.
const appendStatement = `
WITH bumped AS (
  UPDATE article_counter
  SET sequence = sequence + cardinality($2::text[]),
    comment_count = comment_count + $7,
    listed_count = listed_count + $8,
    listed_root_count = listed_root_count + $9,
    endorsement_count = endorsement_count + $10,
    -- Null without a campaign, and so after the addition.
    pledged = pledged + $11,
    collected = collected + $12,
    paid_out = paid_out + $13,
    backer_count = backer_count + $14,
    -- The clock may be set back; the order of events is not.
    last_event_at = greatest(last_event_at, clock_timestamp())
  WHERE article_id = $1
  RETURNING sequence, last_event_at
), inserted AS (
  INSERT INTO article_event
    (article_id, sequence, kind, comment_id, vanished, endorsement_id, pledge_id, milestone, idempotency_key,
      occurred_at)
  SELECT $1, b.sequence - cardinality($2::text[]) + e.n, e.kind, e.comment_id, e.vanished, e.endorsement_id,
    e.pledge_id, e.milestone, e.idempotency_key, b.last_event_at
  FROM unnest($2::text[], $3::bigint[], $4::boolean[], $5::bigint[], $15::bigint[], $16::smallint[], $6::uuid[])
    WITH ORDINALITY AS e(kind, comment_id, vanished, endorsement_id, pledge_id, milestone, idempotency_key, n)
  -- The commit is under way when this is answered. So the statement must fail without a counter: the number is null then.
  LEFT JOIN bumped b ON true
)
SELECT sequence FROM bumped`;

const eventColumns = `
  article_id::text AS "articleId", sequence, kind, comment_id::text AS "commentId", vanished,
  endorsement_id::text AS "endorsementId", pledge_id::text AS "pledgeId", milestone, idempotency_key AS "idempotencyKey", occurred_at AS "occurredAt"`;

/** The log of all articles' events, and the counts that change with it. */
export class EventLog {
  readonly #bus: Bus;
  readonly #onAppended = new Set<(articleId: string) => void>();

  constructor(bus: Bus) {
    this.#bus = bus;
  }

  /**
   * Calls `listener` with the article of each event that this process has appended and committed, until the returned
   * function is called. The listener must not throw.
   */
  onAppended(listener: (articleId: string) => void): () => void {
    this.#onAppended.add(listener);
    return () => this.#onAppended.delete(listener);
  }

  /**
   * Appends one event as the last statement of its transaction, and sends a hint to the bus once it is committed. The
   * transaction takes no further statement.
   * @returns the event's number
   */
  append(tx: Tx, { articleId, counts, ...event }: NewEvent): Promise<number> {
    return this.appendAll(tx, articleId, [event], counts);
  }

  /**
   * As `append`, for several events of one article in their order.
   * @returns the number of the last one
   */
  appendAll(
    tx: Tx,
    articleId: string,
    events: LogAppend['events'],
    counts: CountChanges = {},
  ): Promise<number> {
    return this.#append(tx, { articleId, events, counts }, (...statement) => tx.seal(...statement));
  }

  /** As `appendAll`, for several articles, whose logs are locked in the given order. */
  async appendToEach(tx: Tx, appends: readonly LogAppend[]): Promise<void> {
    const last = appends.at(-1);
    await Promise.all(
      appends.map((append) =>
        this.#append(tx, append, (...statement) =>
          append === last ? tx.seal(...statement) : tx.query(...statement),
        ),
      ),
    );
  }

  async #append(
    tx: Tx,
    { articleId, events, counts }: LogAppend,
    send: (statement: string, values: readonly unknown[]) => Promise<{ sequence: number }[]>,
  ): Promise<number> {
    const [row] = await send(appendStatement, [
      articleId,
      events.map((event) => event.kind),
      events.map((event) => event.commentId ?? null),
      events.map((event) => event.vanished ?? false),
      events.map((event) => event.endorsementId ?? null),
      events.map((event) => event.idempotencyKey ?? null),
      counts.comments ?? 0,
      counts.listed ?? 0,
      counts.listedRoots ?? 0,
      counts.endorsements ?? 0,
      counts.pledged ?? 0,
      counts.collected ?? 0,
      counts.paidOut ?? 0,
      counts.backers ?? 0,
      events.map((event) => event.pledgeId ?? null),
      events.map((event) => event.milestone ?? null),
    ]);
    if (!row) throw new Error(`Article ${articleId} has no counter row`);
    tx.afterCommit(() => {
      this.#bus.hint(articleId, row.sequence);
      for (const listener of this.#onAppended) listener(articleId);
    });
    return row.sequence;
  }
}

/** The events after the number `after`, oldest first. */
export function selectEvents(
  db: Queryable,
  articleId: string,
  after: number,
  limit: number,
): Promise<ArticleEventRecord[]> {
  return db.query<ArticleEventRecord>(
    `SELECT ${eventColumns} FROM article_event
     WHERE article_id = $1 AND sequence > $2 ORDER BY sequence LIMIT $3`,
    [articleId, after, limit],
  );
}

/**
 * Begins a new epoch, which invalidates all earlier cursors. Open streams detect it with the next poll.
 * @returns the epoch
 */
export async function updateEpoch(db: Queryable): Promise<string> {
  const [row] = await db.query<{ epoch: string }>(
    'UPDATE event_log SET epoch = gen_random_uuid() RETURNING epoch',
  );
  if (!row) throw new Error('The log has no epoch');
  return row.epoch;
}

/** How logs of one kind are read. */
export interface LogReader {
  readonly selectHeads: (db: Queryable, keys: readonly string[]) => Promise<LogHead[]>;
  readonly selectEvents: (
    db: Queryable,
    key: string,
    after: number,
    limit: number,
  ) => Promise<ArticleEventRecord[]>;
  /**
   * Greatest age at which a rendering is sent to those who come later, in milliseconds, for a log that learns late of what
   * takes content back; absent: as long as nothing in the log takes it back.
   */
  readonly maxRenderingMs?: number;
  /** One address may make one group out of so many that a log may have; absent: out of ten. */
  readonly groupsPerOwn?: number;
}

/** The heads of several articles' logs, in one statement. Unknown articles are left out. */
export function selectHeads(db: Queryable, articleIds: readonly string[]): Promise<LogHead[]> {
  return db.query<LogHead>(
    `SELECT article_id::text AS "articleId", epoch, sequence, pruned_sequence AS "prunedSequence"
     FROM article_counter CROSS JOIN event_log WHERE article_id = ANY((SELECT $1::bigint[])::bigint[])`,
    [articleIds],
  );
}

/** A part of one article's log, and its head at that moment. */
export interface LogPart {
  readonly head: LogHead;
  readonly events: readonly ArticleEventRecord[];
}

/** The part of one log to read. */
export interface LogPartRequest {
  readonly articleId: string;
  /** The number after which events are read; null: none are. */
  readonly after: number | null;
  readonly limit: number;
}

type LogPartRow = LogHead & {
  readonly n: number;
  readonly event: Omit<ArticleEventRecord, 'articleId' | 'occurredAt'> | null;
  readonly occurredAt: Date;
};

/**
 * Parts of several logs and their heads, read by one statement and so at one moment: no event comes after its head, and
 * events that are pruned meanwhile are either included, or missing and covered by `prunedSequence`.
 * @returns as many parts as there are requests; undefined for an unknown article
 */
export async function selectLogParts(
  db: Queryable,
  requests: readonly LogPartRequest[],
): Promise<(LogPart | undefined)[]> {
  const rows = await db.query<LogPartRow>(
    `SELECT s.n::int AS n, c.article_id::text AS "articleId", l.epoch, c.sequence,
  c.pruned_sequence AS "prunedSequence", e.event, e.occurred_at AS "occurredAt"
FROM unnest((SELECT $1::bigint[]), (SELECT $2::int[]), (SELECT $3::int[])) WITH ORDINALITY AS s(article_id, after, size, n)
JOIN article_counter c ON c.article_id = s.article_id
CROSS JOIN event_log l
LEFT JOIN LATERAL (
  SELECT json_build_object('sequence', x.sequence, 'kind', x.kind, 'commentId', x.comment_id::text,
    'vanished', x.vanished, 'endorsementId', x.endorsement_id::text, 'pledgeId', x.pledge_id::text,
    'milestone', x.milestone, 'idempotencyKey', x.idempotency_key) AS event,
    x.occurred_at
  FROM article_event x WHERE x.article_id = s.article_id AND x.sequence > s.after
  ORDER BY x.sequence LIMIT s.size
) e ON true`,
    [
      requests.map((request) => request.articleId),
      requests.map((request) => request.after),
      requests.map((request) => request.limit),
    ],
  );
  const parts = requests.map((): { head: LogHead; events: ArticleEventRecord[] } | undefined => undefined);
  for (const { n, event, occurredAt, ...head } of rows) {
    const part = (parts[n - 1] ??= { head, events: [] });
    if (event) part.events.push({ articleId: head.articleId, ...event, occurredAt });
  }
  for (const part of parts) part?.events.sort((a, b) => a.sequence - b.sequence);
  return parts;
}

/** The logs of articles. */
export const articleLogs: LogReader = { selectHeads, selectEvents };
