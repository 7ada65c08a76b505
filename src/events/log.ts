import type { Queryable, Tx } from '../db/database.ts';
import type { Bus } from './bus.ts';
import type { ArticleEventKind, ArticleEventRecord } from './event.ts';

/** By how much an event changes an article's counts. */
export interface CountChanges {
  readonly comments?: number;
  /** Comments that are shown: published ones and tombstones. */
  readonly listed?: number;
  readonly listedRoots?: number;
  readonly endorsements?: number;
}

/** A fact to append; the log gives it its number and its time. */
export interface NewEvent {
  readonly articleId: string;
  readonly kind: ArticleEventKind;
  readonly commentId?: string;
  readonly vanished?: boolean;
  readonly endorsementId?: string;
  readonly idempotencyKey?: string | undefined;
  readonly counts?: CountChanges;
}

/** Where one article's log stands. */
export interface LogHead {
  readonly articleId: string;
  readonly epoch: string;
  /** The number of the last event; 0: none yet. */
  readonly sequence: number;
  /** Events up to this number are gone. */
  readonly prunedSequence: number;
}

// One statement bumps the article's counter and inserts the events: the row lock it takes orders the commits of all
// writers to the article, so the numbers have no gap and become visible in their own order.
const appendStatement = `
WITH bumped AS (
  UPDATE article_counter
  SET sequence = sequence + cardinality($2::text[]),
    comment_count = comment_count + $7,
    listed_count = listed_count + $8,
    listed_root_count = listed_root_count + $9,
    endorsement_count = endorsement_count + $10,
    -- The clock may be set back; the order of events is not.
    last_event_at = greatest(last_event_at, clock_timestamp())
  WHERE article_id = $1
  RETURNING sequence, last_event_at
), inserted AS (
  INSERT INTO article_event
    (article_id, sequence, kind, comment_id, vanished, endorsement_id, idempotency_key, occurred_at)
  SELECT $1, b.sequence - cardinality($2::text[]) + e.n, e.kind, e.comment_id, e.vanished, e.endorsement_id,
    e.idempotency_key, b.last_event_at
  FROM bumped b, unnest($2::text[], $3::bigint[], $4::boolean[], $5::bigint[], $6::uuid[]) WITH ORDINALITY
    AS e(kind, comment_id, vanished, endorsement_id, idempotency_key, n)
)
SELECT sequence FROM bumped`;

const eventColumns = `
  article_id::text AS "articleId", sequence, kind, comment_id::text AS "commentId", vanished,
  endorsement_id::text AS "endorsementId", idempotency_key AS "idempotencyKey", occurred_at AS "occurredAt"`;

/** The log of all articles' events, and the counts that change with it. */
export class EventLog {
  readonly #bus: Bus;

  constructor(bus: Bus) {
    this.#bus = bus;
  }

  /**
   * Appends one event as the last statement of its transaction (the transaction takes no further one), and hints the
   * bus once it is committed.
   * @returns the event's number
   */
  append(tx: Tx, { articleId, counts, ...event }: NewEvent): Promise<number> {
    return this.appendAll(tx, articleId, [event], counts);
  }

  /**
   * As `append`, for several events of one article in their order.
   * @returns the number of the last one
   */
  async appendAll(
    tx: Tx,
    articleId: string,
    events: readonly Omit<NewEvent, 'articleId' | 'counts'>[],
    counts: CountChanges = {},
  ): Promise<number> {
    const [row] = await tx.query<{ sequence: number }>(appendStatement, [
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
    ]);
    if (!row) throw new Error(`Article ${articleId} has no counter row`);
    tx.seal();
    tx.afterCommit(() => this.#bus.hint(articleId, row.sequence));
    return row.sequence;
  }
}

/** The events behind `after`, oldest first. */
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

/** Where the logs of some articles stand, in one statement. Unknown articles are left out. */
export function selectHeads(db: Queryable, articleIds: readonly string[]): Promise<LogHead[]> {
  return db.query<LogHead>(
    `SELECT article_id::text AS "articleId", epoch, sequence, pruned_sequence AS "prunedSequence"
     FROM article_counter CROSS JOIN event_log WHERE article_id = ANY($1::bigint[])`,
    [articleIds],
  );
}
