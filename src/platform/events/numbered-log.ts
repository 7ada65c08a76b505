import type { Queryable, Tx } from '../db/database.ts';
import type { PruneStep } from '../db/pruning.ts';
import type { LogEvent } from './event.ts';
import type { LogOptions } from './log-options.ts';
import { deleteEvents, selectDueLog, updatePruned } from './prune.queries.ts';

/** The head of one log. */
export interface LogHead {
  readonly log: string;
  readonly epoch: string;
  /** The number of the last event; 0: none yet. */
  readonly sequence: number;
  /** Events up to this number were pruned. */
  readonly prunedSequence: number;
}

/** A part of one log, and its head at that moment. */
export interface LogPart {
  readonly head: LogHead;
  readonly events: readonly LogEvent[];
}

/** The part of one log to read. */
export interface LogPartRequest {
  readonly log: string;
  /** The number after which events are read; null: none are. */
  readonly after: number | null;
  readonly limit: number;
}

type EventRow = Omit<LogEvent, 'log'>;

/** A row of a part: its head, and one event if there is any. */
type PartRow = { readonly [Column in keyof EventRow]: EventRow[Column] | null } & {
  readonly n: number;
  readonly epoch: string;
  readonly head: number;
  readonly pruned: number;
};

/** A statement, and the values of its parameters. */
export type Statement = readonly [sql: string, values: readonly unknown[]];

/** Something to append: what each new row has in each column. */
export interface Appending {
  /** The log's key. */
  readonly log: string;
  /** The columns with their types in SQL. */
  readonly columns: Readonly<Record<string, string>>;
  /** Values for each row, in the order of the columns. */
  readonly rows: readonly (readonly unknown[])[];
  /** What is added to columns of the head. */
  readonly added?: readonly (readonly [column: string, amount: number | bigint])[];
}

/** Logs of one kind: events that are numbered from 1 without a gap, in the order of the commits. */
export class NumberedLog {
  readonly options: LogOptions;
  readonly #columns: string;
  readonly #appendStatements = new Map<string, string>();

