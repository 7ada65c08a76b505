import { afterEach, describe, expect, it } from '@jest/globals';
import { articleLog, EventLog } from '../../../src/platform/events/log.ts';
import { prune as pruneAll, type PruneRun } from '../../../src/platform/db/pruning.ts';
import { ageEvents } from '../../support/aged.ts';
import { useApp } from '../../support/app.ts';
import { onDatabase } from '../../support/database.ts';
import { eventually } from '../../support/eventually.ts';
import type { LiveEvent } from '../../support/live.ts';
import { buffersOf, explain, nodesOf } from '../../support/plans.ts';
import { Random } from '../../../harness/random.ts';
import { recordStatements } from '../../support/statements.ts';

const fields = '__typename sequence cursor ... on ArticleReset { resetReason }';
const pageQuery = `query ($id: ID!, $after: EventCursor, $first: Int) { node(id: $id) { ... on Article {
  events(after: $after, first: $first) { events { ${fields} } cursor hasMore } } } }`;
const streamQuery = `subscription ($id: ID!, $after: EventCursor) {
  articleEvents(articleId: $id, after: $after) { ${fields} } }`;

/** Event kinds that need no comment or endorsement, with their GraphQL types. */
const shownAs = {
  ARTICLE_UPDATED: 'ArticleUpdated',
  COMMENT_POLICY_CHANGED: 'CommentPolicyChanged',
} as const;
const kinds = Object.keys(shownAs) as (keyof typeof shownAs)[];

interface Page {
  readonly events: LiveEvent[];
  readonly cursor: string;
  readonly hasMore: boolean;
}

interface TestLog {
  readonly id: string;
  readonly articleId: string;
  /** The cursor before the first event. */
  readonly start: string;
  /** The appended events, in order. */
  readonly events: string[];
}

