import type { Queryable, Tx } from '../../../platform/db/database.ts';
import type { LogEvent } from '../../../platform/events/event.ts';
import type { NotificationDeclarations, NotificationKind } from '../../../platform/feature/notification.ts';
import type { DueArticles } from '../../../platform/feature/log-follower.ts';
import type { NewNotification } from '../inbox/inbox.queries.ts';

/** How far one article's log was read. */
export interface Position {
  readonly articleId: string;
  readonly sequence: number;
  readonly toldAccountId: string | null;
}

/** Locks articles' positions until the transaction ends. @returns those that no other worker has */
export async function lockPositions(tx: Tx, articleIds: readonly string[]): Promise<Position[]> {
  const [, positions] = await Promise.all([
    // In this order, because two workers that add the same positions wait for each other.
    tx.query(
      `INSERT INTO notification_position (article_id) SELECT * FROM unnest($1::bigint[]) ORDER BY 1
       ON CONFLICT (article_id) DO NOTHING`,
      [articleIds],
    ),
    tx.query<Position>(
      `SELECT article_id::text AS "articleId", sequence, told_account_id::text AS "toldAccountId"
       FROM notification_position WHERE article_id = ANY((SELECT $1::bigint[])::bigint[])
       ORDER BY article_id FOR UPDATE SKIP LOCKED`,
      [articleIds],
    ),
  ]);
  return positions;
}

export async function updatePositions(tx: Tx, positions: readonly Position[]): Promise<void> {
  await tx.query(
    `UPDATE notification_position p SET sequence = n.sequence, told_account_id = n.told_account_id
     FROM unnest($1::bigint[], $2::int[], $3::bigint[]) AS n(article_id, sequence, told_account_id)
     WHERE p.article_id = n.article_id`,
    [
      positions.map(({ articleId }) => articleId),
      positions.map(({ sequence }) => sequence),
      positions.map(({ toldAccountId }) => toldAccountId),
    ],
  );
}

/** Moves locked positions behind the events that were pruned before they were read. */
export async function skipPruned(tx: Tx, articleIds: readonly string[]): Promise<void> {
  await tx.query(
    `UPDATE notification_position p SET sequence = c.pruned_sequence, told_account_id = NULL
     FROM article_counter c
     WHERE p.article_id = ANY((SELECT $1::bigint[])::bigint[]) AND c.article_id = p.article_id
       AND c.pruned_sequence > p.sequence`,
    [articleIds],
  );
}

/** The part of an event that says who is told of it. */
export interface NextEvent extends Pick<LogEvent, 'sequence' | 'kind' | 'subjectId' | 'occurredAt'> {
  readonly articleId: string;
}

/** The next events behind each position, at most `limit` of each article. */
export function selectNextEvents(
  tx: Tx,
  positions: readonly Position[],
  limit: number,
): Promise<NextEvent[]> {
  return tx.query<NextEvent>(
    `SELECT e.article_id::text AS "articleId", e.sequence, e.kind, e.subject_id::text AS "subjectId", e.occurred_at AS "occurredAt"
     FROM unnest((SELECT $1::bigint[]), (SELECT $2::int[])) AS s(article_id, sequence)
     CROSS JOIN LATERAL (SELECT * FROM article_event x
       WHERE x.article_id = s.article_id AND x.sequence > s.sequence ORDER BY x.sequence LIMIT (SELECT $3::int)) e
     ORDER BY e.article_id, e.sequence`,
    [positions.map(({ articleId }) => articleId), positions.map(({ sequence }) => sequence), limit],
  );
}