  constructor(options: LogOptions) {
    this.options = options;
    const { fields = {} } = options;
    // Numbers stay below 2^53.
    this.#columns = `x.sequence::float8 AS sequence, ${fields.kind ?? 'x.kind'} AS kind,
  (${fields.subjectId ?? 'x.subject_id'})::text AS "subjectId", ${fields.detail ?? 'x.detail'} AS detail,
  ${fields.idempotencyKey ?? 'x.idempotency_key'} AS "idempotencyKey", x.occurred_at AS "occurredAt"`;
  }

  /** The key of an owner's log; of the only log, without an owner. */
  keyOf(owner = ''): string {
    return this.options.prefix + owner;
  }

  /** The owner of a log with a key. */
  ownerOf(key: string): string {
    return key.slice(this.options.prefix.length);
  }

  /**
   * The heads of several logs, in one statement. Unknown logs are left out.
   * @param keys ignored where there is one log
   */
  async heads(db: Queryable, keys: readonly string[]): Promise<LogHead[]> {
    const { heads, owner } = this.options;
    const rows = await db.query<{ owner: string; epoch: string; sequence: number; prunedSequence: number }>(
      `SELECT ${owner ? `h.${owner}::text` : `''`} AS owner, (SELECT epoch FROM event_log) AS epoch,
         h.sequence::float8 AS sequence, h.pruned_sequence::float8 AS "prunedSequence"
       FROM ${heads} h ${owner ? `WHERE h.${owner} = ANY((SELECT $1::bigint[])::bigint[])` : ''}`,
      owner ? [keys.map((key) => this.ownerOf(key))] : [],
    );
    return rows.map(({ owner: own, ...head }) => ({ ...head, log: this.keyOf(own) }));
  }

  /** The events of one log after the number `after`, oldest first. */
  async events(db: Queryable, log: string, after: number, limit: number): Promise<LogEvent[]> {
    const { events, owner } = this.options;
    const rows = await db.query<EventRow>(
      `SELECT ${this.#columns} FROM ${events} x
       WHERE ${owner ? `x.${owner} = $3 AND ` : ''}x.sequence > $1 ORDER BY x.sequence LIMIT $2`,
      owner ? [after, limit, this.ownerOf(log)] : [after, limit],
    );
    return rows.map((row) => ({ log, ...row }));
  }

  /**
   * Parts of several logs and their heads, each log read at one moment: no event comes after its head, and events that are
   * pruned meanwhile are either included, or missing and covered by `prunedSequence`.
   * @returns as many parts as there are requests; undefined for an unknown log
   */
  async parts(db: Queryable, requests: readonly LogPartRequest[]): Promise<(LogPart | undefined)[]> {
    if (this.options.owner === undefined)
      return Promise.all(requests.map((request) => this.part(db, request.after, request.limit)));
    const rows = await db.query<PartRow>(this.#partsOf(this.options.owner), [
      requests.map(({ log }) => this.ownerOf(log)),
      requests.map(({ after }) => after),
      requests.map(({ limit }) => limit),
    ]);
    const byRequest = requests.map((): PartRow[] => []);
    for (const row of rows) byRequest[row.n - 1]?.push(row);
    return requests.map(({ log }, index) => toPart(log, byRequest[index] ?? []));
  }

  /** A part of the only log there is. */
  async part(db: Queryable, after: number | null, limit: number): Promise<LogPart> {
    const { heads, events } = this.options;
    // Tables of one row are no joins: before they are analysed, the planner expects thousands of rows of each.
    const rows = await db.query<PartRow>(
      `SELECT 1 AS n, s.epoch, s.head::float8 AS head, s.pruned::float8 AS pruned, e.*
FROM (
  SELECT (SELECT epoch FROM event_log) AS epoch, (SELECT sequence FROM ${heads}) AS head,
    (SELECT pruned_sequence FROM ${heads}) AS pruned
) s LEFT JOIN LATERAL (
  SELECT ${this.#columns} FROM ${events} x
  WHERE x.sequence > $1 AND x.sequence > s.pruned ORDER BY x.sequence LIMIT $2
) e ON true`,
      [after, limit],
    );
    const part = toPart(this.keyOf(), rows);
    if (!part) throw new Error(`${heads} is empty`);
    return part;
  }

  #partsOf(owner: string): string {
    const { heads, events } = this.options;
    return `SELECT s.n::int AS n, l.epoch, h.sequence::float8 AS head, h.pruned_sequence::float8 AS pruned, e.*
FROM unnest((SELECT $1::bigint[]), (SELECT $2::bigint[]), (SELECT $3::int[])) WITH ORDINALITY AS s(owner, after, size, n)
JOIN ${heads} h ON h.${owner} = s.owner
CROSS JOIN event_log l
LEFT JOIN LATERAL (
  SELECT ${this.#columns} FROM ${events} x WHERE x.${owner} = s.owner AND x.sequence > s.after
  ORDER BY x.sequence LIMIT s.size
) e ON true`;
  }

  /**
   * The number of the last event before a time, of the only log there is; that of the last one that was pruned if all that are
   * kept came later. Numbers have no gap and times follow them, so that a binary search reads some dozens of rows.
   */
  async sequenceBefore(db: Queryable, time: Date): Promise<number> {
    const { events, heads, age = 'occurred_at' } = this.options;
    const [row] = await db.query<{ low: number }>(
      `WITH RECURSIVE search AS (
       SELECT pruned_sequence AS low, sequence AS high FROM ${heads}
       UNION ALL
       SELECT CASE WHEN e.${age} < $1 THEN e.sequence ELSE s.low END,
         CASE WHEN e.${age} < $1 THEN s.high ELSE e.sequence - 1 END
       FROM search s JOIN ${events} e ON e.sequence = (s.low + s.high + 1) / 2 WHERE s.low < s.high
     )
     SELECT low::float8 AS low FROM search ORDER BY high - low LIMIT 1`,
      [time],
    );
    return row?.low ?? 0;
  }

  /**
   * The statement that appends events to one log, and answers with the number of the last one as `sequence`. It bumps the head
   * and inserts the events: the row lock that it takes orders the commits of all writers to the log, so that the numbers have
   * no gap and become visible in their own order.
   */
  appending({ log, columns, rows, added = [] }: Appending): Statement {
    const own = this.options.owner === undefined ? [] : [this.ownerOf(log)];
    const lists = Object.keys(columns).map((_name, at) => rows.map((row) => row[at]));
    const counts = added.map(([column]) => column);
    const kind = `${Object.keys(columns).join()} ${counts.join()}`;
    let sql = this.#appendStatements.get(kind);
    if (sql === undefined) this.#appendStatements.set(kind, (sql = this.#appendSql(columns, counts)));
    return [sql, [rows.length, ...own, ...lists, ...added.map(([, amount]) => amount)]];
  }

  #appendSql(columns: Appending['columns'], counts: readonly string[]): string {
    const { events, heads, owner } = this.options;
    const names = Object.keys(columns);
    const first = owner === undefined ? 2 : 3;
    const lists = Object.values(columns).map((type, at) => `$${first + at}::${type}[]`);
    const sums = counts.map((name, at) => `, ${name} = ${name} + $${first + names.length + at}`);
    const [ofOwner, key, value] = owner
      ? [`WHERE ${owner} = $2::bigint`, `${owner}, `, '$2::bigint, ']
      : ['', '', ''];
    return `
WITH bumped AS (
  UPDATE ${heads} SET sequence = sequence + $1::int,
    -- The clock may be set back; the order of events is not.
    last_event_at = greatest(last_event_at, clock_timestamp())${sums.join('')}
  ${ofOwner}
  RETURNING sequence, last_event_at
), inserted AS (
  INSERT INTO ${events} (${key}sequence, ${names.join(', ')}, occurred_at)
  SELECT ${value}b.sequence - $1::int + e.n, ${names.map((name) => `e.${name}`).join(', ')}, b.last_event_at
  FROM unnest(${lists.join(', ')}) WITH ORDINALITY AS e(${names.join(', ')}, n)
  -- The commit may be under way when this is answered. So the statement must fail without a head: the number is null then.
  LEFT JOIN bumped b ON true
)
SELECT sequence::float8 AS sequence FROM bumped`;
  }

  /**
   * Removes the oldest events of one log, and sets `pruned_sequence` in the same transaction: a reader finds at any
   * moment either the events or the fact that they were pruned.
   * @param options `retentionHours`: how long events are kept; `limit`: the most events to remove
   */
  async prune(
    tx: Tx,
    at: Date,
    { retentionHours, limit = 500 }: { retentionHours: number; limit?: number },
  ): Promise<PruneStep> {
    const due = await selectDueLog(tx, this.options, { at, retentionHours, limit });
    if (!due) return { removed: { [this.options.events]: 0 }, more: false };
    const removed = due.upTo === null ? 0 : await deleteEvents(tx, this.options, due.owner, due.upTo);
    // Last, like every writer's append: the row lock makes other writers wait only from here to the commit.
    await updatePruned(tx, this.options, due);
    return { removed: { [this.options.events]: removed }, more: true };
  }
}

function toPart(log: string, rows: readonly PartRow[]): LogPart | undefined {
  const [first] = rows;
  if (!first) return undefined;
  const events = rows.flatMap(({ n: _n, epoch: _epoch, head: _head, pruned: _pruned, ...event }) =>
    event.sequence === null ? [] : [{ log, ...(event as EventRow) }],
  );
  return {
    head: { log, epoch: first.epoch, sequence: first.head, prunedSequence: first.pruned },
    events: events.sort((a, b) => a.sequence - b.sequence),
  };
}

/** Finds the log that has a key among logs of several kinds. @throws Error for a key of none of them */
export function logFinder(logs: readonly NumberedLog[]): (key: string) => NumberedLog {
  const byPrefix = new Map(logs.map((log) => [log.options.prefix, log]));
  if (byPrefix.size < logs.length) throw new Error('Two logs have the same letter');
  return (key) => {
    const log = byPrefix.get(/^[a-z]?/.exec(key)?.[0] ?? '');
    if (!log) throw new Error(`No log has the key ${key}`);
    return log;
  };
}