describe('pruning of events', () => {
  const service = useApp({ EVENT_RETENTION_HOURS: '1' });

  afterEach(() => service().live.close());

  async function read(id: string, after?: string, first = 100): Promise<Page> {
    return (await service().data(pageQuery, { id, after, first })).node.events;
  }

  async function addLog(): Promise<TestLog> {
    const article = await service().addArticle();
    return { ...article, start: (await read(article.id)).cursor, events: [] };
  }

  async function append({ articleId, events }: TestLog, kind: keyof typeof shownAs = 'ARTICLE_UPDATED') {
    const log = new EventLog(service().app.bus);
    const sequence = await service().app.db.transaction((tx) => log.append(tx, { articleId, kind }));
    events[sequence - 1] = shownAs[kind];
  }

  async function addLogOf(count: number, old: number): Promise<TestLog> {
    const log = await addLog();
    for (let made = 0; made < count; made++) await append(log);
    await ageEvents(service().app.db, log.articleId, old);
    return log;
  }

  /** Prunes with a retention of one hour, in steps of `limit` events. */
  const prune = (limit?: number): Promise<PruneRun> =>
    pruneAll({
      db: service().app.db,
      tasks: [
        {
          name: 'events',
          step: (tx, at) =>
            articleLog.prune(tx, at, { retentionHours: 1, ...(limit === undefined ? {} : { limit }) }),
        },
      ],
      onError: (error) => {
        throw error;
      },
    });

  async function counterOf({ articleId }: TestLog) {
    const [row] = await service().app.db.query<{
      sequence: number;
      pruned: number;
      events: number;
      first: number | null;
      since: Date;
      tooOld: number;
    }>(
      `SELECT c.sequence, c.pruned_sequence AS pruned, count(e.sequence)::int AS events, min(e.sequence) AS first,
         c.events_since AS since,
         count(*) FILTER (WHERE e.occurred_at < now() - interval '1 hour')::int AS "tooOld"
       FROM article_counter c LEFT JOIN article_event e ON e.article_id = c.article_id
       WHERE c.article_id = $1 GROUP BY c.article_id`,
      [articleId],
    );
    if (!row) throw new Error('No such article');
    return row;
  }

  const numbers = ({ events }: Page) => events.map(({ sequence }) => sequence);

  it('removes only events that are too old, and resets clients that still request them', async () => {
    const log = await addLogOf(12, 8);
    const { events } = await read(log.id, log.start);
    expect(await prune()).toMatchObject({ outcome: 'done', removed: { article_event: 8 } });
    expect(await counterOf(log)).toMatchObject({ sequence: 12, pruned: 8, events: 4, first: 9 });
    for (const cursor of [log.start, events[6]?.cursor]) {
      expect((await read(log.id, cursor)).events).toMatchObject([
        { __typename: 'ArticleReset', sequence: 12, resetReason: 'EXPIRED' },
      ]);
      const stream = service().live.subscribe(streamQuery, { id: log.id, after: cursor });
      await stream.waitFor(1, 'ArticleCheckpoint');
      expect(stream.events[0]).toMatchObject({ __typename: 'ArticleReset', resetReason: 'EXPIRED' });
    }
    expect(numbers(await read(log.id, events[7]?.cursor))).toEqual([9, 10, 11, 12]);
    expect(await prune()).toMatchObject({ outcome: 'done', removed: { article_event: 0 } });
  });

  it('keeps a cursor at the end of an empty log valid', async () => {
    const log = await addLogOf(5, 5);
    const { cursor } = await read(log.id);
    await prune();
    expect(await counterOf(log)).toMatchObject({ sequence: 5, pruned: 5, events: 0 });
    const stream = service().live.subscribe(streamQuery, { id: log.id, after: cursor });
    await stream.waitFor(1, 'ArticleCheckpoint');
    await append(log);
    await stream.waitFor(2);
    expect(stream.events.map(({ __typename, sequence }) => [__typename, sequence])).toEqual([
      ['ArticleCheckpoint', 5],
      ['ArticleUpdated', 6],
    ]);
    expect(numbers(await read(log.id, cursor))).toEqual([6]);
  });

  it('works in steps, each of which locks the article’s counter with its last statement', async () => {
    const log = await addLogOf(10, 9);
    const { sent, stop } = recordStatements();
    expect((await prune(4).finally(stop)).removed).toEqual({ article_event: 9 });
    const texts = sent.map(({ text }) => text.trim());
    const deletes = sent.filter(({ text }) => text.includes('DELETE FROM article_event'));
    expect(deletes.map(({ values }) => values[1])).toEqual([4, 8, 9]);
    const updates = texts.flatMap((text, index) => (text.startsWith('UPDATE') ? [index] : []));
    expect(updates).toHaveLength(3);
    for (const index of updates) expect(texts[index + 1]).toBe('COMMIT');
    expect((await counterOf(log)).pruned).toBe(9);
  });

  it('reads almost nothing when no event is due, however many articles there are', async () => {
    const { db } = service().app;
    await addLogOf(3, 0);
    await db.query(`INSERT INTO article (journalist_id, slug, title)
      SELECT (SELECT min(id) FROM journalist), 'quiet-' || n, 'Quiet' FROM generate_series(1, 1000) AS n`);
    await db.query(`INSERT INTO article_counter (article_id, sequence, last_event_at, events_since)
      SELECT id, 1, now(), now() FROM article WHERE slug LIKE 'quiet-%'`);
    await db.query(`INSERT INTO article_event (article_id, sequence, kind)
      SELECT id, 1, 'ARTICLE_UPDATED' FROM article WHERE slug LIKE 'quiet-%'`);
    await db.query('ANALYZE article_counter, article_event');
    await prune();
    const { sent, stop } = recordStatements();
    await prune().finally(stop);
    const [look, ...others] = sent.filter(({ text }) => text.includes('article_'));
    if (!look) throw new Error('Nothing was looked at');
    expect(others).toEqual([]);
    const plan = await explain(db, look);
    expect(nodesOf(plan).map((node) => node['Index Name'])).toContain('article_counter_since_idx');
    expect(buffersOf(plan)).toBeLessThan(5);
  });

  it('waits for a writer to its article, without blocking writers to other articles', async () => {
    const [held, other] = [await addLogOf(3, 2), await addLogOf(1, 0)];
    let release = (): void => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    let locked = (): void => undefined;
    const holding = new Promise<void>((resolve) => (locked = resolve));
    const writer = service().app.db.transactionFor({ client: 'a writer' }, async (tx) => {
      // Takes the row lock that the last statement of a writer holds until the commit.
      await tx.query('SELECT FROM article_counter WHERE article_id = $1 FOR UPDATE', [held.articleId]);
      locked();
      await released;
      await new EventLog(service().app.bus).append(tx, {
        articleId: held.articleId,
        kind: 'ARTICLE_UPDATED',
      });
    });
    await holding;
    const run = prune();
    await eventually('the pruning to wait for the lock', async () => {
      // The query has its own connection, since the writer and the pruning already use their shares of the service's
      // connections.
      const { rows } = await onDatabase(service().database.url, (client) =>
        client.query<{ waiting: boolean }>(
          `SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database()
             AND wait_event_type = 'Lock' AND query LIKE 'UPDATE article_counter%') AS waiting`,
        ),
      );
      return rows[0]?.waiting;
    });
    await append(other);
    release();
    await writer;
    expect((await run).removed).toEqual({ article_event: 2 });
    expect(await counterOf(held)).toMatchObject({ sequence: 4, pruned: 2, events: 2 });
  });

  it('gives every reader the log or a reset, during writes and several prunings at once', async () => {
    const random = new Random(20_260_417);
    const { db } = service().app;
    const logs = [await addLog(), await addLog()];
    let writing = true;
    let resets = 0;
    const write = async (): Promise<void> => {
      for (let count = 0; count < 15 || (resets < 12 && count < 500); count++) {
        for (const log of logs) {
          await append(log, random.pick(kinds));
          // Keeps the writer as slow as the readers.
          await read(log.id);
        }
      }
    };
    /** Prunes continuously, on each of two nodes, while events age faster than any reader reads. */
    const keepPruning = async (limit: number): Promise<void> => {
      while (writing) {
        for (const log of logs)
          if (random.chance(0.5)) await ageEvents(db, log.articleId, log.events.length - 3);
        await prune(limit);
      }
    };

    /** Compares an event that a reader received with the log. @returns the reader's new position */
    function check(log: TestLog, position: number, event: LiveEvent): number {
      if (event.__typename === 'ArticleReset') {
        expect(event.resetReason).toBe('EXPIRED');
        resets += 1;
      } else if (event.__typename === 'ArticleCheckpoint') expect(event.sequence).toBe(position);
      else expect([event.sequence, event.__typename]).toEqual([position + 1, log.events[position]]);
      return event.sequence;
    }

    async function poll(log: TestLog): Promise<number> {
      let [cursor, position] = [log.start, 0];
      for (;;) {
        const last = !writing;
        const { pruned } = await counterOf(log);
        const page = await read(log.id, cursor, 1 + Math.floor(random.next() * 5));
        if (position < pruned) expect(page.events.map((event) => event.__typename)).toEqual(['ArticleReset']);
        // An event is committed before the writer records it.
        await eventually(
          'the event to be recorded',
          () => log.events.length >= (page.events.at(-1)?.sequence ?? 0),
        );
        for (const event of page.events) position = check(log, position, event);
        cursor = page.cursor;
        if (last && !page.hasMore) return position;
      }
    }

    /** Reconnects again and again, each time with an earlier cursor. */
    async function listen(log: TestLog): Promise<number> {
      const known: { cursor: string; sequence: number }[] = [{ cursor: log.start, sequence: 0 }];
      for (;;) {
        const last = !writing;
        const from = random.pick(last ? known.slice(-1) : known.slice(-40)) ?? known[0];
        const stream = service().live.subscribe(streamQuery, { id: log.id, after: from?.cursor });
        await stream.waitFor(1, 'ArticleCheckpoint');
        if (!last) await eventually('more than four events', () => stream.events.length > 4 || !writing);
        stream.unsubscribe();
        expect(stream.errors).toEqual([]);
        const { events } = stream;
        await eventually(
          'the event to be recorded',
          () => log.events.length >= (events.at(-1)?.sequence ?? 0),
        );
        let position = from?.sequence ?? 0;
        for (const event of events) position = check(log, position, event);
        known.push(...events.map(({ cursor, sequence }) => ({ cursor, sequence })));
        if (last) return position;
      }
    }

    const nodes = [keepPruning(3), keepPruning(5)];
    const readers = logs.flatMap((log) => [poll(log), poll(log), listen(log), listen(log)]);
    await Promise.all([write(), write(), write()]).finally(() => (writing = false));
    await Promise.all(nodes);
    const ends = logs.flatMap(({ events }) => Array<number>(4).fill(events.length));
    expect(await Promise.all(readers)).toEqual(ends);
    expect(resets).toBeGreaterThanOrEqual(12);
    // A pruning that had just read a log may have overwritten the last change of its times.
    for (const log of logs) await ageEvents(db, log.articleId, log.events.length - 3);
    await prune();
    for (const log of logs) {
      const { pruned, ...counter } = await counterOf(log);
      const { length } = log.events;
      expect(pruned).toBeGreaterThan(length / 2);
      expect(counter).toMatchObject({
        sequence: length,
        events: length - pruned,
        first: pruned + 1,
        tooOld: 0,
      });
    }
  });
});