/** Looks for articles with news among the next ones behind an article, in the order of their keys. */
export async function selectDueArticles(db: Queryable, after: string, limit: number): Promise<DueArticles> {
  const [row] = await db.query<DueArticles>(
    `SELECT coalesce(array_agg(c.article_id::text) FILTER (WHERE c.sequence > coalesce(p.sequence, 0)), '{}') AS due,
       CASE WHEN count(*) = $2 THEN max(c.article_id)::text END AS last
     FROM (SELECT article_id, sequence FROM article_counter WHERE article_id > $1 ORDER BY article_id LIMIT $2) c
     LEFT JOIN notification_position p ON p.article_id = c.article_id`,
    [after, limit],
  );
  return row ?? { due: [], last: null };
}

/** Some events of one article: those behind `after`, up to `upTo`. */
export interface EventRange {
  readonly articleId: string;
  readonly after: number;
  readonly upTo: number;
}

/** Whom notifications of some kinds tell, by the events of which they are told. */
export class Audiences {
  /** The kind that is told in parts, by the kind of its events. */
  readonly #inParts = new Map<string, { readonly kind: NotificationKind; readonly audience: string }>();
  readonly #news: string;

  /** @throws Error if an event whose audience is told in parts has another one */
  constructor(declared: NotificationDeclarations) {
    const told = Object.entries(declared).flatMap(([kind, { told: one }]) =>
      one ? [{ kind: kind as NotificationKind, ...one }] : [],
    );
    for (const { kind, on, audience, inParts } of told) {
      if (!inParts) continue;
      if (told.some((other) => other.on === on && other.kind !== kind))
        throw new Error(`${on} is told in parts: no kind but ${kind} can be told of it`);
      this.#inParts.set(on, { kind, audience });
    }
    this.#news = told
      .filter(({ inParts }) => !inParts)
      .map(
        ({ kind, on, audience }) =>
          `SELECT q.account_id, '${kind}' AS kind FROM (${audience}) q WHERE e.kind = '${on}'`,
      )
      .join('\nUNION ALL\n');
  }

  /** The kind of notifications by which events of a kind are told in parts; undefined: they concern one account or two, or nobody. */
  inParts(eventKind: string): NotificationKind | undefined {
    return this.#inParts.get(eventKind)?.kind;
  }

  /**
   * Who is told of events that concern one account or two, by the log and by what never changes of its rows: whether
   * something is still there is checked when it is read.
   */
  async news(tx: Tx, ranges: readonly EventRange[]): Promise<NewNotification[]> {
    if (ranges.length === 0 || this.#news === '') return [];
    return tx.query<NewNotification>(
      `SELECT t.account_id::text AS "accountId", t.kind, e.article_id::text AS "articleId",
         e.subject_id::text AS "subjectId", e.occurred_at AS "occurredAt"
       FROM unnest((SELECT $1::bigint[]), (SELECT $2::int[]), (SELECT $3::int[])) AS s(article_id, after, up_to)
       JOIN article_event e ON e.article_id = s.article_id AND e.sequence > s.after AND e.sequence <= s.up_to
       CROSS JOIN LATERAL (${this.#news}) t
       ORDER BY e.article_id, e.sequence`,
      [
        ranges.map(({ articleId }) => articleId),
        ranges.map(({ after }) => after),
        ranges.map(({ upTo }) => upTo),
      ],
    );
  }

  /**
   * The next accounts, in the order of their keys, that are told of an event in parts.
   * @param after the last account that was told of the event; null: nobody was
   */
  async part(
    tx: Tx,
    { articleId, sequence, kind }: Pick<NextEvent, 'articleId' | 'sequence' | 'kind'>,
    { after, limit }: { readonly after: string | null; readonly limit: number },
  ): Promise<string[]> {
    const rows = await tx.query<{ id: string }>(
      `SELECT DISTINCT q.account_id::text AS id, q.account_id FROM article_event e
       CROSS JOIN LATERAL (${this.#inParts.get(kind)?.audience}) q
       WHERE e.article_id = $1 AND e.sequence = $2 AND q.account_id > coalesce($3::bigint, 0)
       ORDER BY q.account_id LIMIT $4`,
      [articleId, sequence, after, limit],
    );
    return rows.map(({ id }) => id);
  }
}
