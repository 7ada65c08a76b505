import type { Queryable, Tx } from '../db/database.ts';
import { columnOf } from '../db/naming.ts';
import type { Bus } from './bus.ts';
import type { ArticleEventKind, EventKinds } from './event.ts';
import { NumberedLog, type Statement } from './numbered-log.ts';

/** The logs of articles. */
export const articleLog = new NumberedLog({
  prefix: '',
  events: 'article_event',
  heads: 'article_counter',
  owner: 'article_id',
});

/**
 * The counts of articles that change with their events, by the names of their columns. Features add theirs
 * (`declare module`), and tell of them in `Feature.counters`.
 */
export interface Counters {
  /** Only for the compiler: a name that no feature uses. */
  readonly ''?: never;
}

/** Differences that an event adds to an article's counts. A count that is null stays null. */
export type CountChanges = { readonly [Name in Exclude<keyof Counters, ''>]?: Counters[Name] };

/** One count of articles, as its feature tells of it. */
export interface CounterDeclaration {
  /** SQL that counts anew, for the article `k.article_id`: what the stored count equals whenever no transaction is open. */
  readonly recount: string;
}

/** Some counts of articles, by the properties of `ArticleCounterEntity`. */
export type CounterDeclarations = Readonly<Partial<Record<Exclude<keyof Counters, ''>, CounterDeclaration>>>;

/** Sums up the differences of several changes. */
export function sumCounts(changes: readonly CountChanges[]): CountChanges {
  const sums: Record<string, number | bigint> = {};
  for (const [name, amount] of changes.flatMap((change) => Object.entries<number | bigint>(change))) {
    const sum = sums[name] ?? (typeof amount === 'bigint' ? 0n : 0);
    sums[name] = typeof amount === 'bigint' ? BigInt(sum) + amount : Number(sum) + amount;
  }
  return sums;
}

/** What an event says. */
export type NewFact = {
  [Kind in ArticleEventKind]: EventKinds[Kind] & {
    readonly kind: Kind;
    /** The key of the request that caused the event, by which a client recognises its own change. */
    readonly idempotencyKey?: string | undefined;
  };
}[ArticleEventKind];

/** A fact to append; the log assigns its number and its time. */
export type NewEvent = NewFact & { readonly articleId: string; readonly counts?: CountChanges };

/** Facts to append to the log of one article, in their order. */
export interface LogAppend {
  readonly articleId: string;
  readonly events: readonly NewFact[];
  readonly counts: CountChanges;
}

const columns = { kind: 'text', subject_id: 'bigint', detail: 'jsonb', idempotency_key: 'uuid' };

function appending({ articleId, events, counts }: LogAppend): Statement {
  return articleLog.appending({
    log: articleId,
    columns,
    rows: events.map(({ kind, subjectId, detail, idempotencyKey }) => [
      kind,
      subjectId ?? null,
      detail == null ? null : JSON.stringify(detail),
      idempotencyKey ?? null,
    ]),
    // In one order, so that equal statements are prepared once.
    added: Object.entries<number | bigint>(counts)
      .map(([name, amount]) => [columnOf(name), amount] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  });
}

/** The log of all articles' events, and the counts that change with it. */
export class EventLog {
  readonly #onAppended = new Set<(articleId: string) => void>();

  constructor(private readonly bus: Bus) {}

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
    append: LogAppend,
    send: (...statement: Statement) => Promise<{ sequence: number }[]>,
  ): Promise<number> {
    const { articleId } = append;
    const [row] = await send(...appending(append));
    if (!row) throw new Error(`Article ${articleId} has no counter row`);
    tx.afterCommit(() => {
      this.bus.hint(articleId, row.sequence);
      for (const listener of this.#onAppended) listener(articleId);
    });
    return row.sequence;
  }
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
